package gongbei.verifier.http.transport;

import gongbei.verifier.http.guard.RateLimits;

import gongbei.verifier.scan.Scan;
import gongbei.verifier.scan.ScanListener;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Carries verdicts from the workers to the HTTP connections of one event loop: workers write the
 * answers, and once a batch wake the loop, which hands them to their connections and flushes each
 * once. Everything but {@link #onVerdict} and {@link #onBatchEnd} is for the event loop.
 */
public final class ScanReplies implements ScanListener {
  private static final int FIRST_PLACES = 64;

  private final EventLoop eventLoop;
  private final AtomicReference<PendingScan> done = new AtomicReference<>();
  private final AtomicBoolean drainIsDue = new AtomicBoolean();
  private final Runnable drain = this::drain;
  private final List<HttpConnection> touched = new ArrayList<>();
  private volatile PendingScan[] places = new PendingScan[FIRST_PLACES];
  private int made;
  private PendingScan free;

  public ScanReplies(EventLoop eventLoop) {
    this.eventLoop = eventLoop;
  }

  /** A place for one more scan. */
  PendingScan take(HttpConnection connection, RateLimits.Rate rate) {
    if (free == null) {
      if (made == places.length) {
        places = Arrays.copyOf(places, 2 * made);
      }
      places[made] = new PendingScan(made);
      free = places[made];
      made++;
    }
    final PendingScan taken = free;
    free = taken.next;
    taken.next = null;
    return taken.begin(connection, rate);
  }

  /** Takes a place back whose answer has come and is written. */
  void giveBack(PendingScan scan) {
    scan.forget();
    scan.next = free;
    free = scan;
  }

  @Override
  public void onVerdict(Scan scan) {
    // The places that the loop had when it published the scan are seen here.
    final PendingScan pending = places[(int) scan.correlationId()];
    pending.take(scan);
    PendingScan before;
    do {
      before = done.get();
      pending.next = before;
    } while (!done.compareAndSet(before, pending));
  }

  @Override
  public void onBatchEnd() {
    if (drainIsDue.compareAndSet(false, true)) {
      eventLoop.execute(drain);
    }
  }

  private void drain() {
    drainIsDue.set(false);
    PendingScan last = done.getAndSet(null);
    PendingScan first = null;
    while (last != null) {
      final PendingScan before = last.next;
      last.next = first;
      first = last;
      last = before;
    }
    while (first != null) {
      final PendingScan each = first;
      first = each.next;
      each.next = null;
      each.done();
      final HttpConnection connection = each.connection();
      if (connection.takeVerdict(each)) {
        touched.add(connection);
      }
    }
    for (int i = 0; i < touched.size(); i++) {
      touched.get(i).flushVerdicts();
    }
    touched.clear();
  }
}
