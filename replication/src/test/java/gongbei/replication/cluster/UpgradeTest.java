package gongbei.replication.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.replication.command.Applied;
import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.ChangeOrigin;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.command.StatusCommand.SetStatus;
import gongbei.replication.context.ClusterContext;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.machine.HistoryChange;
import gongbei.replication.machine.HistorySink;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes take over the data directories of a node of version 6 of the protocol, as the release of
 * 2026-11-27 wrote them: one that was stopped, and one that was killed after its snapshot.
 */
final class UpgradeTest {
  private static final long DIGEST = 1_239_521_372_632_268_462L;
  private static final long SIGNER = 0x77;
  private static final String HISTORY = "0a7711a896565da7f33d53cb59791419";
  private static final int SAMPLE = 29_000_000;

  @TempDir private Path directory;
  private final List<String> told = new CopyOnWriteArrayList<>();

  /** Writes down from where the history begins, and each version's ground. */
  private final class Teller implements HistorySink {
    @Override
    public void begin(long version, byte[] frontier) {
      told.add("begin " + version + " " + frontier.length);
    }

    @Override
    public void onVersion(HistoryChange change) {
      told.add(
          change.version()
              + " "
              + change.outcome()
              + " "
              + Long.toHexString(change.authority())
              + " "
              + GroundTable.DEFAULT.nameOf(change.ground()));
    }

    @Override
    public byte[] frontier() {
      return new byte[] {1, 2, 3};
    }
  }

  private static Subject subject(int number) {
    return new Subject(number, ~number);
  }

  private void unpack(String name) throws IOException {
    try (InputStream in = UpgradeTest.class.getResourceAsStream("/protocol-6/" + name);
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        final Path file = directory.resolve(entry.getName());
        Files.createDirectories(file.getParent());
        Files.copy(zip, file);
      }
    }
  }

  private ClusterNode launch() throws Exception {
    final ClusterNode node =
        ClusterNode.launch(
            new ClusterContext()
                .directory(directory)
                .logTermBytes(1 << 20)
                .segmentBytes(1 << 20)
                .feedBytes(2 << 20)
                .lowStorageBytes(16 << 20)
                .historySink(new Teller())
                .map(StatusMap.persisted(directory, 100)));
    Patience.await("the node takes changes", () -> node.status().isWriting());
    return node;
  }

  private static StatusRecord status(ClusterNode node, int number) {
    final StatusRecord record = new StatusRecord();
    assertTrue(node.state().map().get(subject(number), record));
    return record;
  }

  private static Applied apply(ClusterNode node, StatusCommand command) throws Exception {
    return node.submit(command).get(Patience.SECONDS, TimeUnit.SECONDS);
  }

  private static void requireOld(ClusterNode node) {
    assertEquals(new StatusMap.Mark(12, DIGEST, 6), node.state().map().mark());
    assertEquals(DIGEST, node.state().map().recomputeDigest());
    assertEquals(HISTORY, node.state().history().toHex());
    assertEquals(SAMPLE + 5, status(node, 1).sampleEpochMinutes());
    for (final int red : new int[] {2, 4, 6}) {
      assertEquals(StatusRecord.RED, status(node, red).colourAt(Integer.MAX_VALUE), "no end");
    }
    assertEquals(1_700_000_000, status(node, 3).revokedBeforeEpochSeconds());
    assertEquals(1_700_000_000, status(node, 5).sourceEpochSeconds());
    assertTrue(node.state().documents().rulesets().containsKey("metro"));
    assertEquals(GroundTable.DEFAULT, node.state().documents().grounds());
  }

  /** Changes of today on what was there, and a restart. */
  private void goOn(ClusterNode node) throws Exception {
    final int end = (int) (System.currentTimeMillis() / 60_000) + 60;
    final ChangeOrigin origin = ChangeOrigin.of(0x55, GroundTable.CLOSE_CONTACT);
    assertEquals(
        new Applied(13, Outcome.UNTIL_MISSING),
        apply(node, SetStatus.of(subject(1)).colour(Colour.RED).origin(origin).build()));
    assertEquals(
        new Applied(14, Outcome.APPLIED),
        apply(node, SetStatus.of(subject(1)).colour(Colour.RED).until(end).origin(origin).build()));
    assertEquals(
        Outcome.APPLIED,
        apply(node, new StatusCommand.SetTestResult(subject(2), TestResult.POSITIVE, SAMPLE))
            .outcome());
    assertTrue(status(node, 2).untilEpochMinutes() > end, "and now it has one");
    final GroundTable table = GroundTable.of(1, GroundTable.DEFAULT.grounds());
    node.submit(DocumentCommand.grounds(table)).get(Patience.SECONDS, TimeUnit.SECONDS);
    final StatusMap.Mark mark = node.state().map().mark();
    node.close();
    told.clear();
    try (ClusterNode again = launch()) {
      assertEquals(mark, again.state().map().mark());
      assertEquals(table, again.state().documents().grounds());
      assertEquals(end, status(again, 1).untilEpochMinutes());
      assertEquals(1, again.state().ceilings().size(), "what was counted is not forgotten");
      assertEquals(List.of("begin 16 3"), told);
    }
  }

  @Test
  void aNodeThatWasStoppedGoesOnFromItsMap() throws Exception {
    unpack("stopped.zip");
    try (ClusterNode node = launch()) {
      requireOld(node);
      assertEquals(List.of("begin 12 0"), told);
      goOn(node);
    }
  }

  @Test
  void aNodeThatWasKilledIsMadeAnewFromItsSnapshotAndItsLog() throws Exception {
    unpack("killed.zip");
    try (ClusterNode node = launch()) {
      requireOld(node);
      assertEquals(
          List.of(
              "begin 0 0",
              "begin 8 0",
              "9 APPLIED " + Long.toHexString(SIGNER) + " before-history",
              "10 APPLIED " + Long.toHexString(SIGNER) + " before-history",
              "11 APPLIED 0 before-history",
              "12 APPLIED 0 before-history"),
          told);
      goOn(node);
    }
  }
}
