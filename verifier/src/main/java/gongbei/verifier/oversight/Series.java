package gongbei.verifier.oversight;

import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What the changes of one authority on one ground came to, by the hour of the log's time, for the
 * last {@link #HOURS} hours. Not for several threads.
 */
public final class Series {
  /** How many hours are kept, the one that runs among them: seven days. */
  public static final int HOURS = 168;

  /** The ground of what is counted together for want of room. */
  static final int REST_GROUND = -1;

  /**
   * The ground of changes that named one which the table does not have: all of an authority's, so
   * that nobody can hide behind numbers that they make up.
   */
  public static final int UNKNOWN_GROUND = -2;

  /** Counts nothing. */
  public static final Series EMPTY = new Series(REST_GROUND, 0);

  private final int ground;
  private final long authority;
  private final long[] cells = new long[HOURS * Tally.COUNT];
  private final long[] totals = new long[Tally.COUNT];
  private Optional<Turned> turned = Optional.empty();
  private long newestHour;
  private long ceilingEpochSeconds;

  Series(int ground, long authority) {
    this.ground = ground;
    this.authority = authority;
  }

  /** The number of the ground, or {@link #UNKNOWN_GROUND}. */
  public int ground() {
    return ground;
  }

  /** The authority's key id. */
  public long authority() {
    return authority;
  }

  /** Whether it is of many authorities and grounds, for which there was no room. */
  public boolean isRest() {
    return ground == REST_GROUND;
  }

  /** Counts one change. */
  void add(Tally tally, long epochSeconds) {
    moveTo(epochSeconds / Oversight.HOUR_SECONDS);
    cells[cell(newestHour) + tally.place()]++;
    totals[tally.place()]++;
    if (tally == Tally.CEILING) {
      ceilingEpochSeconds = epochSeconds;
    }
  }

  /** Counts one holder towards the ceilings of the ground. */
  void turn(long epochSeconds) {
    if (turned.isEmpty()) {
      turned = Optional.of(new Turned());
    }
    turned.get().add(TimeUnit.SECONDS.toMinutes(epochSeconds), 1);
  }

  /** How many holders count towards the ceiling of an hour, at a second since 1970. */
  public long turnedInHour(long epochSeconds) {
    return turned(Turned.HOUR_MINUTES, epochSeconds);
  }

  /** How many holders count towards the ceiling of a day, at a second since 1970. */
  public long turnedInDay(long epochSeconds) {
    return turned(Turned.DAY_MINUTES, epochSeconds);
  }

  private long turned(int lastMinutes, long epochSeconds) {
    return turned.isEmpty()
        ? 0
        : turned.get().within(lastMinutes, TimeUnit.SECONDS.toMinutes(epochSeconds));
  }

  Optional<Turned> turned() {
    return turned;
  }

  /** Makes room for an hour; one that is before the newest counts as that one. */
  private void moveTo(long hour) {
    if (hour - newestHour >= HOURS) {
      Arrays.fill(cells, 0);
      newestHour = hour;
    }
    while (newestHour < hour) {
      newestHour++;
      final int cell = cell(newestHour);
      Arrays.fill(cells, cell, cell + Tally.COUNT, 0);
    }
  }

  private static int cell(long hour) {
    return (int) (hour % HOURS) * Tally.COUNT;
  }

  /** Whether it counts nothing since an hour. */
  boolean isOver(long oldestHour) {
    return newestHour < oldestHour;
  }

  /**
   * What was counted in an hour.
   *
   * @param epochHour the hour, since 1970
   */
  public long count(Tally tally, long epochHour) {
    return epochHour > newestHour || newestHour - epochHour >= HOURS
        ? 0
        : cells[cell(epochHour) + tally.place()];
  }

  /** What was counted since this process began. */
  public long total(Tally tally) {
    return totals[tally.place()];
  }

  /**
   * When the log last refused a change because of a ceiling, in seconds since 1970; 0 for never.
   */
  public long ceilingEpochSeconds() {
    return ceilingEpochSeconds;
  }

  /** Another one that counts the same, but for what this process counted. */
  Series copy() {
    final Series copy = new Series(ground, authority);
    System.arraycopy(cells, 0, copy.cells, 0, cells.length);
    System.arraycopy(totals, 0, copy.totals, 0, totals.length);
    copy.turned = turned.map(Turned::copy);
    copy.newestHour = newestHour;
    copy.ceilingEpochSeconds = ceilingEpochSeconds;
    return copy;
  }

  long newestHour() {
    return newestHour;
  }

  /** Takes what a file has kept of an hour; hours come in their order. */
  void restore(long epochHour, long[] counts) {
    moveTo(epochHour);
    System.arraycopy(counts, 0, cells, cell(epochHour), Tally.COUNT);
  }

  void restoreCeiling(long epochSeconds) {
    ceilingEpochSeconds = epochSeconds;
  }

  void restoreTurned(Turned kept) {
    turned = Optional.of(kept);
  }
}
