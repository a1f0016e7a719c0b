package gongbei.codec.model;

import java.util.Locale;

/** What a holder may do, as codes, the map and verdicts have it. */
public enum Colour {
  /** May pass. */
  GREEN(HolderStatus.GREEN),
  /** Is to be asked. */
  YELLOW(HolderStatus.YELLOW),
  /** May not pass. */
  RED(HolderStatus.RED);

  private final int number;

  Colour(int number) {
    this.number = number;
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
    for (final Colour colour : values()) {
      if (colour.number == number) {
        return colour;
      }
    }
    throw new IllegalArgumentException("colour is " + number + ", not from 0 to 2");
  }

  /** The name in JSON and YAML. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
