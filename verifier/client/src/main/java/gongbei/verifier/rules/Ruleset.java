package gongbei.verifier.rules;

import gongbei.codec.code.CodeLimits;
import gongbei.codec.code.ForeignFacts;
import gongbei.codec.code.HcertClaims;
import gongbei.codec.code.HealthCode;
import gongbei.codec.code.TestKind;
import gongbei.codec.model.HolderStatus;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The rules of one kind of checkpoint: what a holder's status must be. Immutable, evaluates without
 * allocation, shared by all threads.
 *
 * @param name the kind of checkpoint, as in {@code metro}: lower-case letters, digits and hyphens
 * @param version grows with every edit; each verdict names it
 * @param yellowAllowed whether yellow passes; else it is held. Red never passes.
 * @param testWithinHours the greatest age of a negative test, counted from its sample; 0 where no
 *     test is needed; a sample that has yet to be taken is no test
 * @param testKinds the kinds of test that count, one at least; the tests of the status map are
 *     nucleic-acid tests
 * @param testWaivedFromDoses the vaccine doses from which no test is needed; 0 where none waive it
 * @param foreignCodes what becomes of foreign codes, whose holders are in no map
 * @param staleAfterMillis the age of the map's data from which a verdict is flagged stale
 * @param whenStale what becomes of a scan that would pass on stale data
 * @param replays what becomes of a scan that would pass of a code that was shown elsewhere
 * @param foreignRules the countries whose entry rules {@code HC1} codes must keep, as in {@code
 *     FR}, or {@code DE-BY} for a region's besides; none where this ruleset's own test and doses
 *     count
 * @param holderNames whether the checkpoint's page shows whom a foreign code is of
 * @param whenRevocationsExpire what becomes of a foreign code that would pass while a list that may
 *     revoke it is too old to rely on
 */
public record Ruleset(
    String name,
    int version,
    boolean yellowAllowed,
    int testWithinHours,
    Set<TestKind> testKinds,
    int testWaivedFromDoses,
    ForeignCodes foreignCodes,
    long staleAfterMillis,
    WhenStale whenStale,
    Replays replays,
    List<String> foreignRules,
    HolderNames holderNames,
    WhenStale whenRevocationsExpire) {

  /** The kinds of test that count where a ruleset names none. */
  public static final Set<TestKind> DEFAULT_TEST_KINDS = Set.of(TestKind.NAAT);

  /** What a checkpoint does with a valid code of a foreign issuer. */
  public enum ForeignCodes {
    /** Judge it by the test and doses that it claims itself. */
    ACCEPT,
    /** Ask a person. */
    HOLD,
    /** Turn it away. */
    REFUSE
  }

  /** Whether a checkpoint's page shows name and birth date of a foreign code's holder. */
  public enum HolderNames {
    /** For a person to compare with a passport. */
    SHOW,
    /** Nobody needs to know. */
    HIDE
  }

  /** What a checkpoint does on data older than the bound. */
  public enum WhenStale {
    /** Answer as usual, flagged stale. */
    ANSWER,
    /** Ask a person. */
    HOLD
  }

  /** What a checkpoint does with a code that was shown at another place in its life. */
  public enum Replays {
    /** Does not look for it. */
    IGNORE,
    /** Ask a person. */
    HOLD
  }

  private static final int MINUTES_PER_HOUR = 60;
  private static final TestKind[] KINDS = TestKind.values();

  /**
   * @throws IllegalArgumentException where no kind of test counts
   */
  public Ruleset {
    if (testKinds.isEmpty()) {
      throw new IllegalArgumentException("testKinds is empty");
    }
    testKinds = Collections.unmodifiableSet(EnumSet.copyOf(testKinds));
    foreignRules = List.copyOf(foreignRules);
  }

  /** Rules whose checkpoint's page shows the names of foreign codes' holders. */
  public Ruleset(
      String name,
      int version,
      boolean yellowAllowed,
      int testWithinHours,
      Set<TestKind> testKinds,
      int testWaivedFromDoses,
      ForeignCodes foreignCodes,
      long staleAfterMillis,
      WhenStale whenStale,
      Replays replays,
      List<String> foreignRules) {
    this(
        name,
        version,
        yellowAllowed,
        testWithinHours,
        testKinds,
        testWaivedFromDoses,
        foreignCodes,
        staleAfterMillis,
        whenStale,
        replays,
        foreignRules,
        HolderNames.SHOW,
        WhenStale.HOLD);
  }

  /** The name and version as verdicts give them, as in {@code metro@3}. */
  public String label() {
    return name + "@" + version;
  }

  /** Judges a holder by the status in the map. */
  public Reason judge(HolderStatus status, long atEpochSeconds, long dataAgeMillis) {
    if (status.result() == HolderStatus.RESULT_POSITIVE) {
      return Reason.POSITIVE_TEST;
    }
    if (status.colour() == HolderStatus.RED) {
      return Reason.RED;
    }
    if (status.colour() == HolderStatus.YELLOW && !yellowAllowed) {
      return Reason.YELLOW;
    }
    final boolean counts =
        status.result() == HolderStatus.RESULT_NEGATIVE && testKinds.contains(TestKind.NAAT);
    final Reason reason =
        judgeTest(
            counts ? status.sampleEpochMinutes() : HealthCode.ABSENT,
            status.doses(),
            atEpochSeconds);
    return reason == Reason.OK && whenStale == WhenStale.HOLD && isStale(dataAgeMillis)
        ? Reason.STALE
        : reason;
  }

  /**
   * Judges the holder of a foreign code by what the code itself certifies, and leaves test and
   * doses to {@link ForeignJudge} where the entry rules of countries are asked for.
   */
  public ForeignFinding judgeForeign(ForeignFacts facts, long atEpochSeconds) {
    final ForeignFinding unknown = ForeignFinding.ofValues(facts);
    if (unknown != ForeignFinding.OK) {
      return unknown;
    }
    if (facts.isPositive()) {
      return ForeignFinding.POSITIVE_TEST;
    }
    if (foreignCodes != ForeignCodes.ACCEPT) {
      return ForeignFinding.UNKNOWN_HOLDER;
    }
    final ForeignFinding fault = ForeignFinding.ofMeaning(facts, atEpochSeconds);
    final boolean isByLaw = !foreignRules.isEmpty();
    if (fault != ForeignFinding.OK && !(isByLaw && fault == ForeignFinding.UNKNOWN_KIND)) {
      return fault;
    }
    if (isByLaw) {
      return ForeignFinding.OK;
    }
    int newest = HealthCode.ABSENT;
    for (final TestKind kind : KINDS) {
      if (testKinds.contains(kind)) {
        newest = Math.max(newest, facts.negativeSampleEpochMinutes(kind));
      }
    }
    final boolean isOfOtherKind = facts.types() == HcertClaims.TEST && newest == HealthCode.ABSENT;
    return switch (judgeTest(newest, facts.doses(), atEpochSeconds)) {
      case TEST_MISSING -> isOfOtherKind ? ForeignFinding.OTHER_KIND : ForeignFinding.TEST_MISSING;
      case TEST_TOO_OLD -> ForeignFinding.TEST_TOO_OLD;
      default -> ForeignFinding.OK;
    };
  }

  /** The verdict for a finding of a foreign code under these rules: it may be held. */
  public Verdict verdict(ForeignFinding finding) {
    return finding == ForeignFinding.NO_RULES ? Verdict.HOLD : verdict(finding.reason(), true);
  }

  /** The verdict for a reason under these rules: a foreign code may be held and not refused. */
  public Verdict verdict(Reason reason, boolean foreign) {
    return foreign && reason == Reason.UNKNOWN_SUBJECT && foreignCodes == ForeignCodes.HOLD
        ? Verdict.HOLD
        : reason.verdict();
  }

  /** Whether data of that age is stale for this kind of checkpoint. */
  public boolean isStale(long dataAgeMillis) {
    return dataAgeMillis > staleAfterMillis;
  }

  /**
   * @param sampleEpochMinutes when the newest negative test of a kind that counts was taken, or
   *     negative
   */
  private Reason judgeTest(int sampleEpochMinutes, int doses, long atEpochSeconds) {
    final boolean waived = testWaivedFromDoses > 0 && doses >= testWaivedFromDoses;
    if (testWithinHours == 0 || waived) {
      return Reason.OK;
    }
    final long ageMinutes = Math.floorDiv(atEpochSeconds, 60L) - sampleEpochMinutes;
    if (sampleEpochMinutes < 0 || ageMinutes < -CodeLimits.SAMPLE_SKEW_MINUTES) {
      return Reason.TEST_MISSING;
    }
    return ageMinutes > (long) testWithinHours * MINUTES_PER_HOUR ? Reason.TEST_TOO_OLD : Reason.OK;
  }
}
