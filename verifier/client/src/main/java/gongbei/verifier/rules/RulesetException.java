package gongbei.verifier.rules;

/** Rulesets that cannot be used; the message names the file, the field and the reason. */
public final class RulesetException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String field;
  private final String reason;

  public RulesetException(String message) {
    super(message);
    field = null;
    reason = message;
  }

  /**
   * @param source what names the ruleset in the message
   * @param field the setting at fault
   */
  RulesetException(String source, String field, String reason) {
    super(source + ": " + field + " " + reason);
    this.field = field;
    this.reason = reason;
  }

  /** The setting at fault, or null where it is no one setting. */
  public String field() {
    return field;
  }

  /** What is wrong with the setting, or with the whole. */
  public String reason() {
    return reason;
  }
}
