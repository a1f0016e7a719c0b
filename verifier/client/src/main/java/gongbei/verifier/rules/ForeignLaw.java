package gongbei.verifier.rules;

import gongbei.verifier.national.NationalRules;
import gongbei.verifier.revocation.RevocationSet;

/**
 * What foreign codes are judged by beside the rulesets. Immutable.
 *
 * @param national the entry rules of countries
 * @param revoked the lists of revoked codes
 */
public record ForeignLaw(NationalRules national, RevocationSet revoked) {
  /** No rules, and nothing revoked. */
  public static final ForeignLaw NONE = new ForeignLaw(NationalRules.NONE, RevocationSet.NONE);

  /** The same with other entry rules. */
  public ForeignLaw with(NationalRules others) {
    return new ForeignLaw(others, revoked);
  }

  /** The same with other lists of revoked codes. */
  public ForeignLaw with(RevocationSet others) {
    return new ForeignLaw(national, others);
  }
}
