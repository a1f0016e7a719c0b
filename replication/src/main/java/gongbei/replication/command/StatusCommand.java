package gongbei.replication.command;

import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import java.util.Objects;

/**
 * A change to the status map, as an authority asks for it and as the log orders it. Every field is
 * checked when the command is made: a fault is an {@link IllegalArgumentException} that names it.
 */
public sealed interface StatusCommand {
  /** The latest second that a command may name: 9999-12-31T23:59:59Z. */
  long MAX_EPOCH_SECONDS = StatusRecord.MAX_EPOCH_SECONDS;

  /** The latest day that a command may name: 9999-12-31. */
  int MAX_EPOCH_DAY = StatusRecord.MAX_EPOCH_DAY;

  /** Whose status is changed. */
  Subject subject();

  /**
   * Replaces a holder's whole status, but for what is revoked. A test whose sample is older than
   * the one known is superseded: the known one stays, and where it is positive the holder is red.
   *
   * @param colour 0 green, 1 yellow, 2 red
   * @param result 0 none, 1 negative, 2 positive
   * @param sampleEpochMinutes when the sample was taken; 0 if and only if there is no result
   * @param doses vaccine doses, 0 to 99
   * @param lastDoseEpochDay the day of the last dose, in days since 1970; 0 where not known
   * @param flags bits of {@link StatusRecord#ALL_FLAGS}
   */
  record SetStatus(
      Subject subject,
      int colour,
      int result,
      int sampleEpochMinutes,
      int doses,
      int lastDoseEpochDay,
      int flags)
      implements StatusCommand {
    public SetStatus {
      Objects.requireNonNull(subject, "subject");
      requireRange("colour", colour, StatusRecord.GREEN, StatusRecord.RED);
      requireTest(result, sampleEpochMinutes);
      requireRange("doses", doses, 0, StatusRecord.MAX_DOSES);
      requireRange("lastDoseEpochDay", lastDoseEpochDay, 0, MAX_EPOCH_DAY);
      requireRange("flags", flags, 0, StatusRecord.ALL_FLAGS);
    }
  }

  /**
   * Records a nucleic-acid test; one whose sample is older than the one known changes nothing. A
   * positive result turns the holder red.
   *
   * @param result 1 negative, 2 positive
   * @param sampleEpochMinutes when the sample was taken
   */
  record SetTestResult(Subject subject, int result, int sampleEpochMinutes)
      implements StatusCommand {
    public SetTestResult {
      Objects.requireNonNull(subject, "subject");
      requireRange("result", result, StatusRecord.RESULT_NEGATIVE, StatusRecord.RESULT_POSITIVE);
      requireTest(result, sampleEpochMinutes);
    }
  }

  /**
   * Revokes a holder's codes issued before a second; never moves an earlier revocation back.
   *
   * @param revokedBeforeEpochSeconds codes whose {@code iat} is before this are revoked
   */
  record Revoke(Subject subject, long revokedBeforeEpochSeconds) implements StatusCommand {
    public Revoke {
      Objects.requireNonNull(subject, "subject");
      requireRange("revokedBeforeEpochSeconds", revokedBeforeEpochSeconds, 1, MAX_EPOCH_SECONDS);
    }
  }

  /**
   * Records what a translated code of the other region says of a holder. A code that was issued
   * before another that was translated for them changes nothing. Who is not known becomes known by
   * it. Of who is known it can only make worse what was said here: the worse colour, the newer
   * test, the greater number of doses; where nobody here has said anything since the last such
   * code, the colour and doses of a newer one replace those of that one, and of two of the same
   * second the worse count. A positive test turns the holder red, unless a newer one is known.
   *
   * @param colour 0 green, 1 yellow, 2 red
   * @param result 0 none, 1 negative, 2 positive
   * @param sampleEpochMinutes when the sample was taken; 0 if and only if there is no result
   * @param doses vaccine doses, 0 to 99
   * @param linked whether the holder is one of this region, by a link; else a visitor
   * @param sourceEpochSeconds when the other region issued the code, 1 to {@link
   *     StatusRecord#MAX_SOURCE_EPOCH_SECONDS}
   */
  record Visit(
      Subject subject,
      int colour,
      int result,
      int sampleEpochMinutes,
      int doses,
      boolean linked,
      long sourceEpochSeconds)
      implements StatusCommand {
    public Visit {
      Objects.requireNonNull(subject, "subject");
      requireRange("colour", colour, StatusRecord.GREEN, StatusRecord.RED);
      requireTest(result, sampleEpochMinutes);
      requireRange("doses", doses, 0, StatusRecord.MAX_DOSES);
      requireRange(
          "sourceEpochSeconds", sourceEpochSeconds, 1, StatusRecord.MAX_SOURCE_EPOCH_SECONDS);
    }
  }

  private static void requireTest(int result, int sampleEpochMinutes) {
    requireRange("result", result, StatusRecord.RESULT_NONE, StatusRecord.RESULT_POSITIVE);
    requireRange("sampleEpochMinutes", sampleEpochMinutes, 0, Integer.MAX_VALUE);
    if ((result == StatusRecord.RESULT_NONE) != (sampleEpochMinutes == 0)) {
      throw new IllegalArgumentException(
          "sampleEpochMinutes must be given with a result, and only with one");
    }
  }

  private static void requireRange(String field, long value, long least, long greatest) {
    if (value < least || value > greatest) {
      throw new IllegalArgumentException(
          field + " is " + value + ", not from " + least + " to " + greatest);
    }
  }
}
