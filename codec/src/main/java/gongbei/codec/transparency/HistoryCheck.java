package gongbei.codec.transparency;

import gongbei.codec.transparency.TransparencyException.Reason;
import gongbei.codec.trust.IssuerKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Checks a whole history by its tiles and a certificate alone: the signed head, then tile by tile
 * from the top down to the entries, each held to the one above; and the head of the newest
 * snapshot, where there is one, held to the newest. For one thread.
 */
public final class HistoryCheck {
  private final TileSource source;
  private final EntrySink sink;
  private final TreeHash hash = new TreeHash();
  private long size;
  private long entries;
  private long beforeHistory;
  private long firstHeld = -1;
  private long tiles;

  /** Takes every entry that was checked, in order. */
  @FunctionalInterface
  public interface EntrySink {
    /** Takes none. */
    EntrySink NONE = (version, entry) -> {};

    /** Takes one. */
    void entry(long version, HistoryEntry entry);
  }

  /**
   * What is in a history that is whole.
   *
   * @param head the signed head
   * @param entries how many entries were read and are right
   * @param beforeHistory how many versions were given before there was a history, and were not read
   * @param firstVersion the version of the first entry that is there: what was before it has been
   *     purged, and is in the tree all the same; 0 where there is none
   * @param tiles how many tiles of hashes were read
   */
  public record Summary(
      SignedHead head, long entries, long beforeHistory, long firstVersion, long tiles) {}

  private HistoryCheck(TileSource source, EntrySink sink) {
    this.source = source;
    this.sink = sink;
  }

  /**
   * Checks a history.
   *
   * @param keys those whose heads are believed
   * @throws TransparencyException where it is not whole: the reason names what is wrong
   * @throws IOException where something can't be read
   */
  public static Summary check(TileSource source, List<IssuerKey> keys, EntrySink sink)
      throws TransparencyException, IOException {
    final SignedHead head = head(source, keys);
    final HistoryCheck check = new HistoryCheck(source, sink);
    check.tree(head.head());
    final Optional<String> snapshot = source.snapshotNote();
    if (snapshot.isPresent()) {
      check.snapshot(SignedHead.verified(snapshot.get(), keys).head(), head.head());
    }
    return new Summary(
        head, check.entries, check.beforeHistory, Math.max(0, check.firstHeld + 1), check.tiles);
  }

  /**
   * Reads the newest head and checks its signature.
   *
   * @throws TransparencyException where there is none, or it is not signed by one of the keys
   */
  public static SignedHead head(TileSource source, List<IssuerKey> keys)
      throws TransparencyException, IOException {
    final Optional<String> note = source.head();
    if (note.isEmpty()) {
      throw new TransparencyException(Reason.HEAD_MISSING, "there is no signed head");
    }
    return SignedHead.verified(note.get(), keys);
  }

  private void tree(TreeHead head) throws TransparencyException, IOException {
    size = head.size();
    final byte[] root;
    try {
      root = Proofs.root(new TileNodes(source, size), size);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    if (!Arrays.equals(root, head.root())) {
      throw new TransparencyException(
          Reason.ROOT_MISMATCH,
          "the tree of " + size + " entries has another root than the signed head");
    }
    for (int level = TilePath.MAX_LEVEL; level >= 0; level--) {
      final long nodes = size >>> (TilePath.HEIGHT * level);
      final TilePath last = TilePath.in(level, nodes / TilePath.WIDTH, size);
      if (last.width() > 0) {
        below(last, TileNodes.read(source, last));
      }
    }
  }

  /** Checks that the tree at a snapshot is the beginning of the newest. */
  private void snapshot(TreeHead earlier, TreeHead newest)
      throws TransparencyException, IOException {
    boolean isOne = earlier.size() <= newest.size();
    if (isOne && earlier.size() > 0) {
      try {
        isOne =
            Proofs.isConsistent(
                earlier.size(),
                earlier.root(),
                newest.size(),
                newest.root(),
                Proofs.consistency(new TileNodes(source, size), earlier.size(), newest.size()));
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
    if (!isOne) {
      throw new TransparencyException(
          Reason.FORK,
          "the head of the newest snapshot, over "
              + earlier.size()
              + " entries, is not of the history of the newest head");
    }
  }

  /** Checks what is below a tile that is right. */
  private void below(TilePath path, byte[] hashes) throws TransparencyException, IOException {
    tiles++;
    if (path.level() == 0) {
      bundle(path, hashes);
      return;
    }
    for (int i = 0; i < path.width(); i++) {
      final TilePath child =
          new TilePath(path.level() - 1, path.index() * TilePath.WIDTH + i, TilePath.WIDTH);
      whole(child, hashes, i * TreeHash.BYTES);
    }
  }

  /** Checks a whole tile against its hash in the one above. */
  private void whole(TilePath path, byte[] hashes, int at)
      throws TransparencyException, IOException {
    final int level = (path.level() + 1) * TilePath.HEIGHT;
    if (BeforeHistory.isNode(level, hashes, at) && !source.keepsTiles()) {
      beforeHistory += 1L << level;
      return;
    }
    final Optional<byte[]> read = source.tile(path);
    if (read.isEmpty()) {
      if (BeforeHistory.isNode(level, hashes, at)) {
        beforeHistory += 1L << level;
        return;
      }
      if (path.level() == 0 && firstHeld < 0) {
        return;
      }
      throw new TransparencyException(Reason.TILE_MISSING, path + " is not there");
    }
    if (read.get().length != TilePath.WIDTH * TreeHash.BYTES) {
      throw new TransparencyException(
          Reason.TILE_MALFORMED, path + " has " + read.get().length + " bytes");
    }
    final byte[] root = new byte[TreeHash.BYTES];
    hash.fold(read.get().clone(), 0, TilePath.WIDTH, root, 0);
    if (!Arrays.equals(root, 0, root.length, hashes, at, at + TreeHash.BYTES)) {
      throw path.level() == 0 && source.computesLowest()
          ? new TransparencyException(
              Reason.SEGMENT_TAMPERED,
              "the entries of versions "
                  + (path.index() * TilePath.WIDTH + 1)
                  + " to "
                  + (path.index() + 1) * TilePath.WIDTH
                  + " are not those that were signed")
          : new TransparencyException(
              Reason.TILE_TAMPERED, path + " is not the one that was signed");
    }
    below(path, read.get());
  }

  private void bundle(TilePath leaves, byte[] hashes) throws TransparencyException, IOException {
    final TilePath path = new TilePath(TilePath.ENTRIES, leaves.index(), leaves.width());
    final Optional<byte[]> read = source.tile(path);
    if (read.isEmpty()) {
      if (firstHeld < 0) {
        return;
      }
      throw new TransparencyException(Reason.TILE_MISSING, path + " is not there");
    }
    final byte[] bundle = EntryBundle.entries(path, read.get());
    final byte[] leaf = new byte[TreeHash.BYTES];
    for (int i = 0; i < path.width(); i++) {
      final long version = path.index() * TilePath.WIDTH + i + 1;
      hash.leaf(bundle, i * HistoryEntry.BYTES, HistoryEntry.BYTES, leaf, 0);
      final int at = i * TreeHash.BYTES;
      if (!Arrays.equals(leaf, 0, leaf.length, hashes, at, at + TreeHash.BYTES)) {
        throw new TransparencyException(
            Reason.ENTRY_TAMPERED,
            "the entry of version " + version + " is not the one that was signed");
      }
      final byte[] entry =
          Arrays.copyOfRange(bundle, i * HistoryEntry.BYTES, (i + 1) * HistoryEntry.BYTES);
      sink.entry(version, HistoryEntry.of(entry, version));
      entries++;
    }
    if (firstHeld < 0) {
      firstHeld = path.index() * TilePath.WIDTH;
    }
  }
}
