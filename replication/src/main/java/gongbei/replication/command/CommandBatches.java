package gongbei.replication.command;

import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.replication.protocol.CommandBatchEncoder;
import gongbei.replication.protocol.CommandBatchEncoder.CommandsEncoder;
import gongbei.replication.protocol.CommandBatchEncoder.OriginsEncoder;
import gongbei.replication.protocol.MessageHeaderEncoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Writes commands as the log's message of a batch. */
public final class CommandBatches {
  /** The most commands in one message of the log. */
  public static final int MAX_COMMANDS = 1_024;

  private static final int SECONDS_PER_MINUTE = 60;
  private static final int NO_ORIGIN = 0;

  private CommandBatches() {}

  /** The bytes of a message of so many commands of so many origins, its header counted. */
  public static int lengthOf(int commands, int origins) {
    return MessageHeaderEncoder.ENCODED_LENGTH
        + CommandBatchEncoder.BLOCK_LENGTH
        + CommandsEncoder.HEADER_SIZE
        + commands * CommandsEncoder.sbeBlockLength()
        + OriginsEncoder.HEADER_SIZE
        + origins * OriginsEncoder.sbeBlockLength();
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
    final Map<Place, Integer> places = placesOf(commands);
    final UnsafeBuffer message =
        new UnsafeBuffer(new byte[lengthOf(commands.size(), places.size())]);
    final CommandBatchEncoder batch = new CommandBatchEncoder();
    final CommandsEncoder into =
        begin(batch, message, clientId, firstSequence, capacity, commands.size());
    for (final StatusCommand command : commands) {
      put(command, into.next().origin(places.getOrDefault(Place.of(command), NO_ORIGIN)));
    }
    final OriginsEncoder origins = batch.originsCount(places.size());
    for (final Place place : places.keySet()) {
      origins
          .next()
          .authority(place.origin().authority())
          .secondAuthority(place.origin().secondAuthority())
          .ground(place.origin().ground())
          .ifVersion(place.ifVersion());
    }
    return message;
  }

  /** What stands once behind the commands that share it. */
  private record Place(ChangeOrigin origin, long ifVersion) {
    private static final Place NONE = new Place(ChangeOrigin.NONE, 0);

    private static Place of(StatusCommand command) {
      return command.ifVersion() == 0 && command.origin().equals(ChangeOrigin.NONE)
          ? NONE
          : new Place(command.origin(), command.ifVersion());
    }
  }

  /** Where each origin stands, from 1: mostly one that they all have, or none. */
  private static Map<Place, Integer> placesOf(List<StatusCommand> commands) {
    final Map<Place, Integer> places = new LinkedHashMap<>();
    Place last = Place.NONE;
    for (final StatusCommand command : commands) {
      final Place place = Place.of(command);
      if (!place.equals(last) && !place.equals(Place.NONE)) {
        places.putIfAbsent(place, places.size() + 1);
      }
      last = place;
    }
    return places;
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

  private static void put(StatusCommand command, CommandsEncoder into) {
    into.putSubject(command.subject().toBytes(), 0, Subject.BYTES).following((short) 0);
    if (command instanceof StatusCommand.SetStatus set) {
      kind(into, CommandKind.SET_STATUS)
          .colour((short) set.colour().number())
          .result((short) set.test().result().number())
          .doses((short) set.doses().count())
          .flags((short) set.flags())
          .following((short) set.next().number())
          .sampleEpochMinutes(set.test().sampleEpochMinutes())
          .lastDoseEpochDay(set.doses().lastEpochDay())
          .atEpochSeconds((long) set.untilEpochMinutes() * SECONDS_PER_MINUTE);
    } else if (command instanceof StatusCommand.SetTestResult test) {
      kind(into, CommandKind.SET_TEST_RESULT)
          .colour((short) 0)
          .result((short) test.result().number())
          .doses((short) 0)
          .flags((short) 0)
          .sampleEpochMinutes(test.sampleEpochMinutes())
          .lastDoseEpochDay(0)
          .atEpochSeconds(0);
    } else if (command instanceof StatusCommand.Visit visit) {
      kind(into, CommandKind.VISIT)
          .colour((short) visit.colour().number())
          .result((short) visit.test().result().number())
          .doses((short) visit.doses())
          .flags((short) (visit.linked() ? StatusRecord.LINKED : StatusRecord.VISITOR))
          .sampleEpochMinutes(visit.test().sampleEpochMinutes())
          .lastDoseEpochDay(0)
          .atEpochSeconds(visit.sourceEpochSeconds());
    } else if (command instanceof StatusCommand.Revoke revoke) {
      kind(into, CommandKind.REVOKE)
          .colour((short) 0)
          .result((short) 0)
          .doses((short) 0)
          .flags((short) 0)
          .sampleEpochMinutes(0)
          .lastDoseEpochDay(0)
          .atEpochSeconds(revoke.revokedBeforeEpochSeconds());
    }
  }

  private static CommandsEncoder kind(CommandsEncoder into, int kind) {
    return into.kind((short) kind);
  }
}
