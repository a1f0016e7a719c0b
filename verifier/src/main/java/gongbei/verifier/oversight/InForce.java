package gongbei.verifier.oversight;

import gongbei.replication.map.StatusRecord;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * How many holders are yellow and red at a minute, and how many cease to be by themselves when. A
 * record counts by what happens to it at which minute ({@link StatusRecord#colourAt}). Memory is
 * bounded: an hour in which something happens takes 720 bytes, and there are at most {@link
 * #MAX_DAYS} days of them, longer than any ground lets a colour last. Not for several threads.
 */
final class InForce {
  /** How many days ahead ends are told apart. */
  static final int MAX_DAYS = 400;

  static final int HOUR_MINUTES = (int) TimeUnit.HOURS.toMinutes(1);
  private static final int MAX_HOURS = (int) TimeUnit.DAYS.toHours(MAX_DAYS);

  /** What happens at a minute. */
  private static final int RED_ENDS = 0;

  private static final int YELLOW_BEGINS = 1;
  private static final int YELLOW_ENDS = 2;
  private static final int EVENTS = 3;
  static final int HOUR_CELLS = HOUR_MINUTES * EVENTS;
  private static final int[] NOTHING = new int[HOUR_CELLS];

  /** How many are red before anything of {@link #hours} has happened. */
  private long red;

  private long yellow;

  /** By the hour, since 1970: for each of its minutes how often each thing happens. */
  private final Int2ObjectHashMap<int[]> hours = new Int2ObjectHashMap<>();

  /** The hour, since 1970, before which all has happened. */
  private int hour;

  /** What a record counts as: its end, its colour and what follows, in one number from 0. */
  static long packed(StatusRecord record) {
    return ((long) record.untilEpochMinutes() << 4) | (record.colour() << 2) | record.next();
  }

  /**
   * Counts a record, or counts it no more.
   *
   * @param packed see {@link #packed}
   * @param difference 1 or -1
   */
  void add(long packed, int difference) {
    final long until = packed >>> 4;
    final int colour = (int) (packed >>> 2) & 3;
    final boolean isYellowNext = ((int) packed & 3) == StatusRecord.YELLOW;
    if (colour == StatusRecord.RED) {
      red += difference;
      if (until != 0) {
        happens(RED_ENDS, until, difference);
      }
    } else if (colour == StatusRecord.YELLOW) {
      yellow += difference;
      if (until != 0) {
        happens(YELLOW_ENDS, until, difference);
      }
    }
    if (until != 0 && isYellowNext) {
      happens(YELLOW_BEGINS, until, difference);
      happens(YELLOW_ENDS, until + StatusRecord.NEXT_MINUTES, difference);
    }
  }

  private void happens(int event, long epochMinute, int difference) {
    final long at = epochMinute / HOUR_MINUTES;
    if (at < hour) {
      hasHappened(event, difference);
    } else if (at - hour <= MAX_HOURS) {
      minutesOf((int) at)[(int) (epochMinute % HOUR_MINUTES) * EVENTS + event] += difference;
    }
  }

  /** The minutes of an hour; allocates those of one in which nothing has happened before. */
  private int[] minutesOf(int epochHour) {
    int[] minutes = hours.get(epochHour);
    if (minutes == null) {
      minutes = new int[HOUR_CELLS];
      hours.put(epochHour, minutes);
    }
    return minutes;
  }

  private void hasHappened(int event, long times) {
    switch (event) {
      case RED_ENDS -> red -= times;
      case YELLOW_BEGINS -> yellow += times;
      default -> yellow -= times;
    }
  }

  /** Lets go of the hours before a minute's: what happens in them has happened. */
  void advance(long epochMinutes) {
    final int now = (int) (epochMinutes / HOUR_MINUTES);
    if (now <= hour) {
      return;
    }
    hour = now;
    final Int2ObjectHashMap<int[]>.EntryIterator each = hours.entrySet().iterator();
    while (each.hasNext()) {
      each.next();
      if (each.getIntKey() < now) {
        final int[] minutes = each.getValue();
        for (int i = 0; i < HOUR_CELLS; i++) {
          hasHappened(i % EVENTS, minutes[i]);
        }
        each.remove();
      }
    }
  }

  /** Adds all that another one counts, which is not ahead of this one. */
  void addAll(InForce other) {
    other.advance((long) hour * HOUR_MINUTES);
    red += other.red;
    yellow += other.yellow;
    other.hours.forEachInt(
        (at, minutes) -> {
          final int[] own = minutesOf(at);
          for (int i = 0; i < HOUR_CELLS; i++) {
            own[i] += minutes[i];
          }
        });
  }

  /** How many holders are red at a minute that has not been let go of. */
  long red(long epochMinutes) {
    return red - until(epochMinutes, RED_ENDS);
  }

  /** How many holders are yellow at a minute that has not been let go of. */
  long yellow(long epochMinutes) {
    return yellow + until(epochMinutes, YELLOW_BEGINS) - until(epochMinutes, YELLOW_ENDS);
  }

  /** How often something happens up to a minute. */
  private long until(long epochMinutes, int event) {
    final int last = (int) (epochMinutes / HOUR_MINUTES);
    long count = 0;
    for (final int at : hours.keySet()) {
      count += at <= last ? within(at, event, 0, epochMinutes) : 0;
    }
    return count;
  }

  private long within(int epochHour, int event, long fromMinute, long toMinute) {
    final int[] known = hours.get(epochHour);
    final int[] minutes = known == null ? NOTHING : known;
    final long first = (long) epochHour * HOUR_MINUTES;
    long count = 0;
    for (int i = 0; i < HOUR_MINUTES; i++) {
      count += first + i >= fromMinute && first + i <= toMinute ? minutes[i * EVENTS + event] : 0;
    }
    return count;
  }

  /**
   * How many holders cease to be red by themselves within an hour.
   *
   * @param epochHour since 1970
   * @param afterEpochMinutes what happens up to this minute has happened
   */
  long redEnds(long epochHour, long afterEpochMinutes) {
    return within((int) epochHour, RED_ENDS, afterEpochMinutes + 1, Long.MAX_VALUE);
  }

  /** How many holders cease to be yellow by themselves within an hour: see {@link #redEnds}. */
  long yellowEnds(long epochHour, long afterEpochMinutes) {
    return within((int) epochHour, YELLOW_ENDS, afterEpochMinutes + 1, Long.MAX_VALUE);
  }

  /** The last hour in which something happens, since 1970; 0 for none. */
  int lastHour() {
    int last = 0;
    for (final int at : hours.keySet()) {
      last = Math.max(last, at);
    }
    return last;
  }

  /** Forgets everything. */
  void reset() {
    red = 0;
    yellow = 0;
    hours.clear();
    hour = 0;
  }

  /** The hour, since 1970, before which all has happened. */
  int hour() {
    return hour;
  }

  /** All that is counted, as a file keeps it. */
  long[] toLongs() {
    final long[] longs = new long[4 + hours.size() * (1 + HOUR_CELLS)];
    longs[0] = hour;
    longs[1] = red;
    longs[2] = yellow;
    longs[3] = hours.size();
    int at = 4;
    for (final int each : hours.keySet()) {
      longs[at++] = each;
      for (final int times : minutesOf(each)) {
        longs[at++] = times;
      }
    }
    return longs;
  }

  /** What {@link #toLongs} gave. */
  static InForce of(long[] longs) {
    final InForce made = new InForce();
    made.hour = (int) longs[0];
    made.red = longs[1];
    made.yellow = longs[2];
    for (int at = 4; at < longs.length; at += 1 + HOUR_CELLS) {
      made.hours.put(
          (int) longs[at],
          Arrays.stream(longs, at + 1, at + 1 + HOUR_CELLS).mapToInt(each -> (int) each).toArray());
    }
    return made;
  }
}
