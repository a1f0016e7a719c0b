package gongbei.replication.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.Colour;
import gongbei.codec.model.Region;
import gongbei.codec.transparency.Frontier;
import gongbei.codec.transparency.HistoryCheck;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.Applied;
import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.command.StatusCommand.SetStatus;
import gongbei.replication.context.ClusterContext;
import gongbei.replication.history.HistoryFault;
import gongbei.replication.history.HistoryLog;
import gongbei.replication.history.HistorySettings;
import gongbei.replication.history.PublishedHistory;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node's history through stops, kills, backups and an upgrade of the log's protocol. */
final class HistoryRestartTest {
  private static final int CHANGES = 3_000;
  private static final int BEFORE_HISTORY = 12;

  private final SigningKey key =
      new KeyGeneration()
          .generate(
              CodeFormat.GD1.issuer(),
              Instant.ofEpochSecond(1),
              Instant.ofEpochSecond(Integer.MAX_VALUE));
  @TempDir private Path directory;

  /** A lone node and its history. */
  private final class Node implements AutoCloseable {
    private final HistoryLog history;
    private final ClusterNode log;

    Node(Path data) throws Exception {
      Files.createDirectories(data);
      history =
          HistoryLog.open(
              new HistorySettings(Region.GUANGDONG)
                  .directory(data.resolve(ClusterContext.HISTORY))
                  .segmentEntries(1_024)
                  .keys(() -> Optional.of(key)));
      log =
          ClusterNode.launch(
              new ClusterContext()
                  .directory(data)
                  .logTermBytes(1 << 20)
                  .segmentBytes(1 << 20)
                  .feedBytes(2 << 20)
                  .lowStorageBytes(16 << 20)
                  .historySink(history)
                  .map(StatusMap.persisted(data, 10_000)));
      Patience.await("the node takes changes", () -> log.status().isWriting());
    }

    void register(int first, int count) throws Exception {
      final List<StatusCommand> commands = new ArrayList<>();
      for (int i = first; i < first + count; i++) {
        commands.add(SetStatus.of(new Subject(1, i)).colour(Colour.GREEN).build());
      }
      for (final Applied each : log.submit(commands).get(Patience.SECONDS, TimeUnit.SECONDS)) {
        assertEquals(Outcome.APPLIED, each.outcome());
      }
    }

    @Override
    public void close() {
      log.close();
      history.close();
    }
  }

  private long check(Path data) throws Exception {
    return HistoryCheck.check(
            PublishedHistory.read(data.resolve(ClusterContext.HISTORY)),
            List.of(key.issuerKey()),
            HistoryCheck.EntrySink.NONE)
        .entries();
  }

  @Test
  void aNodeThatWasStoppedGoesOnFromItsHistory() throws Exception {
    try (Node node = new Node(directory)) {
      node.register(0, CHANGES);
    }
    assertEquals(CHANGES, check(directory));
    try (Node node = new Node(directory)) {
      node.register(CHANGES, 100);
      assertEquals(0, node.history.gaps());
      assertEquals(HistoryFault.NONE, node.history.fault());
    }
    assertEquals(CHANGES + 100, check(directory));
  }

  @Test
  void aNodeWhoseMapIsMadeAnewComparesWhatItsLogGivesIt() throws Exception {
    final byte[] before;
    try (Node node = new Node(directory)) {
      node.register(0, CHANGES);
      before = node.history.frontier();
    }
    // After kill -9 the map is not whole: the node makes it of snapshot and log.
    try (Stream<Path> files = Files.list(directory)) {
      for (final Path file : files.filter(Files::isRegularFile).toList()) {
        if (file.getFileName().toString().startsWith("status")) {
          Files.delete(file);
        }
      }
    }
    try (Node node = new Node(directory)) {
      assertArrayEquals(before, node.history.frontier());
      assertEquals(HistoryFault.NONE, node.history.fault());
      node.register(CHANGES, 100);
    }
    assertEquals(CHANGES + 100, check(directory));
  }

  @Test
  void aRestoredNodeHasTheHistoryOfItsBackup() throws Exception {
    final Path data = directory.resolve("data");
    try (Node node = new Node(data)) {
      node.register(0, CHANGES);
    }
    LoneBackup.make(data, directory.resolve("backup"), Patience.DURATION);
    assertEquals(CHANGES, check(directory.resolve("backup")));
    ClusterBackupCopy.restore(directory.resolve("backup"), directory.resolve("restored"));
    try (Node node = new Node(directory.resolve("restored"))) {
      node.register(CHANGES, 100);
      assertEquals(HistoryFault.NONE, node.history.fault());
    }
    assertEquals(CHANGES + 100, check(directory.resolve("restored")));
  }

  private void unpack(String name, Path into) throws IOException {
    try (InputStream in = HistoryRestartTest.class.getResourceAsStream("/protocol-6/" + name);
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        final Path file = into.resolve(entry.getName());
        Files.createDirectories(file.getParent());
        Files.copy(zip, file);
      }
    }
  }

  @Test
  void nodesThatAreUpgradedInPlaceOrMadeAnewHaveOneTree() throws Exception {
    final List<byte[]> frontiers = new ArrayList<>();
    for (final String name : List.of("stopped.zip", "killed.zip")) {
      final Path data = directory.resolve(name);
      unpack(name, data);
      try (Node node = new Node(data)) {
        frontiers.add(node.history.frontier());
        assertTrue(node.history.published().entry(BEFORE_HISTORY).orElseThrow().isBeforeHistory());
        node.register(0, 1);
        node.history.frontier();
        assertFalse(
            node.history.published().entry(BEFORE_HISTORY + 1).orElseThrow().isBeforeHistory());
      }
      assertTrue(check(data) > 0);
    }
    assertArrayEquals(Frontier.ofBeforeHistory(BEFORE_HISTORY).toBytes(), frontiers.get(0));
    assertArrayEquals(frontiers.get(0), frontiers.get(1));
  }
}
