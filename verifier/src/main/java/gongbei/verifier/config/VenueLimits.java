package gongbei.verifier.config;

/** The bounds of venues, their codes and visits to them, as {@link Limits} are a node's. */
public final class VenueLimits {
  /** How long a code on a venue's screen is shown, in seconds: a whole minute of the clock. */
  public static final int VENUE_CODE_SECONDS = 60;

  /** How long after its minute the code of a venue's screen still counts, in seconds. */
  public static final int VENUE_CODE_MARGIN_SECONDS = 15;

  /** The most venues' screens that watch at once, and of those the most of one caller. */
  public static final int MAX_VENUE_SCREENS = 2_000;

  /** See {@link #MAX_VENUE_SCREENS}. */
  public static final int MAX_VENUE_SCREENS_OF_CALLER = 8;

  /** The fewest digits of a venue's PIN. */
  public static final int MIN_PIN_DIGITS = 4;

  /** The most digits of a venue's PIN. */
  public static final int MAX_PIN_DIGITS = 8;

  /** How many wrong PINs a second a caller may send for one venue, on the average. */
  public static final int WRONG_PINS_PER_SECOND = 1;

  /** The most callers told apart by whom wrong PINs were sent. */
  public static final int MAX_PIN_CALLERS = 10_000;

  /** The most codes of venues that are remembered as genuine. */
  public static final int MAX_REMEMBERED_VENUES = 4_096;

  private VenueLimits() {}
}
