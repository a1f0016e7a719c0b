package gongbei.replication.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.context.ClusterContext;
import gongbei.replication.context.ClusterSecret;
import gongbei.replication.context.MemberAddress;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.replication.testing.ClusterIntruder;
import gongbei.replication.wire.Refusal;
import gongbei.replication.wire.WireCounts;
import gongbei.testing.FreePorts;
import gongbei.testing.OneJdk;
import gongbei.testing.Patience;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who has a cluster's ports and not its secret, or another one, against three members. */
@OneJdk
final class ClusterNetworkAttackTest {
  private static final byte[] SECRET = "a secret of the test".getBytes(StandardCharsets.UTF_8);
  private static final int GREEN = 0;
  private static final Subject HOLDER = new Subject(1, ~1L);
  private static final long CAPACITY = 5_000;

  @TempDir private Path directory;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<ClusterNode> nodes = new ArrayList<>();
  private final List<MemberAddress> members = new ArrayList<>();

  @AfterEach
  void closeAll() {
    for (int i = open.size() - 1; i >= 0; i--) {
      CloseHelper.quietClose(open.get(i));
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
    Patience.await("a leader", () -> nodes.stream().anyMatch(node -> node.parts().isLeader()));
    apply(status(1, GREEN));
  }

  private static StatusCommand status(long number, int colour) {
    return StatusCommand.SetStatus.of(new Subject(number, ~number))
        .colour(Colour.ofNumber(colour))
        .build();
  }

  /** Applies a change by the first member, and waits until all have applied it. */
  private void apply(StatusCommand command) throws Exception {
    Patience.await("it takes changes", () -> nodes.get(0).status().isWriting());
    final long version =
        nodes.get(0).submit(command).get(Patience.SECONDS, TimeUnit.SECONDS).version();
    Patience.await(
        "all have applied it",
        () -> nodes.stream().allMatch(node -> node.state().map().version() >= version));
  }

  private List<InetSocketAddress> addresses() {
    return members.stream()
        .map(member -> new InetSocketAddress(member.host(), member.basePort()))
        .toList();
  }

  private ClusterIntruder opened(ClusterIntruder intruder) {
    open.add(intruder);
    return intruder;
  }

  private int colourOfTheHolder() {
    final StatusRecord holder = new StatusRecord();
    assertTrue(nodes.get(0).state().map().get(HOLDER, holder));
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
    for (final ClusterIntruder intruder :
        List.of(
            opened(ClusterIntruder.plain(directory.resolve("plain"), addresses())),
            opened(ClusterIntruder.guessing(directory.resolve("guessing"), addresses())))) {
      assertFalse(intruder.forgesChange(HOLDER), "ingress");
      assertFalse(intruder.asksForVotes(), "votes");
      assertFalse(intruder.opensAnArchive(), "archive");
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
    assertTrue(
        opened(ClusterIntruder.plain(directory.resolve("plain"), addresses()))
            .forgesChange(HOLDER));
    Patience.await("the holder is red", () -> colourOfTheHolder() == ClusterIntruder.RED);
  }
}
