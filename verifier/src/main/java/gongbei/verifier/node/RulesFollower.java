package gongbei.verifier.node;

import gongbei.replication.machine.Documents;
import gongbei.verifier.rules.RulesetStore;

/**
 * Puts the log's rulesets and rules of countries in force whenever they have changed, on a thread
 * of its own: neither the tables of a new trust list nor a set of revoked codes hold a rule up.
 */
final class RulesFollower implements AutoCloseable {
  private final FileFollower told = new FileFollower();
  private final Documents documents;
  private final RulesetStore store;
  private final ChangeThread thread;

  /** Begins to follow the log, and takes what it has now. */
  RulesFollower(Documents documents, RulesetStore store) {
    this.documents = documents;
    this.store = store;
    thread = new ChangeThread("gongbei-rules", this::take);
    documents.onRulesets(thread::changed);
    thread.changed();
  }

  private void take() {
    told.attempt(
        "list of rulesets of the log",
        () -> store.takeLogged(documents.rulesets()),
        () -> store.current().all().toString());
    told.attempt(
        "rules of countries of the log",
        () -> store.takeNational(documents.nationalRules()),
        () -> store.current().national().all().size() + " rules");
  }

  @Override
  public void close() {
    thread.close();
  }
}
