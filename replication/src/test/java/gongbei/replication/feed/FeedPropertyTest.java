package gongbei.replication.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.replication.cluster.SimulatedMessages;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Link;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.log.Submission;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import java.nio.ByteOrder;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;

/** That a replica makes of the feed's frames what the member that wrote them has. */
final class FeedPropertyTest {
  private static final int CAPACITY = 64;
  private static final long NOW = 1_000_000;

  @Provide
  Arbitrary<UnsafeBuffer> messages() {
    final Arbitrary<Subject> subjects =
        Arbitraries.integers().between(0, 20).map(number -> new Subject(~number, number));
    final Arbitrary<StatusCommand> changes =
        Combinators.combine(
                subjects,
                Arbitraries.integers().between(0, 2),
                Arbitraries.integers().between(0, 2),
                Arbitraries.integers().between(1, 1_000_000))
            .as(
                (subject, kind, colour, time) ->
                    switch (kind) {
                      case 0 ->
                          StatusCommand.SetStatus.of(subject)
                              .colour(Colour.ofNumber(colour))
                              .build();
                      case 1 -> new StatusCommand.SetTestResult(subject, TestResult.NEGATIVE, time);
                      default -> new StatusCommand.Revoke(subject, time);
                    });
    return Arbitraries.oneOf(
        changes
            .list()
            .ofMinSize(1)
            .ofMaxSize(20)
            .map(commands -> CommandBatches.encode(0, 1, CAPACITY, commands)),
        Combinators.combine(subjects, subjects, Arbitraries.longs().between(0, 1_000_000))
            .as(
                (one, other, at) ->
                    Submission.of(DocumentCommand.link(one, new Link(other, at, 1, 2)))
                        .encode(0, 1, 100)),
        Combinators.combine(subjects, Arbitraries.bytes().array(byte[].class).ofSize(32))
            .as(
                (group, members) ->
                    Submission.of(DocumentCommand.group(group, members)).encode(0, 1, 100)));
  }

  @Property(tries = 150)
  void aReplicaFollowsTheFramesOfItsMember(
      @ForAll @Size(max = 12) List<@From("messages") UnsafeBuffer> messages) {
    try (StatusMap memberMap = StatusMap.inMemory(CAPACITY);
        StatusMap map = StatusMap.inMemory(CAPACITY)) {
      final ReplicatedState member = new ReplicatedState(memberMap);
      member.protocol(ReplicatedState.PROTOCOL);
      member.clusterTimeMillis(NOW);
      final ReplicatedState state = new ReplicatedState(map);
      final FeedApplier applier = new FeedApplier(state, false, () -> NOW);
      long client = 0;
      for (final UnsafeBuffer message : messages) {
        final byte[] bytes = numbered(message, ++client);
        final long before = memberMap.version();
        member.apply(new UnsafeBuffer(bytes), 0, bytes.length);
        final byte[] frame =
            SimulatedMessages.frame(
                before + 1, memberMap.version(), memberMap.digest(), NOW, bytes);
        for (int times = 0; times < 2; times++) {
          applier.onFrame(new UnsafeBuffer(frame), 0, frame.length, true);
          assertEquals(memberMap.mark(), map.mark(), "the second time it has it already");
        }
      }
      assertEquals(map.digest(), map.recomputeDigest());
      assertEquals(member.documents().size(), state.documents().size());
    }
  }

  /** The message from a client of its own, whose first it is. */
  private static byte[] numbered(UnsafeBuffer message, long client) {
    final byte[] bytes = new byte[message.capacity()];
    message.getBytes(0, bytes);
    new UnsafeBuffer(bytes).putLong(8, client, ByteOrder.LITTLE_ENDIAN);
    return bytes;
  }
}
