package gongbei.replication.machine;

import gongbei.replication.command.Appeal;
import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;

/**
 * Opens appeals and closes them, in the order that the log gives. One is opened against a change
 * once, by a holder who is not green, and is closed once: refused by a command of its own, or
 * granted by the change that corrects the colour. Deterministic: time is the log's. For the
 * applier's thread.
 */
final class AppealStateMachine {
  /** The first version of the protocol that has appeals. */
  static final int FIRST_PROTOCOL = 6;

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
   */
  Outcome put(Documents.Entry entry, long logMillis) {
    final Appeal asked = Appeal.of(entry.name(), entry.content()).orElse(null);
    if (asked == null || asked.decision().state() == Appeal.State.GRANTED) {
      return Outcome.INVALID;
    }
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
    if (documents.appeals().find(asked.version()).isPresent()
        || status.colour() == StatusRecord.GREEN) {
      return Outcome.SUPERSEDED;
    }
    final Appeal opened =
        asked.openedAt(logSeconds == 0 ? asked.term().openedEpochSeconds() : logSeconds);
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

  private void put(Documents.Entry entry, Appeal appeal) {
    map.addToDigest(
        documents.put(
            new Documents.Entry(
                entry.kind(), entry.name(), appeal.toBytes(), entry.revision(), entry.version())));
  }
}
