package gongbei.replication.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.replication.command.Applied;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.context.ClusterContext;
import gongbei.replication.context.ClusterSecret;
import gongbei.replication.context.MemberAddress;
import gongbei.replication.log.CommandLog;
import gongbei.replication.log.LogRole;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.testing.FreePorts;
import gongbei.testing.OneJdk;
import gongbei.testing.Patience;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Members and replicas, over UDP, whose state is of another history than their cluster's: none of
 * them may go on answering from it.
 */
@OneJdk
final class OtherHistoryTest {
  private static final long CAPACITY = 20_000;
  private static final Subject HOLDER = new Subject(1, 1);

  @TempDir private Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() {
    for (int i = open.size() - 1; i >= 0; i--) {
      CloseHelper.quietClose(open.get(i));
    }
    open.clear();
  }

  private static List<MemberAddress> members(int count) {
    final int port = FreePorts.inARow(count * MemberAddress.PORTS);
    return IntStream.range(0, count)
        .mapToObj(id -> new MemberAddress(id, "127.0.0.1", port + id * MemberAddress.PORTS))
        .toList();
  }

  private static ClusterContext context(List<MemberAddress> members, int id, Path data) {
    return new ClusterContext()
        .logTermBytes(1 << 20)
        .segmentBytes(1 << 20)
        .feedBytes(2 << 20)
        .lowStorageBytes(16 << 20)
        .directory(data)
        .members(members)
        .memberId(id)
        .secret(new ClusterSecret("a secret of the test".getBytes(StandardCharsets.UTF_8)))
        .heartbeatTimeoutMillis(2_000)
        .electionTimeoutMillis(500);
  }

  private Path data(String name) {
    return directory.resolve(name);
  }

  private ClusterNode member(List<MemberAddress> members, int id, String data) throws Exception {
    final ClusterContext context = context(members, id, data(data));
    final ClusterNode node =
        ClusterNode.launch(context.map(StatusMap.persisted(context.directory(), CAPACITY)));
    open.add(node);
    return node;
  }

  private ReplicaNode replica(List<MemberAddress> members) throws Exception {
    final ClusterContext context = context(members, 0, data("replica"));
    final ReplicaNode replica =
        ReplicaNode.launch(
            context.map(StatusMap.persisted(context.directory(), CAPACITY)), "127.0.0.1");
    open.add(replica);
    return replica;
  }

  private static StatusCommand status(Subject holder, int colour) {
    return StatusCommand.SetStatus.of(holder).colour(Colour.ofNumber(colour)).build();
  }

  private static void write(CommandLog log, StatusCommand... commands) throws Exception {
    for (final Applied applied :
        log.submit(List.of(commands)).get(Patience.SECONDS, TimeUnit.SECONDS)) {
      assertEquals(Applied.Outcome.APPLIED, applied.outcome());
    }
  }

  /** Changes of holders that no test asks for. */
  private static void writeOthers(CommandLog log, int from, int count) throws Exception {
    final List<StatusCommand> commands = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      commands.add(status(new Subject(i, 77), 0));
    }
    write(log, commands.toArray(new StatusCommand[0]));
  }

  private static StatusMap.Mark mark(ReplicatedState state) {
    return state.map().mark();
  }

  private static int colour(ReplicatedState state) {
    final StatusRecord record = new StatusRecord();
    assertTrue(state.map().get(HOLDER, record));
    return record.colour();
  }

  private static boolean hasHistory(CommandLog log) {
    return !log.status().history().isEmpty();
  }

  private void backUp(List<MemberAddress> members) throws IOException {
    ClusterBackupCopy.make(
        context(members, 0, data("backup")).map(null), "127.0.0.1", FreePorts.inARow(2));
  }

  /** A cluster of one whose replica is ahead of the backup that it goes on from. */
  private record Restored(
      List<MemberAddress> addresses, ClusterNode member, ReplicaNode replica, String before) {}

  private Restored restoredUnderAReplica(int changesAfterBackup) throws Exception {
    final List<MemberAddress> members = members(1);
    final ClusterNode first = member(members, 0, "member");
    Patience.await("it leads", () -> first.status().isWriting());
    write(first, status(HOLDER, StatusRecord.GREEN));
    Patience.await("a history begins", () -> hasHistory(first));
    backUp(members);
    writeOthers(first, 0, changesAfterBackup);
    final ReplicaNode replica = replica(members);
    Patience.await(
        "the replica follows",
        () ->
            mark(replica.state()).equals(mark(first.state()))
                && replica.status().history().equals(first.status().history()));
    final String before = first.status().history();
    first.close();
    ClusterBackupCopy.restore(data("backup"), data("restored"));
    return new Restored(members, member(members, 0, "restored"), replica, before);
  }

  @Test
  void aReplicaThatIsAheadOfARestoredBackupStopsAnsweringAndTakesItsState() throws Exception {
    final Restored restored = restoredUnderAReplica(10);
    final ReplicaNode replica = restored.replica();
    final ClusterNode member = restored.member();
    assertTrue(replica.isServing(), "it knows nothing yet");
    Patience.await("it stops answering", () -> replica.status().role() == LogRole.FAILED);
    Patience.await("a restored backup is another history", () -> hasHistory(member));
    write(member, status(HOLDER, StatusRecord.RED));
    Patience.await(
        "it answers again",
        () -> replica.isServing() && mark(replica.state()).equals(mark(member.state())));
    Patience.await("it is a replica", () -> replica.status().role() == LogRole.REPLICA);
    assertFalse(replica.status().isRenewing());
    assertEquals(StatusRecord.RED, colour(replica.state()));
    Patience.await(
        "it is of the history of its member",
        () -> replica.status().history().equals(member.status().history()));
    assertNotEquals(restored.before(), member.status().history());
    assertEquals(replica.state().map().recomputeDigest(), mark(replica.state()).digest());
  }

  @Test
  void aReplicaThatWasAwayWhileItsClusterWentOnFromABackupTakesItsState() throws Exception {
    final Restored restored = restoredUnderAReplica(10);
    restored.replica().close();
    final ClusterNode member = restored.member();
    Patience.await("it leads", () -> member.status().isWriting());
    write(member, status(HOLDER, StatusRecord.RED));
    writeOthers(member, 100, 30);
    final ReplicaNode replica = replica(restored.addresses());
    Patience.await(
        "it has the state of its member",
        () -> replica.isServing() && mark(replica.state()).equals(mark(member.state())));
    assertEquals(StatusRecord.RED, colour(replica.state()));
  }

  private List<ClusterNode> three(List<MemberAddress> members, String data) throws Exception {
    final List<ClusterNode> nodes = new ArrayList<>();
    for (int id = 0; id < 3; id++) {
      nodes.add(member(members, id, data + "-" + id));
    }
    for (final ClusterNode node : nodes) {
      Patience.await("in touch", () -> node.status().isWriting() && hasHistory(node));
    }
    return nodes;
  }

  @Test
  void aMemberThatWasNotRestoredSetsItsLogAsideAndTakesTheOthersState() throws Exception {
    final List<MemberAddress> members = members(3);
    final List<ClusterNode> nodes = three(members, "member");
    write(nodes.get(0), status(HOLDER, StatusRecord.GREEN));
    Patience.await(
        "all have it", () -> nodes.stream().allMatch(node -> mark(node.state()).version() == 1));
    backUp(members);
    writeOthers(nodes.get(0), 0, 10);
    final ClusterNode left = nodes.get(2);
    Patience.await("the third has it", () -> mark(left.state()).version() == 11);
    closeAll();
    for (int id = 0; id < 2; id++) {
      ClusterBackupCopy.restore(data("backup"), data("restored-" + id));
    }
    final ClusterNode one = member(members, 0, "restored-0");
    final ClusterNode two = member(members, 1, "restored-1");
    Patience.await(
        "a history begins", () -> hasHistory(one) && hasHistory(two) && one.status().isWriting());
    write(one, status(HOLDER, StatusRecord.RED));
    Patience.await("both have it", () -> mark(two.state()).equals(mark(one.state())));

    final ClusterNode third = member(members, 2, "member-2");
    Patience.await("it answers", third::isServing);
    Patience.await("it has the others' state", () -> mark(third.state()).equals(mark(one.state())));
    assertEquals(StatusRecord.RED, colour(third.state()));
    Patience.await("and history", () -> third.status().history().equals(one.status().history()));
    assertTrue(
        Files.exists(data("member-2").resolve("set-aside/cluster/recording.log")),
        "nothing of what it had is lost");
    write(third, status(HOLDER, StatusRecord.YELLOW));
    closeAll();

    for (int id = 0; id < 3; id++) {
      ClusterBackupCopy.restore(data("member-2").resolve("set-aside"), data("aside-" + id));
    }
    for (final ClusterNode node : three(members, "aside")) {
      Patience.await("what was set aside", () -> mark(node.state()).version() == 11);
      assertEquals(StatusRecord.GREEN, colour(node.state()));
    }
  }

  @Test
  void aMemberWhoseStateIsNotItsLeadersStopsAnsweringAndTakesTheOthersState() throws Exception {
    final List<ClusterNode> nodes = three(members(3), "member");
    write(nodes.get(0), status(HOLDER, StatusRecord.GREEN));
    Patience.await(
        "all have it", () -> nodes.stream().allMatch(node -> mark(node.state()).version() == 1));
    final ClusterNode forked =
        nodes.stream()
            .filter(node -> node.status().role() == LogRole.FOLLOWER)
            .findFirst()
            .orElseThrow();
    final DirectBuffer own =
        CommandBatches.encode(99, 1, CAPACITY, List.of(status(HOLDER, StatusRecord.RED)));
    forked.state().apply(own, 0, own.capacity());
    Patience.await("it stops answering", () -> !forked.isServing());
    assertEquals(LogRole.FAILED, forked.status().role());
    Patience.await("it answers again", forked::isServing);
    Patience.await("it follows", () -> forked.status().role() == LogRole.FOLLOWER);
    final ClusterNode other = nodes.get(nodes.indexOf(forked) == 0 ? 1 : 0);
    writeOthers(other, 0, 10);
    Patience.await(
        "it has the others' state", () -> mark(forked.state()).equals(mark(other.state())));
    assertEquals(StatusRecord.GREEN, colour(forked.state()));
    write(forked, status(HOLDER, StatusRecord.YELLOW));
  }

  private static void refused(ClusterContext context, boolean isReplica, String why) {
    final IOException e =
        assertThrows(IOException.class, () -> ClusterNode.requireOwn(context, isReplica));
    assertTrue(e.getMessage().endsWith(why), e.getMessage());
  }

  @Test
  void aDataDirectoryIsOneNodesAndNoOthers() throws Exception {
    final List<MemberAddress> members = members(1);
    final ClusterNode node = member(members, 0, "member");
    Patience.await("it leads", () -> node.status().isWriting());
    write(node, status(HOLDER, StatusRecord.GREEN));
    final ReplicaNode replica = replica(members);
    Patience.await("it follows", () -> mark(replica.state()).version() == 1);
    closeAll();
    final ClusterContext single = new ClusterContext().directory(data("member"));
    final List<MemberAddress> three = members(3);
    for (int round = 0; round < 2; round++) {
      final String whose = round == 0 ? "member 0" : "a member";
      refused(single, false, "member is " + whose + "'s, not a single node's");
      refused(context(three, 1, data("member")), true, "is " + whose + "'s, not a replica's");
      refused(
          new ClusterContext().directory(data("replica")),
          false,
          "replica is a replica's, not a single node's");
      refused(context(three, 0, data("replica")), false, "is a replica's, not member 0's");
      if (round == 0) {
        refused(context(three, 1, data("member")), false, "is member 0's, not member 1's");
      }
      ClusterNode.requireOwn(context(three, 0, data("member")), false);
      ClusterNode.requireOwn(context(three, 0, data("replica")), true);
      // As an earlier version left them.
      Files.deleteIfExists(data("member").resolve("node.kind"));
      Files.deleteIfExists(data("replica").resolve("node.kind"));
    }
  }
}
