package gongbei.replication.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.replication.command.Applied;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.context.ClusterContext;
import gongbei.replication.context.ClusterSecret;
import gongbei.replication.context.MemberAddress;
import gongbei.replication.log.CommandLog;
import gongbei.replication.log.LogRole;
import gongbei.replication.log.SequenceException;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.replication.recording.Recording;
import gongbei.testing.FreePorts;
import gongbei.testing.Patience;
import io.aeron.archive.client.AeronArchive;
import io.aeron.cluster.ConsensusModule;
import io.aeron.cluster.client.ClusterEvent;
import io.aeron.exceptions.AeronException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.agrona.CloseHelper;
import org.agrona.IoUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClusterNodeTest {
  private static final long CAPACITY = 20_000;

  @TempDir private Path directory;

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() {
    for (int i = open.size() - 1; i >= 0; i--) {
      CloseHelper.quietClose(open.get(i));
    }
  }

  private static ClusterContext small() {
    return new ClusterContext()
        .logTermBytes(1 << 20)
        .segmentBytes(1 << 20)
        .feedBytes(2 << 20)
        .lowStorageBytes(16 << 20);
  }

  private ClusterNode single(Path data) throws Exception {
    return launch(small().directory(data));
  }

  private ClusterNode launch(ClusterContext context) throws Exception {
    final ClusterNode node =
        ClusterNode.launch(context.map(StatusMap.persisted(context.directory(), CAPACITY)));
    open.add(node);
    return node;
  }

  private static StatusCommand green(long number) {
    return StatusCommand.SetStatus.of(new Subject(number, ~number))
        .colour(Colour.GREEN)
        .test(TestResult.NEGATIVE, 29_000_000)
        .doses(2)
        .build();
  }

  private static List<StatusCommand> greens(long from, int count) {
    final List<StatusCommand> commands = new ArrayList<>();
    for (long i = from; i < from + count; i++) {
      commands.add(green(i));
    }
    return commands;
  }

  private static List<Applied> apply(CommandLog log, List<StatusCommand> commands)
      throws Exception {
    return log.submit(commands).get(Patience.SECONDS, TimeUnit.SECONDS);
  }

  private static StatusMap.Mark mark(ClusterNode node) {
    return node.state().map().mark();
  }

  @Test
  void aSingleNodeAcknowledgesWithDenseVersionsAndComesBackAsItWas() throws Exception {
    final StatusMap.Mark before;
    try (ClusterNode node = single(directory)) {
      long expected = 1;
      for (int round = 0; round < 5; round++) {
        for (final Applied applied : apply(node, greens(round * 1_500L, 1_500))) {
          assertEquals(new Applied(expected++, Applied.Outcome.APPLIED), applied);
        }
      }
      assertEquals(
          Applied.Outcome.UNKNOWN_SUBJECT,
          apply(node, List.of(new StatusCommand.Revoke(new Subject(-1, -1), 5))).get(0).outcome());
      before = mark(node);
      assertEquals(7_501, before.version());
      assertEquals(7_500, before.size());
      assertEquals(node.state().map().recomputeDigest(), before.digest());
      assertEquals(LogRole.SINGLE, node.status().role());
    }
    try (ClusterNode node = single(directory)) {
      assertTrue(node.state().map().isWhole());
      assertEquals(before, mark(node));
      assertTrue(node.status().isServing());
      assertEquals(7_502, apply(node, List.of(green(1))).get(0).version());
    }
  }

  @Test
  void aMapThatWasNotClosedIsMadeAnewFromTheLog() throws Exception {
    final StatusMap.Mark before;
    try (ClusterNode node = single(directory)) {
      apply(node, greens(0, 3_000));
      before = mark(node);
    }
    Files.delete(directory.resolve("status.stamp"));
    try (ClusterNode node = single(directory)) {
      Patience.await("serving", () -> node.status().isServing());
      assertFalse(node.state().map().isWhole());
      assertEquals(before, mark(node));
      assertEquals(before.digest(), node.state().map().recomputeDigest());
    }
  }

  @Test
  void aSnapshotAndTheLogAfterItMakeTheMapAnew() throws Exception {
    final StatusMap.Mark before;
    try (ClusterNode node = single(directory)) {
      apply(node, greens(0, 3_000));
      node.submit(DocumentCommand.ruleset("metro", 7, "version: 7"))
          .get(Patience.SECONDS, TimeUnit.SECONDS);
      snapshot(node);
      apply(node, greens(2_000, 3_000));
      before = mark(node);
    }
    Files.delete(directory.resolve("status.map"));
    try (ClusterNode node = single(directory)) {
      Patience.await("serving", () -> node.status().isServing());
      assertEquals(before, mark(node));
      assertEquals(before.digest(), node.state().map().recomputeDigest());
      assertArrayEquals(
          "version: 7".getBytes(StandardCharsets.UTF_8),
          node.state()
              .documents()
              .find(DocumentCommand.Kind.RULESET, "metro".getBytes(StandardCharsets.UTF_8)));
      assertNull(node.state().documents().find(DocumentCommand.Kind.RULESET, new byte[] {1}));
    }
  }

  private static void snapshot(ClusterNode node) throws InterruptedException {
    final long taken = node.parts().snapshots();
    Patience.await("a snapshot begins", node::requestSnapshot);
    Patience.await("a snapshot is taken", () -> node.parts().snapshots() > taken);
  }

  @Test
  void aThreadThatWarnsDoesNotWaitForTheNodeToClose() throws Exception {
    try (ClusterNode node = single(directory)) {
      final Thread warns =
          new Thread(
              () ->
                  node.health()
                      .onError(
                          new AeronException(
                              "of an unknown session", AeronException.Category.WARN)));
      warns.setDaemon(true);
      // As close() holds it while it waits for the node's threads.
      synchronized (node) {
        warns.start();
        warns.join(10_000);
      }
      assertFalse(warns.isAlive());
    }
  }

  @Test
  void oldLogAndSnapshotsAreRemoved() throws Exception {
    final StatusMap.Mark before;
    try (ClusterNode node = launch(small().directory(directory).snapshotLogBytes(2 << 20))) {
      for (int round = 0; round < 60; round++) {
        for (int batch = 0; batch < 10; batch++) {
          apply(node, greens(batch * 1_000L, 1_000));
        }
      }
      // What is old goes with a snapshot, and one is due only when the log has grown.
      Patience.await(
          "bounded",
          () -> {
            node.submit(greens(0, 1_000)).orTimeout(Patience.SECONDS, TimeUnit.SECONDS).join();
            return sizeOf(directory.resolve("archive")) < 36 << 20;
          });
      before = mark(node);
    }
    Files.delete(directory.resolve("status.stamp"));
    try (ClusterNode node = single(directory)) {
      Patience.await("serving", () -> node.status().isServing());
      assertEquals(before, mark(node));
    }
  }

  private static long sizeOf(Path recordings) {
    try (Stream<Path> files = Files.list(recordings)) {
      return files
          .filter(file -> file.toString().endsWith(".rec"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    } catch (java.io.IOException e) {
      return Long.MAX_VALUE;
    }
  }

  @Test
  void whatAClientSendsTwiceIsAppliedOnceAlsoAfterARestart() throws Exception {
    final CommandLog.Origin first = new CommandLog.Origin(77, 1);
    final List<Applied> applied;
    try (ClusterNode node = single(directory)) {
      applied = node.submit(first, greens(0, 1_500)).get(Patience.SECONDS, TimeUnit.SECONDS);
      assertEquals(
          applied, node.submit(first, greens(0, 1_500)).get(Patience.SECONDS, TimeUnit.SECONDS));
      snapshot(node);
      assertEquals(1_500, mark(node).version());
    }
    try (ClusterNode node = single(directory)) {
      assertEquals(
          applied, node.submit(first, greens(0, 1_500)).get(Patience.SECONDS, TimeUnit.SECONDS));
      assertEquals(
          1_501L,
          refusal(node, new CommandLog.Origin(77, 1_600), SequenceException.Reason.OUT_OF_ORDER)
              .nextSequence());
      assertEquals(
          1L,
          refusal(node, new CommandLog.Origin(78, 2), SequenceException.Reason.UNKNOWN_CLIENT)
              .nextSequence());
      assertEquals(1_500, mark(node).version());
    }
  }

  private static SequenceException refusal(
      ClusterNode node, CommandLog.Origin origin, SequenceException.Reason reason) {
    final ExecutionException refusal =
        assertThrows(
            ExecutionException.class,
            () -> node.submit(origin, greens(5, 2)).get(Patience.SECONDS, TimeUnit.SECONDS));
    final SequenceException cause = (SequenceException) refusal.getCause();
    assertEquals(reason, cause.reason());
    return cause;
  }

  @Test
  void aNodeOfAnOlderProtocolFailsWithItsReason() throws Exception {
    final StatusMap.Mark before;
    final List<MemberAddress> members = List.of(threeMembers().get(0));
    try (ClusterNode node = launch(member(members, 0))) {
      Patience.await("it leads", () -> node.status().isWriting());
      apply(node, greens(0, 100));
      before = mark(node);
    }
    final ClusterNode newer = launch(member(members, 0).protocol(ReplicatedState.PROTOCOL + 1));
    Patience.await("it has failed", () -> newer.status().role() == LogRole.FAILED);
    final ExecutionException refusal =
        assertThrows(
            ExecutionException.class,
            () -> newer.submit(greens(0, 1)).get(Patience.SECONDS, TimeUnit.SECONDS));
    assertTrue(refusal.getMessage().contains("it must be upgraded"), refusal.getMessage());
    assertEquals(before, mark(newer), "nothing is applied");
  }

  @Test
  void underALeaderOfAnOlderProtocolNothingNewerIsTaken() throws Exception {
    try (ClusterNode node =
        ClusterNode.launch(
            small()
                .directory(directory)
                .map(StatusMap.persisted(directory, CAPACITY))
                .protocol(1))) {
      Patience.await("it leads", () -> node.status().isWriting());
      for (int i = 0; i < 2; i++) {
        final ExecutionException refusal =
            assertThrows(
                ExecutionException.class,
                () -> node.submit(greens(0, 5)).get(Patience.SECONDS, TimeUnit.SECONDS));
        assertTrue(refusal.getMessage().contains("upgrade the other"), refusal.getMessage());
      }
      assertEquals(0, mark(node).version());
    }
    try (ClusterNode node = single(directory)) {
      Patience.await("it leads", () -> node.status().isWriting());
      apply(node, greens(0, 5));
      assertEquals(5, mark(node).version());
    }
  }

  @Test
  void aDirectoryInUseIsRefused() throws Exception {
    try (ClusterNode node = single(directory)) {
      assertTrue(node.state().map().version() >= 0);
      final java.io.IOException refusal =
          assertThrows(
              java.io.IOException.class,
              () ->
                  ClusterNode.launch(
                      small().directory(directory).map(StatusMap.inMemory(CAPACITY))));
      assertTrue(refusal.getMessage().contains("in use"), refusal.getMessage());
    }
  }

  private static List<MemberAddress> threeMembers() {
    final int port = FreePorts.inARow(3 * MemberAddress.PORTS);
    return Stream.of(0, 1, 2)
        .map(id -> new MemberAddress(id, "127.0.0.1", port + id * MemberAddress.PORTS))
        .toList();
  }

  private ClusterContext member(List<MemberAddress> members, int id) {
    return small()
        .directory(directory.resolve("member-" + id))
        .members(members)
        .memberId(id)
        .secret(new ClusterSecret("a secret of the test".getBytes(StandardCharsets.UTF_8)))
        .heartbeatTimeoutMillis(2_000)
        .electionTimeoutMillis(500);
  }

  private static ClusterNode leaderOf(List<ClusterNode> nodes) throws InterruptedException {
    final ClusterNode[] found = new ClusterNode[1];
    Patience.await(
        "a leader",
        () -> {
          for (final ClusterNode node : nodes) {
            if (node.status().role() == LogRole.LEADER) {
              found[0] = node;
            }
          }
          return found[0] != null;
        });
    return found[0];
  }

  private static void awaitEqual(List<ClusterNode> nodes, long version) throws Exception {
    for (final ClusterNode node : nodes) {
      Patience.await("version " + version, () -> mark(node).version() == version);
      assertEquals(mark(nodes.get(0)), mark(node));
      assertEquals(mark(node).digest(), node.state().map().recomputeDigest());
    }
  }

  @Test
  void threeMembersAgreeThroughTheLossOfTheirLeaderAndAWipedDisk() throws Exception {
    final List<MemberAddress> members = threeMembers();
    final List<ClusterNode> nodes = new ArrayList<>();
    for (int id = 0; id < 3; id++) {
      nodes.add(launch(member(members, id)));
    }
    leaderOf(nodes);
    for (int id = 0; id < 3; id++) {
      apply(nodes.get(id), greens(id * 1_000L, 1_000));
    }
    awaitEqual(nodes, 3_000);
    final ReplicaNode replica = replica(members);
    Patience.await("the replica", () -> replica.state().map().mark().equals(mark(nodes.get(0))));

    final ClusterNode leader = leaderOf(nodes);
    final int lost = nodes.indexOf(leader);
    leader.close();
    final List<ClusterNode> left = new ArrayList<>(nodes);
    left.remove(leader);
    apply(left.get(0), greens(3_000, 1_000));
    apply(left.get(1), greens(4_000, 1_000));
    awaitEqual(left, 5_000);
    Patience.await("the replica", () -> replica.state().map().mark().equals(mark(left.get(0))));

    for (int round = 0; round < 3; round++) {
      final ClusterNode now = leaderOf(left);
      snapshot(now);
      for (int batch = 0; batch < 60; batch++) {
        apply(now, greens(batch * 100L, 1_000));
      }
    }
    final long version = 5_000 + 3 * 60_000;
    awaitEqual(left, version);
    Patience.await(
        "the log is cut",
        () -> sizeOf(directory.resolve("member-" + (lost == 0 ? 1 : 0) + "/archive")) < 36 << 20);
    IoUtil.delete(directory.resolve("member-" + lost).toFile(), false);
    nodes.set(lost, launch(member(members, lost)));
    awaitEqual(nodes, version);
    Patience.await("the replica", () -> replica.state().map().mark().equals(mark(nodes.get(0))));
  }

  /** A member that is left of three, with a thousand versions, goes on once another is back. */
  private void requireGoesOn(ClusterNode node, List<MemberAddress> members) throws Exception {
    final ClusterNode back = launch(member(members, 1));
    Patience.await("a log", () -> node.status().isWriting());
    assertEquals(1_001, apply(node, greens(1_000, 1_000)).get(0).version());
    awaitEqual(List.of(node, back), 2_000);
    assertFalse(node.health().hasFailed());
  }

  @Test
  void aMemberWhoseLogEndedWhileItWasJoiningJoinsTheOneThatThereIs() throws Exception {
    final List<MemberAddress> members = threeMembers();
    final AtomicLong nanos = new AtomicLong();
    // The state machine's thread always runs in there: for this member it is a wait without end.
    final LogWait always = new LogWait("org.agrona.concurrent.AgentRunner", "run", nanos::get);
    final ClusterContext joining = member(members, 0);
    final ClusterNode node =
        ClusterNode.launch(joining.map(StatusMap.persisted(joining.directory(), CAPACITY)), always);
    open.add(node);
    final ClusterNode second = launch(member(members, 1));
    final ClusterNode third = launch(member(members, 2));
    leaderOf(List.of(node, second, third));
    apply(second, greens(0, 1_000));
    awaitEqual(List.of(node, second, third), 1_000);
    second.close();
    third.close();
    final Thread waiting = node.parts().serviceThread();
    Patience.await(
        "it joins again",
        () -> {
          nanos.addAndGet(LogWait.MAX_NANOS + 1);
          return node.parts().serviceThread() != waiting;
        });
    requireGoesOn(node, members);
  }

  @Test
  void aMemberThatAppliedMoreThanItsLeadersLogHasTakesTheOthersState() throws Exception {
    final List<MemberAddress> members = threeMembers();
    final List<ClusterNode> nodes = new ArrayList<>();
    for (int id = 0; id < 3; id++) {
      nodes.add(launch(member(members, id)));
    }
    final ClusterNode node = nodes.get(0);
    leaderOf(nodes);
    apply(node, greens(0, 1_000));
    awaitEqual(nodes, 1_000);
    final Thread before = node.parts().serviceThread();
    final Exception ahead =
        new ClusterEvent("followerLogAwait - joinPosition=0 less than logPosition=96");
    node.health().onError(ahead);
    node.health().onError(ahead);
    // Whoever is in touch with its leader is not ahead of it.
    Patience.await("it is forgotten", () -> !node.health().isAheadOfLeader());
    assertSame(before, node.parts().serviceThread());
    nodes.get(1).close();
    nodes.get(2).close();
    Patience.await("no leader", () -> !node.status().isWriting());
    Patience.await(
        "it begins anew",
        () -> {
          node.health().onError(ahead);
          return node.parts().serviceThread() != before;
        });
    requireGoesOn(node, members);
  }

  /** What tells that a member is ahead is a text of Aeron's, which another release may change. */
  @Test
  void thatAMemberIsAheadIsToldInTheWordsOfThisAeronsElection() throws Exception {
    try (InputStream in =
        ConsensusModule.class.getResourceAsStream("/io/aeron/cluster/Election.class")) {
      final String election = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      for (final String part : List.of(" - joinPosition=", " less ", "than logPosition=")) {
        assertTrue(election.contains(part), part);
      }
    }
    assertTrue(MemberHealth.AHEAD.matcher("- joinPosition=0 less than logPosition=96").find());
  }

  @Test
  void aLeaderHandsOverAndABackupBringsTheClusterBack() throws Exception {
    final List<MemberAddress> members = threeMembers();
    final List<ClusterNode> nodes = new ArrayList<>();
    for (int id = 0; id < 3; id++) {
      nodes.add(launch(member(members, id)));
    }
    final ClusterNode leader = leaderOf(nodes);
    apply(leader, greens(0, 1_000));
    final Path data = directory.resolve("member-" + nodes.indexOf(leader));
    assertEquals("done: a snapshot is taken", NodeRequest.SNAPSHOT.send(data, Patience.DURATION));
    apply(leader, greens(1_000, 1_000));
    final String answer = NodeRequest.HAND_OVER.send(data, Patience.DURATION);
    assertTrue(answer.startsWith("done"), answer);
    Patience.await("another leader", () -> leader.status().role() == LogRole.FOLLOWER);
    apply(leader, greens(2_000, 1_000));
    awaitEqual(nodes, 3_000);

    final Path backup = directory.resolve("backup");
    ClusterBackupCopy.make(
        member(members, 0).directory(backup).map(null),
        "127.0.0.1",
        FreePorts.inARow(MemberAddress.PORTS));
    closeAll();
    open.clear();
    for (int id = 0; id < 3; id++) {
      final Path restored = directory.resolve("restored-" + id);
      ClusterBackupCopy.restore(backup, restored);
      nodes.set(id, launch(member(members, id).directory(restored)));
    }
    leaderOf(nodes);
    assertEquals(3_001, apply(nodes.get(0), List.of(green(1))).get(0).version());
    awaitEqual(nodes, 3_001);
  }

  @Test
  void aReplicaThatTheFeedNoLongerReachesTakesASnapshotAndGoesOn() throws Exception {
    final List<MemberAddress> members = List.of(threeMembers().get(0));
    final ClusterNode node = launch(member(members, 0).snapshotLogBytes(2 << 20));
    Patience.await("it leads", () -> node.status().isWriting());
    apply(node, greens(0, 5_000));
    final ReplicaNode before = replica(members);
    Patience.await("the replica", () -> before.state().map().mark().equals(mark(node)));
    assertEquals(0, before.snapshotsTaken(), "the feed reaches back to the first version");
    before.close();

    final StatusCommand red =
        StatusCommand.SetStatus.of(new Subject(1, ~1L)).colour(Colour.RED).build();
    apply(node, List.of(red));
    node.submit(DocumentCommand.ruleset("metro", 2, "by snapshot"))
        .get(Patience.SECONDS, TimeUnit.SECONDS);
    final long deadline = System.nanoTime() + Patience.NANOS;
    while (feedStart(node) < small().segmentBytes()) {
      assertTrue(System.nanoTime() < deadline, "the feed's first file is removed");
      apply(node, greens(2_000, 10_000));
    }
    final ReplicaNode after = replica(members);
    Patience.await("it is served", after::isServing);
    Patience.await("the replica", () -> after.state().map().mark().equals(mark(node)));
    Patience.await("by a snapshot", () -> after.snapshotsTaken() == 1);
    assertEquals(Set.of("metro"), after.documents().rulesets().keySet());
    node.submit(DocumentCommand.ruleset("hospital", 2, "by the feed"))
        .get(Patience.SECONDS, TimeUnit.SECONDS);
    apply(node, greens(15_000, 5_000));
    Patience.await("it goes on", () -> after.state().map().mark().equals(mark(node)));
    assertEquals(1, after.snapshotsTaken(), "by the feed");
    assertEquals(Set.of("hospital", "metro"), after.documents().rulesets().keySet());
    assertEquals(mark(node).digest(), after.state().map().recomputeDigest());
    final StatusRecord record = new StatusRecord();
    assertTrue(after.state().map().get(new Subject(1, ~1L), record));
    assertEquals(StatusRecord.RED, record.colour(), "what was only in the part cut off");
  }

  /** Where what is left of a member's feed starts, in bytes. */
  private static long feedStart(ClusterNode node) {
    try (AeronArchive archive =
        AeronArchive.connect(
            node.parts().localArchive().aeron(node.parts().aeron()).ownsAeronClient(false))) {
      return Recording.lastFeed(archive).startPosition();
    }
  }

  private ReplicaNode replica(List<MemberAddress> members) throws Exception {
    final Path data = directory.resolve("replica");
    final ReplicaNode replica =
        ReplicaNode.launch(
            member(members, 0).directory(data).map(StatusMap.persisted(data, CAPACITY)),
            "127.0.0.1");
    open.add(replica);
    return replica;
  }
}
