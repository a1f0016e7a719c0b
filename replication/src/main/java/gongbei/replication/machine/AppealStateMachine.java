package gongbei.replication.machine;

import gongbei.replication.command.Appeal;
import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.CommandKind;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import java.util.Optional;

/**
 * Opens appeals and closes them, in the order that the log gives. One is opened against a change
 * once, by a holder who is not green, and is closed once: refused by a command of its own, or
 * granted by the change that corrects the colour. Deterministic: time is the log's. For the
 * applier's thread.
 */
final class AppealStateMachine {
  private static final int SECONDS_PER_MINUTE = 60;

  private static final byte[] NOTHING = {};

  private final StatusMap map;
  private final Documents documents;
  private final StatusRecord status = new StatusRecord();

  AppealStateMachine(StatusMap map, Documents documents) {
    this.map = map;
    this.documents = documents;
  }

  /**
   * Opens or refuses the appeal that a command puts.
   *
   * @param logMillis the log's time, since 1970; 0 where it is not known, and then that of the
   *     command counts
   * @param told whose history tells of it: the holder's, so that they find it there
   */
  Outcome put(Documents.Entry entry, long logMillis, HistoryChange told) {
    final Appeal asked = Appeal.of(entry.name(), entry.content()).orElse(null);
    if (asked == null || asked.decision().state() == Appeal.State.GRANTED) {
      return Outcome.INVALID;
    }
    asked.subject().write(told.subject(), 0);
    return asked.isOpen()
        ? open(entry, asked, logMillis / 1_000)
        : refuse(entry, asked, logMillis / 1_000);
  }

  private Outcome open(Documents.Entry entry, Appeal asked, long logSeconds) {
    if (!map.get(asked.subject(), status)) {
      return Outcome.UNKNOWN_SUBJECT;
    }
    if (asked.version() > status.version()) {
      return Outcome.INVALID;
    }
    final Appeal opened =
        asked.openedAt(logSeconds == 0 ? asked.term().openedEpochSeconds() : logSeconds);
    if (documents.appeals().find(asked.version()).isPresent()
        || status.colourAt(opened.term().openedEpochSeconds() / SECONDS_PER_MINUTE)
            == StatusRecord.GREEN) {
      return Outcome.SUPERSEDED;
    }
    map.addToDigest(documents.forgetAppeals(opened.term().openedEpochSeconds()));
    if (documents.appeals().size() >= AppealBook.MAX_APPEALS || !documents.hasRoomFor(entry)) {
      return Outcome.MAP_FULL;
    }
    put(entry, opened);
    return Outcome.APPLIED;
  }

  private Outcome refuse(Documents.Entry entry, Appeal asked, long logSeconds) {
    final Appeal standing = documents.appeals().find(asked.version()).orElse(null);
    if (standing == null || !standing.subject().equals(asked.subject())) {
      return Outcome.UNKNOWN_SUBJECT;
    }
    if (!standing.isOpen()) {
      return Outcome.SUPERSEDED;
    }
    final Appeal.Decision by = asked.decision();
    put(
        entry,
        standing.decided(
            new Appeal.Decision(
                by.state(),
                by.refusal(),
                by.authority(),
                logSeconds == 0 ? by.epochSeconds() : logSeconds,
                entry.version())));
    return Outcome.APPLIED;
  }

  /** A sink that closes the appeals that a change of status grants, before another receives it. */
  HistorySink before(HistorySink sink) {
    return new HistorySink() {
      @Override
      public void begin(long version, byte[] frontier) {
        sink.begin(version, frontier);
      }

      @Override
      public void onVersion(HistoryChange change) {
        grant(change);
        sink.onVersion(change);
      }

      @Override
      public byte[] frontier() {
        return sink.frontier();
      }
    };
  }

  /**
   * Grants the open appeals of the holder whose status was changed on one of the grounds that put
   * something right, where their colour is better for it.
   */
  private void grant(HistoryChange change) {
    if (change.kind() != CommandKind.SET_STATUS
        || change.outcome() != Outcome.APPLIED
        || (change.ground() != GroundTable.APPEAL && change.ground() != GroundTable.CORRECTION)
        || !isBetter(change)) {
      return;
    }
    final Subject subject = Subject.of(change.subject(), 0);
    for (final Appeal each : documents.appeals().of(subject)) {
      if (each.isOpen()) {
        put(
            new Documents.Entry(
                CommandKind.APPEAL, Appeal.nameOf(each.version()), NOTHING, 0, change.version()),
            each.decided(
                new Appeal.Decision(
                    Appeal.State.GRANTED,
                    Optional.empty(),
                    change.authority(),
                    change.logEpochSeconds(),
                    change.version())));
      }
    }
  }

  private static boolean isBetter(HistoryChange change) {
    return change.after().colour() == StatusRecord.GREEN
        || change.after().colour() < change.before().colour();
  }

  private void put(Documents.Entry entry, Appeal appeal) {
    map.addToDigest(
        documents.put(
            new Documents.Entry(
                entry.kind(), entry.name(), appeal.toBytes(), entry.revision(), entry.version())));
  }
}
