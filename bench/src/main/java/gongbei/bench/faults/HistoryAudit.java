package gongbei.bench.faults;

import gongbei.bench.setup.NodeProcess;
import gongbei.codec.model.Colour;
import gongbei.codec.transparency.EntryBlinding;
import gongbei.codec.transparency.HistoryCheck;
import gongbei.codec.transparency.HistoryEntry;
import gongbei.codec.transparency.TileSource;
import gongbei.codec.transparency.TransparencyException;
import gongbei.codec.trust.IssuerKey;
import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.CommandKind;
import gongbei.replication.map.Subject;
import gongbei.verifier.cli.history.ServedTiles;
import gongbei.verifier.client.NodeConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Holds the writes that were acknowledged against the history that a node serves: the tree and its
 * signed head first, then each entry. Each write must stand in it once, at its version, of its
 * holder and colour, signed by who sent it, and no other change of a status may.
 */
final class HistoryAudit implements HistoryCheck.EntrySink {
  private static final int MAX_FAULTS = 20;

  private final Map<Long, Write> expected = new HashMap<>();
  private final EntryBlinding blinding = new EntryBlinding();
  private final List<String> faults = new ArrayList<>();
  private int found;

  /**
   * A write that was acknowledged.
   *
   * @param version as it was acknowledged
   * @param colour its number
   * @param authority the id of the key that signed it
   */
  record Write(long version, Subject holder, Colour colour, long authority) {}

  /**
   * @param writes all that were acknowledged
   */
  HistoryAudit(List<Write> writes) {
    for (final Write write : writes) {
      if (expected.put(write.version(), write) != null) {
        fault("two writes were acknowledged with version " + write.version());
      }
    }
  }

  /**
   * Walks the histories of all nodes, once their signed heads cover the last write. A node that
   * took a snapshot lacks what was before it, and must have all that came after; one member must
   * have all.
   *
   * @param writes all that were acknowledged
   * @param events takes what was found, in a line for each node
   * @return what is wrong
   */
  static List<String> ofAll(ClusterFixture bed, List<Write> writes, Consumer<String> events)
      throws IOException, InterruptedException {
    final long newest = writes.stream().mapToLong(Write::version).max().orElse(0);
    final List<String> wrong = new ArrayList<>();
    boolean hasWholeMember = false;
    for (final NodeProcess node : bed.all()) {
      final TileSource history = new ServedTiles(node.url(), NodeConnection.PLAIN);
      ClusterFixture.await(
          "a head of " + node.name() + " covers version " + newest,
          () -> sizeOf(history, bed.issuer) >= newest);
      final HistoryAudit audit = new HistoryAudit(writes);
      final long first = audit.walk(history, bed.issuer);
      final long due = writes.stream().filter(write -> write.version() >= first).count();
      if (audit.found != due) {
        audit.fault(due - audit.found + " writes from version " + first + " on are not in it");
      }
      audit.faults.forEach(each -> wrong.add("the history of " + node.name() + ": " + each));
      hasWholeMember |= bed.members.contains(node) && audit.found == writes.size();
      events.accept(
          "the history of "
              + node.name()
              + " begins with version "
              + first
              + " and has "
              + audit.found
              + " of "
              + writes.size()
              + " writes with their signers");
    }
    if (!hasWholeMember) {
      wrong.add("no member's history has every acknowledged write");
    }
    return wrong;
  }

  static long sizeOf(TileSource history, IssuerKey key) {
    try {
      return HistoryCheck.head(history, List.of(key)).head().size();
    } catch (TransparencyException | IOException e) {
      return -1;
    }
  }

  /** Walks a history; the version of the first entry that is there. */
  long walk(TileSource history, IssuerKey key) throws IOException {
    try {
      return HistoryCheck.check(history, List.of(key), this).firstVersion();
    } catch (TransparencyException e) {
      fault(e.reason().wireName() + ": " + e.getMessage());
      return 0;
    }
  }

  @Override
  public void entry(long version, HistoryEntry entry) {
    if (entry.kind() != CommandKind.SET_STATUS || entry.outcome() != Outcome.APPLIED.code()) {
      return;
    }
    final Write write = expected.get(version);
    if (write == null) {
      fault("version " + version + " is a change that nobody was told of");
    } else if (!blinding.of(write.holder().toBytes(), 0, version).isOf(entry)) {
      fault("version " + version + " is of another holder");
    } else if (entry.authority() != write.authority()) {
      fault(
          String.format(
              Locale.ROOT,
              "version %d is signed by %016x, and %016x sent it",
              version,
              entry.authority(),
              write.authority()));
    } else if (entry.colourAfter() != write.colour().number()) {
      fault("version " + version + " has another colour than was written");
    } else if (entry.ground() == 0) {
      fault("version " + version + " has no ground");
    } else {
      found++;
    }
  }

  private void fault(String what) {
    if (faults.size() < MAX_FAULTS) {
      faults.add(what);
    }
  }

  /** How many of the writes stand in the history as they should. */
  int found() {
    return found;
  }

  /** What is wrong with what is there; a history may begin late, and lack what was before. */
  List<String> faults() {
    return faults;
  }
}
