package gongbei.replication.cluster;

import io.aeron.cluster.client.AeronCluster;
import io.aeron.cluster.client.EgressListener;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;

/**
 * A node's session with the cluster, made again when it is lost. For the log's thread, but for
 * {@link #isConnected}.
 */
final class ClusterSession implements AutoCloseable {
  private static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long RECONNECT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Supplier<AeronCluster.Context> contexts;
  private final BooleanSupplier hasLeader;
  private final EgressListener listener;
  private final Runnable onConnected;
  private AeronCluster.AsyncConnect connecting;
  private AeronCluster cluster;
  private volatile boolean isConnected;
  private long keepAliveNanos;
  private long reconnectNanos;

  /**
   * @param contexts makes what each session is to be; its listener is set here
   * @param hasLeader whether there is a leader to make one with: one that is asked for before is
   *     answered by nobody, and is waited for until its time is out
   * @param listener receives what the cluster sends
   * @param onConnected runs whenever a session has been made
   */
  ClusterSession(
      Supplier<AeronCluster.Context> contexts,
      BooleanSupplier hasLeader,
      EgressListener listener,
      Runnable onConnected) {
    this.contexts = contexts;
    this.hasLeader = hasLeader;
    this.listener = listener;
    this.onConnected = onConnected;
  }

  /** Whether there is a session. For any thread. */
  boolean isConnected() {
    return isConnected;
  }

  /** Whether there is a session or one is being made. */
  boolean isStarted() {
    return isConnected || connecting != null;
  }

  /**
   * Goes on making a session where there is none.
   *
   * @return 0 where nothing came of it
   * @throws io.aeron.exceptions.AeronException where it can't be made: {@link #disconnect} then
   */
  int connect(long now) {
    if (cluster != null || now - reconnectNanos < 0) {
      return 0;
    }
    if (connecting == null && !hasLeader.getAsBoolean()) {
      return 0;
    }
    if (connecting == null) {
      connecting = AeronCluster.asyncConnect(contexts.get().egressListener(listener));
      return 1;
    }
    final int stepBefore = connecting.step();
    cluster = connecting.poll();
    if (cluster != null) {
      connecting = null;
      isConnected = true;
      keepAliveNanos = now + KEEP_ALIVE_NANOS;
      onConnected.run();
      return 1;
    }
    return connecting.step() == stepBefore ? 0 : 1;
  }

  /**
   * Receives what the cluster has sent, and keeps the session alive.
   *
   * @return how much was received
   * @throws io.aeron.exceptions.AeronException where the session is lost: {@link #disconnect} then
   */
  int poll(long now) {
    if (cluster == null) {
      return 0;
    }
    final int work = cluster.pollEgress();
    if (cluster.isClosed()) {
      disconnect(now);
    } else if (now - keepAliveNanos >= 0) {
      keepAliveNanos = now + KEEP_ALIVE_NANOS;
      cluster.sendKeepAlive();
    }
    return work;
  }

  /** Offers a message to the leader: negative where it can't be sent now. */
  long offer(DirectBuffer buffer, int offset, int length) {
    return cluster.offer(buffer, offset, length);
  }

  /** Ends the session, and has the next made in a while. */
  void disconnect(long now) {
    close();
    connecting = null;
    cluster = null;
    isConnected = false;
    reconnectNanos = now + RECONNECT_NANOS;
  }

  @Override
  public void close() {
    CloseHelper.quietCloseAll(connecting, cluster);
  }
}
