package gongbei.verifier.net;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bounds what the connections of one server hold of frames, header fields and TLS records that are
 * not whole yet: of one client, and in all. Each connection has a few bytes of its own, so that
 * what is short finds room whatever others send; only what is longer comes out of the budget. For
 * any thread; a {@link Share} is for its connection's event loop. Taking and giving back allocate
 * nothing.
 */
public final class InputBudget {
  /** The event that handlers behind are told by where a connection finds no room. */
  public static final Object NO_ROOM = new Object();

  private final long maxBytesPerClient;
  private final long maxBytes;
  private final AtomicLong bytes = new AtomicLong();
  private final LongAdder refusals = new LongAdder();
  private final ConcurrentHashMap<InetAddress, Client> clients = new ConcurrentHashMap<>();

  /** What one client's connections hold together, and how many shares it has. */
  private static final class Client {
    private final AtomicLong bytes = new AtomicLong();
    private int shares;
  }

  /**
   * Bounds nothing yet.
   *
   * @param maxBytesPerClient the most that the connections of one address (of IPv6 one /64) hold
   *     beyond what each has of its own
   * @param maxBytes the same of all connections
   */
  public InputBudget(long maxBytesPerClient, long maxBytes) {
    this.maxBytesPerClient = maxBytesPerClient;
    this.maxBytes = maxBytes;
  }

  /**
   * Opens a connection's share, which must be {@link Share#close}d.
   *
   * @param address the connection's other end
   * @param ownBytes what it may hold whatever others do
   */
  public Share open(InetAddress address, int ownBytes) {
    final InetAddress key = ClientAddress.of(address);
    final Client client =
        clients.compute(
            key,
            (same, known) -> {
              final Client counted = known == null ? new Client() : known;
              counted.shares++;
              return counted;
            });
    return new Share(key, client, ownBytes);
  }

  /** The bytes that all connections hold at the moment beyond what each has of its own. */
  public long bytes() {
    return bytes.get();
  }

  /** How often a connection has found no room. */
  public long refusals() {
    return refusals.sum();
  }

  /** The clients that have a connection, for tests. */
  int clients() {
    return clients.size();
  }

  /** What one connection holds. */
  public final class Share {
    private final InetAddress key;
    private final Client client;
    private final int ownBytes;
    private long taken;
    private boolean closed;

    private Share(InetAddress key, Client client, int ownBytes) {
      this.key = key;
      this.client = client;
      this.ownBytes = ownBytes;
    }

    /**
     * Says how many bytes the connection holds from now on.
     *
     * @return false where there is no room for them; what was said before stays
     */
    public boolean hold(long held) {
      final long wanted = closed ? 0 : Math.max(0, held - ownBytes);
      if (wanted > taken) {
        return take(wanted - taken);
      }
      if (wanted < taken) {
        giveBack(taken - wanted);
      }
      return true;
    }

    private boolean take(long more) {
      if (client.bytes.addAndGet(more) > maxBytesPerClient) {
        client.bytes.addAndGet(-more);
        refusals.increment();
        return false;
      }
      if (bytes.addAndGet(more) > maxBytes) {
        bytes.addAndGet(-more);
        client.bytes.addAndGet(-more);
        refusals.increment();
        return false;
      }
      taken += more;
      return true;
    }

    private void giveBack(long less) {
      bytes.addAndGet(-less);
      client.bytes.addAndGet(-less);
      taken -= less;
    }

    /** Gives everything back; a second time does nothing. */
    public void close() {
      if (closed) {
        return;
      }
      hold(0);
      closed = true;
      clients.computeIfPresent(
          key,
          (same, counted) -> {
            counted.shares--;
            return counted.shares == 0 ? null : counted;
          });
    }
  }
}
