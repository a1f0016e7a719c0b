package gongbei.verifier.rules;

import gongbei.codec.code.HealthCode;
import gongbei.replication.status.StatusRecord;

/**
 * The rules of one kind of checkpoint: what a holder's status must be. Immutable, judges without
 * allocation, shared by all threads.
 *
 * @param name the kind of checkpoint, as in {@code metro}: lower-case letters, digits and hyphens
 * @param version grows with every edit; each verdict names it
 * @param yellowAllowed whether yellow passes; else it is held. Red never passes.
 * @param testWithinHours the greatest age of a negative nucleic-acid test, counted from its sample;
 *     0 where no test is needed; a sample that has yet to be taken is no test
 * @param testWaivedFromDoses the vaccine doses from which no test is needed; 0 where none waive it
 * @param foreignCodes what becomes of {@code HC1} codes, whose holders are in no map
 * @param staleAfterMillis the age of the map's data from which a verdict is flagged stale
 * @param whenStale what becomes of a scan that would pass on stale data
 * @param replays what becomes of a scan that would pass of a code that was shown elsewhere
 */
public record Ruleset(
    String name,
    int version,
    boolean yellowAllowed,
    int testWithinHours,
    int testWaivedFromDoses,
    ForeignCodes foreignCodes,
    long staleAfterMillis,
    WhenStale whenStale,
    Replays replays) {

  /** What a checkpoint does with a valid code of a foreign issuer. */
  public enum ForeignCodes {
    /** Judge it by the test and doses that it claims itself. */
    ACCEPT,
    /** Ask a person. */
    HOLD,
    /** Turn it away. */
    REFUSE
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
  private static final int SAMPLE_SKEW_MINUTES = 5;

  /** The name and version as verdicts give them, as in {@code metro@3}. */
  public String label() {
    return name + "@" + version;
  }

  /** Judges a holder by the status in the map. */
  public Reason judge(StatusRecord status, long atEpochSeconds, long dataAgeMillis) {
    if (status.result() == HealthCode.RESULT_POSITIVE) {
      return Reason.POSITIVE_TEST;
    }
    if (status.colour() == StatusRecord.RED) {
      return Reason.RED;
    }
    if (status.colour() == StatusRecord.YELLOW && !yellowAllowed) {
      return Reason.YELLOW;
    }
    return judgeTest(
        status.result(),
        status.sampleEpochMinutes(),
        status.doses(),
        atEpochSeconds,
        dataAgeMillis);
  }

  /** Judges the holder of a foreign code by what the code itself claims. */
  public Reason judgeForeign(HealthCode code, long atEpochSeconds) {
    if (code.result() == HealthCode.RESULT_POSITIVE) {
      return Reason.POSITIVE_TEST;
    }
    if (foreignCodes != ForeignCodes.ACCEPT) {
      return Reason.UNKNOWN_SUBJECT;
    }
    return judgeTest(code.result(), code.sampleEpochMinutes(), code.doses(), atEpochSeconds, 0);
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

  private Reason judgeTest(
      int result, int sampleEpochMinutes, int doses, long atEpochSeconds, long dataAgeMillis) {
    final boolean waived = testWaivedFromDoses > 0 && doses >= testWaivedFromDoses;
    if (testWithinHours > 0 && !waived) {
      if (result != HealthCode.RESULT_NEGATIVE || sampleEpochMinutes < 0) {
        return Reason.TEST_MISSING;
      }
      final long ageMinutes = Math.floorDiv(atEpochSeconds, 60L) - sampleEpochMinutes;
      if (ageMinutes < -SAMPLE_SKEW_MINUTES) {
        return Reason.TEST_MISSING;
      }
      if (ageMinutes > (long) testWithinHours * MINUTES_PER_HOUR) {
        return Reason.TEST_TOO_OLD;
      }
    }
    return whenStale == WhenStale.HOLD && isStale(dataAgeMillis) ? Reason.STALE : Reason.OK;
  }
}
