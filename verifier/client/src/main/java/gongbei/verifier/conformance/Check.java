package gongbei.verifier.conformance;

import java.util.Locale;

/**
 * What came of one check.
 *
 * @param name what was checked
 * @param detail what was found, or why it was not looked for
 */
public record Check(String name, Outcome outcome, String detail) {
  /** How a check ended. */
  public enum Outcome {
    /** As it has to be. */
    PASSED,
    /** Not as it has to be. */
    FAILED,
    /** Not looked for: something was not given, or the server does not offer it. */
    SKIPPED;

    /** The name in JSON. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
