package gongbei.verifier.node;

import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.TrustList;
import gongbei.codec.trust.TrustStore;
import gongbei.verifier.access.ApiKeys;
import gongbei.verifier.metrics.NodeMetrics;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.tcp.DeviceRegistry;
import gongbei.verifier.tls.ServerTls;
import gongbei.verifier.translate.TranslationTables;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads again what a node works by when it changes on disk. Devices are looked at more often than
 * the rest. Looking is for one thread; the figures are for any.
 */
final class NodeFiles {
  private static final Logger LOGGER = LoggerFactory.getLogger(NodeFiles.class);

  private final FileFollower files = new FileFollower();
  private final FileFollower deviceFile = new FileFollower();
  private final Set<String> skippedTold = new HashSet<>();

  /**
   * Follows the certificates of issuers, authorities and checkpoints.
   *
   * @param beforeTrust is given a trust list before it is in force
   */
  void followCertificates(NodeResources resources, Consumer<TrustList> beforeTrust) {
    followKeys("trust", "trust list", resources.trust(), beforeTrust);
    resources
        .authorities()
        .ifPresent(store -> followKeys("authorities", "list of authorities", store, list -> {}));
    resources
        .translation()
        .flatMap(TranslationSetup::lookups)
        .ifPresent(
            store ->
                followKeys("lookups", "list of checkpoints that may look up", store, list -> {}));
  }

  private void followKeys(
      String name, String what, TrustStore store, Consumer<TrustList> beforeForce) {
    tellSkipped(what, store);
    files.follow(
        new FollowedList(
            name,
            what,
            () -> {
              final boolean isAnother = store.reloadIfChanged(beforeForce);
              tellSkipped(what, store);
              return isAnother;
            },
            () -> store.current().size() + " keys",
            store::faults,
            store::passedOver));
  }

  /** A key of a published list that can't be used is told once. */
  private void tellSkipped(String what, TrustStore store) {
    for (final String skipped : store.skippedKeys()) {
      if (skippedTold.add(skipped)) {
        LOGGER.warn("Skipped in the {}: {}", what, skipped);
      }
    }
  }

  /** Follows the keys that codes are signed by. */
  void followSigningKeys(SigningKeys keys) {
    files.follow(
        new FollowedList(
            "signing-keys",
            "list of signing keys",
            keys::reloadIfChanged,
            () -> keys.all().size() + " keys",
            keys::faults,
            keys::passedOver));
  }

  /** Follows what claims of the other region become. */
  void followTranslations(TranslationTables tables) {
    files.follow(
        new FollowedList(
            "translation-table",
            "translation table",
            tables::reloadIfChanged,
            () -> tables.current().label(),
            List::of,
            List::of));
  }

  /** Follows the keys by which callers show who they are. */
  void followApiKeys(ApiKeys keys) {
    files.follow(
        new FollowedList(
            "api-keys",
            "list of API keys",
            keys::reloadIfChanged,
            () -> keys.size() + " keys",
            keys::faults,
            List::of));
  }

  /**
   * Follows the certificate of a server.
   *
   * @param server {@code http} or {@code tcp}
   * @param whenRead ends the connections of whoever is revoked by what was read
   */
  void followTls(String server, ServerTls tls, Runnable whenRead) {
    files.follow(
        new FollowedList(
            "tls-" + server,
            "TLS certificate of " + server,
            () -> {
              final boolean changed = tls.reloadIfChanged();
              if (changed) {
                whenRead.run();
              }
              return changed;
            },
            () -> "good until " + Instant.ofEpochSecond(tls.notAfterEpochSeconds()),
            tls::faults,
            tls::passedOver));
  }

  /** Follows a directory of rulesets. */
  void followRulesets(RulesetStore rulesets) {
    files.follow(
        new FollowedList(
            "rulesets",
            "list of rulesets",
            rulesets::reloadIfChanged,
            () -> rulesets.current().all().toString(),
            List::of,
            rulesets::passedOver));
  }

  /**
   * Follows the file of scanner devices.
   *
   * @param whenRead ends the connections of whoever is revoked by what was read
   */
  void followDevices(DeviceRegistry devices, Runnable whenRead) {
    deviceFile.follow(
        new FollowedList(
            "devices",
            "list of devices",
            () -> {
              final boolean changed = devices.reloadIfChanged();
              if (changed) {
                whenRead.run();
              }
              return changed;
            },
            () -> devices.size() + " devices",
            devices::faults,
            List::of));
  }

  /** Reads again what has changed on disk, but for devices; a fault is told once. */
  void look() {
    files.look();
  }

  /** Reads the file of devices again if it has changed. */
  void lookAtDevices() {
    deviceFile.look();
  }

  /** Shows how many files of each list are at fault. */
  void showIn(NodeMetrics metrics) {
    show(files, metrics);
    show(deviceFile, metrics);
  }

  private static void show(FileFollower follower, NodeMetrics metrics) {
    follower.names().forEach(name -> metrics.watchFiles(name, () -> follower.faultyFiles(name)));
  }
}
