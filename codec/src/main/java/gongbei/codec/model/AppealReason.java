package gongbei.codec.model;

import java.util.Locale;
import java.util.Optional;

/** Why a holder says that their colour is wrong. A table, so that nothing personal is written. */
public enum AppealReason {
  /** The colour is meant for somebody else. */
  WRONG_PERSON(0),
  /** The holder has not met the person who is named as their contact. */
  NO_CONTACT(1),
  /** The holder was not in the area. */
  NOT_IN_AREA(2),
  /** The result of a test is wrong, or not the holder's. */
  TEST_WRONG(3),
  /** A later test says otherwise. */
  LATER_TEST(4),
  /** What the colour was given for is over. */
  IS_OVER(5),
  /** The holder knows of nothing that the colour could rest on. */
  NO_GROUND(6);

  private static final AppealReason[] BY_NUMBER = values();

  private final int number;
  private final String wireName;

  AppealReason(int number) {
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
  public static AppealReason ofNumber(int number) {
    return ByNumber.find(BY_NUMBER, "reason", number);
  }

  /** The reason of a name in JSON; empty where it is none. */
  public static Optional<AppealReason> ofWireName(String name) {
    return ByName.find(BY_NUMBER, AppealReason::wireName, name);
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
