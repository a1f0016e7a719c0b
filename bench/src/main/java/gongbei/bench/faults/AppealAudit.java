package gongbei.bench.faults;

import gongbei.codec.transparency.EntryBlinding;
import gongbei.codec.transparency.HistoryEntry;
import gongbei.replication.command.Appeal;
import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.CommandKind;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.map.Subject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Holds the appeals that were acknowledged against the entries of a history: each is opened in it
 * once, by its holder; each that was decided ends in it once, at its version, with both who signed;
 * and no other appeal is opened or ends.
 */
final class AppealAudit {
  private final List<AppealLoad.Case> cases;
  private final Map<Long, AppealLoad.Case> ends = new HashMap<>();
  private final Set<Subject> opened = new HashSet<>();
  private final EntryBlinding blinding = new EntryBlinding();
  private int found;

  AppealAudit(List<AppealLoad.Case> cases) {
    this.cases = List.copyOf(cases);
    for (final AppealLoad.Case each : cases) {
      each.end().ifPresent(end -> ends.put(end.version(), each));
    }
  }

  /** Whether an entry is of an appeal, or of a change that grants one. */
  static boolean isOne(HistoryEntry entry) {
    return entry.kind() == CommandKind.APPEAL
        || (entry.kind() == CommandKind.SET_STATUS && entry.ground() == GroundTable.APPEAL);
  }

  /**
   * Looks at an entry of an appeal.
   *
   * @return what is wrong with it
   */
  Optional<String> entry(long version, HistoryEntry entry) {
    if (entry.outcome() != Outcome.APPLIED.code()) {
      // What was asked for once more, or too late: it changed nothing.
      return Optional.empty();
    }
    return entry.kind() == CommandKind.APPEAL && entry.ground() != GroundTable.APPEAL
        ? opening(version, entry)
        : end(version, entry);
  }

  private Optional<String> opening(long version, HistoryEntry entry) {
    for (final AppealLoad.Case each : cases) {
      if (blinding.of(each.holder().toBytes(), 0, version).isOf(entry)) {
        return opened.add(each.holder())
            ? Optional.empty()
            : Optional.of("version " + version + " opens an appeal that was opened before");
      }
    }
    return Optional.of("version " + version + " opens an appeal that nobody was told of");
  }

  private Optional<String> end(long version, HistoryEntry entry) {
    final AppealLoad.Case ended = ends.get(version);
    if (ended == null) {
      return Optional.of("version " + version + " ends an appeal, and nobody was told so");
    }
    final AppealLoad.End end = ended.end().orElseThrow();
    final int kind =
        end.state() == Appeal.State.GRANTED ? CommandKind.SET_STATUS : CommandKind.APPEAL;
    if (!blinding.of(ended.holder().toBytes(), 0, version).isOf(entry)) {
      return Optional.of("version " + version + " is of another holder than the appeal's");
    } else if (entry.kind() != kind) {
      return Optional.of("version " + version + " ends its appeal in another way than was told");
    } else if (entry.authority() != end.authority()
        || entry.secondAuthority() != end.secondAuthority()) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "version %d ends its appeal signed by %016x and %016x, not by %016x and %016x",
              version,
              entry.authority(),
              entry.secondAuthority(),
              end.authority(),
              end.secondAuthority()));
    }
    found++;
    return Optional.empty();
  }

  /** How many ends are there as they should be. */
  int found() {
    return found;
  }

  /**
   * What is missing of a history that begins with a version.
   *
   * @param whole whether it begins with the first
   */
  List<String> missing(long firstVersion, boolean whole) {
    final List<String> missing = new ArrayList<>();
    final long due = ends.keySet().stream().filter(version -> version >= firstVersion).count();
    if (found != due) {
      missing.add(due - found + " ends of appeals are not in it");
    }
    if (whole && opened.size() != cases.size()) {
      missing.add(cases.size() - opened.size() + " appeals are not opened in it");
    }
    return missing;
  }
}
