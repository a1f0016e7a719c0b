package gongbei.bench.setup;

import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.verifier.client.StatusChange;
import gongbei.verifier.rules.Reason;
import java.time.Instant;
import java.time.LocalDate;
import java.util.concurrent.TimeUnit;

/**
 * A population that any process can name without a list: who the n-th resident is, what the map is
 * told of them, and what the shipped rules of {@code metro} say to a code of theirs. Of 1,000
 * residents 982 may pass.
 */
public final class Population {
  private static final int THOUSAND = 1_000;
  private static final int YELLOW = 10;
  private static final int RED = YELLOW + 2;
  private static final int POSITIVE = RED + 1;
  private static final int UNTESTED = POSITIVE + 5;
  private static final int SAMPLE_EPOCH_MINUTES = 29_000_000;
  private static final int LAST_DOSE_EPOCH_DAYS = 19_000;
  private static final int DOSES_THAT_WAIVE = 3;

  private Population() {}

  /** Spreads numbers over all subjects, as the hash of a document's number does. */
  public static Subject subject(long number) {
    return new Subject(stir(number), stir(~number));
  }

  /** The finaliser of SplitMix64 (Steele, Lea, Flood, 2014). */
  public static long stir(long value) {
    long z = value * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** What the map is told of a resident. */
  public static StatusCommand status(long number) {
    final Subject subject = subject(number);
    final int lot = (int) (number % THOUSAND);
    if (lot < YELLOW) {
      return status(subject, StatusRecord.YELLOW, StatusRecord.RESULT_NEGATIVE);
    } else if (lot < RED) {
      return status(subject, StatusRecord.RED, StatusRecord.RESULT_NEGATIVE);
    } else if (lot < POSITIVE) {
      return status(subject, StatusRecord.RED, StatusRecord.RESULT_POSITIVE);
    } else if (lot < UNTESTED) {
      return new StatusCommand.SetStatus(subject, StatusRecord.GREEN, 0, 0, 1, 0, 0);
    }
    return status(subject, StatusRecord.GREEN, StatusRecord.RESULT_NEGATIVE);
  }

  private static StatusCommand status(Subject subject, int colour, int result) {
    return new StatusCommand.SetStatus(
        subject, colour, result, SAMPLE_EPOCH_MINUTES, DOSES_THAT_WAIVE, LAST_DOSE_EPOCH_DAYS, 0);
  }

  /** The same as an authority says it over HTTP. */
  public static StatusChange change(long number) {
    final StatusCommand.SetStatus status = (StatusCommand.SetStatus) status(number);
    final StatusChange.StatusBuilder change =
        StatusChange.status(status.subject().toHex())
            .colour(Colour.ofNumber(status.colour()))
            .doses(status.doses());
    if (status.result() != StatusRecord.RESULT_NONE) {
      change
          .test(
              status.result() == StatusRecord.RESULT_POSITIVE
                  ? TestResult.POSITIVE
                  : TestResult.NEGATIVE,
              Instant.ofEpochSecond(TimeUnit.MINUTES.toSeconds(status.sampleEpochMinutes())))
          .lastDose(LocalDate.ofEpochDay(status.lastDoseEpochDay()));
    }
    return change.build();
  }

  /** What {@code metro} says to a good code of a resident. */
  public static Reason reason(long number) {
    final int lot = (int) (number % THOUSAND);
    if (lot < YELLOW) {
      return Reason.YELLOW;
    } else if (lot < RED) {
      return Reason.RED;
    } else if (lot < POSITIVE) {
      return Reason.POSITIVE_TEST;
    }
    return lot < UNTESTED ? Reason.TEST_MISSING : Reason.OK;
  }
}
