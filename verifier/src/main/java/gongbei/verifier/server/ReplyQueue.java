package gongbei.verifier.server;

import gongbei.verifier.scan.Scan;
import gongbei.verifier.scan.ScanListener;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Carries verdicts from the workers to the connections of one event loop. A worker encodes the
 * answer into the place that the loop has kept for it, pushes the place on a lock-free stack (CAS
 * on its head) and, once a batch, wakes the loop. The loop takes the whole stack, delivers the
 * answers in the order in which they were pushed, and flushes each connection once. A scan for
 * whose answer there is no place is not taken at all, so that no worker ever waits for a loop.
 * Places are reused: nothing is allocated in steady state. Everything but {@link #onVerdict},
 * {@link #push} and {@link #onBatchEnd} is for the event loop.
 *
 * <p>A transport says how an answer is encoded and written. It passes a place's {@link Place#id} as
 * the scan's {@link Scan#connectionId(long) connection id}.
 *
 * @param <P> the transport's places
 */
public abstract class ReplyQueue<P extends ReplyQueue.Place> implements ScanListener {
  /** What {@link #deliver} returns where there is nothing more to flush. */
  protected static final Flushable NOTHING = () -> {};

  private static final int FIRST_PLACES = 64;

  private final EventLoop eventLoop;
  private final int maxPlaces;
  private final AtomicReference<Place> done = new AtomicReference<>();
  private final AtomicBoolean drainIsDue = new AtomicBoolean();
  private final Runnable drain = this::drain;
  private final List<Flushable> touched = new ArrayList<>();
  private volatile P[] places;
  private int made;
  private Place free;

  /** A place for the answer of one scan at a time. */
  public abstract static class Place {
    private final int id;
    private Place next;

    /**
     * @param id its index among its queue's places
     */
    protected Place(int id) {
      this.id = id;
    }

    /** Its index among its queue's places. */
    public final int id() {
      return id;
    }

    /** Drops what the place refers to, before it is reused. */
    protected abstract void clear();
  }

  /** A connection that answers have been written to. */
  @FunctionalInterface
  public interface Flushable {
    /** Sends what was written. */
    void flush();
  }

  /**
   * Carries nothing yet.
   *
   * @param none an empty array of the transport's places
   * @param maxPlaces the most scans that are evaluated, or whose answers wait for the loop
   */
  protected ReplyQueue(EventLoop eventLoop, P[] none, int maxPlaces) {
    this.eventLoop = eventLoop;
    this.maxPlaces = maxPlaces;
    this.places = Arrays.copyOf(none, Math.min(FIRST_PLACES, maxPlaces));
  }

  /** Makes one more place. */
  protected abstract P make(int id);

  /** Encodes the answer of a scan into its place. For the scan's worker. */
  protected abstract void encode(Scan scan, P place);

  /**
   * Hands an answer to its connection, which gives the place back when the answer is written.
   *
   * @return the connection where it is to be flushed and has not been returned since the last
   *     flush, otherwise {@link #NOTHING}
   */
  protected abstract Flushable deliver(P place);

  /** Takes a place for the answer of one more scan; null where there is none. */
  protected final P takePlace() {
    if (free == null) {
      if (made == maxPlaces) {
        return null;
      }
      if (made == places.length) {
        places = Arrays.copyOf(places, Math.min(2 * made, maxPlaces));
      }
      places[made] = make(made);
      free = places[made];
      made++;
    }
    final Place taken = free;
    free = taken.next;
    taken.next = null;
    return places[taken.id];
  }

  /** Takes a place back whose answer is written, or whose scan was not taken. */
  public final void giveBack(P place) {
    place.clear();
    final Place given = place;
    given.next = free;
    free = given;
  }

  @Override
  public final void onVerdict(Scan scan) {
    // The places that the loop had when it published the scan are seen here.
    final P place = places[(int) scan.connectionId()];
    encode(scan, place);
    push(place);
  }

  /** Carries a place back whose answer a worker has encoded, ahead of {@link #onBatchEnd}. */
  protected final void push(Place place) {
    Place before;
    do {
      before = done.get();
      place.next = before;
    } while (!done.compareAndSet(before, place));
  }

  @Override
  public final void onBatchEnd() {
    if (drainIsDue.compareAndSet(false, true)) {
      eventLoop.execute(drain);
    }
  }

  private void drain() {
    drainIsDue.set(false);
    Place first = inOrder(done.getAndSet(null));
    while (first != null) {
      final Place each = first;
      first = each.next;
      each.next = null;
      final Flushable connection = deliver(places[each.id]);
      if (connection != NOTHING) {
        touched.add(connection);
      }
    }
    for (int i = 0; i < touched.size(); i++) {
      touched.get(i).flush();
    }
    touched.clear();
  }

  /** Turns the stack over: what was pushed first comes first. */
  private static Place inOrder(Place top) {
    Place first = null;
    Place last = top;
    while (last != null) {
      final Place before = last.next;
      last.next = first;
      first = last;
      last = before;
    }
    return first;
  }
}
