package gongbei.verifier.net;

import gongbei.verifier.config.Limits;
import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps the connections of a server, in all and of one address, within bounds. For any thread. */
public final class ConnectionRoom {
  private final int maxConnections;
  private final int maxPerAddress;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger told = new AtomicInteger();
  private final ConcurrentHashMap<InetAddress, Integer> perAddress = new ConcurrentHashMap<>();

  public ConnectionRoom(int maxConnections, int maxPerAddress) {
    this.maxConnections = maxConnections;
    this.maxPerAddress = maxPerAddress;
  }

  /** What comes of a connection that asks for room. */
  public enum Entry {
    /** It has its place, and must {@link ConnectionRoom#leave}. */
    LET_IN,
    /** There is none, and it may be told so; it must {@link ConnectionRoom#leaveTold}. */
    NO_ROOM,
    /**
     * Its address has too many, and it may be told so; it must {@link ConnectionRoom#leaveTold}.
     */
    NO_ROOM_FOR_ADDRESS,
    /** Too many are being told already. */
    HANG_UP
  }

  /** Lets a connection in, if there is room. */
  public Entry enter(InetAddress address) {
    if (connections.incrementAndGet() > maxConnections) {
      connections.decrementAndGet();
      return refuse(Entry.NO_ROOM);
    }
    final InetAddress client = ClientAddress.of(address);
    if (perAddress.merge(client, 1, Integer::sum) > maxPerAddress) {
      forget(client);
      connections.decrementAndGet();
      return refuse(Entry.NO_ROOM_FOR_ADDRESS);
    }
    return Entry.LET_IN;
  }

  private Entry refuse(Entry why) {
    if (told.incrementAndGet() > Limits.MAX_CONNECTIONS_TOLD) {
      told.decrementAndGet();
      return Entry.HANG_UP;
    }
    return why;
  }

  /** Gives back the place of a connection that was let in. */
  public void leave(InetAddress address) {
    connections.decrementAndGet();
    forget(ClientAddress.of(address));
  }

  /** Gives back the place of a connection that was told why it can't come in. */
  public void leaveTold() {
    told.decrementAndGet();
  }

  private void forget(InetAddress client) {
    perAddress.computeIfPresent(client, (same, count) -> count == 1 ? null : count - 1);
  }

  /** The connections that were let in. */
  public int connections() {
    return connections.get();
  }
}
