package gongbei.codec.model;

/** A region that issues health codes of its own and runs its own nodes. */
public enum Region {
  /** Guangdong, whose codes begin with {@code GD1:}. */
  GUANGDONG("GD"),
  /** Macau, whose codes begin with {@code MO1:}. */
  MACAU("MO");

  private final String wireName;

  Region(String wireName) {
    this.wireName = wireName;
  }

  /** The name in codes, JSON and YAML: two capital letters. */
  public String wireName() {
    return wireName;
  }
}
