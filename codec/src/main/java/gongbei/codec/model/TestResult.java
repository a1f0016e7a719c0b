package gongbei.codec.model;

import java.util.Locale;

/** How a nucleic-acid test came out. */
public enum TestResult {
  /** The virus was not found. */
  NEGATIVE(HolderStatus.RESULT_NEGATIVE),
  /** The virus was found. */
  POSITIVE(HolderStatus.RESULT_POSITIVE);

  private final int number;

  TestResult(int number) {
    this.number = number;
  }

  /** The number in codes and in the map, in which 0 is no test. */
  public int number() {
    return number;
  }

  /** The name in JSON and YAML. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
