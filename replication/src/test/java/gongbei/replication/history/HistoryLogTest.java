package gongbei.replication.history;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.Colour;
import gongbei.codec.model.Region;
import gongbei.codec.transparency.Effect;
import gongbei.codec.transparency.Frontier;
import gongbei.codec.transparency.HistoryCheck;
import gongbei.codec.transparency.HistoryEntry;
import gongbei.codec.transparency.Proof;
import gongbei.codec.transparency.SignedHead;
import gongbei.codec.transparency.TilePath;
import gongbei.codec.transparency.TransparencyException;
import gongbei.codec.transparency.TransparencyException.Reason;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.ChangeOrigin;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.CommandKind;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.command.StatusCommand.SetStatus;
import gongbei.replication.log.Submission;
import gongbei.replication.machine.EarlierMessages;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import gongbei.testing.Seeds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.agrona.IoUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HistoryLogTest {
  private static final long NOW = 1_700_000_000;
  private static final int HOLDERS = 50;
  private static final int SEGMENT = 512;
  private static final int GROUND = 1;

  /** The last protocol whose entries have no marks. */
  private static final int MARKLESS_PROTOCOL = 8;

  private static final long AUTHORITY = 0xA1;

  /** So many that none reaches the ceiling of its ground. */
  private static final int AUTHORITIES = 61;

  private final SigningKey key = key(CodeFormat.GD1);
  @TempDir private Path directory;
  private long now = NOW;
  private Optional<SigningKey> signsWith = Optional.of(key);

  private static SigningKey key(CodeFormat format) {
    return new KeyGeneration()
        .generate(
            format.issuer(), Instant.ofEpochSecond(NOW - 1_000), Instant.ofEpochSecond(NOW * 2));
  }

  private HistorySettings settings() {
    return new HistorySettings(Region.GUANGDONG)
        .directory(directory.resolve("history"))
        .segmentEntries(SEGMENT)
        .epochSeconds(() -> now)
        .keys(() -> signsWith);
  }

  /** A node: its state, and its history. */
  private static final class Node implements AutoCloseable {
    private final HistoryLog log;
    private final StatusMap map = StatusMap.inMemory(1_000);
    private final ReplicatedState state;
    private long sequence = 1;

    Node(HistorySettings settings) throws IOException {
      log = HistoryLog.open(settings);
      state = new ReplicatedState(map, log);
      state.protocol(ReplicatedState.PROTOCOL);
    }

    void apply(List<StatusCommand> commands) {
      apply(commands, ReplicatedState.PROTOCOL);
    }

    /** As messages of a protocol. */
    void apply(List<StatusCommand> commands, int protocol) {
      for (int from = 0; from < commands.size(); from += 100) {
        final List<StatusCommand> some =
            commands.subList(from, Math.min(commands.size(), from + 100));
        state.clusterTimeMillis((NOW + map.version()) * 1_000);
        final DirectBuffer today = CommandBatches.encode(1, sequence, map.capacity(), some);
        final DirectBuffer message =
            protocol == ReplicatedState.PROTOCOL ? today : EarlierMessages.of(today, protocol);
        assertEquals(some.size(), state.apply(message, 0, message.capacity()));
        sequence += some.size();
      }
    }

    PublishedHistory published() {
      log.frontier();
      return log.published();
    }

    @Override
    public void close() {
      log.close();
      map.close();
    }
  }

  private static Subject holder(int number) {
    return new Subject(7, number);
  }

  private static List<StatusCommand> changes(int count, int seed) {
    final Random random = Seeds.random(seed);
    final List<StatusCommand> changes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      changes.add(
          SetStatus.of(holder(random.nextInt(HOLDERS)))
              .colour(Colour.ofNumber(random.nextInt(3)))
              .doses(random.nextInt(4))
              .origin(ChangeOrigin.of(AUTHORITY + i % AUTHORITIES, GROUND))
              .build());
    }
    return changes;
  }

  private static SetStatus.Builder green(int doses) {
    return SetStatus.of(holder(1))
        .colour(Colour.GREEN)
        .doses(doses)
        .origin(ChangeOrigin.of(AUTHORITY, GROUND));
  }

  /** A holder is known with doses, loses one, is said to be dead, and that is said once more. */
  private static List<StatusCommand> stopping() {
    return List.of(
        green(3).build(),
        green(2).build(),
        green(2).flags(StatusRecord.DECEASED).build(),
        green(2).flags(StatusRecord.DECEASED).build(),
        green(3).build());
  }

  private static List<Optional<Effect>> effects(Node node) throws IOException {
    final List<Optional<Effect>> effects = new ArrayList<>();
    for (long version = 1; version <= stopping().size(); version++) {
      effects.add(node.published().entry(version).orElseThrow().effect());
    }
    return effects;
  }

  @Test
  void deathsAndDosesThatWereTakenAreInPublicEntriesOfTodayAndNotOfEarlierMessages()
      throws Exception {
    final byte[] earlier;
    try (Node node = new Node(settings())) {
      node.apply(stopping());
      assertEquals(
          List.of(
              Optional.empty(),
              Optional.of(Effect.TAKEN),
              Optional.of(Effect.DECEASED),
              Optional.empty(),
              Optional.empty()),
          effects(node));
      earlier = node.log.frontier();
    }
    try (Node node = new Node(settings().directory(directory.resolve("earlier")))) {
      node.apply(stopping(), MARKLESS_PROTOCOL);
      assertEquals(Collections.nCopies(stopping().size(), Optional.empty()), effects(node));
      assertFalse(Arrays.equals(earlier, node.log.frontier()), "entries as they were made then");
    }
  }

  private long check() throws Exception {
    return HistoryCheck.check(
            PublishedHistory.read(directory.resolve("history")),
            List.of(key.issuerKey()),
            HistoryCheck.EntrySink.NONE)
        .entries();
  }

  @Test
  void everyVersionHasAnEntryThatItsHolderFindsAndCanProve() throws Exception {
    try (Node node = new Node(settings())) {
      node.apply(changes(3_000, 1));
      final PublishedHistory history = node.published();
      final SignedHead head = SignedHead.verified(history.head().orElseThrow(), key.issuerKey());
      assertEquals(3_000, head.head().size());
      int found = 0;
      for (int number = 0; number < HOLDERS; number++) {
        final StatusRecord record = new StatusRecord();
        assertTrue(node.map.get(holder(number).toBytes(), 0, record));
        final List<PublishedHistory.Placed> own =
            history.of(holder(number), record.version(), 1_000);
        found += own.size();
        final HistoryEntry newest = own.get(0).entry();
        assertEquals(record.colour(), newest.colourAfter());
        assertEquals(AUTHORITY + (own.get(0).version() - 1) % AUTHORITIES, newest.authority());
        assertEquals(GROUND, newest.ground());
        assertFalse(own.get(own.size() - 1).entry().wasKnown());
        final Proof proof =
            Proof.of(history.inclusion(own.get(0).version(), 3_000).orElseThrow().toBytes());
        proof.requireIncludes(newest.bytes(), own.get(0).version(), head.head());
      }
      assertEquals(3_000, found);
    }
    assertEquals(3_000, check());
  }

  @Test
  void documentsHaveEntriesToo() throws Exception {
    try (Node node = new Node(settings())) {
      final DirectBuffer message =
          Submission.of(DocumentCommand.ruleset("metro", 1, "version: 1")).encode(1, 1, 1_000);
      assertEquals(1, node.state.apply(message, 0, message.capacity()));
      final HistoryEntry entry = node.published().entry(1).orElseThrow();
      assertEquals(CommandKind.RULESET, entry.kind());
      assertFalse(entry.isBeforeHistory());
      assertFalse(entry.isKnown());
    }
  }

  @Test
  void aNodeGoesOnAfterACleanStop() throws Exception {
    final List<StatusCommand> changes = changes(2_000, 2);
    final byte[] frontier;
    try (Node node = new Node(settings())) {
      node.apply(changes.subList(0, 1_100));
      frontier = node.log.frontier();
    }
    try (Node node = new Node(settings())) {
      node.log.begin(1_100, frontier);
      node.map.version(1_100);
      node.apply(changes.subList(1_100, 2_000));
      assertEquals(2_000, node.published().size());
      assertEquals(0, node.log.gaps());
    }
    assertEquals(2_000, check());
  }

  @Test
  void aNodeThatWasKilledComparesWhatTheLogGivesItOnceMore() throws Exception {
    final List<StatusCommand> changes = changes(2_000, 3);
    final Path kept = directory.resolve("history");
    try (Node node = new Node(settings())) {
      node.apply(changes);
      node.published();
      // As the files are after kill -9: half an entry behind the last.
      IoUtil.delete(directory.resolve("killed").toFile(), true);
      copy(kept, directory.resolve("killed"));
    }
    final Path newest = last(directory.resolve("killed"), "entries-");
    Files.write(newest, new byte[30], StandardOpenOption.APPEND);
    try (Node node = new Node(settings().directory(directory.resolve("killed")))) {
      node.apply(changes);
      node.apply(changes(10, 4));
      assertEquals(HistoryFault.NONE, node.log.fault());
      assertEquals(2_010, node.published().size());
    }
    assertEquals(
        2_010,
        HistoryCheck.check(
                PublishedHistory.read(directory.resolve("killed")),
                List.of(key.issuerKey()),
                HistoryCheck.EntrySink.NONE)
            .entries());
  }

  @Test
  void aHeadIsNeverSignedOfAnotherHistory() throws Exception {
    final String signed;
    try (Node node = new Node(settings())) {
      node.apply(changes(1_000, 5));
      node.published();
    }
    signed = Files.readString(directory.resolve("history").resolve("checkpoint"));
    try (Node node = new Node(settings())) {
      node.apply(changes(1_000, 6));
      node.apply(changes(1_000, 7));
      node.log.frontier();
      assertEquals(HistoryFault.FORK, node.log.fault());
      assertEquals(2_000, node.log.size());
    }
    assertEquals(signed, Files.readString(directory.resolve("history").resolve("checkpoint")));
    assertEquals(1_000, check());
  }

  @Test
  void whatWasDamagedBelowTheHeadIsAsTheLogGivesItAgain() throws Exception {
    final List<StatusCommand> changes = changes(1_000, 8);
    try (Node node = new Node(settings())) {
      node.apply(changes);
    }
    final Path segment = directory.resolve("history").resolve("entries-0000000000000000");
    final byte[] bytes = Files.readAllBytes(segment);
    bytes[100 * HistoryEntry.BYTES + 3] ^= 1;
    Files.write(segment, bytes);
    assertEquals(
        Reason.SEGMENT_TAMPERED, assertThrows(TransparencyException.class, this::check).reason());
    try (Node node = new Node(settings())) {
      node.apply(changes);
      assertEquals(HistoryFault.NONE, node.log.fault());
    }
    assertEquals(1_000, check());
  }

  @Test
  void whatFollowsASnapshotThatIsNewerIsKeptBehindAGap() throws Exception {
    final List<StatusCommand> changes = new ArrayList<>(changes(1_700, 9));
    for (int i = 0; i < 1_300; i++) {
      changes.add(SetStatus.of(holder(HOLDERS + i % 100)).colour(Colour.YELLOW).build());
    }
    final byte[] frontier;
    final byte[] end;
    try (Node other = new Node(new HistorySettings(Region.GUANGDONG).keys(() -> signsWith))) {
      other.apply(changes.subList(0, 1_700));
      frontier = other.log.frontier();
      other.apply(changes.subList(1_700, 3_000));
      end = other.log.frontier();
    }
    try (Node node = new Node(settings())) {
      node.apply(changes.subList(0, 700));
      node.log.begin(1_700, frontier);
      node.map.version(1_700);
      node.apply(changes.subList(1_700, 3_000));
      final PublishedHistory history = node.published();
      assertEquals(Frontier.of(end).size(), node.log.size());
      assertEquals(1, node.log.gaps());
      assertTrue(history.entry(700).isPresent());
      assertTrue(history.entry(701).isEmpty());
      assertTrue(history.entry(1_700).isEmpty());
      final HistoryEntry entry = history.entry(1_701).orElseThrow();
      history
          .inclusion(1_701, 3_000)
          .orElseThrow()
          .requireIncludes(entry.bytes(), 1_701, history.newestHead().orElseThrow().head());
      assertTrue(history.inclusion(900, 3_000).isEmpty());
    }
    try (Node node = new Node(settings())) {
      node.log.begin(3_000, end);
      assertEquals(HistoryFault.NONE, node.log.fault());
      assertArrayEquals(end, node.log.frontier());
    }
  }

  @Test
  void aNodeThatIsUpgradedBeginsWithTheVersionsOfBefore() throws Exception {
    final List<StatusCommand> changes = changes(900, 10);
    try (Node node = new Node(settings())) {
      node.log.begin(700, new byte[0]);
      node.map.version(700);
      node.apply(changes);
      final PublishedHistory history = node.published();
      assertEquals(1_600, history.size());
      assertTrue(history.entry(700).orElseThrow().isBeforeHistory());
      assertFalse(history.entry(701).orElseThrow().isBeforeHistory());
    }
    assertEquals(
        1_600 - TilePath.WIDTH * 2, check(), "whole tiles of before the history need not be read");
  }

  @Test
  void segmentsThatAreOldArePurgedAndWhatFollowsStaysProvable() throws Exception {
    final HistorySettings settings = settings().keep(Duration.ofHours(1));
    final List<StatusCommand> changes = changes(2_000, 11);
    try (Node node = new Node(settings)) {
      node.apply(changes);
      node.published();
    }
    final HistoryStore store =
        new HistoryStore(StorePlace.directory(directory.resolve("history")), SEGMENT);
    store.repair();
    assertTrue(store.purgeOldest());
    store.close();
    try (Node node = new Node(settings)) {
      node.log.begin(0, new byte[0]);
      assertEquals(SEGMENT + 1, node.log.firstVersion());
      node.apply(changes);
      node.apply(changes(500, 12));
      final PublishedHistory history = node.published();
      assertEquals(2_500, history.size());
      assertTrue(history.entry(SEGMENT).isEmpty());
      final HistoryEntry entry = history.entry(SEGMENT + 1).orElseThrow();
      history
          .inclusion(SEGMENT + 1, 2_500)
          .orElseThrow()
          .requireIncludes(entry.bytes(), SEGMENT + 1, history.newestHead().orElseThrow().head());
      assertTrue(history.consistency(2 * SEGMENT, 2_500).isPresent());
    }
    final HistoryCheck.Summary summary =
        HistoryCheck.check(
            PublishedHistory.read(directory.resolve("history")),
            List.of(key.issuerKey()),
            HistoryCheck.EntrySink.NONE);
    assertEquals(SEGMENT + 1, summary.firstVersion());
    assertEquals(2_500 - SEGMENT, summary.entries());
  }

  @Test
  void inMemoryTheOldestEntriesGoAndTheTreeStays() throws Exception {
    final int segments = 3;
    final HistorySettings settings =
        new HistorySettings(Region.GUANGDONG)
            .segmentEntries(TilePath.WIDTH)
            .entriesInMemory(segments * TilePath.WIDTH)
            .keys(() -> signsWith);
    try (Node node = new Node(settings)) {
      node.apply(changes(2_000, 13));
      assertEquals(2_000, node.published().size());
      assertTimeoutPreemptively(
          Patience.DURATION,
          () -> {
            while (node.log.firstVersion() != 2_000 / 256 * 256 - 2 * 256 + 1) {
              Thread.onSpinWait();
            }
          });
      assertTrue(node.published().inclusion(1_999, 2_000).isPresent());
      assertTrue(node.published().entry(1).isEmpty());
    }
  }

  @Test
  void aNodeWithoutAKeyKeepsEntriesAndShowsNoHead() throws Exception {
    signsWith = Optional.empty();
    try (Node node = new Node(settings())) {
      node.apply(changes(300, 14));
      final PublishedHistory history = node.published();
      assertTrue(history.head().isEmpty());
      assertEquals(0, history.size());
      assertTrue(history.entry(300).isPresent());
      signsWith = Optional.of(key);
      node.log.frontier();
      assertEquals(300, history.size());
    }
  }

  @Test
  void aReplicaThatKeepsNoneComputesTheSameTree() throws Exception {
    final List<StatusCommand> changes = changes(700, 15);
    try (Node one = new Node(settings());
        Node other = new Node(new HistorySettings(Region.GUANGDONG).keepsEntries(false))) {
      one.apply(changes);
      other.apply(changes);
      assertArrayEquals(one.log.frontier(), other.log.frontier());
      assertTrue(other.log.published().entry(1).isEmpty());
    }
  }

  @Test
  void aHeadIsSignedEachSecondAndAtASnapshot() throws Exception {
    try (Node node = new Node(settings())) {
      node.apply(changes(100, 16));
      assertTimeoutPreemptively(
          Patience.DURATION,
          () -> {
            while (node.log.published().size() < 100) {
              Thread.onSpinWait();
            }
          });
      assertTrue(node.log.published().snapshotHead().isEmpty());
      node.log.frontier();
      assertEquals(100, node.log.published().snapshotHead().orElseThrow().head().size());
    }
  }

  @Test
  void everyByteOfItsFilesThatIsChangedIsFoundAndNamed() throws Exception {
    try (Node node = new Node(settings().segmentEntries(TilePath.WIDTH))) {
      node.apply(changes(270, 17));
      node.published();
      node.apply(changes(10, 17));
    }
    final Random random = Seeds.random(18);
    final Set<Reason> found = EnumSet.noneOf(Reason.class);
    final List<String> names = new ArrayList<>();
    for (final Path file : files(directory.resolve("history"))) {
      names.add(file.getFileName().toString());
      for (int at = 0; at < Files.size(file); at++) {
        found.add(faultOf(file, at, 1 + random.nextInt(127)));
      }
    }
    assertEquals(
        List.of(
            "checkpoint",
            "checkpoint-snapshot",
            "entries-0000000000000000",
            "entries-0000000000000001",
            "layout",
            "level-1"),
        names);
    assertTrue(
        found.containsAll(
            EnumSet.of(
                Reason.SEGMENT_TAMPERED,
                Reason.ROOT_MISMATCH,
                Reason.LAYOUT_TAMPERED,
                Reason.HEAD_SIGNATURE_BAD,
                Reason.HEAD_KEY_UNKNOWN,
                Reason.HEAD_MALFORMED)),
        found::toString);
    assertEquals(280, check());
  }

  /** What a byte that is changed in a file is found as; the file is then as it was. */
  private Reason faultOf(Path file, long at, int mask) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      final ByteBuffer was = ByteBuffer.allocate(1);
      assertEquals(1, channel.read(was, at));
      channel.write(ByteBuffer.wrap(new byte[] {(byte) (was.get(0) ^ mask)}), at);
      final Reason reason =
          assertThrows(TransparencyException.class, this::check, () -> file + " byte " + at)
              .reason();
      channel.write(was.flip(), at);
      return reason;
    }
  }

  /** A sample of a log of a million: some bytes of every file, and each found. */
  @Test
  void aByteOfAMillionEntriesThatIsChangedIsFoundAndNamed() throws Exception {
    final int segment = 1 << 17;
    try (Node node = new Node(settings().segmentEntries(segment))) {
      for (int i = 0; i < 10; i++) {
        node.apply(changes(100_000, 30 + i));
        node.published();
      }
    }
    assertEquals(1_000_000, check());
    final Random random = Seeds.random(31);
    final Set<Reason> found = EnumSet.noneOf(Reason.class);
    for (final Path file : files(directory.resolve("history"))) {
      found.add(faultOf(file, random.nextInt((int) Files.size(file)), 1 + random.nextInt(127)));
    }
    assertTrue(
        found.containsAll(EnumSet.of(Reason.SEGMENT_TAMPERED, Reason.LAYOUT_TAMPERED)),
        found::toString);
    assertEquals(1_000_000, check());
  }

  @Test
  void aSnapshotsHeadOfAnotherHistoryIsAFork() throws Exception {
    try (Node node = new Node(settings())) {
      node.apply(changes(300, 40));
      node.published();
    }
    final Path head = directory.resolve("history").resolve("checkpoint-snapshot");
    final Path elsewhere = directory.resolve("other");
    try (Node other = new Node(settings().directory(elsewhere))) {
      other.apply(changes(200, 41));
      other.published();
    }
    Files.copy(elsewhere.resolve("checkpoint-snapshot"), head, StandardCopyOption.REPLACE_EXISTING);
    assertEquals(Reason.FORK, assertThrows(TransparencyException.class, this::check).reason());
  }

  @Test
  void itsFilesAreForItsOwnerAlone() throws Exception {
    try (Node node = new Node(settings())) {
      node.apply(changes(600, 19));
    }
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("history"))));
    for (final Path file : files(directory.resolve("history"))) {
      assertEquals(
          "rw-------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
          file::toString);
    }
  }

  private static List<Path> files(Path in) throws IOException {
    try (Stream<Path> files = Files.list(in)) {
      return files.sorted().toList();
    }
  }

  private static Path last(Path in, String prefix) throws IOException {
    return files(in).stream()
        .filter(file -> file.getFileName().toString().startsWith(prefix))
        .reduce((one, other) -> other)
        .orElseThrow();
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (final Path file : files(from)) {
      Files.copy(file, to.resolve(file.getFileName()));
    }
  }
}
