package gongbei.bench.setup;

import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.replication.command.StatusCommand;
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
      return status(subject, Colour.YELLOW, TestResult.NEGATIVE);
    } else if (lot < RED) {
      return status(subject, Colour.RED, TestResult.NEGATIVE);
    } else if (lot < POSITIVE) {
      return status(subject, Colour.RED, TestResult.POSITIVE);
    } else if (lot < UNTESTED) {
      return StatusCommand.SetStatus.of(subject).colour(Colour.GREEN).doses(1).build();
    }
    return status(subject, Colour.GREEN, TestResult.NEGATIVE);
  }

  private static StatusCommand status(Subject subject, Colour colour, TestResult result) {
    return StatusCommand.SetStatus.of(subject).colour(colour).test(result, SAMPLE_EPOCH_MINUTES).doses(DOSES_THAT_WAIVE).lastDoseEpochDay(LAST_DOSE_EPOCH_DAYS).build();
  }

  /** The same as an authority says it over HTTP. */
  public static StatusChange change(long number) {
    final StatusCommand.SetStatus status = (StatusCommand.SetStatus) status(number);
    final StatusChange.StatusBuilder change =
        StatusChange.status(status.subject().toHex())
            .colour(status.colour())
            .doses(status.doses().count());
    if (status.test().result() != TestResult.NONE) {
      change
          .test(
              status.test().result(),
              Instant.ofEpochSecond(
                  TimeUnit.MINUTES.toSeconds(status.test().sampleEpochMinutes())))
          .lastDose(LocalDate.ofEpochDay(status.doses().lastEpochDay()));
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
