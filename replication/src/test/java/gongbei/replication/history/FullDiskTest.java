package gongbei.replication.history;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import gongbei.testing.Document;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A history whose files take nothing more for a while, as on a full disk. */
final class FullDiskTest {
  private static final long NOW = 1_700_000_000;
  private static final int SEGMENT = 512;
  private static final int MOST_A_MESSAGE = 1_000;
  private static final int MOST_HOLDERS = 2 * HistoryWriter.MAX_HELD;
  private static final int FIRST = 400;
  private static final int ALL = 900;
  private static final int SOME = 100;

  @TempDir private Path directory;
  private final SigningKey key =
      new KeyGeneration()
          .generate(
              CodeFormat.GD1.issuer(),
              Instant.ofEpochSecond(NOW - 1_000),
              Instant.ofEpochSecond(NOW + 1_000));
  private volatile boolean isFull;

  private HistorySettings settings() {
    return new HistorySettings(Region.GUANGDONG)
        .segmentEntries(SEGMENT)
        .epochSeconds(() -> NOW)
        .keys(() -> Optional.of(key));
  }

  private Path history() {
    return directory.resolve("history");
  }

  /** A node's state and its history. */
  private final class Node implements AutoCloseable {
    private final StatusMap map = StatusMap.inMemory(MOST_HOLDERS);
    private final HistoryLog log;
    private final ReplicatedState state;
    private long sequence = 1;

    /** With its history in memory. */
    Node() throws IOException {
      this(HistoryLog.open(settings()));
    }

    private Node(HistoryLog log) {
      this.log = log;
      state = new ReplicatedState(map, log);
      state.protocol(ReplicatedState.PROTOCOL);
    }

    /** Takes over the state of a snapshot. */
    void begin(int version, byte[] frontier) {
      map.version(version);
      log.begin(version, frontier);
    }

    Node apply(int from, int to) {
      for (int first = from; first < to; first += MOST_A_MESSAGE) {
        final int last = Math.min(to, first + MOST_A_MESSAGE);
        final List<StatusCommand> changes = new ArrayList<>();
        for (int i = first; i < last; i++) {
          changes.add(SetStatus.of(new Subject(9, i)).build());
        }
        final DirectBuffer message = CommandBatches.encode(1, sequence, map.capacity(), changes);
        state.clusterTimeMillis(NOW * 1_000);
        assertEquals(last - first, state.apply(message, 0, message.capacity()));
        sequence += last - first;
      }
      return this;
    }

    @Override
    public void close() {
      log.close();
      map.close();
    }
  }

  private Node onDisk() throws IOException {
    return new Node(
        HistoryLog.open(
            settings().directory(history()), new FillingPlace(StorePlace.directory(history()))));
  }

  /** The tree that the log makes, with nothing in its way. */
  private byte[] tree(int size) throws IOException {
    try (Node node = new Node()) {
      return node.apply(0, size).log.frontier();
    }
  }

  @Test
  void logAndTreeGoOnAndWhatIsSignedStaysUntilThereIsRoom() throws Exception {
    try (Node node = onDisk()) {
      node.apply(0, FIRST).log.frontier();
      isFull = true;
      node.apply(FIRST, ALL);
      assertArrayEquals(tree(ALL), node.log.frontier(), "the tree is the log's");
      assertEquals(HistoryFault.UNWRITABLE, node.log.fault());
      assertEquals(FIRST, node.log.published().size(), "no head is signed of what is not kept");
    }
    isFull = false;
    assertEquals(FIRST, check());
    try (Node node = onDisk()) {
      assertArrayEquals(tree(ALL), node.apply(0, ALL).log.frontier());
      assertEquals(HistoryFault.NONE, node.log.fault());
    }
    assertEquals(ALL, check());
  }

  /** In the second, the tree's second level of tiles is due while nothing can be written. */
  @ParameterizedTest
  @ValueSource(ints = {FIRST, 65_400})
  void whatCouldNotBeWrittenIsHeldAndWrittenOnceThereIsRoom(int first) throws Exception {
    final int all = first + ALL;
    try (Node node = onDisk()) {
      node.apply(0, first).log.frontier();
      isFull = true;
      node.apply(first, all).log.frontier();
      assertEquals(HistoryFault.UNWRITABLE, node.log.fault());
      isFull = false;
      node.apply(all, all + ALL);
    }
    assertEquals(all + ALL, check());
  }

  @Test
  void whatIsMoreThanCanBeHeldIsAGapThatTheLogFillsWhenItGivesItAgain() throws Exception {
    final int all = FIRST + HistoryWriter.MAX_HELD + ALL;
    assertTrue(
        Document.HISTORY
            .section("What a node keeps")
            .contains(String.format(Locale.ROOT, "up to %,d entries", HistoryWriter.MAX_HELD)));
    final byte[] inGap = tree(all - SOME);
    try (Node node = onDisk()) {
      node.apply(0, FIRST).log.frontier();
      isFull = true;
      node.apply(FIRST, all).log.frontier();
      isFull = false;
    }
    try (Node node = onDisk()) {
      assertEquals(1, node.log.gaps());
      assertEquals(all, node.log.published().size());
      assertEquals(Optional.empty(), node.log.published().entry(all));
      node.begin(all - SOME, inGap);
      node.apply(all - SOME, all).log.frontier();
      assertEquals(1, node.log.gaps());
      assertTrue(node.log.published().entry(all - SOME + 1).isPresent());
      assertEquals(Optional.empty(), node.log.published().entry(all - SOME));
      node.apply(all, all + SOME);
    }
    try (Node node = onDisk()) {
      node.apply(0, all + SOME).log.frontier();
      assertEquals(0, node.log.gaps());
      assertEquals(HistoryFault.NONE, node.log.fault());
    }
    assertEquals(all + SOME, check());
  }

  /** A directory of files to which nothing can be written while the disk is full. */
  private final class FillingPlace implements StorePlace {
    private final StorePlace files;

    FillingPlace(StorePlace files) {
      this.files = files;
    }

    private void takeRoom() throws IOException {
      if (isFull) {
        throw new IOException("No space left on device");
      }
    }

    @Override
    public ByteStore open(String name) throws IOException {
      return new FillingBytes(files.open(name));
    }

    @Override
    public List<String> names() throws IOException {
      return files.names();
    }

    @Override
    public Optional<String> text(String name) throws IOException {
      return files.text(name);
    }

    @Override
    public void text(String name, String text) throws IOException {
      takeRoom();
      files.text(name, text);
    }

    /** Bytes of it, of which the first of a write may still find room. */
    private final class FillingBytes implements ByteStore {
      private final ByteStore file;

      FillingBytes(ByteStore file) {
        this.file = file;
      }

      @Override
      public void write(long position, byte[] from, int offset, int length) throws IOException {
        file.write(position, from, offset, isFull ? length / 2 : length);
        takeRoom();
      }

      @Override
      public boolean read(long position, byte[] into, int offset, int length) throws IOException {
        return file.read(position, into, offset, length);
      }

      @Override
      public long length() throws IOException {
        return file.length();
      }

      @Override
      public void truncate(long position) throws IOException {
        file.truncate(position);
      }

      @Override
      public void force() throws IOException {
        takeRoom();
        file.force();
      }

      @Override
      public void delete() throws IOException {
        file.delete();
      }

      @Override
      public void close() throws IOException {
        file.close();
      }
    }
  }

  private long check() throws Exception {
    return HistoryCheck.check(
            PublishedHistory.read(history()), List.of(key.issuerKey()), HistoryCheck.EntrySink.NONE)
        .entries();
  }
}
