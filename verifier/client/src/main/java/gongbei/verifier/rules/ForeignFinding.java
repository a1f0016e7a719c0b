package gongbei.verifier.rules;

import gongbei.codec.code.ForeignFacts;
import gongbei.codec.code.HcertClaims;
import gongbei.verifier.revocation.RevocationType;

/**
 * What is found of a foreign certificate: a reason, and the claim that it is for. Constants, so
 * that a finding allocates nothing.
 */
public enum ForeignFinding {
  UNKNOWN_RESULT(Reason.MALFORMED, "tr", "is neither detected nor not detected"),
  UNKNOWN_DOSE(Reason.MALFORMED, "dn", "is not a number of a dose from 1 to 99"),
  UNKNOWN_SERIES(Reason.MALFORMED, "sd", "is not a number of doses from 1 to 99"),
  REVOKED_IDENTIFIER(Reason.REVOKED, "ci", "is in a list of revoked certificates"),
  REVOKED_SIGNATURE(Reason.REVOKED, "signature", "is in a list of revoked certificates"),
  REVOKED_CARD(Reason.REVOKED, "rid", "is in its issuer's list of revoked cards"),
  REVOKED_CODE(Reason.REVOKED, "code", "is in the list of denied codes"),
  POSITIVE_TEST(Reason.POSITIVE_TEST, null, null),
  UNKNOWN_HOLDER(Reason.UNKNOWN_SUBJECT, null, null),
  LINK(Reason.TEST_MISSING, "hcert", "is a link to a document, which is not fetched"),
  OTHER_DISEASE(Reason.TEST_MISSING, "tg", "is not COVID-19"),
  UNKNOWN_KIND(Reason.TEST_MISSING, "tt", "is no kind of test that is known"),
  FUTURE_SAMPLE(Reason.TEST_MISSING, "sc", "is in the future"),
  FUTURE_DOSE(Reason.TEST_MISSING, "dt", "is in the future"),
  FUTURE_RECOVERY(Reason.TEST_MISSING, "fr", "is in the future"),
  OTHER_KIND(Reason.TEST_MISSING, "tt", "is no kind of test that counts here"),
  TEST_MISSING(Reason.TEST_MISSING, null, null),
  TEST_TOO_OLD(Reason.TEST_TOO_OLD, null, null),
  RULE(Reason.RULE, null, null),
  NO_RULES(Reason.RULE, "foreignRules", "name a country that has no rules for it now"),
  LISTS_EXPIRED(Reason.STALE, "revocations", "are too old to rely on"),
  OK(Reason.OK, null, null);

  private final Reason reason;
  private final String field;
  private final String explanation;

  ForeignFinding(Reason reason, String field, String explanation) {
    this.reason = reason;
    this.field = field;
    this.explanation = explanation;
  }

  /** The reason of the verdict. */
  public Reason reason() {
    return reason;
  }

  /** The claim at fault, or null where none is. */
  public String field() {
    return field;
  }

  /** What is wrong with the claim, or null. */
  public String explanation() {
    return explanation;
  }

  /** The finding for a code that a list of revoked ones has. */
  static ForeignFinding ofRevoked(RevocationType found) {
    return switch (found) {
      case UCI, COUNTRYCODEUCI -> REVOKED_IDENTIFIER;
      case SIGNATURE -> REVOKED_SIGNATURE;
      case RID -> REVOKED_CARD;
      case SIGNED -> REVOKED_CODE;
    };
  }

  /**
   * Finds a value that the value sets do not have and that no rules can evaluate. Whoever signed
   * it, such a certificate is malformed for every checkpoint.
   *
   * @return {@link #OK} where there is none
   */
  public static ForeignFinding ofValues(ForeignFacts facts) {
    final String field = facts.fieldOutsideValueSets();
    if (field == null) {
      return OK;
    }
    return switch (field) {
      case "tr" -> UNKNOWN_RESULT;
      case "dn" -> UNKNOWN_DOSE;
      default -> UNKNOWN_SERIES;
    };
  }

  /**
   * Finds why a certificate says nothing that any rules accept: it is about another disease, a test
   * of a kind that nobody knows, or what has yet to happen.
   *
   * @return {@link #OK} where it says something
   */
  static ForeignFinding ofMeaning(ForeignFacts facts, long atEpochSeconds) {
    if (facts.isLink()) {
      return LINK;
    }
    if (!facts.isOfThisDisease()) {
      return OTHER_DISEASE;
    }
    if (facts.types() == HcertClaims.TEST && !facts.isOfKnownKind()) {
      return UNKNOWN_KIND;
    }
    final String future = facts.fieldAfter(atEpochSeconds);
    if (future == null) {
      return OK;
    }
    return switch (future) {
      case "sc" -> FUTURE_SAMPLE;
      case "dt" -> FUTURE_DOSE;
      default -> FUTURE_RECOVERY;
    };
  }
}
