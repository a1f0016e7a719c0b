package gongbei.codec.model;

import java.util.Locale;
import java.util.Optional;

/** What a holder may do, as codes, the map and verdicts have it. */
public enum Colour {
  /** May pass. */
  GREEN(HolderStatus.GREEN),
  /** Is to be asked. */
  YELLOW(HolderStatus.YELLOW),
  /** May not pass. */
  RED(HolderStatus.RED);

  private static final Colour[] BY_NUMBER = values();

  private final int number;
  private final String wireName;

  Colour(int number) {
    this.number = number;
    wireName = name().toLowerCase(Locale.ROOT);
  }

  /** The number in codes and in the map. */
  public int number() {
    return number;
  }

  /**
   * The colour of a number.
   *
   * @throws IllegalArgumentException when it is not from 0 to 2
   */
  public static Colour ofNumber(int number) {
    return ByNumber.find(BY_NUMBER, "colour", number);
  }

  /** The colour of a name in JSON and YAML; empty where it is none. */
  public static Optional<Colour> ofWireName(String name) {
    return ByName.find(BY_NUMBER, Colour::wireName, name);
  }

  /** The name in JSON and YAML. */
  public String wireName() {
    return wireName;
  }

  @Override
  public String toString() {
    return wireName;
  }
}
