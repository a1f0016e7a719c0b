package gongbei.verifier.config;

/** Every bound that the verifier keeps, in one place; those of a code are in CodeLimits. */
public final class Limits {
  /** The most bytes of one ruleset file. */
  public static final int MAX_RULESET_BYTES = 64 * 1024;

  /** The most rulesets that a node holds. */
  public static final int MAX_RULESETS = 64;

  /** The most characters of a checkpoint's name. */
  public static final int MAX_CHECKPOINT_CHARACTERS = 64;

  /** The greatest {@code testWithinHours} of a ruleset: 30 days. */
  public static final int MAX_TEST_WITHIN_HOURS = 720;

  /** The greatest {@code staleAfterSeconds} of a ruleset: a day. */
  public static final int MAX_STALE_AFTER_SECONDS = 86_400;

  /** How far ahead of a node's clock an issuer's may be, in seconds. */
  public static final int CLOCK_SKEW_SECONDS = 5;

  private Limits() {}
}
