package gongbei.verifier.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gongbei.verifier.config.Limits;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ConnectionLimiterTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000);
  private final List<String> gone = new ArrayList<>();

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private ConnectionLimiter.Place enter(
      ConnectionLimiter limiter, String from, long sinceNanos, String name) {
    return limiter.enter(address(from), () -> sinceNanos, () -> gone.add(name));
  }

  @Test
  void anAddressHasItsMostAndAllOfASlash64AreOne() {
    final ConnectionLimiter limiter = new ConnectionLimiter(10, 2, now::get);
    for (final String from : List.of("192.0.2.1", "2001:db8::1")) {
      final ConnectionLimiter.Place first = enter(limiter, from, 0, "first");
      enter(limiter, from, 0, "second");
      assertEquals(
          ConnectionLimiter.Entry.NO_ROOM_FOR_ADDRESS, enter(limiter, from, 0, "third").entry());
      first.leave();
      first.leave();
      assertEquals(ConnectionLimiter.Entry.LET_IN, enter(limiter, from, 0, "third").entry());
    }
    assertEquals(
        ConnectionLimiter.Entry.NO_ROOM_FOR_ADDRESS,
        enter(limiter, "2001:db8::ffff:1", 0, "neighbour").entry());
    assertEquals(4, limiter.connections());
    assertEquals(List.of(), gone);
  }

  @Test
  void theIdlestOfWhoHasMostGivesWayToWhoHasFewerAlsoPastTheClocksOverflow() {
    final ConnectionLimiter limiter = new ConnectionLimiter(5, 5, now::get);
    enter(limiter, "192.0.2.1", Long.MAX_VALUE - 2_000, "few-idle-for-ages");
    enter(limiter, "192.0.2.2", Long.MAX_VALUE - 900, "many-1");
    final ConnectionLimiter.Place idlest =
        enter(limiter, "192.0.2.2", Long.MAX_VALUE - 999, "many-idlest");
    enter(limiter, "192.0.2.2", ConnectionLimiter.NOT_IDLE, "many-answered");
    enter(limiter, "192.0.2.2", Long.MIN_VALUE + 5, "many-3");
    now.set(Long.MIN_VALUE + 100);
    assertEquals(ConnectionLimiter.Entry.LET_IN, enter(limiter, "192.0.2.3", 0, "new").entry());
    assertEquals(List.of("many-idlest"), gone);
    idlest.leave();
    assertEquals(5, limiter.connections(), "who gave way is not counted a second time");
    assertEquals(ConnectionLimiter.Entry.LET_IN, enter(limiter, "192.0.2.3", 0, "new").entry());
    assertEquals(List.of("many-idlest", "many-1"), gone);
    assertEquals(
        ConnectionLimiter.Entry.NO_ROOM,
        enter(limiter, "192.0.2.3", 0, "new").entry(),
        "who has as many as the rest makes nobody go");
    assertEquals(3, limiter.addresses());
  }

  @Test
  void whoIsOwedAnAnswerDoesNotGiveWay() {
    final ConnectionLimiter limiter = new ConnectionLimiter(3, 3, now::get);
    for (int i = 0; i < 3; i++) {
      enter(limiter, "192.0.2.2", ConnectionLimiter.NOT_IDLE, "answered");
    }
    assertEquals(ConnectionLimiter.Entry.NO_ROOM, enter(limiter, "192.0.2.3", 0, "new").entry());
    assertEquals(List.of(), gone);
  }

  @Test
  void soManyAreToldAndNoMore() {
    final ConnectionLimiter limiter = new ConnectionLimiter(1, 1, now::get);
    enter(limiter, "192.0.2.1", 0, "one");
    final List<ConnectionLimiter.Place> told = new ArrayList<>();
    for (int i = 0; i < Limits.MAX_CONNECTIONS_TOLD; i++) {
      told.add(enter(limiter, "192.0.2.1", 0, "told"));
    }
    assertEquals(ConnectionLimiter.Entry.HANG_UP, enter(limiter, "192.0.2.1", 0, "x").entry());
    told.get(0).leave();
    assertEquals(
        ConnectionLimiter.Entry.NO_ROOM_FOR_ADDRESS, enter(limiter, "192.0.2.1", 0, "x").entry());
    assertEquals(1, limiter.connections());
  }
}
