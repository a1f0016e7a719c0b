package gongbei.replication.history;

import gongbei.codec.transparency.BeforeHistory;
import gongbei.codec.transparency.Frontier;
import gongbei.codec.transparency.HistoryEntry;
import gongbei.codec.transparency.NodeSource;
import gongbei.codec.transparency.TilePath;
import gongbei.codec.transparency.TransparencyException;
import gongbei.codec.transparency.TransparencyException.Reason;
import gongbei.codec.transparency.TreeHash;
import gongbei.replication.history.StoreLayout.Gap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Keeps entries in segments and the nodes of every eighth level of their tree; what is between is
 * computed as it is asked for. Writing is for one thread; reading is for any, of what was written
 * before.
 *
 * <p>Positions are absolute: the entry of version v is at place v - 1 of all segments, a node at
 * its index of its level's file, so that purging and gaps move nothing.
 */
final class HistoryStore implements AutoCloseable {
  private static final String LAYOUT = "layout";
  private static final String SEGMENT = "entries-";
  private static final String LEVEL = "level-";
  private static final int ENTRY = HistoryEntry.BYTES;
  private static final HexFormat HEX = HexFormat.of();

  private final StorePlace place;
  private final NavigableMap<Long, ByteStore> segments = new ConcurrentSkipListMap<>();
  private final Map<Integer, ByteStore> levels = new ConcurrentHashMap<>();
  private final Map<String, byte[]> known = new ConcurrentHashMap<>();
  private volatile StoreLayout layout;
  private volatile long size;

  /**
   * Opens what is there.
   *
   * @param segmentEntries of a new store; one that is there has its own
   * @throws TransparencyException where it is not as it was written
   */
  HistoryStore(StorePlace place, int segmentEntries) throws IOException, TransparencyException {
    this.place = place;
    final Optional<String> text = place.text(LAYOUT);
    layout =
        text.isPresent()
            ? StoreLayout.of(text.get())
            : new StoreLayout(segmentEntries, 0, List.of());
    for (final Gap gap : layout.gaps()) {
      learn(gap);
    }
    for (final String name : place.names()) {
      if (name.startsWith(SEGMENT)) {
        segments.put(
            HexFormat.fromHexDigitsToLong(name.substring(SEGMENT.length())), place.open(name));
      } else if (name.startsWith(LEVEL)) {
        levels.put(Integer.parseInt(name.substring(LEVEL.length())), place.open(name));
      }
    }
    size = endOfWhatIsThere();
  }

  private long endOfWhatIsThere() throws IOException {
    long end = layout.beforeHistory();
    for (final Gap gap : layout.gaps()) {
      end = Math.max(end, gap.to());
    }
    final Map.Entry<Long, ByteStore> last = segments.lastEntry();
    return last == null
        ? end
        : Math.max(end, last.getKey() * layout.segmentEntries() + last.getValue().length() / ENTRY);
  }

  /** Takes off what is half written, and writes the nodes that are missing. */
  void repair() throws IOException, TransparencyException {
    truncate(size);
    final byte[] node = new byte[TreeHash.BYTES];
    for (int level = 1; level <= TilePath.MAX_LEVEL; level++) {
      final long nodes = size >>> (TilePath.HEIGHT * level);
      long index = nodes == 0 ? 0 : level(level).length() / TreeHash.BYTES;
      for (; index < nodes; index++) {
        final long end = (index + 1) << (TilePath.HEIGHT * level);
        if (end > layout.beforeHistory()
            && layout.gaps().stream().noneMatch(gap -> hides(gap, end))) {
          new Nodes().below(TilePath.HEIGHT * level, index, node, 0);
          putNode(TilePath.HEIGHT * level, index, node, 0);
        }
      }
    }
  }

  /** Whether a node that ends there can't be computed for a gap. */
  private static boolean hides(Gap gap, long end) {
    return gap.from() < end && end <= gap.to();
  }

  /** How many entries the tree has. */
  long size() {
    return size;
  }

  /** The place of the first entry that is here; {@link #size} where none is. */
  long first() {
    final Map.Entry<Long, ByteStore> first = segments.firstEntry();
    long place =
        first == null
            ? size
            : Math.max(layout.beforeHistory(), first.getKey() * layout.segmentEntries());
    for (final Gap gap : layout.gaps()) {
      if (gap.from() <= place && place < gap.to()) {
        place = gap.to();
      }
    }
    return place;
  }

  /** How many versions were given before there was a history. */
  long beforeHistory() {
    return layout.beforeHistory();
  }

  /** How many gaps there are. */
  int gaps() {
    return layout.gaps().size();
  }

  /** The bytes of all files. */
  long bytes() throws IOException {
    long bytes = 0;
    for (final ByteStore each : segments.values()) {
      bytes += each.length();
    }
    for (final ByteStore each : levels.values()) {
      bytes += each.length();
    }
    return bytes;
  }

  private void layout(StoreLayout changed) throws IOException {
    place.text(LAYOUT, changed.text());
    layout = changed;
  }

  /** Begins an empty store with versions that have no entries. */
  void begin(long beforeHistory) throws IOException {
    layout(layout.beforeHistory(beforeHistory));
    size = beforeHistory;
  }

  /** Goes on behind entries that are not here, with the tree as it is there. */
  void skipTo(Frontier tree) throws IOException, TransparencyException {
    final Gap gap = new Gap(size, tree.size(), tree.toBytes());
    layout(layout.withGap(gap));
    learn(gap);
    size = tree.size();
  }

  /** The end of the gap that begins at a place; the place itself where none does. */
  long endOfGapFrom(long index) {
    for (final Gap gap : layout.gaps()) {
      if (gap.from() == index) {
        return gap.to();
      }
    }
    return index;
  }

  /** Makes two gaps of the one that a tree ends in: of the second, the log gives all entries. */
  void splitGap(Frontier tree) throws IOException, TransparencyException {
    for (final Gap gap : layout.gaps()) {
      if (gap.from() < tree.size() && tree.size() < gap.to()) {
        final Gap first = new Gap(gap.from(), tree.size(), tree.toBytes());
        layout(layout.replacing(gap, List.of(first, gap.without(tree.size()))));
        learn(first);
        return;
      }
    }
  }

  /**
   * Writes entries where a gap begins, which is the smaller for it. The nodes over them were put as
   * the tree came to them.
   */
  void fillGap(long index, byte[] entries, int count) throws IOException {
    for (final Gap gap : layout.gaps()) {
      if (gap.from() == index) {
        overwrite(index, entries, 0, count);
        final Gap rest = gap.without(index + count);
        layout(layout.replacing(gap, rest.from() == rest.to() ? List.of() : List.of(rest)));
        return;
      }
    }
  }

  private void learn(Gap gap) throws TransparencyException {
    gap.tree()
        .peaks(
            (level, index, from, at) -> {
              final byte[] node = new byte[TreeHash.BYTES];
              System.arraycopy(from, at, node, 0, node.length);
              known.put(level + "/" + index, node);
            });
  }

  /** Writes entries at the end, one after the other. */
  void append(byte[] entries, int offset, int count) throws IOException {
    final long before = size;
    overwrite(before, entries, offset, count);
    size = before + count;
  }

  /** Writes entries at a place. */
  void overwrite(long index, byte[] entries, int offset, int count) throws IOException {
    int done = 0;
    while (done < count) {
      final long at = index + done;
      final int in = (int) (at % layout.segmentEntries());
      final int taken = Math.min(count - done, layout.segmentEntries() - in);
      segment(at / layout.segmentEntries())
          .write((long) in * ENTRY, entries, offset + done * ENTRY, taken * ENTRY);
      done += taken;
    }
  }

  private ByteStore segment(long number) throws IOException {
    ByteStore segment = segments.get(number);
    if (segment == null) {
      if (place.text(LAYOUT).isEmpty()) {
        layout(layout);
      }
      segment = place.open(SEGMENT + HEX.toHexDigits(number));
      segments.put(number, segment);
    }
    return segment;
  }

  private ByteStore level(int level) throws IOException {
    final ByteStore nodes = levels.get(level);
    return nodes == null ? opened(level) : nodes;
  }

  private synchronized ByteStore opened(int level) throws IOException {
    ByteStore nodes = levels.get(level);
    if (nodes == null) {
      nodes = place.open(LEVEL + level);
      levels.put(level, nodes);
    }
    return nodes;
  }

  /** Writes a node of a level that is kept; of others does nothing. */
  void putNode(int level, long index, byte[] hash, int at) throws IOException {
    if (level != 0 && level % TilePath.HEIGHT == 0) {
      level(level / TilePath.HEIGHT).write(index * TreeHash.BYTES, hash, at, TreeHash.BYTES);
    }
  }

  /** Takes off the entries from a place on. */
  void truncate(long to) throws IOException, TransparencyException {
    final long last = to / layout.segmentEntries();
    for (final Long number : segments.tailMap(last, false).keySet()) {
      segments.remove(number).delete();
    }
    final ByteStore segment = segments.get(last);
    if (segment != null) {
      segment.truncate(to % layout.segmentEntries() * ENTRY);
    }
    for (final Map.Entry<Integer, ByteStore> level : levels.entrySet()) {
      level.getValue().truncate((to >>> (TilePath.HEIGHT * level.getKey())) * TreeHash.BYTES);
    }
    if (layout.gaps().stream().anyMatch(gap -> gap.to() > to)) {
      layout(layout.endingAt(to));
      known.clear();
      for (final Gap gap : layout.gaps()) {
        learn(gap);
      }
    }
    size = to;
  }

  /** Has all that was written reach the disk. */
  void force() throws IOException {
    if (!segments.isEmpty()) {
      segments.lastEntry().getValue().force();
    }
    for (final ByteStore each : levels.values()) {
      each.force();
    }
  }

  /**
   * Takes the oldest segment away, which is not the newest.
   *
   * @return whether there was one
   */
  boolean purgeOldest() throws IOException {
    if (segments.size() < 2) {
      return false;
    }
    segments.pollFirstEntry().getValue().delete();
    return true;
  }

  /** How many segments there are. */
  int segments() {
    return segments.size();
  }

  /** The last entry of the oldest segment, where another follows it. */
  Optional<HistoryEntry> lastOfOldest() throws IOException {
    if (segments.size() < 2) {
      return Optional.empty();
    }
    final byte[] entry = new byte[ENTRY];
    return segments
            .firstEntry()
            .getValue()
            .read((long) (layout.segmentEntries() - 1) * ENTRY, entry, 0, ENTRY)
        ? Optional.of(new HistoryEntry(entry))
        : Optional.empty();
  }

  /**
   * Reads entries.
   *
   * @return whether all of them are here
   */
  boolean entries(long index, int count, byte[] into) throws IOException {
    for (final Gap gap : layout.gaps()) {
      if (index < gap.to() && index + count > gap.from()) {
        return false;
      }
    }
    int done = 0;
    while (done < count) {
      final long at = index + done;
      final int in = (int) (at % layout.segmentEntries());
      int taken = Math.min(count - done, layout.segmentEntries() - in);
      if (at < layout.beforeHistory()) {
        taken = (int) Math.min(taken, layout.beforeHistory() - at);
        Arrays.fill(into, done * ENTRY, (done + taken) * ENTRY, (byte) 0);
      } else {
        final ByteStore segment = segments.get(at / layout.segmentEntries());
        if (segment == null
            || !segment.read((long) in * ENTRY, into, done * ENTRY, taken * ENTRY)) {
          return false;
        }
      }
      done += taken;
    }
    return true;
  }

  /** The nodes of the tree, for one thread. */
  Nodes nodes() {
    return new Nodes();
  }

  /** Reads and computes nodes. */
  final class Nodes implements NodeSource {
    private final TreeHash hash = new TreeHash();

    /**
     * @throws UncheckedIOException where a file can't be read
     */
    @Override
    public void node(int level, long index, byte[] into, int at) throws TransparencyException {
      final long end = (index + 1) << level;
      if (end <= layout.beforeHistory()) {
        BeforeHistory.node(level, into, at);
        return;
      }
      final byte[] peak = known.isEmpty() ? null : known.get(level + "/" + index);
      if (peak != null) {
        System.arraycopy(peak, 0, into, at, TreeHash.BYTES);
        return;
      }
      try {
        if (level > 0 && level % TilePath.HEIGHT == 0) {
          kept(level, index, end, into, at);
        } else {
          below(level, index, into, at);
        }
      } catch (NoSuchFileException e) {
        throw notHere(level, index);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void kept(int level, long index, long end, byte[] into, int at)
        throws IOException, TransparencyException {
      final boolean isHidden = layout.gaps().stream().anyMatch(gap -> hides(gap, end));
      if (isHidden
          || !level(level / TilePath.HEIGHT)
              .read(index * TreeHash.BYTES, into, at, TreeHash.BYTES)) {
        throw notHere(level, index);
      }
    }

    /** Computes a node of what is below it. */
    private void below(int level, long index, byte[] into, int at)
        throws IOException, TransparencyException {
      final int base = Math.max(0, level - 1) / TilePath.HEIGHT * TilePath.HEIGHT;
      final int count = 1 << (level - base);
      final long first = index << (level - base);
      final byte[] hashes = new byte[count * TreeHash.BYTES];
      if (base == 0) {
        final byte[] entries = new byte[count * ENTRY];
        if (!entries(first, count, entries)) {
          halves(level, index, into, at);
          return;
        }
        for (int i = 0; i < count; i++) {
          hash.leaf(entries, i * ENTRY, ENTRY, hashes, i * TreeHash.BYTES);
        }
      } else if (isPlain(base, first, count)) {
        if (!level(base / TilePath.HEIGHT).read(first * TreeHash.BYTES, hashes, 0, hashes.length)) {
          throw notHere(level, index);
        }
      } else {
        halves(level, index, into, at);
        return;
      }
      hash.fold(hashes, 0, count, into, at);
    }

    /** Whether all of those nodes are kept. */
    private boolean isPlain(int level, long first, int count) {
      final long from = (first + 1) << level;
      final long end = (first + count) << level;
      return from > layout.beforeHistory()
          && layout.gaps().stream().noneMatch(gap -> from <= gap.to() && end > gap.from());
    }

    /** Where entries are missing, a frontier may have what is over them. */
    private void halves(int level, long index, byte[] into, int at) throws TransparencyException {
      if (level == 0) {
        throw notHere(level, index);
      }
      final byte[] both = new byte[2 * TreeHash.BYTES];
      node(level - 1, 2 * index, both, 0);
      node(level - 1, 2 * index + 1, both, TreeHash.BYTES);
      hash.node(both, 0, both, TreeHash.BYTES, into, at);
    }
  }

  private static TransparencyException notHere(int level, long index) {
    return new TransparencyException(
        Reason.TILE_MISSING, "this node does not keep node " + index + " of level " + level);
  }

  @Override
  public void close() throws IOException {
    for (final ByteStore each : segments.values()) {
      each.close();
    }
    for (final ByteStore each : levels.values()) {
      each.close();
    }
  }
}
