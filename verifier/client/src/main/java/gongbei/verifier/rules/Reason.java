package gongbei.verifier.rules;

import gongbei.codec.validity.ValidityFault;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Why a verdict is what it is. The order is the precedence: of several reasons that apply, the
 * first is the one given.
 */
public enum Reason {
  MALFORMED("malformed", Verdict.REFUSE),
  UNSUPPORTED_FORMAT("unsupported-format", Verdict.REFUSE),
  UNKNOWN_ISSUER("unknown-issuer", Verdict.REFUSE),
  BAD_SIGNATURE("bad-signature", Verdict.REFUSE),
  /** A code of a place, where a holder's is due. */
  VENUE_CODE("venue-code", Verdict.REFUSE),
  /** A visit by the code of a place whose time is over, as a photograph of a screen is. */
  VENUE_CODE_EXPIRED("venue-code-expired", Verdict.REFUSE),
  NOT_YET_VALID("not-yet-valid", Verdict.REFUSE),
  EXPIRED("expired", Verdict.REFUSE),
  /** A reserve code of a time or region in which minting is not degraded. */
  RESERVE_NOT_IN_FORCE("reserve-not-in-force", Verdict.REFUSE),
  REVOKED("revoked", Verdict.REFUSE),
  UNKNOWN_SUBJECT("unknown-subject", Verdict.REFUSE),
  POSITIVE_TEST("positive-test", Verdict.REFUSE),
  RED("red", Verdict.REFUSE),
  YELLOW("yellow", Verdict.HOLD),
  TEST_MISSING("test-missing", Verdict.HOLD),
  TEST_TOO_OLD("test-too-old", Verdict.REFUSE),
  /** A foreign certificate that an entry rule of a country does not let in. */
  RULE("rule", Verdict.REFUSE),
  /** A reserve code that has let its holder pass here before. */
  RESERVE_USED("reserve-used", Verdict.REFUSE),
  /** A code that was shown elsewhere in its life, as a screenshot is that others pass on. */
  REPLAYED("replayed", Verdict.HOLD),
  STALE("stale", Verdict.HOLD),
  OK("ok", Verdict.PASS),
  /** Not a finding about the code: the scan was shed and should be tried again. */
  BUSY("busy", Verdict.HOLD);

  private final String wireName;
  private final Verdict verdict;

  Reason(String wireName, Verdict verdict) {
    this.wireName = wireName;
    this.verdict = verdict;
  }

  /** The reason of a code that does not hold. */
  public static Reason of(ValidityFault fault) {
    return switch (fault) {
      case ISSUED_IN_FUTURE, NOT_BEFORE_IN_FUTURE, PERIOD_NOT_BEGUN -> NOT_YET_VALID;
      case EXPIRED, PERIOD_OVER -> EXPIRED;
      case OTHER_KEY_USAGE, OUTSIDE_KEY_PERIOD, OUTSIDE_CERTIFICATE -> REVOKED;
      case NONE -> OK;
    };
  }

  /** The name in JSON and on the command line. */
  public String wireName() {
    return wireName;
  }

  /** Returns the names of all reasons in their order, as in {@code [malformed, …, busy]}. */
  public static String wireNames() {
    return Arrays.stream(values())
        .map(Reason::wireName)
        .collect(Collectors.joining(", ", "[", "]"));
  }

  /** The verdict that this reason brings. */
  public Verdict verdict() {
    return verdict;
  }
}
