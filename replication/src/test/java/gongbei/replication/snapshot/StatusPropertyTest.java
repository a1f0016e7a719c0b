package gongbei.replication.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.replication.command.Applied;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.CommandKind;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Link;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.log.Submission;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.machine.StatusStateMachine;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.StatusStamp;
import gongbei.replication.map.Subject;
import gongbei.replication.protocol.BatchReplyDecoder;
import gongbei.replication.protocol.BatchStatus;
import gongbei.replication.protocol.CommandBatchDecoder;
import gongbei.replication.protocol.MessageHeaderDecoder;
import gongbei.replication.protocol.PutDocumentDecoder;
import gongbei.replication.testing.SnapshotMessages;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.agrona.concurrent.UnsafeBuffer;

/** That what is written is read as it was, of every pair of writer and reader of statuses. */
final class StatusPropertyTest {
  private static final int CAPACITY = 64;

  @Property
  void aRecordHoldsWhatItWasGiven(
      @ForAll @IntRange(max = 2) int colour,
      @ForAll @IntRange(max = 2) int result,
      @ForAll @IntRange(max = 99) int doses,
      @ForAll @IntRange(max = 15) int flags,
      @ForAll @IntRange int sample,
      @ForAll @IntRange(max = StatusCommand.MAX_EPOCH_DAY) int day,
      @ForAll @LongRange(min = 1, max = StatusCommand.MAX_EPOCH_SECONDS) long revokedBefore,
      @ForAll @LongRange(max = StatusRecord.MAX_SOURCE_EPOCH_SECONDS) long source,
      @ForAll @IntRange(min = 1, max = StatusRecord.MAX_UNTIL_EPOCH_MINUTES) int end) {
    final int until = colour == StatusRecord.GREEN ? 0 : end;
    final int next = until == 0 ? 0 : end % colour;
    final StatusRecord record =
        new StatusRecord()
            .next(next)
            .colour(colour)
            .untilEpochMinutes(until)
            .result(result)
            .doses(doses)
            .flags(flags)
            .sourceEpochSeconds(~source & StatusRecord.MAX_SOURCE_EPOCH_SECONDS)
            .sampleEpochMinutes(sample)
            .lastDoseEpochDay(day)
            .revokedBeforeEpochSeconds(revokedBefore)
            .sourceEpochSeconds(source)
            .version(revokedBefore);
    assertTrue(record.isSound());
    final StatusRecord copy = new StatusRecord();
    System.arraycopy(record.bytes(), 0, copy.bytes(), 0, StatusRecord.BYTES);
    assertEquals(record, copy);
    assertEquals(colour, copy.colour());
    assertEquals(until, copy.untilEpochMinutes());
    assertEquals(next, copy.next());
    assertEquals(result, copy.result());
    assertEquals(doses, copy.doses());
    assertEquals(flags, copy.flags());
    assertEquals(sample, copy.newestSampleEpochMinutes());
    assertEquals(result == StatusRecord.RESULT_NONE ? 0 : sample, copy.sampleEpochMinutes());
    assertEquals(day, copy.lastDoseEpochDay());
    assertEquals(revokedBefore, copy.revokedBeforeEpochSeconds());
    assertEquals(source, copy.sourceEpochSeconds());
    assertEquals(revokedBefore, copy.version());
  }

  @Provide
  Arbitrary<StatusCommand> commands() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(0, 40),
            Arbitraries.integers().between(0, 8),
            Arbitraries.integers().between(1, Integer.MAX_VALUE),
            Arbitraries.integers().between(0, 99),
            Arbitraries.integers().between(0, 7))
        .as(
            (kind, holder, mix, time, doses, flags) -> {
              final Subject subject = new Subject(~holder, holder);
              final int result = mix / 3;
              final int sample = result == 0 ? 0 : time;
              return switch (kind) {
                case 0 ->
                    StatusCommand.SetStatus.of(subject)
                        .colour(Colour.ofNumber(mix % 3))
                        .test(TestResult.ofNumber(result), sample)
                        .doses(doses)
                        .lastDoseEpochDay(time % 20_000)
                        .flags(flags)
                        .build();
                case 1 ->
                    new StatusCommand.SetTestResult(
                        subject, TestResult.ofNumber(1 + mix % 2), time);
                case 2 -> new StatusCommand.Revoke(subject, time);
                default ->
                    StatusCommand.Visit.of(subject)
                        .colour(Colour.ofNumber(mix % 3))
                        .test(TestResult.ofNumber(result), sample)
                        .doses(doses)
                        .linked(flags % 2 == 0)
                        .sourceEpochSeconds(time)
                        .build();
              };
            });
  }

  @Property
  void aBatchSaysWhatItsCommandsSay(
      @ForAll("batches") List<StatusCommand> commands,
      @ForAll long client,
      @ForAll @LongRange(min = 1) long sequence) {
    final UnsafeBuffer message = CommandBatches.encode(client, sequence, CAPACITY, commands);
    assertEquals(CommandBatches.lengthOf(commands.size(), 0), message.capacity());
    final CommandBatchDecoder batch =
        new CommandBatchDecoder().wrapAndApplyHeader(message, 0, new MessageHeaderDecoder());
    assertEquals(client, batch.clientId());
    assertEquals(sequence, batch.firstSequence());
    assertEquals(CAPACITY, batch.capacity());
    final CommandBatchDecoder.CommandsDecoder each = batch.commands();
    for (final StatusCommand command : commands) {
      assertEquals(command, read(each.next()));
    }
    assertEquals(0, each.count() - commands.size());
  }

  private static StatusCommand read(CommandBatchDecoder.CommandsDecoder command) {
    final byte[] key = new byte[Subject.BYTES];
    command.getSubject(key, 0, key.length);
    final Subject subject = Subject.of(key, 0);
    return switch (command.kind()) {
      case CommandKind.SET_STATUS ->
          StatusCommand.SetStatus.of(subject)
              .colour(Colour.ofNumber(command.colour()))
              .test(TestResult.ofNumber(command.result()), command.sampleEpochMinutes())
              .doses(command.doses())
              .lastDoseEpochDay(command.lastDoseEpochDay())
              .flags(command.flags())
              .build();
      case CommandKind.SET_TEST_RESULT ->
          new StatusCommand.SetTestResult(
              subject, TestResult.ofNumber(command.result()), command.sampleEpochMinutes());
      case CommandKind.REVOKE -> new StatusCommand.Revoke(subject, command.atEpochSeconds());
      default ->
          StatusCommand.Visit.of(subject)
              .colour(Colour.ofNumber(command.colour()))
              .test(TestResult.ofNumber(command.result()), command.sampleEpochMinutes())
              .doses(command.doses())
              .linked(command.flags() == StatusRecord.LINKED)
              .sourceEpochSeconds(command.atEpochSeconds())
              .build();
    };
  }

  @Provide
  Arbitrary<List<StatusCommand>> batches() {
    return commands().list().ofMinSize(1).ofMaxSize(60);
  }

  @Property(tries = 60)
  void aSnapshotGivesTheStateBack(
      @ForAll("batches") List<StatusCommand> commands, @ForAll byte[] content) {
    try (StatusMap map = StatusMap.inMemory(CAPACITY);
        StatusMap other = StatusMap.inMemory(CAPACITY)) {
      final ReplicatedState state = stateOf(map);
      final UnsafeBuffer batch = CommandBatches.encode(7, 1, CAPACITY, commands);
      state.apply(batch, 0, batch.capacity());
      final DocumentCommand sheet =
          new DocumentCommand(DocumentCommand.Kind.RULESET, new byte[] {1}, content, 0);
      final UnsafeBuffer document = Submission.of(sheet).encode(7, commands.size() + 1L, 100);
      state.apply(document, 0, document.capacity());
      final List<UnsafeBuffer> messages = SnapshotMessages.of(state, 64, 1_000);
      final ReplicatedState back = stateOf(other);
      SnapshotMessages.read(messages, back);
      assertEquals(map.mark(), other.mark());
      assertEquals(other.digest(), other.recomputeDigest());
      assertArrayEquals(
          content, back.documents().find(DocumentCommand.Kind.RULESET, new byte[] {1}));
      back.apply(batch, 0, batch.capacity());
      assertEquals(map.mark(), other.mark(), "what was sent before is known after a snapshot");
    }
  }

  private static ReplicatedState stateOf(StatusMap map) {
    final ReplicatedState state = new ReplicatedState(map);
    state.protocol(ReplicatedState.PROTOCOL);
    return state;
  }

  @Property
  void aDocumentsMessageSaysWhatTheDocumentSays(
      @ForAll long high,
      @ForAll long low,
      @ForAll @LongRange(max = StatusCommand.MAX_EPOCH_SECONDS) long at,
      @ForAll @IntRange(min = 1, max = 255) int one,
      @ForAll @IntRange(min = 1, max = 255) int other) {
    final Link link = new Link(new Subject(high, low), at, one, other);
    final DocumentCommand command = DocumentCommand.link(new Subject(low, high), link);
    assertEquals(link, Link.of(command.content()));
    final PutDocumentDecoder document =
        new PutDocumentDecoder()
            .wrapAndApplyHeader(
                Submission.of(command).encode(high, 1, 100), 0, new MessageHeaderDecoder());
    assertEquals(high, document.clientId());
    assertEquals(command.kind().code(), document.kind());
    assertEquals(command.revision(), document.revision());
    final byte[] name = new byte[document.nameLength()];
    document.getName(name, 0, name.length);
    assertArrayEquals(command.name(), name);
    final byte[] content = new byte[document.contentLength()];
    document.getContent(content, 0, content.length);
    assertArrayEquals(command.content(), content);
  }

  @Property(tries = 200)
  void aReplySaysWhatBecameOfEachCommand(
      @ForAll("batches") List<StatusCommand> commands,
      @ForAll("batches") List<StatusCommand> others,
      @ForAll @LongRange(min = 2) long client) {
    try (StatusMap map = StatusMap.inMemory(CAPACITY);
        StatusMap plain = StatusMap.inMemory(CAPACITY)) {
      final ReplicatedState state = stateOf(map);
      final StatusStateMachine machine = new StatusStateMachine(plain);
      long version = 1;
      for (final List<StatusCommand> each : List.of(commands, others)) {
        final long from = version == 1 ? 1 : client;
        final UnsafeBuffer batch = CommandBatches.encode(from, 1, CAPACITY, each);
        state.apply(batch, 0, batch.capacity());
        final BatchReplyDecoder reply =
            new BatchReplyDecoder()
                .wrapAndApplyHeader(state.reply(), 0, new MessageHeaderDecoder());
        assertEquals(from, reply.clientId());
        assertEquals(1, reply.firstSequence());
        assertEquals(version, reply.firstVersion());
        assertEquals(each.size() + 1L, reply.nextSequence());
        assertEquals(each.size(), reply.commandCount());
        assertEquals(BatchStatus.DONE, reply.status());
        final byte[] outcomes = new byte[reply.outcomesLength()];
        reply.getOutcomes(outcomes, 0, outcomes.length);
        assertEquals(state.replyLength(), reply.limit());
        for (int i = 0; i < each.size(); i++) {
          final Applied applied = machine.apply(each.get(i));
          assertEquals(version++, applied.version());
          assertEquals(
              applied.outcome(),
              outcomes.length == 0 ? Applied.Outcome.APPLIED : Applied.Outcome.ofCode(outcomes[i]));
        }
      }
      assertEquals(plain.mark(), map.mark());
    }
  }

  @Property
  void aStampIsReadAsItWasWritten(
      @ForAll @LongRange long version,
      @ForAll long digest,
      @ForAll @LongRange long entries,
      @ForAll long position,
      @ForAll long checksum) {
    final StatusStamp stamp =
        new StatusStamp(version, digest, entries, entries, position, checksum);
    assertEquals(Optional.of(stamp), StatusStamp.parse(stamp.line()));
  }

  @Property
  void aSubjectIsReadAsItWasWritten(@ForAll long high, @ForAll long low) {
    final Subject subject = new Subject(high, low);
    assertEquals(subject, Subject.ofHex(subject.toHex()));
    assertEquals(subject, Subject.of(subject.toBytes(), 0));
  }
}
