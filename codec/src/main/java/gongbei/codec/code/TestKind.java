package gongbei.codec.code;

import java.util.Locale;

/** The kinds of test that an {@code HC1} code may claim: the EU's value set of test types. */
public enum TestKind {
  /** A nucleic-acid amplification test, as PCR is one. */
  NAAT("LP6464-4"),

  /** A rapid antigen test. */
  RAT("LP217198-3");

  private static final TestKind[] ALL = values();

  private final String loinc;

  TestKind(String loinc) {
    this.loinc = loinc;
  }

  /** The name in rulesets. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The kind with that LOINC code, or null. */
  static TestKind of(byte[] text, int length) {
    for (final TestKind kind : ALL) {
      if (kind.isCode(text, length)) {
        return kind;
      }
    }
    return null;
  }

  private boolean isCode(byte[] text, int length) {
    if (length != loinc.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (text[i] != loinc.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
