package gongbei.verifier.rules;

/** What a checkpoint is told to do with the holder of a code. */
public enum Verdict {
  /** Let them in. */
  PASS("pass"),
  /** Ask a person to look. */
  HOLD("hold"),
  /** Do not let them in. */
  REFUSE("refuse");

  private final String wireName;

  Verdict(String wireName) {
    this.wireName = wireName;
  }

  /** The name in JSON and on the command line. */
  public String wireName() {
    return wireName;
  }
}
