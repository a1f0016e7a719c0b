package gongbei.replication.history;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.Region;
import gongbei.codec.transparency.HistoryCheck;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.command.StatusCommand.SetStatus;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.testing.Prerequisite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A history whose next file has no room: the system's {@code /dev/full} stands in its place. */
final class FullDiskTest {
  private static final Path FULL = Path.of("/dev/full");
  private static final long NOW = 1_700_000_000;
  private static final int SEGMENT = 512;
  private static final int FIRST = 400;
  private static final int ALL = 900;

  @TempDir private Path directory;
  private final SigningKey key =
      new KeyGeneration()
          .generate(
              CodeFormat.GD1.issuer(),
              Instant.ofEpochSecond(NOW - 1_000),
              Instant.ofEpochSecond(NOW + 1_000));

  private HistorySettings settings() {
    return new HistorySettings(Region.GUANGDONG)
        .segmentEntries(SEGMENT)
        .epochSeconds(() -> NOW)
        .keys(() -> Optional.of(key));
  }

  private Path history() {
    return directory.resolve("history");
  }

  private static void apply(ReplicatedState state, int from, int to) {
    final List<StatusCommand> changes = new ArrayList<>();
    for (int i = from; i < to; i++) {
      changes.add(SetStatus.of(new Subject(9, i)).build());
    }
    final DirectBuffer message = CommandBatches.encode(1, from + 1L, 1_000, changes);
    state.clusterTimeMillis(NOW * 1_000);
    assertEquals(to - from, state.apply(message, 0, message.capacity()));
  }

  private static ReplicatedState state(StatusMap map, HistoryLog log) {
    final ReplicatedState state = new ReplicatedState(map, log);
    state.protocol(ReplicatedState.PROTOCOL);
    return state;
  }

  @Test
  void logAndTreeGoOnAndWhatIsSignedStaysUntilThereIsRoom() throws Exception {
    Prerequisite.require(Files.exists(FULL), "this system has no /dev/full");
    final byte[] due;
    try (StatusMap map = StatusMap.inMemory(1_000);
        HistoryLog log = HistoryLog.open(settings())) {
      apply(state(map, log), 0, ALL);
      due = log.frontier();
    }
    final Path next = history().resolve("entries-0000000000000001");
    try (StatusMap map = StatusMap.inMemory(1_000);
        HistoryLog log = HistoryLog.open(settings().directory(history()))) {
      final ReplicatedState state = state(map, log);
      apply(state, 0, FIRST);
      log.frontier();
      Files.createSymbolicLink(next, FULL);
      apply(state, FIRST, ALL);
      assertArrayEquals(due, log.frontier(), "the tree is the log's");
      assertEquals(HistoryFault.UNWRITABLE, log.fault());
      assertEquals(FIRST, log.published().size(), "no head is signed of what is not kept");
    }
    Files.delete(next);
    assertEquals(FIRST, check());
    try (StatusMap map = StatusMap.inMemory(1_000);
        HistoryLog log = HistoryLog.open(settings().directory(history()))) {
      apply(state(map, log), 0, ALL);
      assertArrayEquals(due, log.frontier());
      assertEquals(HistoryFault.NONE, log.fault());
    }
    assertEquals(ALL, check());
  }

  private long check() throws Exception {
    return HistoryCheck.check(
            PublishedHistory.read(history()), List.of(key.issuerKey()), HistoryCheck.EntrySink.NONE)
        .entries();
  }
}
