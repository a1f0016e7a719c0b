package gongbei.replication.machine;

import gongbei.codec.code.CodeLimits;
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
  private final GroundRules rules;
  private final GroundRules.Asked asked = new GroundRules.Asked();
  private final HistorySink sink;
  private final HistoryChange change = new HistoryChange();
  private final byte[] key = change.subject();
  private final StatusRecord before = change.before();
  private final StatusRecord after = change.after();
  private final StatusRecord inForce = new StatusRecord();
  private final BatchOrigins ownOrigins = new BatchOrigins();
  private final CommandBatchDecoder decoder = new CommandBatchDecoder();
  private int protocol;
  private long capacity;
  private long signer;

  /** A state machine for itself, which knows no time and the table of grounds that ships. */
  public StatusStateMachine(StatusMap map) {
    this(map, new GroundRules(new Documents(), new Ceilings()), HistorySink.NONE);
  }

  /**
   * @param rules decide what changes may be made
   * @param sink receives what every version changes
   */
  StatusStateMachine(StatusMap map, GroundRules rules, HistorySink sink) {
    this.map = map;
    this.rules = rules;
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
    if (!ownOrigins.wrap(
        CommandBatchDecoder.SCHEMA_VERSION, message, behind, message.capacity() - behind)) {
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
    change.at(logMillis / MILLIS_PER_SECOND).protocol(protocol);
    rules.begin(protocol, change.logEpochSeconds());
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
    copy(before, after);
    if (isOfToday()) {
      after.lapse(change.logEpochSeconds());
    } else {
      after.lapseColour(change.logEpochSeconds());
    }
    copy(after, inForce);
    change.wasKnown(known);
    change.counted(false);
    Outcome outcome = refusal(command, origins);
    if (outcome == null) {
      outcome =
          switch (command.kind()) {
            case CommandKind.SET_STATUS -> setStatus(command);
            case CommandKind.SET_TEST_RESULT -> setTestResult(command);
            case CommandKind.REVOKE -> revoke(command);
            default -> visit(command);
          };
    }
    if (outcome == Outcome.APPLIED) {
      after.version(version);
      outcome = put();
    }
    map.version(version);
    if (outcome != Outcome.APPLIED) {
      copy(before, after);
    }
    sink.onVersion(change.done(version, command.kind(), outcome));
    return outcome;
  }

  private static void copy(StatusRecord from, StatusRecord to) {
    System.arraycopy(from.bytes(), 0, to.bytes(), 0, StatusRecord.BYTES);
  }

  /** Why a command can't be carried out, whatever is known of the holder; null where it can. */
  private Outcome refusal(CommandBatchDecoder.CommandsDecoder command, BatchOrigins origins) {
    if (!isGrounded()) {
      change.origin(signer, HistoryChange.BEFORE_HISTORY, 0);
      return isInRange(command) ? null : Outcome.INVALID;
    }
    final int place = command.origin();
    final boolean hasOrigin = origins.has(place);
    final int of = hasOrigin ? place : 0;
    final long authority = origins.authority(of);
    final int stated = origins.ground(of);
    change.origin(
        authority == 0 ? signer : authority,
        stated == 0 ? GroundRules.defaultOf(command.kind()) : stated,
        origins.secondAuthority(of));
    if (!hasOrigin || !isInRange(command)) {
      return Outcome.INVALID;
    }
    final Outcome byGround = rules.refusal(change, asked(command));
    final long ifVersion = origins.ifVersion(of);
    return byGround == null && ifVersion != 0 && ifVersion != before.version()
        ? Outcome.CHANGED_MEANWHILE
        : byGround;
  }

  private boolean isGrounded() {
    return protocol >= ReplicatedState.GROUND_PROTOCOL;
  }

  private boolean isOfToday() {
    return protocol >= ReplicatedState.RESTRICTION_PROTOCOL;
  }

  private boolean isOrdered() {
    return protocol >= ORDERED_PROTOCOL;
  }

  private GroundRules.Asked asked(CommandBatchDecoder.CommandsDecoder command) {
    final boolean isPositive = command.result() == StatusRecord.RESULT_POSITIVE;
    return switch (command.kind()) {
      case CommandKind.SET_STATUS ->
          asked.colour(
              isOfToday() && isNewPositive(command) ? StatusRecord.RED : command.colour(),
              command.following(),
              untilOf(command));
      case CommandKind.SET_TEST_RESULT ->
          isPositive ? asked.colour(StatusRecord.RED) : asked.nothing();
      case CommandKind.VISIT -> asked.visit(isPositive ? StatusRecord.RED : command.colour());
      default -> asked.revocation(command.atEpochSeconds());
    };
  }

  /** Whether a status brings a positive test that counts, and is not the one that is known. */
  private boolean isNewPositive(CommandBatchDecoder.CommandsDecoder set) {
    return set.result() == StatusRecord.RESULT_POSITIVE
        && set.sampleEpochMinutes() >= before.newestSampleEpochMinutes()
        && !isKnownPositive(set);
  }

  /** Whether a test is the positive one that is stored, be it that it has ended. */
  private boolean isKnownPositive(CommandBatchDecoder.CommandsDecoder test) {
    return test.result() == StatusRecord.RESULT_POSITIVE
        && before.result() != StatusRecord.RESULT_NEGATIVE
        && test.sampleEpochMinutes() == before.newestSampleEpochMinutes();
  }

  private static int untilOf(CommandBatchDecoder.CommandsDecoder set) {
    return (int) (set.atEpochSeconds() / SECONDS_PER_MINUTE);
  }

  /** Whether a test is the positive one that is stored, and has ended. */
  private boolean hasEnded(CommandBatchDecoder.CommandsDecoder test) {
    return isOfToday() && isKnownPositive(test) && inForce.result() != StatusRecord.RESULT_POSITIVE;
  }

  /** Writes what has become of the holder, unless there is no room or the ground forbids it. */
  private Outcome put() {
    if (!after.isSound()) {
      return Outcome.INVALID;
    }
    if (!change.wasKnown() && map.size() >= capacity) {
      return Outcome.MAP_FULL;
    }
    if (isGrounded()) {
      final boolean restricts = rules.restricts(change, inForce);
      if ((restricts || asked.colour() != StatusRecord.GREEN)
          && rules.isTestMissing(change, inForce)) {
        return Outcome.POSITIVE_TEST_MISSING;
      }
      if (restricts && rules.counts(change)) {
        map.addToDigest(rules.advance());
        if (rules.isCeilingReached(change)) {
          return Outcome.CEILING_REACHED;
        }
        map.addToDigest(rules.count(change));
        change.counted(true);
      }
    }
    map.put(key, change.wasKnown() ? before : null, after);
    return Outcome.APPLIED;
  }

  /** Whether every field that counts is one that {@link StatusCommand} lets through. */
  private boolean isInRange(CommandBatchDecoder.CommandsDecoder command) {
    return switch (command.kind()) {
      case CommandKind.SET_STATUS ->
          hasStatus(command)
              && command.lastDoseEpochDay() >= 0
              && command.lastDoseEpochDay() <= StatusCommand.MAX_EPOCH_DAY
              && command.flags() <= StatusRecord.ALL_FLAGS
              && (!isGrounded() || hasEnd(command))
              && isTaken(command);
      case CommandKind.SET_TEST_RESULT ->
          command.result() != StatusRecord.RESULT_NONE && hasTest(command) && isTaken(command);
      case CommandKind.REVOKE ->
          command.atEpochSeconds() > 0
              && command.atEpochSeconds() <= StatusCommand.MAX_EPOCH_SECONDS;
      case CommandKind.VISIT ->
          hasStatus(command)
              && (command.flags() == StatusRecord.VISITOR || command.flags() == StatusRecord.LINKED)
              && (!isOrdered()
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

  /** Whether a sample has been taken by the log's time: else no true test would count before it. */
  private boolean isTaken(CommandBatchDecoder.CommandsDecoder command) {
    return !isOfToday()
        || change.logEpochSeconds() == 0
        || command.sampleEpochMinutes()
            <= change.logEpochSeconds() / SECONDS_PER_MINUTE + CodeLimits.SAMPLE_SKEW_MINUTES;
  }

  /** Whether a status has an end as {@link StatusCommand.Terms} has it. */
  private static boolean hasEnd(CommandBatchDecoder.CommandsDecoder set) {
    final long until = set.atEpochSeconds();
    final boolean isMinute =
        until >= 0
            && until % SECONDS_PER_MINUTE == 0
            && until / SECONDS_PER_MINUTE <= StatusRecord.MAX_UNTIL_EPOCH_MINUTES;
    return isMinute
        && (set.following() == StatusRecord.GREEN || set.following() < set.colour())
        && (until == 0 || set.colour() != StatusRecord.GREEN);
  }

  private Outcome setStatus(CommandBatchDecoder.CommandsDecoder set) {
    after
        .doses(set.doses())
        .lastDoseEpochDay(set.lastDoseEpochDay())
        .flags(set.flags())
        .colour(set.colour())
        .next(isGrounded() ? set.following() : StatusRecord.GREEN)
        .untilEpochMinutes(isGrounded() ? rules.untilEpochMinutes() : 0);
    final boolean isTestOlder =
        set.result() != StatusRecord.RESULT_NONE
            && set.sampleEpochMinutes() < before.newestSampleEpochMinutes();
    if (isOfToday() && isNewPositive(set)) {
      after.result(set.result()).sampleEpochMinutes(set.sampleEpochMinutes());
      after.colour(StatusRecord.RED);
    } else if (isOfToday() && isKnownPositive(set) && !staysRed(set)) {
      after.result(StatusRecord.RESULT_NONE);
    } else if (isOfToday() && hasNone(set)) {
      after.result(StatusRecord.RESULT_NONE);
    } else if (!isOrdered() || !isTestOlder) {
      after.result(set.result()).sampleEpochMinutes(set.sampleEpochMinutes());
    } else if (after.result() == StatusRecord.RESULT_POSITIVE) {
      keepFromGettingGreener();
    }
    return Outcome.APPLIED;
  }

  /** Whether a status is without a test where none counts: what has ended stays so. */
  private boolean hasNone(CommandBatchDecoder.CommandsDecoder set) {
    return set.result() == StatusRecord.RESULT_NONE && inForce.result() == StatusRecord.RESULT_NONE;
  }

  /** Whether the positive test that is known goes on to count: a better colour ends it. */
  private boolean staysRed(CommandBatchDecoder.CommandsDecoder set) {
    return set.colour() == StatusRecord.RED && inForce.result() == StatusRecord.RESULT_POSITIVE;
  }

  /** A status whose test is older than a positive one that is known makes nobody greener. */
  private void keepFromGettingGreener() {
    if (!isGrounded()) {
      after.colour(StatusRecord.RED);
    } else if (after.colour() < inForce.colour()) {
      after
          .colour(inForce.colour())
          .next(inForce.next())
          .untilEpochMinutes(inForce.untilEpochMinutes());
    }
  }

  private Outcome setTestResult(CommandBatchDecoder.CommandsDecoder test) {
    if (!change.wasKnown()) {
      return Outcome.UNKNOWN_SUBJECT;
    }
    if (test.sampleEpochMinutes() < before.newestSampleEpochMinutes() || hasEnded(test)) {
      return Outcome.SUPERSEDED;
    }
    after.result(test.result()).sampleEpochMinutes(test.sampleEpochMinutes());
    after.flags(before.flags() & ~StatusRecord.TRANSLATED);
    if (test.result() == StatusRecord.RESULT_POSITIVE) {
      worsen(StatusRecord.RED);
    }
    return Outcome.APPLIED;
  }

  private Outcome visit(CommandBatchDecoder.CommandsDecoder visit) {
    final boolean known = change.wasKnown();
    // A message of an earlier protocol does not say when its code was issued.
    final long source = isOrdered() ? visit.atEpochSeconds() : 0;
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
    final boolean isTestOlder = visit.sampleEpochMinutes() < before.newestSampleEpochMinutes();
    after
        .sourceEpochSeconds(Math.max(source, newest))
        .doses(replaces ? visit.doses() : Math.max(before.doses(), visit.doses()));
    if (replaces) {
      after.colour(StatusRecord.GREEN).next(StatusRecord.GREEN).untilEpochMinutes(0);
    }
    worsen(visit.colour());
    if (visit.result() != StatusRecord.RESULT_NONE
        && visit.sampleEpochMinutes() > before.newestSampleEpochMinutes()) {
      after.result(visit.result()).sampleEpochMinutes(visit.sampleEpochMinutes());
    }
    if (visit.result() == StatusRecord.RESULT_POSITIVE
        && !(isOrdered() && isTestOlder)
        && !hasEnded(visit)) {
      worsen(StatusRecord.RED);
    }
    return Outcome.APPLIED;
  }

  /**
   * Gives the holder a colour with the end that its ground gives it, unless theirs is worse; of the
   * same colour the later end counts, and any before none at all.
   */
  private void worsen(int colour) {
    final int until = isGrounded() ? rules.untilEpochMinutes() : 0;
    if (colour == StatusRecord.GREEN || colour < after.colour()) {
      return;
    }
    final boolean isLater =
        until != 0 && (after.untilEpochMinutes() == 0 || until > after.greenFromEpochMinutes());
    if (colour > after.colour() || isLater) {
      after.colour(colour).next(StatusRecord.GREEN).untilEpochMinutes(until);
    }
  }

  private Outcome revoke(CommandBatchDecoder.CommandsDecoder revoke) {
    if (!change.wasKnown()) {
      return Outcome.UNKNOWN_SUBJECT;
    }
    if (revoke.atEpochSeconds() <= before.revokedBeforeEpochSeconds()) {
      return Outcome.SUPERSEDED;
    }
    after.revokedBeforeEpochSeconds(revoke.atEpochSeconds());
    return Outcome.APPLIED;
  }
}
