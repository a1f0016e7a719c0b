package gongbei.verifier.rules;

import gongbei.codec.code.HcertKind;
import gongbei.codec.code.HealthCode;
import gongbei.codec.trust.IssuerKey;
import gongbei.verifier.national.NationalJudge;
import gongbei.verifier.national.NationalRule;
import gongbei.verifier.revocation.RevocationCheck;
import gongbei.verifier.revocation.RevocationSet;

/**
 * Judges the holders of foreign codes by a ruleset, and by the entry rules of the countries that it
 * refers to: the one place for a node and for a checkpoint without a network. Allocates nothing but
 * when other national rules have come. For one thread.
 */
public final class ForeignJudge {
  private final NationalJudge national = new NationalJudge();
  private final RevocationCheck revocation = new RevocationCheck();
  private NationalRule broken;

  /**
   * Judges a code whose signature and times hold.
   *
   * @param rules of the checkpoint
   * @param inForce what the rulesets in force refer to: national rules, and lists of revoked codes
   * @param code of a foreign issuer
   * @param key that has signed it
   */
  public ForeignFinding judge(
      Ruleset rules, ForeignLaw inForce, HealthCode code, IssuerKey key, long atEpochSeconds) {
    broken = null;
    final RevocationSet revoked = inForce.revoked();
    if (revocation.isRevoked(revoked, code, key, atEpochSeconds)) {
      return ForeignFinding.ofRevoked(revocation.found());
    }
    final ForeignFinding finding = judgeByRules(rules, inForce, code, key, atEpochSeconds);
    return finding == ForeignFinding.OK
            && rules.whenRevocationsExpire() == Ruleset.WhenStale.HOLD
            && revoked.isExpired(code.format(), atEpochSeconds)
        ? ForeignFinding.LISTS_EXPIRED
        : finding;
  }

  private ForeignFinding judgeByRules(
      Ruleset rules, ForeignLaw inForce, HealthCode code, IssuerKey key, long atEpochSeconds) {
    final ForeignFinding finding = rules.judgeForeign(code.facts(), atEpochSeconds);
    if (finding != ForeignFinding.OK || rules.foreignRules().isEmpty()) {
      return finding;
    }
    // The rules are written for the EU's certificate, and say nothing of what others hold.
    if (code.hcert().kind() != HcertKind.DCC) {
      return ForeignFinding.NO_RULES;
    }
    return switch (national.apply(
        inForce.national(), rules.foreignRules(), code, key.issuer(), atEpochSeconds)) {
      case KEPT -> ForeignFinding.OK;
      case NO_RULES -> ForeignFinding.NO_RULES;
      case BROKEN -> {
        broken = national.broken();
        yield ForeignFinding.RULE;
      }
    };
  }

  /** The rule that the last code has not kept, or null. */
  public NationalRule broken() {
    return broken;
  }
}
