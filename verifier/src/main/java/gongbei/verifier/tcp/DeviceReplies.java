package gongbei.verifier.tcp;

import gongbei.verifier.scan.Scan;
import gongbei.verifier.server.Drain;
import gongbei.verifier.server.ReplyQueue;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * The answers on their way to the devices of one event loop, and those devices' connections. For
 * its event loop, but for what workers call.
 */
final class DeviceReplies extends ReplyQueue<PendingReply> {
  private final Drain drain;
  private final ThreadLocal<VerdictFrames> frames = ThreadLocal.withInitial(VerdictFrames::new);
  private final Long2ObjectHashMap<DeviceConnection> connections = new Long2ObjectHashMap<>();

  /**
   * @param drain says when the server stops: from then on no place is given
   * @param maxPlaces the most scans that are evaluated, or whose answers wait for the loop
   */
  DeviceReplies(EventLoop eventLoop, Drain drain, int maxPlaces) {
    super(eventLoop, new PendingReply[0], maxPlaces);
    this.drain = drain;
  }

  /** Takes a place for the answer of one more scan; null where there is none, or the node stops. */
  PendingReply take(DeviceConnection connection) {
    final PendingReply taken = drain.isStopping() ? null : takePlace();
    return taken == null ? null : taken.begin(connection);
  }

  void add(DeviceConnection connection) {
    connections.put(connection.id(), connection);
    drain.add(connection);
  }

  void remove(DeviceConnection connection) {
    connections.remove(connection.id());
    drain.remove(connection);
  }

  /** Looks at every connection for one that has been silent for too long. */
  void checkDeadlines() {
    final long nowNanos = System.nanoTime();
    for (final DeviceConnection connection : new ArrayList<>(connections.values())) {
      connection.checkDeadlines(nowNanos);
    }
  }

  /** Ends the connections of devices that may not stay connected. */
  void checkEnrolments() {
    for (final DeviceConnection connection : new ArrayList<>(connections.values())) {
      connection.checkEnrolment();
    }
  }

  @Override
  protected PendingReply make(int id) {
    return new PendingReply(id);
  }

  @Override
  protected void encode(Scan scan, PendingReply place) {
    final VerdictFrames writer = frames.get();
    place.take(writer.bytes(), writer.encode(scan));
  }

  @Override
  protected Flushable deliver(PendingReply place) {
    final DeviceConnection connection = place.connection();
    final boolean isFirst = connection.answer(place.answer(), place.answerBytes());
    giveBack(place);
    return isFirst ? connection : NOTHING;
  }
}
