package gongbei.codec.model;

import java.util.Optional;

/** A region that issues health codes of its own and runs its own nodes. */
public enum Region {
  /** Guangdong, whose codes begin with {@code GD1:}. */
  GUANGDONG("GD"),
  /** Macau, whose codes begin with {@code MO1:}. */
  MACAU("MO");

  private static final Region[] ALL = values();

  private final String wireName;

  Region(String wireName) {
    this.wireName = wireName;
  }

  /** The region of a name in codes, JSON and YAML; empty where it is none. */
  public static Optional<Region> ofWireName(String name) {
    return ByName.find(ALL, Region::wireName, name);
  }

  /** The name in codes, JSON and YAML: two capital letters. */
  public String wireName() {
    return wireName;
  }

  @Override
  public String toString() {
    return wireName;
  }
}
