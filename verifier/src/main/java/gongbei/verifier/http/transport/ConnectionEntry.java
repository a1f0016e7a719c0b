package gongbei.verifier.http.transport;

import gongbei.verifier.net.ConnectionLimiter;
import gongbei.verifier.server.Drain;
import java.net.InetAddress;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A connection's place among those of its server, from when it is let in until it leaves. For its
 * event loop.
 */
final class ConnectionEntry {
  private final ConnectionLimiter.Place place;
  private final Drain drain;
  private final Drain.Connection connection;

  /**
   * Asks for a place, and is told of a stop once it has one.
   *
   * @param idleSinceNanos as {@link ConnectionLimiter#enter} has it
   * @param giveWay ends the connection for one of another address; called on any thread
   * @param connection ends when the server stops
   */
  ConnectionEntry(
      HttpConnection.Shared shared,
      InetAddress address,
      LongSupplier idleSinceNanos,
      Runnable giveWay,
      Drain.Connection connection) {
    this.drain = shared.drain();
    this.connection = connection;
    place = shared.connections().enter(address, idleSinceNanos, giveWay);
    if (place.entry() == ConnectionLimiter.Entry.LET_IN) {
      drain.add(connection);
    }
  }

  /** Whether so many are being told already why there is no room that this one is not. */
  boolean isToHangUp() {
    return place.entry() == ConnectionLimiter.Entry.HANG_UP;
  }

  /** Why there is no place, where there is none. */
  Optional<Problem> problem() {
    return switch (place.entry()) {
      case LET_IN -> Optional.empty();
      case NO_ROOM, HANG_UP ->
          Optional.of(Problem.busy("the node has reached its limit of connections"));
      case NO_ROOM_FOR_ADDRESS ->
          Optional.of(
              Problem.of(
                  429, "too-many-connections", "this address has too many connections already"));
    };
  }

  /** Gives the place back; a second time does nothing. */
  void leave() {
    place.leave();
    drain.remove(connection);
  }
}
