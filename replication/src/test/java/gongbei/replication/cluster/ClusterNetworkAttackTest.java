package gongbei.replication.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.replication.status.CommandBatches;
import gongbei.replication.status.StatusCommand;
import gongbei.replication.status.StatusMap;
import gongbei.replication.status.StatusRecord;
import gongbei.replication.status.Subject;
import gongbei.replication.wire.Refusal;
import gongbei.replication.wire.WireCipher;
import gongbei.replication.wire.WireCounts;
import gongbei.replication.wire.WireSeal;
import gongbei.testing.FreePorts;
import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.archive.client.AeronArchive;
import io.aeron.cluster.ConsensusModule;
import io.aeron.cluster.client.AeronCluster;
import io.aeron.cluster.codecs.MessageHeaderEncoder;
import io.aeron.cluster.codecs.RequestVoteEncoder;
import io.aeron.cluster.codecs.SessionMessageHeaderEncoder;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.exceptions.TimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.agrona.CloseHelper;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who has a cluster's ports and not its secret, or another one, against three members. */
@Timeout(240)
final class ClusterNetworkAttackTest {
  private static final byte[] SECRET = "a secret of the test".getBytes(StandardCharsets.UTF_8);
  private static final byte[] GUESS = "a guess at the secret".getBytes(StandardCharsets.UTF_8);
  private static final int GREEN = 0;
  private static final int RED = 2;
  private static final int GUESSED_SESSIONS = 40;
  private static final int GUESSED_TERMS = 20;
  private static final long WAIT_SECONDS = 60;
  private static final long CAPACITY = 5_000;

  @TempDir private Path directory;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<ClusterNode> nodes = new ArrayList<>();
  private final List<MemberAddress> members = new ArrayList<>();
  private int drivers;

  @AfterEach
  void closeAll() {
    for (int i = open.size() - 1; i >= 0; i--) {
      CloseHelper.quietClose(open.get(i));
    }
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, what);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private void startThreeMembers(boolean isPlain) throws Exception {
    final int port = FreePorts.inARow(3 * MemberAddress.PORTS);
    while (members.size() < 3) {
      final int id = members.size();
      members.add(new MemberAddress(id, "127.0.0.1", port + id * MemberAddress.PORTS));
    }
    for (int id = 0; id < 3; id++) {
      final Path data = directory.resolve("member-" + id);
      final ClusterNode node =
          ClusterNode.launch(
              new ClusterContext()
                  .logTermBytes(1 << 20)
                  .segmentBytes(1 << 20)
                  .feedBytes(2 << 20)
                  .lowStorageBytes(16 << 20)
                  .directory(data)
                  .members(members)
                  .memberId(id)
                  .secret(new ClusterSecret(SECRET))
                  .networkIsSealed(isPlain)
                  .heartbeatTimeoutMillis(20_000)
                  .electionTimeoutMillis(500)
                  .map(StatusMap.persisted(data, CAPACITY)));
      open.add(node);
      nodes.add(node);
    }
    await("a leader", () -> nodes.stream().anyMatch(ClusterNode::isLeader));
    apply(status(1, GREEN));
  }

  private static StatusCommand status(long number, int colour) {
    return new StatusCommand.SetStatus(new Subject(number, ~number), colour, 0, 0, 0, 0, 0);
  }

  /** Applies a change by the first member, and waits until all have applied it. */
  private void apply(StatusCommand command) throws Exception {
    await("it takes changes", () -> nodes.get(0).status().isWriting());
    final long version = nodes.get(0).submit(command).get(WAIT_SECONDS, TimeUnit.SECONDS).version();
    await(
        "all have applied it",
        () -> nodes.stream().allMatch(node -> node.state().map().version() >= version));
  }

  private Aeron stranger(Optional<byte[]> secret) {
    final MediaDriver.Context context =
        new MediaDriver.Context()
            .aeronDirectoryName(directory.resolve("stranger-" + drivers++).toString())
            .dirDeleteOnStart(true)
            .threadingMode(ThreadingMode.SHARED)
            .publicationTermBufferLength(1 << 20)
            .termBufferSparseFile(true)
            .errorHandler(e -> {});
    secret.ifPresent(
        guess -> new WireSeal(WireCipher.AES_256_GCM, List.of(guess)).applyTo(context));
    final MediaDriver driver = MediaDriver.launch(context);
    open.add(driver);
    final Aeron aeron =
        Aeron.connect(
            new Aeron.Context()
                .aeronDirectoryName(driver.aeronDirectoryName())
                .errorHandler(e -> {}));
    open.add(aeron);
    return aeron;
  }

  /** A change of a holder's status, for each session and term that is likely to be open. */
  private static List<byte[]> forgedChanges() {
    final UnsafeBuffer command = CommandBatches.encode(9, 1, CAPACITY, List.of(status(1, RED)));
    final List<byte[]> forged = new ArrayList<>();
    for (long session = 1; session <= GUESSED_SESSIONS; session++) {
      for (long term = 0; term < GUESSED_TERMS; term++) {
        final byte[] bytes = new byte[AeronCluster.SESSION_HEADER_LENGTH + command.capacity()];
        final UnsafeBuffer message = new UnsafeBuffer(bytes);
        new SessionMessageHeaderEncoder()
            .wrapAndApplyHeader(message, 0, new MessageHeaderEncoder())
            .leadershipTermId(term)
            .clusterSessionId(session)
            .timestamp(0);
        message.putBytes(AeronCluster.SESSION_HEADER_LENGTH, command, 0, command.capacity());
        forged.add(bytes);
      }
    }
    return forged;
  }

  private static byte[] requestVote(long term) {
    final byte[] bytes =
        new byte[MessageHeaderEncoder.ENCODED_LENGTH + RequestVoteEncoder.BLOCK_LENGTH];
    new RequestVoteEncoder()
        .wrapAndApplyHeader(new UnsafeBuffer(bytes), 0, new MessageHeaderEncoder())
        .logLeadershipTermId(term - 1)
        .logPosition(1L << 40)
        .candidateTermId(term)
        .candidateMemberId(1)
        .protocolVersion(ConsensusModule.Configuration.PROTOCOL_SEMANTIC_VERSION);
    return bytes;
  }

  /** Sends messages to a stream of a member's; whether anybody took them. */
  private static boolean send(Aeron aeron, String endpoint, int streamId, List<byte[]> messages)
      throws InterruptedException {
    try (ExclusivePublication publication =
        aeron.addExclusivePublication("aeron:udp?endpoint=" + endpoint, streamId)) {
      final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
      while (!publication.isConnected()) {
        if (System.nanoTime() - deadline > 0) {
          return false;
        }
        TimeUnit.MILLISECONDS.sleep(1);
      }
      for (final byte[] message : messages) {
        await("it is offered", () -> publication.offer(new UnsafeBuffer(message)) > 0);
      }
      TimeUnit.MILLISECONDS.sleep(200);
      return true;
    }
  }

  private boolean attackIngress(Aeron aeron) throws InterruptedException {
    boolean isTaken = false;
    for (final MemberAddress member : members) {
      isTaken |=
          send(
              aeron,
              member.ingress(),
              AeronCluster.Configuration.ingressStreamId(),
              forgedChanges());
    }
    return isTaken;
  }

  private int colourOfTheHolder() {
    final StatusRecord holder = new StatusRecord();
    assertTrue(nodes.get(0).state().map().get(new Subject(1, ~1L), holder));
    return holder.colour();
  }

  private long refused(Refusal reason) {
    return nodes.stream()
        .map(node -> node.wireCounts().orElseThrow())
        .mapToLong((WireCounts counts) -> counts.refused(reason))
        .sum();
  }

  private long bytesOfRecordingLogs() throws Exception {
    long bytes = 0;
    for (int id = 0; id < 3; id++) {
      bytes += Files.size(directory.resolve("member-" + id).resolve("cluster/recording.log"));
    }
    return bytes;
  }

  @Test
  void whoHasThePortsAndNotTheSecretChangesNothingButACounter() throws Exception {
    startThreeMembers(false);
    final StatusMap.Mark before = nodes.get(0).state().map().mark();
    final long elections = nodes.stream().mapToLong(ClusterNode::elections).sum();
    final long logBytes = bytesOfRecordingLogs();
    for (final Aeron aeron : List.of(stranger(Optional.empty()), stranger(Optional.of(GUESS)))) {
      assertFalse(attackIngress(aeron), "ingress");
      for (final MemberAddress member : members) {
        assertFalse(
            send(
                aeron,
                member.consensus(),
                ConsensusModule.Configuration.consensusStreamId(),
                List.of(requestVote(Long.MAX_VALUE - 5))),
            "votes");
        assertThrows(
            TimeoutException.class,
            () ->
                AeronArchive.connect(
                    new AeronArchive.Context()
                        .aeron(aeron)
                        .messageTimeoutNs(TimeUnit.MILLISECONDS.toNanos(500))
                        .controlRequestChannel("aeron:udp?endpoint=" + member.archive())
                        .controlResponseChannel("aeron:udp?endpoint=127.0.0.1:0")));
      }
    }
    assertTrue(refused(Refusal.MALFORMED) > 0, "plain datagrams were counted");
    assertTrue(refused(Refusal.UNKNOWN_SENDER) > 0, "so were those of another secret");
    assertEquals(0, refused(Refusal.FORGED));
    assertEquals(before, nodes.get(0).state().map().mark());
    assertEquals(elections, nodes.stream().mapToLong(ClusterNode::elections).sum());
    assertEquals(logBytes, bytesOfRecordingLogs());
    apply(status(2, GREEN));
  }

  /** Shows that the attack above is one: it works where something else was said to seal. */
  @Test
  void whereTheNetworkIsSaidToBeSealedAndIsNotTheSameDatagramsChangeAStatus() throws Exception {
    startThreeMembers(true);
    assertEquals(Optional.empty(), nodes.get(0).wireCounts());
    assertEquals(GREEN, colourOfTheHolder());
    assertTrue(attackIngress(stranger(Optional.empty())));
    await("the holder is red", () -> colourOfTheHolder() == RED);
  }
}
