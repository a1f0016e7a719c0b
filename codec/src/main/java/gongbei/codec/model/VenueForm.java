package gongbei.codec.model;

import java.util.Locale;
import java.util.Optional;

/** How the code of a venue is shown. */
public enum VenueForm {
  /** On paper, for a long life. */
  PRINTED(0),
  /** On a screen, for a minute. */
  SCREEN(1),
  /** Not at all: the venue keeps it, and has the codes of its screen made by it. */
  LICENCE(2);

  private static final VenueForm[] BY_NUMBER = values();

  private final int number;
  private final String wireName;

  VenueForm(int number) {
    this.number = number;
    wireName = name().toLowerCase(Locale.ROOT);
  }

  /** The number in codes. */
  public int number() {
    return number;
  }

  /**
   * The form of a number.
   *
   * @throws IllegalArgumentException when it is not from 0 to 2
   */
  public static VenueForm ofNumber(int number) {
    return ByNumber.find(BY_NUMBER, "form", number);
  }

  /** The form of a name in JSON; empty where it is none. */
  public static Optional<VenueForm> ofWireName(String name) {
    return ByName.find(BY_NUMBER, VenueForm::wireName, name);
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
