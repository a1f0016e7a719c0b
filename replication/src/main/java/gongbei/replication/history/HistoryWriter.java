package gongbei.replication.history;

import gongbei.codec.transparency.Frontier;
import gongbei.codec.transparency.HistoryEntry;
import gongbei.codec.transparency.NodeSink;
import gongbei.codec.transparency.Proofs;
import gongbei.codec.transparency.TilePath;
import gongbei.codec.transparency.TransparencyException;
import gongbei.codec.transparency.TreeHash;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TokenException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds what comes to what is kept, and keeps what is new: where a log is gone through once more,
 * an entry that is there must be the same, and one that is missing is put where it belongs. What
 * can't be written is held in memory, up to {@link #MAX_HELD} entries, until it can. For one thread
 * at a time; the fault is for any.
 */
final class HistoryWriter implements NodeSink {
  private static final Logger LOGGER = LoggerFactory.getLogger(HistoryWriter.class);
  private static final int ENTRY = HistoryEntry.BYTES;
  private static final int PENDING = 1_024;

  /** The most entries that are held while they can't be written: 3.4 MiB. */
  static final int MAX_HELD = 1 << 16;

  private final Optional<HistoryStore> store;
  private final HeadBook heads;
  private final byte[] group = new byte[TilePath.WIDTH * ENTRY];
  private byte[] pending = new byte[PENDING * ENTRY];
  private long pendingIndex;
  private long pendingEnd;
  private int pendingCount;
  private long groupIndex = -1;
  private boolean isSignedPartSound = true;
  private boolean isToldOfNoKey;
  private volatile HistoryFault fault = HistoryFault.NONE;

  HistoryWriter(Optional<HistoryStore> store, HeadBook heads) {
    this.store = store;
    this.heads = heads;
    if (store.isPresent() && heads.size() > 0 && store.get().size() >= heads.size()) {
      isSignedPartSound = hasSignedRoot(store.get());
      if (!isSignedPartSound) {
        LOGGER.warn(
            "The entries of the history do not make the head of {} that this node signed: the log"
                + " has to give them again",
            heads.size());
      }
    }
  }

  private boolean hasSignedRoot(HistoryStore kept) {
    try {
      return Arrays.equals(
          Proofs.root(kept.nodes(), heads.size()), heads.newest().orElseThrow().head().root());
    } catch (TransparencyException e) {
      LOGGER.debug("The signed head can't be computed: {}", e.getMessage());
      return false;
    }
  }

  HistoryFault fault() {
    return fault;
  }

  /** Keeps and signs nothing more. */
  void fail(HistoryFault reason, String message) {
    if (fault == HistoryFault.NONE || fault == HistoryFault.UNWRITABLE) {
      fault = reason;
      LOGGER.error(
          "Signing the heads of the history has stopped ({}): {}", reason.wireName(), message);
    }
  }

  private void failWriting(IOException e) {
    if (fault == HistoryFault.NONE) {
      fault = HistoryFault.UNWRITABLE;
      LOGGER.error(
          "The history's files can't be written; up to {} entries are held until they can: {}",
          MAX_HELD,
          e.toString());
    }
  }

  private boolean isKeeping() {
    return store.isPresent() && fault == HistoryFault.NONE;
  }

  /**
   * Goes on from a state.
   *
   * @param tree the log's at that version
   * @param isBeforeHistory whether it is all of before the history
   */
  void begin(Frontier tree, boolean isBeforeHistory) {
    if (!isKeeping()) {
      return;
    }
    final HistoryStore kept = store.get();
    try {
      if (kept.size() == 0 && heads.size() == 0 && isBeforeHistory) {
        kept.begin(tree.size());
      } else if (tree.size() > kept.size()) {
        skip(kept, tree);
      } else if (!isPrefix(kept, tree)) {
        if (tree.size() < heads.size()) {
          fail(HistoryFault.FORK, differs(tree.size()));
          return;
        }
        kept.truncate(Math.min(kept.size(), heads.size()));
        skip(kept, tree);
      } else {
        kept.splitGap(tree);
      }
      groupIndex = -1;
      appended(tree);
    } catch (IOException e) {
      failWriting(e);
    } catch (TransparencyException e) {
      fail(HistoryFault.TAMPERED, e.getMessage());
    }
  }

  private void skip(HistoryStore kept, Frontier tree) throws IOException, TransparencyException {
    if (tree.size() > kept.size()) {
      LOGGER.warn(
          "The history has no entries of versions {} to {} on this node",
          kept.size() + 1,
          tree.size());
      kept.skipTo(tree);
    }
  }

  private static boolean isPrefix(HistoryStore kept, Frontier tree) {
    try {
      return Arrays.equals(Proofs.root(kept.nodes(), tree.size()), tree.root());
    } catch (TransparencyException e) {
      LOGGER.debug("The tree of {} can't be computed: {}", tree.size(), e.getMessage());
      // What a gap hides was compared when the gap began.
      return kept.gaps() > 0;
    }
  }

  private static String differs(long size) {
    return "the log gives other entries up to version "
        + size
        + " than those whose head this node has signed; keep its files for whoever is to find out,"
        + " and move them away to begin anew";
  }

  /** Keeps an entry, or compares it with the one that is there. */
  void entry(long index, byte[] entries, int offset) {
    if (pendingCount == PENDING || (pendingCount > 0 && index == pendingEnd)) {
      flush();
    }
    if (store.isEmpty() || hold(store.get(), index, entries, offset) || !isKeeping()) {
      return;
    }
    final HistoryStore kept = store.get();
    try {
      if (!isSame(kept, index, entries, offset)) {
        differ(kept, index, entries, offset);
        hold(kept, index, entries, offset);
      }
    } catch (IOException e) {
      failWriting(e);
    } catch (TransparencyException e) {
      fail(HistoryFault.TAMPERED, e.getMessage());
    }
  }

  /**
   * Puts an entry that is not there yet behind those that are to be written.
   *
   * @return whether it is one; where entries between are lost or there is no room, it is not held
   */
  private boolean hold(HistoryStore kept, long index, byte[] entries, int offset) {
    if (!isKeeping() && fault != HistoryFault.UNWRITABLE) {
      return false;
    }
    if (pendingCount == 0) {
      pendingIndex = index;
      pendingEnd = index < kept.size() ? kept.endOfGapFrom(index) : Long.MAX_VALUE;
    }
    if (index != pendingIndex + pendingCount || index >= pendingEnd) {
      return index >= kept.size();
    }
    if (pendingCount < MAX_HELD) {
      if (pendingCount * ENTRY == pending.length) {
        pending = Arrays.copyOf(pending, 2 * pending.length);
      }
      System.arraycopy(entries, offset, pending, pendingCount++ * ENTRY, ENTRY);
    }
    return true;
  }

  private boolean isSame(HistoryStore kept, long index, byte[] entries, int offset)
      throws IOException {
    final long of = index / TilePath.WIDTH;
    final int in = (int) (index % TilePath.WIDTH);
    if (of != groupIndex) {
      final int count = (int) Math.min(TilePath.WIDTH, kept.size() - of * TilePath.WIDTH);
      groupIndex = kept.entries(of * TilePath.WIDTH, count, group) ? of : -1;
    }
    if (groupIndex < 0) {
      // A gap or a purged segment: nothing to compare with.
      return true;
    }
    return Arrays.equals(group, in * ENTRY, (in + 1) * ENTRY, entries, offset, offset + ENTRY);
  }

  private void differ(HistoryStore kept, long index, byte[] entries, int offset)
      throws IOException, TransparencyException {
    groupIndex = -1;
    if (index >= heads.size()) {
      LOGGER.info("The history goes on from version {}, its last signed head", index);
      kept.truncate(index);
    } else if (isSignedPartSound && isGroupSound(kept, index)) {
      fail(HistoryFault.FORK, differs(index + 1));
    } else {
      LOGGER.warn("The entry of version {} was damaged, and is as the log gives it", index + 1);
      kept.overwrite(index, entries, offset, 1);
    }
  }

  /** Whether the entries around a place are those that were signed. */
  private static boolean isGroupSound(HistoryStore kept, long index)
      throws IOException, TransparencyException {
    final long of = index / TilePath.WIDTH;
    if ((of + 1) * TilePath.WIDTH > kept.size()) {
      return true;
    }
    final byte[] entries = new byte[TilePath.WIDTH * ENTRY];
    final byte[] hashes = new byte[TilePath.WIDTH * TreeHash.BYTES];
    final byte[] above = new byte[TreeHash.BYTES];
    final TreeHash hash = new TreeHash();
    if (!kept.entries(of * TilePath.WIDTH, TilePath.WIDTH, entries)) {
      return true;
    }
    for (int i = 0; i < TilePath.WIDTH; i++) {
      hash.leaf(entries, i * ENTRY, ENTRY, hashes, i * TreeHash.BYTES);
    }
    hash.fold(hashes, 0, TilePath.WIDTH, hashes, 0);
    kept.nodes().node(TilePath.HEIGHT, of, above, 0);
    return Arrays.equals(above, 0, above.length, hashes, 0, TreeHash.BYTES);
  }

  @Override
  public void node(int level, long index, byte[] nodeHash, int at) {
    if (isKeeping() && level > 0 && level % TilePath.HEIGHT == 0) {
      try {
        store.get().putNode(level, index, nodeHash, at);
      } catch (IOException e) {
        failWriting(e);
      }
    }
  }

  /** Holds a tree that has grown to the head that was signed of its size. */
  void appended(Frontier tree) {
    if (tree.size() != heads.size() || heads.size() == 0) {
      return;
    }
    if (!Arrays.equals(tree.root(), heads.newest().orElseThrow().head().root())) {
      fail(
          isSignedPartSound ? HistoryFault.FORK : HistoryFault.HEAD_MISMATCH, differs(tree.size()));
    }
    isSignedPartSound = true;
  }

  /** Writes what is pending. */
  void flush() {
    if (pendingCount > 0 && isKeeping()) {
      try {
        write(store.get());
      } catch (IOException e) {
        failWriting(e);
      }
    }
  }

  private void write(HistoryStore kept) throws IOException {
    if (pendingIndex < kept.size()) {
      kept.fillGap(pendingIndex, pending, pendingCount);
    } else {
      kept.append(pending, 0, pendingCount);
    }
    pendingCount = 0;
  }

  /**
   * Tries again to write, where that could not be done: what was held, and where that is not all,
   * behind a gap, until the log gives it again.
   */
  void goOn(Frontier tree) {
    if (fault != HistoryFault.UNWRITABLE || store.isEmpty()) {
      return;
    }
    final HistoryStore kept = store.get();
    try {
      kept.truncate(kept.size());
      if (pendingCount > 0 && pendingIndex <= kept.size()) {
        write(kept);
      }
      skip(kept, tree);
      kept.repair();
      pendingCount = 0;
      pending = Arrays.copyOf(pending, PENDING * ENTRY);
      fault = HistoryFault.NONE;
      LOGGER.info("Entries of the history are kept again from version {}", tree.size() + 1);
    } catch (IOException e) {
      LOGGER.debug("The history still can't be written: {}", e.toString());
    } catch (TransparencyException e) {
      fail(HistoryFault.TAMPERED, e.getMessage());
    }
  }

  /** Signs the head of a tree, where it goes on from the one before and there is a key. */
  void sign(Frontier tree, boolean isOfSnapshot) {
    flush();
    if (fault != HistoryFault.NONE || store.isEmpty() || tree.size() < heads.size()) {
      return;
    }
    final Optional<SigningKey> key = heads.key();
    if (key.isEmpty()) {
      if (!isToldOfNoKey) {
        isToldOfNoKey = true;
        // An alert tells of it where it matters: GongbeiHistoryUnsigned.
        LOGGER.debug("No key signs the history's heads: this node shows none");
      }
      return;
    }
    try {
      if (heads.forces()) {
        store.get().force();
      }
      heads.sign(tree, key.get(), isOfSnapshot);
      isToldOfNoKey = false;
    } catch (IOException e) {
      failWriting(e);
    } catch (TokenException e) {
      LOGGER.warn("The history's head is not signed: {}", e.getMessage());
    }
  }
}
