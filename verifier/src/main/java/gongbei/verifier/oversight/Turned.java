package gongbei.verifier.oversight;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * How many holders one authority has turned on one ground, minute by minute of the log's time, for
 * a day: what counts towards the ceilings. Not for several threads.
 */
final class Turned {
  static final int HOUR_MINUTES = (int) TimeUnit.HOURS.toMinutes(1);
  static final int DAY_MINUTES = (int) TimeUnit.DAYS.toMinutes(1);

  private final int[] minutes = new int[DAY_MINUTES];
  private long newest;

  /** Counts some at a minute, since 1970; one that is before the newest counts as that one. */
  void add(long epochMinute, int count) {
    if (epochMinute - newest >= DAY_MINUTES) {
      Arrays.fill(minutes, 0);
      newest = epochMinute;
    }
    while (newest < epochMinute) {
      minutes[(int) (++newest % DAY_MINUTES)] = 0;
    }
    minutes[(int) (newest % DAY_MINUTES)] += count;
  }

  /** How many were turned in a minute, since 1970. */
  int at(long epochMinute) {
    return epochMinute > newest || newest - epochMinute >= DAY_MINUTES
        ? 0
        : minutes[(int) (epochMinute % DAY_MINUTES)];
  }

  /**
   * How many were turned in as many minutes up to one.
   *
   * @param epochMinute the last of them, since 1970
   */
  long within(int lastMinutes, long epochMinute) {
    long count = 0;
    for (long at = epochMinute - lastMinutes + 1; at <= epochMinute; at++) {
      count += at(at);
    }
    return count;
  }

  /** The newest minute, since 1970; 0 where nothing is counted. */
  long newest() {
    return newest;
  }

  Turned copy() {
    final Turned copy = new Turned();
    System.arraycopy(minutes, 0, copy.minutes, 0, DAY_MINUTES);
    copy.newest = newest;
    return copy;
  }
}
