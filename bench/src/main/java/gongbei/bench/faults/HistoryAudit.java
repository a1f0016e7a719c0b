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
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Holds the writes and appeals that were acknowledged against the history that a node serves: the
 * tree and its signed head first, then each entry. Each write must stand in it once, at its
 * version, of its holder and colour, signed by who sent it, and no other change of a status may;
 * for appeals see {@link AppealAudit}.
 */
final class HistoryAudit implements HistoryCheck.EntrySink {
  private static final int MAX_FAULTS = 20;

  private final Map<Long, Write> expected = new HashMap<>();
  private final EntryBlinding blinding = new EntryBlinding();
  private final List<String> faults = new ArrayList<>();
  private final NavigableSet<Long> others = new TreeSet<>();
  private final long firstVersion;
  private final AppealAudit appeals;
  private int found;

  /**
   * A write that was acknowledged.
   *
   * @param version as it was acknowledged
   * @param authority the id of the key that signed it
   */
  record Write(long version, Subject holder, Colour colour, long authority) {
    /** The same, at a version. */
    Write at(long acknowledged) {
      return new Write(acknowledged, holder, colour, authority);
    }
  }

  /**
   * @param writes all that were acknowledged
   */
  HistoryAudit(List<Write> writes) {
    this(writes, List.of(), 1);
  }

  /**
   * @param writes all that were acknowledged from a version on
   * @param appeals the same of appeals
   * @param firstVersion that version: entries before it are of others, and not looked at
   */
  HistoryAudit(List<Write> writes, List<AppealLoad.Case> appeals, long firstVersion) {
    this.firstVersion = firstVersion;
    this.appeals = new AppealAudit(appeals);
    for (final Write write : writes) {
      if (expected.put(write.version(), write) != null) {
        fault("two writes were acknowledged with version " + write.version());
      }
    }
  }

  /**
   * What was acknowledged in a run that is over, and where it ended.
   *
   * @param version the last of all
   */
  record Acknowledged(List<Write> writes, List<AppealLoad.Case> appeals, long version) {}

  /**
   * What the histories of all nodes have told.
   *
   * @param wrong what is wrong
   * @param others the versions that are of no write
   */
  record Findings(List<String> wrong, Set<Long> others) {}

  /**
   * Walks the histories of all nodes, once their signed heads cover the last version. A node that
   * took a snapshot lacks what was before it, and must have all that came after; one member must
   * have all.
   *
   * @param events takes what was found, in a line for each node
   */
  static Findings ofAll(ClusterFixture bed, Acknowledged of, Consumer<String> events)
      throws IOException, InterruptedException {
    final List<Write> writes = of.writes();
    final long newest = of.version();
    final List<String> wrong = new ArrayList<>();
    Set<Long> others = Set.of();
    boolean hasWholeMember = false;
    for (final NodeProcess node : bed.all()) {
      final TileSource history = new ServedTiles(node.url(), NodeConnection.PLAIN);
      ClusterFixture.await(
          "a head of " + node.name() + " covers version " + newest,
          () -> sizeOf(history, bed.issuer) >= newest);
      final HistoryAudit audit = new HistoryAudit(writes, of.appeals(), 1);
      final long first = audit.walk(history, bed.issuer);
      final long due = writes.stream().filter(write -> write.version() >= first).count();
      if (audit.found != due) {
        audit.fault(due - audit.found + " writes from version " + first + " on are not in it");
      }
      audit.appeals.missing(first, first == 1).forEach(audit::fault);
      audit.faults.forEach(each -> wrong.add("the history of " + node.name() + ": " + each));
      final boolean isWhole =
          bed.members.contains(node) && first == 1 && audit.found == writes.size();
      hasWholeMember |= isWhole;
      others = isWhole ? audit.others : others;
      events.accept(
          "the history of "
              + node.name()
              + " begins with version "
              + first
              + " and has "
              + audit.found
              + " of "
              + writes.size()
              + " writes with their signers, "
              + audit.appeals.found()
              + " ends of appeals with both of theirs");
    }
    if (!hasWholeMember) {
      wrong.add("no member's history has every acknowledged write");
    }
    return new Findings(wrong, others);
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
    if (version < firstVersion) {
      return;
    }
    final Write write = expected.get(version);
    if (write == null && AppealAudit.isOne(entry)) {
      others.add(version);
      appeals.entry(version, entry).ifPresent(this::fault);
      return;
    }
    if (entry.kind() != CommandKind.SET_STATUS || entry.outcome() != Outcome.APPLIED.code()) {
      others.add(version);
      return;
    }
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
