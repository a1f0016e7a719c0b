package gongbei.replication.machine;

import gongbei.replication.map.StatusRecord;

/**
 * What stops a holder: every change after which one who passed somewhere may not pass there any
 * more, whatever the rules of the place. It makes them yellow or red, or for longer; says that they
 * are dead; revokes codes that counted; takes doses away that may stand for a test; takes away a
 * negative test, or puts an older one in its place.
 */
final class Restriction {
  private Restriction() {}

  /**
   * Whether a change stops the holder. Allocates nothing.
   *
   * @param before what counted at the log's time, of whom nothing was known green and nothing else
   * @param after what counts from now on
   */
  static boolean isOne(StatusRecord before, StatusRecord after) {
    return isColour(before, after)
        || isDeath(before, after)
        || isRevocation(before, after)
        || isTaking(before, after);
  }

  /** Whether it says that the holder is dead, of whom that was not said. */
  static boolean isDeath(StatusRecord before, StatusRecord after) {
    return (after.flags() & ~before.flags() & StatusRecord.DECEASED) != 0;
  }

  /** Whether it revokes codes that counted. */
  static boolean isRevocation(StatusRecord before, StatusRecord after) {
    return after.revokedBeforeEpochSeconds() > before.revokedBeforeEpochSeconds();
  }

  /** Whether it takes doses or a negative test away, or puts an older test in its place. */
  static boolean isTaking(StatusRecord before, StatusRecord after) {
    return after.doses() < before.doses() || losesTest(before, after);
  }

  /** Whether it leaves the holder yellow or red who was not so already, or not for as long. */
  static boolean isColour(StatusRecord before, StatusRecord after) {
    return after.colour() != StatusRecord.GREEN
        && (after.colour() > before.colour()
            || after.greenFromEpochMinutes() > before.greenFromEpochMinutes());
  }

  private static boolean losesTest(StatusRecord before, StatusRecord after) {
    return before.result() == StatusRecord.RESULT_NEGATIVE
        && (after.result() != StatusRecord.RESULT_NEGATIVE
            || after.sampleEpochMinutes() < before.sampleEpochMinutes());
  }
}
