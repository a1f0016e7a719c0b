package gongbei.replication.machine;

import gongbei.replication.command.Applied;
import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.CommandKind;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.replication.protocol.CommandBatchDecoder;
import gongbei.replication.protocol.CommandBatchEncoder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Applies commands to the status map in the order that the log gives them, straight from the log's
 * bytes. Deterministic: what comes of a command depends on the map and the command alone. For one
 * thread; allocates nothing.
 */
public final class StatusStateMachine {
  /** The first version of the protocol by which visits and all tests have an order of their own. */
  private static final int ORDERED_PROTOCOL = 5;

  private final StatusMap map;
  private final byte[] key = new byte[Subject.BYTES];
  private final StatusRecord before = new StatusRecord();
  private final StatusRecord after = new StatusRecord();
  private final UnsafeBuffer scratch = new UnsafeBuffer(new byte[CommandBatches.lengthOf(1)]);
  private final CommandBatchEncoder encoder = new CommandBatchEncoder();
  private final CommandBatchDecoder decoder = new CommandBatchDecoder();

  public StatusStateMachine(StatusMap map) {
    this.map = map;
  }

  /** Applies one command and gives it the next version, whether or not it changes anything. */
  public Applied apply(StatusCommand command) {
    encoder.wrap(scratch, 0);
    CommandBatches.put(command, encoder.commandsCount(1).next());
    decoder.wrap(scratch, 0, CommandBatchDecoder.BLOCK_LENGTH, CommandBatchDecoder.SCHEMA_VERSION);
    final Outcome outcome =
        apply(decoder.commands().next(), map.capacity(), CommandBatchDecoder.SCHEMA_VERSION);
    return new Applied(map.version(), outcome);
  }

  /**
   * Applies the command that a decoder stands on and gives it the next version.
   *
   * @param capacity the most holders that there may be, which may be fewer than the map has room
   *     for
   * @param protocol the version of the protocol that the command's message is of
   */
  Outcome apply(CommandBatchDecoder.CommandsDecoder command, long capacity, int protocol) {
    final long version = map.version() + 1;
    command.getSubject(key, 0, Subject.BYTES);
    final boolean known = map.get(key, 0, before);
    if (known) {
      System.arraycopy(before.bytes(), 0, after.bytes(), 0, StatusRecord.BYTES);
    } else {
      after.reset();
    }
    final boolean isOrdered = protocol >= ORDERED_PROTOCOL;
    Outcome outcome =
        switch (isInRange(command, isOrdered) ? command.kind() : -1) {
          case CommandKind.SET_STATUS -> setStatus(command, isOrdered);
          case CommandKind.SET_TEST_RESULT ->
              known ? setTestResult(command) : Outcome.UNKNOWN_SUBJECT;
          case CommandKind.REVOKE -> known ? revoke(command) : Outcome.UNKNOWN_SUBJECT;
          case CommandKind.VISIT -> visit(command, known, isOrdered);
          default -> Outcome.INVALID;
        };
    if (outcome == Outcome.APPLIED) {
      after.version(version);
      if (!after.isSound()) {
        outcome = Outcome.INVALID;
      } else if (!known && map.size() >= capacity) {
        outcome = Outcome.MAP_FULL;
      } else {
        map.put(key, known ? before : null, after);
      }
    }
    map.version(version);
    return outcome;
  }

  /** Whether every field that counts is one that {@link StatusCommand} lets through. */
  private static boolean isInRange(CommandBatchDecoder.CommandsDecoder command, boolean isOrdered) {
    return switch (command.kind()) {
      case CommandKind.SET_STATUS ->
          hasStatus(command)
              && command.lastDoseEpochDay() >= 0
              && command.lastDoseEpochDay() <= StatusCommand.MAX_EPOCH_DAY
              && command.flags() <= StatusRecord.ALL_FLAGS;
      case CommandKind.SET_TEST_RESULT ->
          command.result() != StatusRecord.RESULT_NONE && hasTest(command);
      case CommandKind.REVOKE ->
          command.atEpochSeconds() > 0
              && command.atEpochSeconds() <= StatusCommand.MAX_EPOCH_SECONDS;
      case CommandKind.VISIT ->
          hasStatus(command)
              && (command.flags() == StatusRecord.VISITOR || command.flags() == StatusRecord.LINKED)
              && (!isOrdered
                  || (command.atEpochSeconds() > 0
                      && command.atEpochSeconds() <= StatusRecord.MAX_SOURCE_EPOCH_SECONDS));
      default -> false;
    };
  }

  private static boolean hasStatus(CommandBatchDecoder.CommandsDecoder command) {
    return command.colour() <= StatusRecord.RED
        && hasTest(command)
        && command.doses() <= StatusRecord.MAX_DOSES;
  }

  private static boolean hasTest(CommandBatchDecoder.CommandsDecoder command) {
    return command.result() <= StatusRecord.RESULT_POSITIVE
        && command.sampleEpochMinutes() >= 0
        && (command.result() == StatusRecord.RESULT_NONE) == (command.sampleEpochMinutes() == 0);
  }

  private Outcome setStatus(CommandBatchDecoder.CommandsDecoder set, boolean isOrdered) {
    after
        .colour(set.colour())
        .doses(set.doses())
        .lastDoseEpochDay(set.lastDoseEpochDay())
        .flags(set.flags());
    final boolean isTestOlder =
        set.result() != StatusRecord.RESULT_NONE
            && set.sampleEpochMinutes() < after.sampleEpochMinutes();
    if (!isOrdered || !isTestOlder) {
      after.result(set.result()).sampleEpochMinutes(set.sampleEpochMinutes());
    } else if (after.result() == StatusRecord.RESULT_POSITIVE) {
      after.colour(StatusRecord.RED);
    }
    return Outcome.APPLIED;
  }

  private Outcome setTestResult(CommandBatchDecoder.CommandsDecoder test) {
    if (test.sampleEpochMinutes() < before.sampleEpochMinutes()) {
      return Outcome.SUPERSEDED;
    }
    after.result(test.result()).sampleEpochMinutes(test.sampleEpochMinutes());
    after.flags(before.flags() & ~StatusRecord.TRANSLATED);
    if (test.result() == StatusRecord.RESULT_POSITIVE) {
      after.colour(StatusRecord.RED);
    }
    return Outcome.APPLIED;
  }

  private Outcome visit(
      CommandBatchDecoder.CommandsDecoder visit, boolean known, boolean isOrdered) {
    // A message of an earlier protocol does not say when its code was issued.
    final long source = isOrdered ? visit.atEpochSeconds() : 0;
    final long newest = after.sourceEpochSeconds();
    if (source != 0 && source < newest) {
      return Outcome.SUPERSEDED;
    }
    if (!known) {
      after.flags(visit.flags() | StatusRecord.TRANSLATED);
    }
    final boolean isNewest = source > newest || newest == 0;
    final boolean replaces =
        !known || (isNewest && (before.flags() & StatusRecord.TRANSLATED) != 0);
    final boolean isTestOlder = visit.sampleEpochMinutes() < after.sampleEpochMinutes();
    after
        .sourceEpochSeconds(Math.max(source, newest))
        .colour(replaces ? visit.colour() : Math.max(before.colour(), visit.colour()))
        .doses(replaces ? visit.doses() : Math.max(before.doses(), visit.doses()));
    if (visit.result() != StatusRecord.RESULT_NONE
        && visit.sampleEpochMinutes() > after.sampleEpochMinutes()) {
      after.result(visit.result()).sampleEpochMinutes(visit.sampleEpochMinutes());
    }
    if (visit.result() == StatusRecord.RESULT_POSITIVE && !(isOrdered && isTestOlder)) {
      after.colour(StatusRecord.RED);
    }
    return Outcome.APPLIED;
  }

  private Outcome revoke(CommandBatchDecoder.CommandsDecoder revoke) {
    if (revoke.atEpochSeconds() <= before.revokedBeforeEpochSeconds()) {
      return Outcome.SUPERSEDED;
    }
    after.revokedBeforeEpochSeconds(revoke.atEpochSeconds());
    return Outcome.APPLIED;
  }
}
