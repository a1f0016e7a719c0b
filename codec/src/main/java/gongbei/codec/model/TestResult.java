package gongbei.codec.model;

import java.util.Locale;
import java.util.Optional;

/** What is known of a nucleic-acid test. */
public enum TestResult {
  /** No test is known. */
  NONE(HolderStatus.RESULT_NONE),
  /** The virus was not found. */
  NEGATIVE(HolderStatus.RESULT_NEGATIVE),
  /** The virus was found. */
  POSITIVE(HolderStatus.RESULT_POSITIVE);

  private static final TestResult[] BY_NUMBER = values();

  private final int number;
  private final String wireName;

  TestResult(int number) {
    this.number = number;
    wireName = name().toLowerCase(Locale.ROOT);
  }

  /** The number in codes and in the map. */
  public int number() {
    return number;
  }

  /**
   * The result of a number.
   *
   * @throws IllegalArgumentException when it is not from 0 to 2
   */
  public static TestResult ofNumber(int number) {
    return ByNumber.find(BY_NUMBER, "result", number);
  }

  /** The result of a name in JSON and YAML; empty where it is none. */
  public static Optional<TestResult> ofWireName(String name) {
    return ByName.find(BY_NUMBER, TestResult::wireName, name);
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
