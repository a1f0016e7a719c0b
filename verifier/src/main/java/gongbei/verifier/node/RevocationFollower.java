package gongbei.verifier.node;

import gongbei.replication.machine.Documents;
import gongbei.verifier.revocation.RevocationException;
import gongbei.verifier.revocation.RevocationSet;
import gongbei.verifier.rules.RulesetStore;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the log's lists of revoked foreign codes in force whenever they have changed, on a thread of
 * its own: what changes while a set is put together comes into the next one, together.
 */
final class RevocationFollower implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(RevocationFollower.class);

  private final Documents documents;
  private final RulesetStore store;
  private final AtomicBoolean isDue = new AtomicBoolean();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            final Thread made = new Thread(task, "gongbei-revocations");
            made.setDaemon(true);
            return made;
          });
  private String told = "";

  /** Begins to follow the log, and takes what it has now. */
  RevocationFollower(Documents documents, RulesetStore store) {
    this.documents = documents;
    this.store = store;
    documents.onRevocations(this::changed);
    try {
      thread.submit(this::take).get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private void changed() {
    if (isDue.compareAndSet(false, true)) {
      try {
        thread.execute(this::take);
      } catch (RejectedExecutionException e) {
        LOGGER.debug("The node stops: {}", e.toString());
      }
    }
  }

  private void take() {
    isDue.set(false);
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
    thread.shutdown();
  }
}
