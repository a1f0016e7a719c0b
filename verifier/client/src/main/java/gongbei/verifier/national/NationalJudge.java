package gongbei.verifier.national;

import gongbei.codec.certlogic.Evaluation;
import gongbei.codec.certlogic.Evaluation.Outcome;
import gongbei.codec.code.HealthCode;
import java.util.List;

/**
 * Applies national rules to codes whose signature and times hold: those of the countries that are
 * asked for, and the invalidation rules of the country that has issued the certificate. A rule that
 * can't be evaluated, or evaluates to other than a boolean, is not kept. Allocates nothing but when
 * other rules have come. For one thread.
 */
public final class NationalJudge {
  private static final int COUNTRY_CHARACTERS = 2;

  private final ExternalValues external = new ExternalValues();
  private NationalRules rules = NationalRules.NONE;
  private Evaluation evaluation = new Evaluation(NationalRules.NONE.program());
  private String asked = "";
  private NationalRule broken;

  /** What came of the rules. */
  public enum Finding {
    /** Every rule that applies is kept, and there is one of each country at least. */
    KEPT,
    /** One is not: {@link #broken}. */
    BROKEN,
    /** A country that is asked for has no rule for such a certificate now. */
    NO_RULES
  }

  /**
   * Applies rules to a certificate.
   *
   * @param inForce the rules there are
   * @param countries whose acceptance is asked for, as in {@code FR}, or in {@code DE-BY} for the
   *     rules of a region besides
   * @param code an {@code HC1} code that is whole
   * @param issuedBy the country whose key has signed it
   */
  public Finding apply(
      NationalRules inForce,
      List<String> countries,
      HealthCode code,
      String issuedBy,
      long atEpochSeconds) {
    begin(inForce, code, issuedBy, atEpochSeconds);
    final NationalRules.Country issuing =
        inForce.find(issuedBy, 0, Math.min(issuedBy.length(), COUNTRY_CHARACTERS));
    final int types = code.facts().types();
    if (issuing != null && applyAll(issuing, true, types, atEpochSeconds) < 0) {
      return Finding.BROKEN;
    }
    for (int i = 0; i < countries.size(); i++) {
      ask(countries.get(i), code);
      final NationalRules.Country country = inForce.find(asked, 0, COUNTRY_CHARACTERS);
      final int applied = country == null ? 0 : applyAll(country, false, types, atEpochSeconds);
      if (applied <= 0) {
        return applied < 0 ? Finding.BROKEN : Finding.NO_RULES;
      }
    }
    return Finding.KEPT;
  }

  private void begin(NationalRules inForce, HealthCode code, String issuedBy, long at) {
    if (inForce != rules) {
      rules = inForce;
      evaluation = new Evaluation(inForce.program());
    }
    broken = null;
    external.take(code, issuedBy, at);
    // The issuing country's own rules are asked for no region.
    asked = "";
    external.begin(evaluation, rules.inputs(), code, asked);
  }

  private void ask(String country, HealthCode code) {
    if (!ExternalValues.isSameRegion(country, asked)) {
      external.begin(evaluation, rules.inputs(), code, country);
    }
    asked = country;
  }

  /** Applies the newest version in force of each rule; returns how many, -1 where one is broken. */
  private int applyAll(NationalRules.Country country, boolean invalidation, int types, long at) {
    final NationalRule[] versions = country.rules();
    int applied = 0;
    int next = 0;
    while (next < versions.length) {
      final NationalRule first = versions[next];
      int chosen = -1;
      for (; next < versions.length && versions[next].isVersionOf(first); next++) {
        if (chosen < 0 && versions[next].isInForce(at)) {
          chosen = next;
        }
      }
      if (chosen >= 0 && applies(versions[chosen], invalidation, types)) {
        applied++;
        if (!isKept(invalidation, evaluation.evaluate(country.expressions()[chosen]))) {
          broken = versions[chosen];
          return -1;
        }
      }
    }
    return applied;
  }

  private boolean applies(NationalRule rule, boolean invalidation, int types) {
    return rule.isInvalidation() == invalidation
        && (rule.types() & types) != 0
        && (rule.region().isEmpty() || isOfRegion(rule.region()));
  }

  private boolean isOfRegion(String region) {
    return asked.length() == COUNTRY_CHARACTERS + 1 + region.length()
        && asked.startsWith(region, COUNTRY_CHARACTERS + 1);
  }

  /**
   * An acceptance rule is kept where it says true, and an invalidation rule where it says nothing:
   * what says something else, or fails, is against the holder.
   */
  private static boolean isKept(boolean invalidation, Outcome outcome) {
    return invalidation
        ? outcome == Outcome.FALSE || outcome == Outcome.FALSY
        : outcome == Outcome.TRUE;
  }

  /** The rule that was not kept; null where none was broken. */
  public NationalRule broken() {
    return broken;
  }
}
