package gongbei.replication.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.replication.cluster.ClusterNode;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.context.ClusterContext;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.testing.LiveFiles;
import gongbei.testing.OneJdk;
import gongbei.testing.Patience;
import io.aeron.protocol.DataHeaderFlyweight;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a write leaves in a log that was cut short, and what a node that is alone makes of it. */
@OneJdk
final class RecordingRepairTest {
  private static final int TERM_BYTES = 1 << 20;
  private static final int CHANGES = 700;
  private static final int SECTOR = 512;

  /** The files of a node as kill -9 left them, of which each test has a copy. */
  @TempDir private static Path left;

  private static long version;
  private static long digest;

  @TempDir private Path directory;

  private Path crashed;
  private Path log;

  private static ClusterContext context(Path data) throws Exception {
    return new ClusterContext()
        .directory(data)
        .logTermBytes(TERM_BYTES)
        .segmentBytes(TERM_BYTES)
        .feedBytes(TERM_BYTES)
        .lowStorageBytes(1 << 20)
        .map(StatusMap.persisted(data, CHANGES));
  }

  /** A node's files as kill -9 leaves them: copied while it runs. */
  @BeforeAll
  static void crash(@TempDir Path data) throws Exception {
    try (ClusterNode node = ClusterNode.launch(context(data))) {
      final List<StatusCommand> commands = new ArrayList<>();
      for (int i = 0; i < CHANGES; i++) {
        commands.add(
            StatusCommand.SetStatus.of(new Subject(i, ~i))
                .colour(Colour.ofNumber(i % 3))
                .test(TestResult.NEGATIVE, 29_000_000)
                .doses(2)
                .build());
      }
      node.submit(commands).get(Patience.SECONDS, TimeUnit.SECONDS);
      version = node.state().map().version();
      digest = node.state().map().digest();
      LiveFiles.copy(data, left);
    }
  }

  @BeforeEach
  void copyWhatWasLeft() throws Exception {
    crashed = directory.resolve("crashed");
    LiveFiles.copy(left, crashed);
    log = crashed.resolve("archive").resolve("0-0.rec");
  }

  private static int endOf(Path file) throws IOException {
    final ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    while (at < bytes.capacity() && bytes.getInt(at) > 0) {
      at += (bytes.getInt(at) + 31) & -32;
    }
    return at;
  }

  /** Appends the header of a frame and, of its body, so many bytes of no zeros. */
  private void append(int frameBytes, short type, int bodyBytes, long sessionId)
      throws IOException {
    final int end = endOf(log);
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
      final byte[] first = new byte[DataHeaderFlyweight.HEADER_LENGTH];
      file.readFully(first);
      final ByteBuffer header = ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN);
      header.putInt(0, frameBytes).putShort(6, type).putInt(8, end).putInt(12, (int) sessionId);
      file.seek(end);
      file.write(first);
      for (int i = 0; i < bodyBytes; i++) {
        file.write(1 + i % 255);
      }
    }
  }

  /** How long a body is that ends with a multiple of so many bytes of the file. */
  private int upTo(int multiple, int blocks) throws IOException {
    final int from = endOf(log) + DataHeaderFlyweight.HEADER_LENGTH;
    return (from / multiple + blocks) * multiple - from;
  }

  private static void awaitVersion(ClusterNode node, long due) throws InterruptedException {
    Patience.await(
        () -> node.status().toString(),
        () -> node.state().map().version() >= due && node.status().isWriting());
  }

  private void requireThatAllIsThere() throws Exception {
    try (ClusterNode node = ClusterNode.launch(context(crashed))) {
      awaitVersion(node, version);
      assertEquals(version, node.state().map().version());
      assertEquals(digest, node.state().map().digest());
      final StatusCommand next =
          StatusCommand.SetStatus.of(new Subject(0, ~0))
              .colour(Colour.RED)
              .test(TestResult.NEGATIVE, 29_000_000)
              .doses(2)
              .build();
      assertEquals(
          version + 1,
          node.submit(List.of(next)).get(Patience.SECONDS, TimeUnit.SECONDS).get(0).version());
    }
    try (ClusterNode node = ClusterNode.launch(context(crashed))) {
      awaitVersion(node, version + 1);
      assertEquals(version + 1, node.state().map().version());
    }
  }

  @Test
  void aLogThatEndsWithAWholeFrameIsKept() throws Exception {
    assertEquals(0, new RecordingRepair(crashed.resolve("archive"), false).run());
    requireThatAllIsThere();
  }

  /** A write is cut at a block of the file system, which may be as small as a sector. */
  @ParameterizedTest
  @CsvSource({"512, 1", "1024, 1", "1024, 3", "4096, 1", "4096, 2"})
  void aFrameThatWasCutShortIsRemovedAndAllThatWasAcknowledgedIsThere(int block, int blocks)
      throws Exception {
    final int body = upTo(block, blocks);
    append(body + 2 * SECTOR + 64, (short) 1, body, 4_711);
    final long length = Files.size(log);
    requireThatAllIsThere();
    assertEquals(length, Files.size(log));
  }

  @Test
  void whatWasCutShortIsRemovedOnceAndCounted() throws Exception {
    final int body = upTo(1_024, 1);
    append(DataHeaderFlyweight.HEADER_LENGTH + body + 2 * SECTOR, (short) 1, body, 4_711);
    final int frame = (DataHeaderFlyweight.HEADER_LENGTH + body + 2 * SECTOR + 31) & -32;
    assertEquals(frame, new RecordingRepair(crashed.resolve("archive"), false).run());
    assertEquals(0, new RecordingRepair(crashed.resolve("archive"), false).run());
    requireThatAllIsThere();
  }

  /**
   * An archive that lives on closes the recording before the write that failed, and leaves what
   * that has written: when the recording goes on, and its node is killed, it stands behind the end.
   */
  @Test
  void whatStandsBehindTheEndOfARecordingThatWasClosedIsRemoved() throws Exception {
    ClusterNode.launch(context(crashed)).close();
    final int end = endOf(log);
    append(3_000, (short) 1, 2_000, 4_711);
    assertEquals(2_032, new RecordingRepair(crashed.resolve("archive"), false).run());
    assertEquals(end, endOf(log));
    assertEquals(0, new RecordingRepair(crashed.resolve("archive"), false).run());
  }

  /** Of padding the archive writes the header alone: Aeron's own recovery refuses such an end. */
  @Test
  void paddingIsWholeWithItsHeader() throws Exception {
    append(TERM_BYTES - endOf(log), (short) 0, 0, 7);
    assertEquals(0, new RecordingRepair(crashed.resolve("archive"), false).run());
    requireThatAllIsThere();
  }

  /** Nobody can say whether it was acknowledged; other members could. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLastFrameThatIsWholeButDamagedIsRefusedUnlessOthersHaveIt(boolean othersHaveIt)
      throws Exception {
    append(4_000, (short) 1, 3_968, 4_711);
    final RecordingRepair repair = new RecordingRepair(crashed.resolve("archive"), othersHaveIt);
    if (othersHaveIt) {
      assertEquals(4_000, repair.run());
      requireThatAllIsThere();
    } else {
      final IOException refused = assertThrows(IOException.class, repair::run);
      assertTrue(refused.getMessage().contains("0-0.rec is damaged at byte"), refused::getMessage);
      final IOException notStarted =
          assertThrows(IOException.class, () -> ClusterNode.launch(context(crashed)));
      assertEquals(refused.getMessage(), notStarted.getMessage());
    }
  }

  @Test
  void aHeaderThatCanNotBeOfThisRecordingIsRefused() throws Exception {
    final int end = endOf(log);
    append(4_000, (short) 1, 3_968, 4_711);
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
      file.seek(end + 8);
      file.write(0x7f);
    }
    assertThrows(
        IOException.class, () -> new RecordingRepair(crashed.resolve("archive"), true).run());
  }

  @Test
  void anEmptyDirectoryHasNothingToMend() throws Exception {
    final Path empty = Files.createDirectories(directory.resolve("empty"));
    assertEquals(0, new RecordingRepair(empty, false).run());
    Files.write(empty.resolve("archive.catalog"), new byte[3]);
    assertEquals(0, new RecordingRepair(empty, false).run());
  }
}
