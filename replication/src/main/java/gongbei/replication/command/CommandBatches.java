package gongbei.replication.command;

import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.replication.protocol.CommandBatchEncoder;
import gongbei.replication.protocol.CommandBatchEncoder.CommandsEncoder;
import gongbei.replication.protocol.MessageHeaderEncoder;
import java.util.List;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Writes commands as the log's message of a batch. */
public final class CommandBatches {
  /** The most commands in one message of the log. */
  public static final int MAX_COMMANDS = 1_024;

  private CommandBatches() {}

  /** The bytes of a message of so many commands, its header counted. */
  public static int lengthOf(int commands) {
    return MessageHeaderEncoder.ENCODED_LENGTH
        + CommandBatchEncoder.BLOCK_LENGTH
        + CommandsEncoder.HEADER_SIZE
        + commands * CommandsEncoder.sbeBlockLength();
  }

  /**
   * Writes a whole message.
   *
   * @param clientId who sends
   * @param firstSequence the client's number of the first command
   * @param capacity the most holders that there may be
   * @param commands 1 to {@link #MAX_COMMANDS} of them
   * @return the bytes
   */
  public static UnsafeBuffer encode(
      long clientId, long firstSequence, long capacity, List<StatusCommand> commands) {
    final UnsafeBuffer message = new UnsafeBuffer(new byte[lengthOf(commands.size())]);
    final CommandsEncoder into =
        begin(
            new CommandBatchEncoder(), message, clientId, firstSequence, capacity, commands.size());
    for (final StatusCommand command : commands) {
      put(command, into.next());
    }
    return message;
  }

  private static CommandsEncoder begin(
      CommandBatchEncoder encoder,
      MutableDirectBuffer message,
      long clientId,
      long firstSequence,
      long capacity,
      int count) {
    return encoder
        .wrapAndApplyHeader(message, 0, new MessageHeaderEncoder())
        .clientId(clientId)
        .firstSequence(firstSequence)
        .capacity(capacity)
        .commandsCount(count);
  }

  public static void put(StatusCommand command, CommandsEncoder into) {
    final Subject subject = command.subject();
    into.putSubject(subject.toBytes(), 0, Subject.BYTES);
    if (command instanceof StatusCommand.SetStatus set) {
      fill(into, CommandKind.SET_STATUS, set.colour(), set.result(), set.doses(), set.flags())
          .sampleEpochMinutes(set.sampleEpochMinutes())
          .lastDoseEpochDay(set.lastDoseEpochDay())
          .atEpochSeconds(0);
    } else if (command instanceof StatusCommand.SetTestResult test) {
      fill(into, CommandKind.SET_TEST_RESULT, 0, test.result(), 0, 0)
          .sampleEpochMinutes(test.sampleEpochMinutes())
          .lastDoseEpochDay(0)
          .atEpochSeconds(0);
    } else if (command instanceof StatusCommand.Visit visit) {
      fill(
              into,
              CommandKind.VISIT,
              visit.colour(),
              visit.result(),
              visit.doses(),
              visit.linked() ? StatusRecord.LINKED : StatusRecord.VISITOR)
          .sampleEpochMinutes(visit.sampleEpochMinutes())
          .lastDoseEpochDay(0)
          .atEpochSeconds(visit.sourceEpochSeconds());
    } else if (command instanceof StatusCommand.Revoke revoke) {
      fill(into, CommandKind.REVOKE, 0, 0, 0, 0)
          .sampleEpochMinutes(0)
          .lastDoseEpochDay(0)
          .atEpochSeconds(revoke.revokedBeforeEpochSeconds());
    }
  }

  private static CommandsEncoder fill(
      CommandsEncoder into, int kind, int colour, int result, int doses, int flags) {
    return into.kind((short) kind)
        .colour((short) colour)
        .result((short) result)
        .doses((short) doses)
        .flags((short) flags);
  }
}
