package gongbei.verifier.cli.history;

import gongbei.codec.transparency.Effect;
import gongbei.codec.transparency.EntryBundle;
import gongbei.codec.transparency.Frontier;
import gongbei.codec.transparency.HistoryCheck;
import gongbei.codec.transparency.HistoryEntry;
import gongbei.codec.transparency.NodeSink;
import gongbei.codec.transparency.Proofs;
import gongbei.codec.transparency.SignedHead;
import gongbei.codec.transparency.TileNodes;
import gongbei.codec.transparency.TilePath;
import gongbei.codec.transparency.TileSource;
import gongbei.codec.transparency.TransparencyException;
import gongbei.codec.transparency.TransparencyException.Reason;
import gongbei.codec.transparency.TreeHash;
import gongbei.codec.transparency.TreeHead;
import gongbei.codec.trust.IssuerKey;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Holds each head of a history to those before it, and every new entry to the heads, and counts who
 * was stopped by whom, on what ground and by what {@link Effect}. For one thread.
 */
final class HistoryMonitor {
  private static final int SECONDS_PER_HOUR = 3_600;
  private static final int HOURS_KEPT = 48;
  private static final int MAX_SMALLER = 100;

  /** Where the effect stands in what is counted, behind hour, authority and ground. */
  private static final int EFFECT = 3;

  private final List<IssuerKey> keys;
  private final MonitorState state;
  private final long mostAnHour;
  private final long behindSeconds;
  private final TreeHash hash = new TreeHash();

  /**
   * @param mostAnHour how many holders one authority may stop on one ground by one effect in an
   *     hour before it is reported
   * @param behindSeconds how much later than the newest head a head of fewer entries may be signed,
   *     as by a member that is a little behind
   */
  HistoryMonitor(List<IssuerKey> keys, MonitorState state, long mostAnHour, long behindSeconds) {
    this.keys = keys;
    this.state = state;
    this.mostAnHour = mostAnHour;
    this.behindSeconds = behindSeconds;
  }

  /**
   * Looks once.
   *
   * @return what was found; what is remembered has gone on where nothing speaks against it
   * @throws IOException where the history can't be read, or nothing be remembered
   */
  List<Finding> look(TileSource source) throws IOException {
    final List<Finding> found = new ArrayList<>();
    try {
      final SignedHead head = HistoryCheck.head(source, keys);
      if (state.head.isEmpty()) {
        begin(source, head);
      } else {
        goOn(source, state.head.get(), head, found);
      }
    } catch (TransparencyException e) {
      found.add(Finding.of(e.reason().wireName(), e.getMessage()));
    }
    return found;
  }

  /** Remembers the first head, whose tree is believed as far as it makes the head. */
  private void begin(TileSource source, SignedHead head) throws IOException, TransparencyException {
    final Frontier tree = new Frontier();
    tree.set(new TileNodes(source, head.head().size()), head.head().size());
    requireRoot(tree, head.head());
    remember(head, tree);
  }

  private static void requireRoot(Frontier tree, TreeHead head) throws TransparencyException {
    if (!Arrays.equals(tree.root(), head.root())) {
      throw new TransparencyException(
          Reason.ROOT_MISMATCH,
          "the tiles of " + head.size() + " entries make another root than the signed head");
    }
  }

  private void remember(SignedHead head, Frontier tree) throws IOException {
    state.head = Optional.of(head);
    state.tree = tree;
    state.write();
  }

  private void goOn(TileSource source, SignedHead known, SignedHead head, List<Finding> found)
      throws IOException, TransparencyException {
    final long before = known.head().size();
    final long size = head.head().size();
    if (!head.head().origin().equals(known.head().origin())) {
      found.add(
          Finding.last(
              "other-history",
              "the head is of " + head.head().origin() + ", not of " + known.head().origin()));
    } else if (size < before) {
      onSmaller(known, head, found);
    } else if (size == before) {
      if (!Arrays.equals(head.head().root(), known.head().root())) {
        found.add(fork(known, head));
      } else {
        remember(head, state.tree);
      }
    } else {
      onLarger(source, known, head, found);
    }
  }

  private Finding fork(SignedHead known, SignedHead head) throws IOException {
    return Finding.last(
        Reason.FORK.wireName(),
        "the heads of "
            + known.head().size()
            + " and "
            + head.head().size()
            + " entries, both signed by the region, can't be of one history: both are in "
            + state.writeEvidence(known, head));
  }

  /** A member that is behind, or one that goes another way: the next larger head tells which. */
  private void onSmaller(SignedHead known, SignedHead head, List<Finding> found)
      throws IOException {
    if (state.smaller.stream().noneMatch(each -> isSame(each, head))
        && state.smaller.size() < MAX_SMALLER) {
      state.smaller.add(head);
      state.write();
    }
    if (head.head().epochSeconds() - known.head().epochSeconds() > behindSeconds) {
      found.add(
          Finding.of(
              "rolled-back",
              "the head signed at "
                  + Instant.ofEpochSecond(head.head().epochSeconds())
                  + " has "
                  + head.head().size()
                  + " entries, the one of "
                  + Instant.ofEpochSecond(known.head().epochSeconds())
                  + " had "
                  + known.head().size()));
    }
  }

  private static boolean isSame(SignedHead one, SignedHead other) {
    return one.head().size() == other.head().size()
        && Arrays.equals(one.head().root(), other.head().root());
  }

  private void onLarger(TileSource source, SignedHead known, SignedHead head, List<Finding> found)
      throws IOException, TransparencyException {
    if (!goesOn(source, known, head)) {
      found.add(fork(known, head));
      return;
    }
    for (final SignedHead each : state.smaller) {
      if (!goesOn(source, each, head)) {
        found.add(fork(each, head));
        return;
      }
    }
    final Frontier tree = new Frontier();
    tree.set(state.tree);
    if (readEntries(source, tree, head.head().size())) {
      if (!Arrays.equals(tree.root(), head.head().root())) {
        throw new TransparencyException(
            Reason.ENTRY_TAMPERED,
            "the entries from version "
                + (known.head().size() + 1)
                + " to "
                + head.head().size()
                + " are not those that were signed");
      }
    } else {
      tree.set(new TileNodes(source, head.head().size()), head.head().size());
      requireRoot(tree, head.head());
      found.add(
          Finding.of(
              "entries-missing",
              "of the entries from version "
                  + (known.head().size() + 1)
                  + " to "
                  + head.head().size()
                  + " some are not there: they are not counted"));
    }
    state.smaller.clear();
    remember(head, tree);
    report(found);
  }

  /** Whether a head's tree goes on from an earlier one's, by a proof that its tiles make. */
  private static boolean goesOn(TileSource source, SignedHead earlier, SignedHead later)
      throws TransparencyException {
    final TreeHead one = earlier.head();
    final TreeHead two = later.head();
    return one.size() == 0
        || Proofs.isConsistent(
            one.size(),
            one.root(),
            two.size(),
            two.root(),
            Proofs.consistency(new TileNodes(source, two.size()), one.size(), two.size()));
  }

  /** Appends the entries up to a size; false where one is not there. */
  private boolean readEntries(TileSource source, Frontier tree, long size)
      throws IOException, TransparencyException {
    final Map<String, Long> counted = new TreeMap<>();
    final byte[] leaf = new byte[TreeHash.BYTES];
    while (tree.size() < size) {
      final TilePath path = TilePath.in(TilePath.ENTRIES, tree.size() / TilePath.WIDTH, size);
      final Optional<byte[]> bundle = source.tile(path);
      if (bundle.isEmpty()) {
        return false;
      }
      final byte[] entries = EntryBundle.entries(path, bundle.get());
      for (int i = (int) (tree.size() % TilePath.WIDTH); i < path.width(); i++) {
        final int at = i * HistoryEntry.BYTES;
        hash.leaf(entries, at, HistoryEntry.BYTES, leaf, 0);
        final byte[] entry = Arrays.copyOfRange(entries, at, at + HistoryEntry.BYTES);
        count(HistoryEntry.of(entry, tree.size() + 1), counted);
        tree.append(leaf, 0, NodeSink.NONE);
      }
    }
    counted.forEach((what, number) -> state.restricted.merge(what, number, Long::sum));
    return true;
  }

  private static void count(HistoryEntry entry, Map<String, Long> counted) {
    final Optional<Effect> effect = entry.effect();
    if (effect.isPresent()) {
      final long hour = entry.epochSeconds() / SECONDS_PER_HOUR;
      counted.merge(
          hour
              + " "
              + HexFormat.of().toHexDigits(entry.authority())
              + " "
              + entry.ground()
              // Files of before name no effect: then it is the colour.
              + (effect.get() == Effect.COLOUR ? "" : " " + effect.get().wireName()),
          1L,
          Long::sum);
    }
  }

  /** Reports what has passed the bound, and again what has doubled since. */
  private void report(List<Finding> found) throws IOException {
    long newest = 0;
    for (final Map.Entry<String, Long> each : state.restricted.entrySet()) {
      final String[] what = each.getKey().split(" ", -1);
      newest = Math.max(newest, Long.parseLong(what[0]));
      final long told = state.reported.getOrDefault(each.getKey(), 0L);
      if (each.getValue() > mostAnHour && each.getValue() >= 2 * told) {
        state.reported.put(each.getKey(), each.getValue());
        final Effect effect =
            what.length > EFFECT
                ? Effect.valueOf(what[EFFECT].toUpperCase(Locale.ROOT))
                : Effect.COLOUR;
        final String hour =
            Instant.ofEpochSecond(Long.parseLong(what[0]) * SECONDS_PER_HOUR).toString();
        found.add(
            new Finding(
                "mass-change",
                "authority "
                    + what[1]
                    + " made "
                    + each.getValue()
                    + " holders "
                    + effect.words()
                    + " on ground "
                    + what[2]
                    + " in the hour from "
                    + hour,
                Map.of(
                    "authority",
                    what[1],
                    "ground",
                    what[2],
                    "hour",
                    hour,
                    "effect",
                    effect.wireName(),
                    "holders",
                    each.getValue().toString()),
                false));
      }
    }
    final long oldest = newest - HOURS_KEPT;
    state.restricted.keySet().removeIf(what -> Long.parseLong(what.split(" ", -1)[0]) < oldest);
    state.reported.keySet().removeIf(what -> Long.parseLong(what.split(" ", -1)[0]) < oldest);
    state.write();
  }
}
