package gongbei.replication.cluster;

import gongbei.replication.context.SteadyClock;
import java.util.concurrent.TimeUnit;

/**
 * How fresh a member's map is, and whether it has been up to date so that it may be asked. Noted by
 * the watch, read by any thread. Times are milliseconds of {@link SteadyClock#OF_CLUSTER}.
 */
final class Freshness {
  private static final long SERVED_MILLIS = TimeUnit.SECONDS.toMillis(1);

  private volatile long millis;
  private volatile boolean hasServed;
  private volatile boolean isRenewing;

  /** When the map last was up to date; 0 where it has not been. */
  long millis() {
    return millis;
  }

  /** Whether the map has been up to date since the node began, or since it took others' state. */
  boolean hasServed() {
    return hasServed;
  }

  /** Whether the member takes the others' state in the place of its own. */
  boolean isRenewing() {
    return isRenewing;
  }

  /** Notes that all that is committed is applied. */
  void noteUpToDate(long now) {
    millis = now;
    noteServed(now);
  }

  /**
   * Notes that the map is as of an earlier time.
   *
   * @param appliedMillis the log's time of the last message applied
   */
  void noteBehind(long now, long appliedMillis) {
    millis = Math.max(millis, Math.min(now, appliedMillis));
    noteServed(now);
  }

  private void noteServed(long now) {
    hasServed |= now - millis < SERVED_MILLIS;
  }

  /** Notes that the map is served from. */
  void noteServing() {
    hasServed = true;
  }

  /** Notes that the member's own state is not to be served from any more. */
  void beginRenewal() {
    isRenewing = true;
    hasServed = false;
  }

  /** Notes that the member's own state is gone, and is to be served from when it is there again. */
  void beginRebuild() {
    hasServed = false;
    forget();
  }

  /** Notes that the member's own state is gone. */
  void forget() {
    millis = 0;
  }

  /** Notes that the others' state is there. */
  void endRenewal() {
    isRenewing = false;
  }
}
