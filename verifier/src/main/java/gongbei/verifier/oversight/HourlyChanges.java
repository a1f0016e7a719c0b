package gongbei.verifier.oversight;

import gongbei.replication.map.StatusMap;
import gongbei.verifier.config.Limits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The {@link Series} of every ground and authority, in bounded memory: where there are too many,
 * those go that have counted nothing for {@link Series#HOURS} hours, and where none is such, what
 * comes is counted in one for the rest. Finding one allocates nothing. Not for several threads.
 */
final class HourlyChanges {
  private final int maxSeries;
  private final Series[] slots;
  private Series rest = new Series(Series.REST_GROUND, 0);
  private Series last = rest;
  private int size;
  private long sweptHour;

  HourlyChanges() {
    this(Limits.MAX_OVERSIGHT_SERIES);
  }

  /**
   * @param maxSeries a power of two
   */
  HourlyChanges(int maxSeries) {
    this.maxSeries = maxSeries;
    slots = new Series[2 * maxSeries];
  }

  /** Counts one change. */
  void add(int ground, long authority, Tally tally, long epochSeconds) {
    of(ground, authority, epochSeconds).add(tally, epochSeconds);
  }

  /** The series of a ground and an authority, at a second of the log's time. */
  Series of(int ground, long authority, long epochSeconds) {
    if (last.ground() != ground || last.authority() != authority) {
      last = find(ground, authority, epochSeconds / Oversight.HOUR_SECONDS);
    }
    return last;
  }

  private Series find(int ground, long authority, long hour) {
    int at = slotOf(ground, authority);
    if (slots[at] == null && size == maxSeries && sweep(hour)) {
      at = slotOf(ground, authority);
    }
    if (slots[at] == null) {
      if (size == maxSeries) {
        return rest;
      }
      slots[at] = new Series(ground, authority);
      size++;
    }
    return slots[at];
  }

  /** Where a series is, or its place where it is not. */
  private int slotOf(int ground, long authority) {
    int at = (int) StatusMap.stir(authority + ground) & (slots.length - 1);
    while (slots[at] != null
        && (slots[at].ground() != ground || slots[at].authority() != authority)) {
      at = (at + 1) & (slots.length - 1);
    }
    return at;
  }

  /** Lets go of what is over, once an hour at most. */
  private boolean sweep(long hour) {
    if (hour <= sweptHour) {
      return false;
    }
    sweptHour = hour;
    final List<Series> kept = all();
    kept.removeIf(series -> series.isRest() || series.isOver(hour - Series.HOURS + 1));
    clearSlots();
    kept.forEach(this::put);
    return true;
  }

  /** Takes a series that is not there yet, in place of the rest's where it is that. */
  void put(Series series) {
    if (series.isRest()) {
      rest = series;
    } else if (size < maxSeries) {
      slots[slotOf(series.ground(), series.authority())] = series;
      size++;
    }
  }

  /** All of them, in no order, the rest's among them where it counts something. */
  List<Series> all() {
    final List<Series> all = new ArrayList<>(size + 1);
    for (final Series series : slots) {
      if (series != null) {
        all.add(series);
      }
    }
    if (rest.newestHour() > 0) {
      all.add(rest);
    }
    return all;
  }

  private void clearSlots() {
    Arrays.fill(slots, null);
    size = 0;
    last = rest;
  }

  /** Forgets everything. */
  void reset() {
    rest = new Series(Series.REST_GROUND, 0);
    clearSlots();
  }
}
