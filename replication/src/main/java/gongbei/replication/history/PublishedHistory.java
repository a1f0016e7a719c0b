package gongbei.replication.history;

import gongbei.codec.transparency.EntryBlinding;
import gongbei.codec.transparency.EntryBundle;
import gongbei.codec.transparency.HistoryEntry;
import gongbei.codec.transparency.Proof;
import gongbei.codec.transparency.Proofs;
import gongbei.codec.transparency.SignedHead;
import gongbei.codec.transparency.TilePath;
import gongbei.codec.transparency.TileSource;
import gongbei.codec.transparency.TransparencyException;
import gongbei.codec.transparency.TreeHash;
import gongbei.replication.map.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What of a node's history may be read: up to its newest signed head. For any thread. */
public final class PublishedHistory implements TileSource {
  private static final Logger LOGGER = LoggerFactory.getLogger(PublishedHistory.class);

  private final Optional<HistoryStore> store;
  private final HeadBook heads;
  private final NodeCache cache = new NodeCache();

  PublishedHistory(Optional<HistoryStore> store, HeadBook heads) {
    this.store = store;
    this.heads = heads;
  }

  /**
   * Opens a node's directory to read it alone, while the node stands or in a backup.
   *
   * @throws IOException where it can't be read
   * @throws TransparencyException where it is not as the node wrote it
   */
  public static PublishedHistory read(Path directory) throws IOException, TransparencyException {
    final StorePlace place = StorePlace.readOnly(directory);
    return new PublishedHistory(
        Optional.of(new HistoryStore(place, HistorySettings.DEFAULT_SEGMENT_ENTRIES)),
        new HeadBook(HistorySettings.toRead(), place));
  }

  /** Whether a directory is a node's history, not a copy of its tiles. */
  public static boolean isNodesDirectory(Path directory) {
    return Files.exists(directory.resolve("layout"));
  }

  /**
   * An entry and its place.
   *
   * @param version its version
   * @param entry what it says
   */
  public record Placed(long version, HistoryEntry entry) {}

  /** The newest signed head; empty where no key signs. */
  public Optional<SignedHead> newestHead() {
    return heads.newest();
  }

  /** The head that was signed at the newest snapshot, at which every node has the same. */
  public Optional<SignedHead> snapshotHead() {
    return heads.ofSnapshot();
  }

  /** How many versions may be read. */
  public long size() {
    return Math.min(heads.size(), store.map(HistoryStore::size).orElse(0L));
  }

  /** The version of the first entry that is kept here; 0 where none is. */
  public long firstVersion() {
    return store
        .filter(kept -> kept.first() < kept.size())
        .map(kept -> kept.first() + 1)
        .orElse(0L);
  }

  @Override
  public Optional<String> head() {
    return heads.newest().map(SignedHead::note);
  }

  @Override
  public Optional<String> snapshotNote() {
    return heads.ofSnapshot().map(SignedHead::note);
  }

  @Override
  public boolean computesLowest() {
    return true;
  }

  @Override
  public Optional<byte[]> tile(TilePath path) throws IOException {
    if (store.isEmpty() || !path.isIn(size())) {
      return Optional.empty();
    }
    final HistoryStore kept = store.get();
    final long first = path.index() * TilePath.WIDTH;
    if (path.level() <= 0) {
      final byte[] entries = new byte[path.width() * HistoryEntry.BYTES];
      if (!kept.entries(first, path.width(), entries)) {
        return Optional.empty();
      }
      return Optional.of(
          path.level() == 0
              ? leaves(entries, path.width())
              : EntryBundle.of(entries, path.width()));
    }
    final byte[] tile = new byte[path.width() * TreeHash.BYTES];
    final HistoryStore.Nodes nodes = kept.nodes();
    try {
      for (int i = 0; i < path.width(); i++) {
        nodes.node(path.level() * TilePath.HEIGHT, first + i, tile, i * TreeHash.BYTES);
      }
    } catch (TransparencyException e) {
      LOGGER.debug("{} is not here: {}", path, e.getMessage());
      return Optional.empty();
    }
    return Optional.of(tile);
  }

  private static byte[] leaves(byte[] entries, int count) {
    final TreeHash hash = new TreeHash();
    final byte[] leaves = new byte[count * TreeHash.BYTES];
    for (int i = 0; i < count; i++) {
      hash.leaf(entries, i * HistoryEntry.BYTES, HistoryEntry.BYTES, leaves, i * TreeHash.BYTES);
    }
    return leaves;
  }

  /**
   * Reads the entry of a version, signed or not yet.
   *
   * @return empty where it is not here: not given yet, purged, or in a gap
   */
  public Optional<HistoryEntry> entry(long version) throws IOException {
    if (store.isEmpty() || version < 1 || version > store.get().size()) {
      return Optional.empty();
    }
    final byte[] entry = new byte[HistoryEntry.BYTES];
    return store.get().entries(version - 1, 1, entry)
        ? Optional.of(new HistoryEntry(entry))
        : Optional.empty();
  }

  /**
   * Walks a holder's entries back from the newest, as far as they are here.
   *
   * @param newest the version that the holder's record has
   * @param most the most entries
   * @return the newest first; what was before the history is its last, if it is reached
   */
  public List<Placed> of(Subject subject, long newest, int most) throws IOException {
    final List<Placed> found = new ArrayList<>();
    final EntryBlinding blinding = new EntryBlinding();
    final byte[] key = subject.toBytes();
    long version = newest;
    while (version > 0 && found.size() < most) {
      final Optional<HistoryEntry> entry = entry(version);
      if (entry.isEmpty()) {
        break;
      }
      blinding.of(key, 0, version);
      final boolean isBeforeHistory = entry.get().isBeforeHistory();
      if (!isBeforeHistory && !blinding.isOf(entry.get())) {
        break;
      }
      found.add(new Placed(version, entry.get()));
      version = isBeforeHistory ? 0 : blinding.mask(entry.get().maskedPrevious());
    }
    return found;
  }

  /**
   * Proves that a version's entry is in the tree of a size.
   *
   * @return empty where a node of the tree is not here, or the size is not signed yet
   */
  public Optional<Proof> inclusion(long version, long size) {
    return prover(size).flatMap(prover -> prover.inclusion(version));
  }

  /**
   * What proves that entries are in the tree of a size, for one thread: for several at once.
   *
   * @return empty where the size is not signed yet
   */
  public Optional<InclusionProver> prover(long size) {
    return store
        .filter(kept -> size <= size())
        .map(kept -> new InclusionProver(kept.nodes(), cache, logId(), size));
  }

  /**
   * Proves that the tree of a size goes on from that of a smaller one.
   *
   * @return empty where a node of the tree is not here, or the size is not signed yet
   */
  public Optional<Proof> consistency(long first, long second) {
    if (store.isEmpty() || first < 1 || first > second || second > size()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Proof(
              logId(), first, second, Proofs.consistency(store.get().nodes(), first, second)));
    } catch (TransparencyException e) {
      LOGGER.debug("Size {} can't be proven: {}", first, e.getMessage());
      return Optional.empty();
    }
  }

  private long logId() {
    return heads.key().map(key -> key.issuerKey().kid()).orElse(0L);
  }
}
