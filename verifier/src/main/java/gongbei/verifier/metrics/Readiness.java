package gongbei.verifier.metrics;

import gongbei.replication.log.CommandLog;
import gongbei.replication.log.LogStatus;
import gongbei.verifier.rules.RulesetStore;
import java.util.Optional;

/** What a node can do at the moment: answer scans, take changes. For any thread. */
public final class Readiness {
  private final CommandLog log;
  private final RulesetStore rulesets;

  Readiness(CommandLog log, RulesetStore rulesets) {
    this.log = log;
    this.rulesets = rulesets;
  }

  /** Why the node answers no scan; empty where it answers them. */
  public Optional<String> scanFault() {
    if (log.isServing()) {
      return Optional.empty();
    }
    return Optional.of(
        log.status().isRenewing()
            ? "what it held is of another history than its cluster's, and it is taking the others'"
                + " state"
            : "the node's map is being rebuilt");
  }

  /** By which rules scans are answered as stale, and why; empty where by none. */
  public Optional<String> staleness() {
    final long ageMillis = log.dataAgeMillis();
    return rulesets.current().all().stream()
        .filter(ruleset -> ruleset.isStale(ageMillis))
        .findFirst()
        .map(
            ruleset ->
                "its data is "
                    + ageMillis
                    + " ms old, and "
                    + ruleset.label()
                    + " accepts "
                    + ruleset.staleAfterMillis());
  }

  /** Why the node takes no changes; empty where it takes them. */
  public Optional<String> changeFault() {
    final LogStatus status = log.status();
    if (!log.isServing()) {
      return scanFault();
    }
    return switch (status.role()) {
      case REPLICA -> Optional.of("a replica takes none: send them to a member");
      case FAILED ->
          log.failure()
              .map(why -> "it has failed: " + why)
              .or(() -> Optional.of("it has failed: see its log, and start it again"));
      case CANDIDATE ->
          Optional.of("it is cut off from a majority of members, or they elect a leader");
      default ->
          status.isWriting()
              ? staleness()
              : Optional.of("it has no session with the member that leads");
    };
  }
}
