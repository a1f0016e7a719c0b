package gongbei.replication.recording;

import gongbei.replication.context.HostName;
import io.aeron.Aeron;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.archive.client.AeronArchive;
import io.aeron.exceptions.AeronException;
import io.aeron.exceptions.TimeoutException;
import io.aeron.logbuffer.FragmentHandler;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Where an archive's replays arrive at this process. For one thread. */
public final class ReplayPort implements AutoCloseable {
  static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final String IPC = "aeron:ipc";
  private static final int STREAM_ID = 7_462;
  private static final int FRAGMENTS_A_POLL = 64;
  private static final long PARK_NANOS = 50_000;

  private final Subscription subscription;
  private final String channel;

  private ReplayPort(Subscription subscription, String channel) {
    this.subscription = subscription;
    this.channel = channel;
  }

  /** A port for the archive of this process. */
  public static ReplayPort ofOwnArchive(Aeron aeron) {
    return new ReplayPort(aeron.addSubscription(IPC, STREAM_ID), IPC);
  }

  /**
   * A port for an archive elsewhere.
   *
   * @param host where it reaches this process
   */
  public static ReplayPort at(Aeron aeron, String host) {
    final Subscription subscription =
        aeron.addSubscription("aeron:udp?endpoint=" + HostName.withPort(host, 0), STREAM_ID);
    return new ReplayPort(subscription, resolved(subscription));
  }

  private static String resolved(Subscription subscription) {
    final long deadline = System.nanoTime() + TIMEOUT_NANOS;
    while (true) {
      final String found = subscription.tryResolveChannelEndpointPort();
      if (found != null) {
        return found;
      }
      if (System.nanoTime() - deadline > 0) {
        subscription.close();
        throw new TimeoutException("no port for replays");
      }
      LockSupport.parkNanos(PARK_NANOS);
    }
  }

  /** Starts a replay, and returns it when it arrives. */
  public Replay start(AeronArchive archive, long recordingId, long position, long length) {
    final long session = archive.startReplay(recordingId, position, length, channel, STREAM_ID);
    final long deadline = System.nanoTime() + TIMEOUT_NANOS;
    while (true) {
      final Image image = subscription.imageBySessionId((int) session);
      if (image != null) {
        return new Replay(archive, session, image);
      }
      if (System.nanoTime() - deadline > 0) {
        throw new TimeoutException("a replay does not arrive");
      }
      archive.checkForErrorResponse();
      LockSupport.parkNanos(PARK_NANOS);
    }
  }

  @Override
  public void close() {
    subscription.close();
  }

  /** A replay under way. */
  public record Replay(AeronArchive archive, long session, Image image) implements AutoCloseable {
    /**
     * Reads up to a position, or until it is enough.
     *
     * @throws TimeoutException when nothing comes any more
     */
    public void read(long end, FragmentHandler handler, BooleanSupplier isEnough) {
      long deadline = System.nanoTime() + TIMEOUT_NANOS;
      while (image.position() < end && !isEnough.getAsBoolean()) {
        final int fragments = image.poll(handler, FRAGMENTS_A_POLL);
        if (fragments > 0) {
          deadline = System.nanoTime() + TIMEOUT_NANOS;
        } else if (image.isEndOfStream()) {
          return;
        } else if (image.isClosed() || System.nanoTime() - deadline > 0) {
          throw new TimeoutException("a replay has broken off");
        } else {
          LockSupport.parkNanos(PARK_NANOS);
        }
      }
    }

    @Override
    public void close() {
      try {
        archive.stopReplay(session);
      } catch (AeronException e) {
        return;
      }
    }
  }
}
