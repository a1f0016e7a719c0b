package gongbei.codec.transparency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.Region;
import gongbei.codec.signature.CodeSigner;
import gongbei.codec.transparency.TransparencyException.Reason;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.testing.OneJdk;
import gongbei.testing.Seeds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@OneJdk
final class HistoryCheckTest {
  private static final int SIZE = 300;
  private static final long NOW = 1_700_000_000;

  private final Random random = Seeds.random(1);
  private final TreeHash hash = new TreeHash();
  private SigningKey key;
  private Tiles tiles;

  /** A log in memory, every tile of it by its path. */
  private static final class Tiles implements TileSource {
    private final Map<TilePath, byte[]> files = new HashMap<>();
    private String note;

    @Override
    public Optional<String> head() {
      return Optional.ofNullable(note);
    }

    @Override
    public Optional<byte[]> tile(TilePath path) {
      return Optional.ofNullable(files.get(path));
    }

    @Override
    public boolean keepsTiles() {
      return true;
    }
  }

  @BeforeEach
  void aLogIsSigned() throws TransparencyException {
    key = key(CodeFormat.GD1);
    tiles = log(SIZE, key);
  }

  private static SigningKey key(CodeFormat format) {
    return key(format, NOW - 1_000, NOW + 1_000);
  }

  private static SigningKey key(CodeFormat format, long notBefore, long notAfter) {
    return new KeyGeneration()
        .generate(
            format.issuer(), Instant.ofEpochSecond(notBefore), Instant.ofEpochSecond(notAfter));
  }

  private byte[] entry() {
    final byte[] entry = new byte[HistoryEntry.BYTES];
    random.nextBytes(entry);
    entry[50] = 1;
    entry[51] = 0;
    entry[52] = HistoryEntry.status(0, 1, 0);
    entry[53] = HistoryEntry.status(2, 2, 1);
    return entry;
  }

  private Tiles log(int size, SigningKey signer) throws TransparencyException {
    final Tiles made = new Tiles();
    final List<byte[]> lowest = new ArrayList<>();
    final byte[] entries = new byte[size * HistoryEntry.BYTES];
    for (int i = 0; i < size; i++) {
      final byte[] entry = entry();
      System.arraycopy(entry, 0, entries, i * HistoryEntry.BYTES, HistoryEntry.BYTES);
      final byte[] leaf = new byte[TreeHash.BYTES];
      hash.leaf(entry, 0, entry.length, leaf, 0);
      lowest.add(leaf);
    }
    List<byte[]> level = lowest;
    for (int l = 0; !level.isEmpty(); l++) {
      final List<byte[]> above = new ArrayList<>();
      for (int from = 0; from < level.size(); from += TilePath.WIDTH) {
        final TilePath path = TilePath.in(l, from / TilePath.WIDTH, size);
        final byte[] tile = new byte[path.width() * TreeHash.BYTES];
        for (int i = 0; i < path.width(); i++) {
          System.arraycopy(level.get(from + i), 0, tile, i * TreeHash.BYTES, TreeHash.BYTES);
        }
        made.files.put(path, tile);
        if (l == 0) {
          final byte[] bundle = new byte[path.width() * HistoryEntry.BYTES];
          System.arraycopy(entries, from * HistoryEntry.BYTES, bundle, 0, bundle.length);
          made.files.put(
              new TilePath(TilePath.ENTRIES, path.index(), path.width()),
              EntryBundle.of(bundle, path.width()));
        }
        if (path.isWhole()) {
          final byte[] root = new byte[TreeHash.BYTES];
          hash.fold(tile.clone(), 0, TilePath.WIDTH, root, 0);
          above.add(root);
        }
      }
      level = above;
    }
    final Frontier frontier = new Frontier();
    lowest.forEach(leaf -> frontier.append(leaf, 0, NodeSink.NONE));
    made.note =
        SignedHead.sign(
                new TreeHead(
                    TreeHead.originOf(Region.ofWireName(signer.issuerKey().issuer()).orElseThrow()),
                    size,
                    frontier.root(),
                    NOW),
                new CodeSigner(signer))
            .note();
    return made;
  }

  private Reason faultOf(TileSource source, IssuerKey issuer) {
    return assertThrows(
            TransparencyException.class,
            () -> HistoryCheck.check(source, List.of(issuer), HistoryCheck.EntrySink.NONE))
        .reason();
  }

  @ParameterizedTest
  @EnumSource(
      value = CodeFormat.class,
      names = {"GD1", "MO1"})
  void aWholeLogIsWholeByEitherRegionsKey(CodeFormat format) throws Exception {
    final SigningKey signer = key(format);
    final List<Long> versions = new ArrayList<>();
    final HistoryCheck.Summary summary =
        HistoryCheck.check(
            log(70_000, signer),
            List.of(signer.issuerKey()),
            (version, entry) -> versions.add(version));
    assertEquals(70_000, summary.entries());
    assertEquals(70_000, versions.size());
    assertEquals(70_000, versions.get(69_999));
    assertEquals(1, summary.firstVersion());
    assertEquals(70_000, summary.head().head().size());
  }

  @Test
  void everyByteThatIsChangedInATileOrBundleIsFoundAndNamed() throws Exception {
    final Set<Reason> found = EnumSet.noneOf(Reason.class);
    for (final Map.Entry<TilePath, byte[]> file : List.copyOf(tiles.files.entrySet())) {
      final byte[] bytes = file.getValue();
      for (int at = 0; at < bytes.length; at++) {
        final byte changed = (byte) (bytes[at] ^ 1 + random.nextInt(255));
        final byte was = bytes[at];
        bytes[at] = changed;
        found.add(faultOf(tiles, key.issuerKey()));
        bytes[at] = was;
      }
    }
    assertEquals(
        EnumSet.of(
            Reason.TILE_TAMPERED,
            Reason.ROOT_MISMATCH,
            Reason.ENTRY_TAMPERED,
            Reason.BUNDLE_MALFORMED),
        found);
    HistoryCheck.check(tiles, List.of(key.issuerKey()), HistoryCheck.EntrySink.NONE);
  }

  /** A sample of a log of a million: some bytes of the tiles of each level, and of the bundles. */
  @Test
  void aByteThatIsChangedInAMillionIsFoundAndNamed() throws Exception {
    final Tiles large = log(1_000_000, key);
    final List<TilePath> paths =
        large.files.keySet().stream()
            .sorted(Comparator.comparingInt(TilePath::level).thenComparingLong(TilePath::index))
            .toList();
    for (int level = TilePath.ENTRIES; level <= 2; level++) {
      final int each = level;
      final List<TilePath> ofLevel = paths.stream().filter(path -> path.level() == each).toList();
      for (int i = 0; i < 3; i++) {
        final byte[] bytes = large.files.get(ofLevel.get(random.nextInt(ofLevel.size())));
        final int at = random.nextInt(bytes.length);
        final byte was = bytes[at];
        bytes[at] ^= (byte) (1 + random.nextInt(127));
        final Reason reason = faultOf(large, key.issuerKey());
        bytes[at] = was;
        assertTrue(
            level == TilePath.ENTRIES
                ? EnumSet.of(Reason.ENTRY_TAMPERED, Reason.BUNDLE_MALFORMED).contains(reason)
                : EnumSet.of(Reason.TILE_TAMPERED, Reason.ROOT_MISMATCH).contains(reason),
            reason::wireName);
      }
    }
  }

  @Test
  void everyBitThatIsChangedInAHeadIsFoundAndNamed() {
    final byte[] note = tiles.note.getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at < note.length; at++) {
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        final byte[] changed = note.clone();
        changed[at] = (byte) (changed[at] ^ (1 << bit));
        tiles.note = new String(changed, StandardCharsets.UTF_8);
        final Reason reason = faultOf(tiles, key.issuerKey());
        assertTrue(
            EnumSet.of(Reason.HEAD_MALFORMED, Reason.HEAD_KEY_UNKNOWN, Reason.HEAD_SIGNATURE_BAD)
                .contains(reason),
            reason::wireName);
      }
    }
  }

  @Test
  void aHeadByAnotherKeyOrByNoneIsNotBelieved() throws Exception {
    assertEquals(Reason.HEAD_KEY_UNKNOWN, faultOf(tiles, key(CodeFormat.GD1).issuerKey()));
    final SigningKey ended = key(CodeFormat.GD1, 1, NOW - 1);
    assertEquals(Reason.HEAD_KEY_UNKNOWN, faultOf(log(3, ended), ended.issuerKey()));
    tiles.note = null;
    assertEquals(Reason.HEAD_MISSING, faultOf(tiles, key.issuerKey()));
  }

  @Test
  void whatIsMissingIsNamedUnlessItIsTheLogsBeginning() throws Exception {
    final TilePath first = new TilePath(TilePath.ENTRIES, 0, TilePath.WIDTH);
    final TilePath last = new TilePath(TilePath.ENTRIES, 1, SIZE - TilePath.WIDTH);
    final byte[] kept = tiles.files.remove(last);
    assertEquals(Reason.TILE_MISSING, faultOf(tiles, key.issuerKey()));
    tiles.files.put(last, kept);
    tiles.files.remove(first);
    final HistoryCheck.Summary summary =
        HistoryCheck.check(tiles, List.of(key.issuerKey()), HistoryCheck.EntrySink.NONE);
    assertEquals(TilePath.WIDTH + 1, summary.firstVersion());
    assertEquals(SIZE - TilePath.WIDTH, summary.entries());
    tiles.files.remove(new TilePath(1, 0, 1));
    assertEquals(Reason.TILE_MISSING, faultOf(tiles, key.issuerKey()));
  }

  @Test
  void aDirectoryOfTilesIsReadAsItWasWritten(@TempDir Path directory) throws Exception {
    final TileDirectory written = new TileDirectory(directory);
    written.putHead(tiles.note);
    for (final Map.Entry<TilePath, byte[]> file : tiles.files.entrySet()) {
      written.put(file.getKey(), file.getValue());
    }
    assertEquals(
        SIZE,
        HistoryCheck.check(written, List.of(key.issuerKey()), HistoryCheck.EntrySink.NONE)
            .entries());
  }

  @Test
  void aHolderFindsTheirEntriesAndNobodyElseCan() throws TransparencyException {
    final byte[] subject = new byte[EntryBlinding.SUBJECT_BYTES];
    random.nextBytes(subject);
    final byte[] one = entry();
    final byte[] two = entry();
    final EntryBlinding blinding = new EntryBlinding();
    blinding.of(subject, 0, 7).tag(one, 0);
    blinding.of(subject, 0, 9).tag(two, 0);
    final long masked = blinding.mask(7);
    assertTrue(blinding.isOf(HistoryEntry.of(two, 9)));
    assertEquals(7, blinding.mask(masked));
    assertFalse(blinding.isOf(HistoryEntry.of(one, 7)));
    assertTrue(blinding.of(subject, 0, 7).isOf(HistoryEntry.of(one, 7)));
    final byte[] other = subject.clone();
    other[0] ^= 1;
    assertFalse(blinding.of(other, 0, 7).isOf(HistoryEntry.of(one, 7)));
    assertFalse(blinding.of(other, 0, 9).mask(masked) == 7);
  }

  @Test
  void anEntryOutOfItsRangeIsMalformed() throws IOException {
    final byte[] entry = entry();
    entry[53] = 3;
    assertEquals(
        Reason.ENTRY_MALFORMED,
        assertThrows(TransparencyException.class, () -> HistoryEntry.of(entry, 1)).reason());
    assertEquals(
        Reason.ENTRY_MALFORMED,
        assertThrows(TransparencyException.class, () -> HistoryEntry.of(new byte[53], 1)).reason());
  }
}
