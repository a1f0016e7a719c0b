package gongbei.bench.faults;

import java.util.Locale;

/** What befalls a node. */
enum Fault {
  /** kill -9, and started again. */
  KILL(true),
  /** kill -STOP, and kill -CONT. */
  PAUSE(true),
  /** Stopped and let go twenty times a second, as on a crowded machine. */
  STUTTER(true),
  /** No other node reaches it; those who ask it do, and must be answered. */
  PARTITION(false),
  /** What goes between it and other nodes is late, overtakes, and some is lost. */
  LOSS(false),
  /** No room is left where its data is; it has to answer scans all the same. */
  DISK_FULL(false),
  /** All that it writes and forces to disk is late. */
  DISK_SLOW(false),
  /** Its wall clock is half a minute ahead or behind. */
  CLOCK(false);

  private final boolean silences;

  Fault(boolean silences) {
    this.silences = silences;
  }

  /** Whether scans of the node that it befalls may stay without an answer meanwhile. */
  boolean silences() {
    return silences;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Of a name as {@link #toString} gives it.
   *
   * @throws IllegalArgumentException where there is none
   */
  static Fault of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
