package gongbei.verifier.rules;

/** Rulesets that cannot be used; the message names the file, the field and the reason. */
public final class RulesetException extends Exception {
  private static final long serialVersionUID = 1L;

  public RulesetException(String message) {
    super(message);
  }
}
