package gongbei.verifier.net;

import gongbei.verifier.config.Limits;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * Keeps the connections of a server, in all and of one address, within bounds. Where there is no
 * room left, the address that has most gives up the connection that has been idle longest for an
 * address that has fewer: nobody is shut out by who holds connections and asks nothing. For any
 * thread.
 */
public final class ConnectionLimiter {
  /** What {@link #enter} is told of a connection that the node owes an answer. */
  public static final long NOT_IDLE = Long.MAX_VALUE;

  private final int maxConnections;
  private final int maxPerAddress;
  private final LongSupplier nanoTime;
  private final Map<InetAddress, Holder> holders = new HashMap<>();
  private final TreeSet<Holder> byCount =
      new TreeSet<>(
          Comparator.<Holder>comparingInt(holder -> holder.places.size())
              .thenComparingLong(holder -> holder.number));
  private long holdersMade;
  private int connections;
  private int told;

  /**
   * @param maxConnections the most in all
   * @param maxPerAddress the most of one address, or of one /64 of IPv6
   */
  public ConnectionLimiter(int maxConnections, int maxPerAddress) {
    this(maxConnections, maxPerAddress, System::nanoTime);
  }

  ConnectionLimiter(int maxConnections, int maxPerAddress, LongSupplier nanoTime) {
    this.maxConnections = maxConnections;
    this.maxPerAddress = maxPerAddress;
    this.nanoTime = nanoTime;
  }

  /** What comes of a connection that asks for room. */
  public enum Entry {
    /** It has its place. */
    LET_IN,
    /** There is none, and it may be told so. */
    NO_ROOM,
    /** Its address has too many, and it may be told so. */
    NO_ROOM_FOR_ADDRESS,
    /** Too many are being told already. */
    HANG_UP
  }

  /** The connections of one address. */
  private static final class Holder {
    private final InetAddress address;
    private final long number;
    private final Set<Place> places = new LinkedHashSet<>();

    Holder(InetAddress address, long number) {
      this.address = address;
      this.number = number;
    }
  }

  /** One connection, until it {@link #leave}s. */
  public final class Place {
    private final Entry entry;
    private final Holder holder;
    private final LongSupplier idleSinceNanos;
    private final Runnable giveWay;
    private boolean hasLeft;

    private Place(Entry entry, Holder holder, LongSupplier idleSinceNanos, Runnable giveWay) {
      this.entry = entry;
      this.holder = holder;
      this.idleSinceNanos = idleSinceNanos;
      this.giveWay = giveWay;
    }

    /** Whether the connection was let in. */
    public Entry entry() {
      return entry;
    }

    /** Gives the place back; a second time does nothing. */
    public void leave() {
      ConnectionLimiter.this.leave(this);
    }
  }

  /**
   * Lets a connection in, if there is room or another makes some.
   *
   * @param idleSinceNanos since when the connection has asked nothing, by {@link System#nanoTime},
   *     or {@link #NOT_IDLE}; called on any thread
   * @param giveWay ends the connection, for one of another address; called on any thread
   */
  public Place enter(InetAddress address, LongSupplier idleSinceNanos, Runnable giveWay) {
    final Place idlest;
    final Place place;
    synchronized (this) {
      final InetAddress client = ClientAddress.of(address);
      final Holder known = holders.get(client);
      final int have = known == null ? 0 : known.places.size();
      if (have >= maxPerAddress) {
        return refuse(Entry.NO_ROOM_FOR_ADDRESS);
      }
      idlest = connections >= maxConnections ? idlestOfWhoHasMoreThan(have + 1) : null;
      if (connections >= maxConnections && idlest == null) {
        return refuse(Entry.NO_ROOM);
      }
      if (idlest != null) {
        leave(idlest);
      }
      final Holder holder = known == null ? new Holder(client, holdersMade++) : known;
      place = new Place(Entry.LET_IN, holder, idleSinceNanos, giveWay);
      byCount.remove(holder);
      holder.places.add(place);
      byCount.add(holder);
      holders.put(client, holder);
      connections++;
    }
    if (idlest != null) {
      idlest.giveWay.run();
    }
    return place;
  }

  private Place refuse(Entry why) {
    if (told >= Limits.MAX_CONNECTIONS_TOLD) {
      return new Place(Entry.HANG_UP, null, null, null);
    }
    told++;
    return new Place(why, null, null, null);
  }

  /** The connection, of the address that has most and more than this, that was idle longest. */
  private Place idlestOfWhoHasMoreThan(int few) {
    if (byCount.isEmpty() || byCount.last().places.size() <= few) {
      return null;
    }
    final long now = nanoTime.getAsLong();
    Place idlest = null;
    long longest = Long.MIN_VALUE;
    for (final Place each : byCount.last().places) {
      final long since = each.idleSinceNanos.getAsLong();
      if (since != NOT_IDLE && now - since > longest) {
        longest = now - since;
        idlest = each;
      }
    }
    return idlest;
  }

  private synchronized void leave(Place place) {
    if (place.hasLeft) {
      return;
    }
    place.hasLeft = true;
    if (place.entry == Entry.NO_ROOM || place.entry == Entry.NO_ROOM_FOR_ADDRESS) {
      told--;
    } else if (place.entry == Entry.LET_IN) {
      final Holder holder = place.holder;
      connections--;
      byCount.remove(holder);
      holder.places.remove(place);
      if (holder.places.isEmpty()) {
        holders.remove(holder.address);
      } else {
        byCount.add(holder);
      }
    }
  }

  /** The connections that were let in. */
  public synchronized int connections() {
    return connections;
  }

  /** The addresses that they are from. */
  synchronized int addresses() {
    return holders.size();
  }
}
