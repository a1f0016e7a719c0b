package gongbei.bench.faults;

import gongbei.codec.transparency.EntryBlinding;
import gongbei.codec.transparency.HistoryCheck;
import gongbei.codec.transparency.HistoryEntry;
import gongbei.codec.transparency.TileSource;
import gongbei.codec.transparency.TransparencyException;
import gongbei.codec.trust.IssuerKey;
import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.CommandKind;
import gongbei.replication.map.Subject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
  record Write(long version, Subject holder, int colour, long authority) {}

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
   * Walks the history that a node serves.
   *
   * @param key verifies its heads
   */
  void walk(TileSource history, IssuerKey key) throws IOException {
    try {
      HistoryCheck.check(history, key, this);
    } catch (TransparencyException e) {
      fault(e.reason().wireName() + ": " + e.getMessage());
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
    } else if (entry.colourAfter() != write.colour()) {
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
