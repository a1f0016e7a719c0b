package gongbei.replication.status;

import gongbei.replication.status.Applied.Outcome;

/**
 * Applies commands to the status map in the order that the log gives them. Deterministic: what
 * comes of a command depends on the map and the command alone. For one thread.
 */
public final class StatusStateMachine {
  private final StatusMap map;
  private final StatusRecord before = new StatusRecord();
  private final StatusRecord after = new StatusRecord();

  public StatusStateMachine(StatusMap map) {
    this.map = map;
  }

  /** Applies one command and gives it the next version, whether or not it changes anything. */
  public Applied apply(StatusCommand command) {
    final long version = map.version() + 1;
    final byte[] key = command.subject().toBytes();
    final boolean known = map.get(key, 0, before);
    after.reset();
    Outcome outcome = Outcome.APPLIED;
    if (known) {
      System.arraycopy(before.bytes(), 0, after.bytes(), 0, StatusRecord.BYTES);
    }
    if (command instanceof StatusCommand.SetStatus set) {
      setStatus(set);
    } else if (!known) {
      outcome = Outcome.UNKNOWN_SUBJECT;
    } else if (command instanceof StatusCommand.SetTestResult test) {
      outcome = setTestResult(test);
    } else if (command instanceof StatusCommand.Revoke revoke) {
      outcome = revoke(revoke);
    }
    if (outcome == Outcome.APPLIED) {
      after.version(version);
      if (!map.put(key, known ? before : null, after)) {
        outcome = Outcome.MAP_FULL;
      }
    }
    map.version(version);
    return new Applied(version, outcome);
  }

  private void setStatus(StatusCommand.SetStatus set) {
    after
        .colour(set.colour())
        .result(set.result())
        .sampleEpochMinutes(set.sampleEpochMinutes())
        .doses(set.doses())
        .lastDoseEpochDay(set.lastDoseEpochDay())
        .flags(set.flags());
  }

  private Outcome setTestResult(StatusCommand.SetTestResult test) {
    if (test.sampleEpochMinutes() < before.sampleEpochMinutes()) {
      return Outcome.SUPERSEDED;
    }
    after.result(test.result()).sampleEpochMinutes(test.sampleEpochMinutes());
    if (test.result() == StatusRecord.RESULT_POSITIVE) {
      after.colour(StatusRecord.RED);
    }
    return Outcome.APPLIED;
  }

  private Outcome revoke(StatusCommand.Revoke revoke) {
    if (revoke.revokedBeforeEpochSeconds() <= before.revokedBeforeEpochSeconds()) {
      return Outcome.SUPERSEDED;
    }
    after.revokedBeforeEpochSeconds(revoke.revokedBeforeEpochSeconds());
    return Outcome.APPLIED;
  }
}
