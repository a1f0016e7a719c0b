package gongbei.codec.model;

import java.util.Locale;
import java.util.Optional;

/** What a Guangdong or Macau code is for. */
public enum CodeKind {
  /** One person's, shown on a screen. */
  PERSON(0),
  /** A group's, whose members are known by its digest. */
  GROUP(1),
  /** One person's, printed and long-lived. */
  PAPER(2),
  /** One person's, translated from the other region's code. */
  TRANSLATED(3),
  /**
   * One person's, made in advance for a short time to come: it counts only while the region says
   * that minting is degraded.
   */
  RESERVE(4),
  /** A place's, which holders scan: it says by what rules they are judged there. */
  VENUE(5);

  private static final CodeKind[] BY_NUMBER = values();

  private final int number;
  private final String wireName;

  CodeKind(int number) {
    this.number = number;
    wireName = name().toLowerCase(Locale.ROOT);
  }

  /** The number in codes. */
  public int number() {
    return number;
  }

  /**
   * The kind of a number.
   *
   * @throws IllegalArgumentException when it is not from 0 to 5
   */
  public static CodeKind ofNumber(int number) {
    return ByNumber.find(BY_NUMBER, "kind", number);
  }

  /** The kind of a name in JSON and YAML; empty where it is none. */
  public static Optional<CodeKind> ofWireName(String name) {
    return ByName.find(BY_NUMBER, CodeKind::wireName, name);
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
