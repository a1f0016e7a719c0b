package gongbei.verifier.node;

import gongbei.replication.machine.Documents;
import gongbei.verifier.revocation.RevocationException;
import gongbei.verifier.revocation.RevocationSet;
import gongbei.verifier.rules.RulesetStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the log's lists of revoked foreign codes in force whenever they have changed, on a thread of
 * its own: to put a set together may take long.
 */
final class RevocationFollower implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(RevocationFollower.class);

  private final Documents documents;
  private final RulesetStore store;
  private final ChangeThread thread;
  private String told = "";

  /** Begins to follow the log, and takes what it has now. */
  RevocationFollower(Documents documents, RulesetStore store) {
    this.documents = documents;
    this.store = store;
    thread = new ChangeThread("gongbei-revocations", this::take);
    documents.onRevocations(thread::changed);
    thread.changed();
  }

  private void take() {
    try {
      if (store.takeRevoked(documents.revocations())) {
        final RevocationSet revoked = store.current().revoked();
        LOGGER.info(
            "Revoked foreign codes in force: {} hashes in {} lists",
            revoked.size(),
            revoked.lists().size());
      }
      told = "";
    } catch (RevocationException e) {
      if (!told.equals(e.getMessage())) {
        told = e.getMessage();
        LOGGER.error(
            "Lists of revoked foreign codes of the log can't be used, those before stay: {}", told);
      }
    }
  }

  @Override
  public void close() {
    thread.close();
  }
}
