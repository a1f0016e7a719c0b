package gongbei.codec.model;

import java.util.Locale;
import java.util.Optional;

/** Why an authority refuses an appeal. A table, so that nothing personal is written. */
public enum AppealRefusal {
  /** The result of the test was looked at again, and stands. */
  TEST_CONFIRMED(0),
  /** The contact was looked at again, and stands. */
  CONTACT_CONFIRMED(1),
  /** The holder was in the area. */
  AREA_CONFIRMED(2),
  /** What the colour was given for is not over. */
  NOT_OVER(3),
  /** The colour has changed since, or has ended. */
  CHANGED_SINCE(4),
  /** The holder must ask another authority, which has given the colour. */
  NOT_OURS(5);

  private static final AppealRefusal[] BY_NUMBER = values();

  private final int number;
  private final String wireName;

  AppealRefusal(int number) {
    this.number = number;
    wireName = name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The number in the log. */
  public int number() {
    return number;
  }

  /**
   * The reason of a number.
   *
   * @throws IllegalArgumentException when there is none of that number
   */
  public static AppealRefusal ofNumber(int number) {
    return ByNumber.find(BY_NUMBER, "refusal", number);
  }

  /** The reason of a name in JSON; empty where it is none. */
  public static Optional<AppealRefusal> ofWireName(String name) {
    return ByName.find(BY_NUMBER, AppealRefusal::wireName, name);
  }

  /** The name in JSON. */
  public String wireName() {
    return wireName;
  }

  @Override
  public String toString() {
    return wireName;
  }
}
