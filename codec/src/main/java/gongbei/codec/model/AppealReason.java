package gongbei.codec.model;

import java.util.Locale;
import java.util.Optional;

/** Why a holder says that their colour is wrong. A table, so that nothing personal is written. */
public enum AppealReason {
  /** The colour is meant for somebody else. */
  WRONG_PERSON,
  /** The holder has not met the person who is named as their contact. */
  NO_CONTACT,
  /** The holder was not in the area. */
  NOT_IN_AREA,
  /** The result of a test is wrong, or not the holder's. */
  TEST_WRONG,
  /** A later test says otherwise. */
  LATER_TEST,
  /** What the colour was given for is over. */
  IS_OVER,
  /** The holder knows of nothing that the colour could rest on. */
  NO_GROUND;

  private static final AppealReason[] BY_NUMBER = values();

  private final String wireName = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /** The number in the log. */
  public int number() {
    return ordinal();
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
    for (final AppealReason reason : BY_NUMBER) {
      if (reason.wireName.equals(name)) {
        return Optional.of(reason);
      }
    }
    return Optional.empty();
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
