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
import gongbei.replication.protocol.MessageHeaderEncoder;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * Applies commands to the status map in the order that the log gives them, straight from the log's
 * bytes. Deterministic: what comes of a command depends on the map and the command alone. For one
 * thread; allocates nothing.
 */
public final class StatusStateMachine {
  /** The first version of the protocol by which visits and all tests have an order of their own. */
  private static final int ORDERED_PROTOCOL = 5;

  private static final int MILLIS_PER_SECOND = 1_000;
  private static final int SECONDS_PER_MINUTE = 60;

  private final StatusMap map;
  private final HistorySink sink;
  private final HistoryChange change = new HistoryChange();
  private final byte[] key = change.subject();
  private final StatusRecord before = change.before();
  private final StatusRecord after = change.after();
  private final BatchOrigins ownOrigins = new BatchOrigins();
  private final CommandBatchDecoder decoder = new CommandBatchDecoder();
  private int protocol;
  private long capacity;
  private long signer;

  public StatusStateMachine(StatusMap map) {
    this(map, HistorySink.NONE);
  }

  /**
   * @param sink receives what every version changes
   */
  StatusStateMachine(StatusMap map, HistorySink sink) {
    this.map = map;
    this.sink = sink;
  }

  /** Applies one command and gives it the next version, whether or not it changes anything. */
  public Applied apply(StatusCommand command) {
    final DirectBuffer message = CommandBatches.encode(0, 1, map.capacity(), List.of(command));
    final int body = MessageHeaderEncoder.ENCODED_LENGTH;
    final int opening =
        CommandBatchDecoder.BLOCK_LENGTH + CommandBatchDecoder.CommandsDecoder.HEADER_SIZE;
    final int behind = body + opening + CommandBatchDecoder.CommandsDecoder.sbeBlockLength();
    decoder.wrap(
        message, body, CommandBatchDecoder.BLOCK_LENGTH, CommandBatchDecoder.SCHEMA_VERSION);
    if (!ownOrigins.wrap(message, behind, message.capacity() - behind)) {
      throw new IllegalStateException("a batch can't be read as it was written");
    }
    begin(CommandBatchDecoder.SCHEMA_VERSION, map.capacity(), 0, 0);
    final Outcome outcome = apply(decoder.commands().next(), ownOrigins);
    return new Applied(map.version(), outcome);
  }

  /**
   * Begins a message.
   *
   * @param messageProtocol the version of the protocol that it is of
   * @param most the most holders that there may be, which may be fewer than the map has room for
   * @param logMillis the log's time, in milliseconds since 1970; 0 where it is not known
   * @param author the id of the key that signed it as a whole; 0 where that is not known
   */
  void begin(int messageProtocol, long most, long logMillis, long author) {
    protocol = messageProtocol;
    capacity = most;
    signer = author;
    change.at(logMillis / MILLIS_PER_SECOND);
  }

  /**
   * Applies the command that a decoder stands on and gives it the next version.
   *
   * @param origins of its message
   */
  Outcome apply(CommandBatchDecoder.CommandsDecoder command, BatchOrigins origins) {
    final long version = map.version() + 1;
    command.getSubject(key, 0, Subject.BYTES);
    final boolean known = map.get(key, 0, before);
    if (!known) {
      before.reset();
    }
    System.arraycopy(before.bytes(), 0, after.bytes(), 0, StatusRecord.BYTES);
    final int place = protocol < BatchOrigins.PROTOCOL ? 0 : command.origin();
    final int of = origins.has(place) ? place : 0;
    final long authority = origins.authority(of);
    change
        .origin(
            authority == 0 ? signer : authority, origins.ground(of), origins.secondAuthority(of))
        .wasKnown(known);
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
    if (outcome != Outcome.APPLIED) {
      System.arraycopy(before.bytes(), 0, after.bytes(), 0, StatusRecord.BYTES);
    }
    sink.onVersion(change.done(version, command.kind(), outcome));
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
    final boolean hasEnd = protocol >= BatchOrigins.PROTOCOL;
    after
        .next(hasEnd ? set.following() : StatusRecord.GREEN)
        .untilEpochMinutes(hasEnd ? (int) (set.atEpochSeconds() / SECONDS_PER_MINUTE) : 0)
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
