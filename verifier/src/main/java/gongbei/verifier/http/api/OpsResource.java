package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.command.MintingSwitch;
import gongbei.replication.log.LogRole;
import gongbei.replication.log.LogStatus;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.metrics.NodeMetrics;
import gongbei.verifier.metrics.Readiness;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Verdict;
import gongbei.verifier.scan.ScanMetrics;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What the pages ask of a node: {@code GET /v1/ops}, its figures since it started, and {@code GET
 * /v1/region}, whose codes it makes. For any thread.
 */
public final class OpsResource {
  private static final int TRUST_VERSION_BYTES = 4;

  private final ApiContext<?> context;

  OpsResource(ApiContext<?> context) {
    this.context = context;
  }

  /** Which region this is, what time it is there, and where the other region's wallet is. */
  Response region() {
    final ObjectNode answer = JsonNodeFactory.instance.objectNode();
    final String own = context.format().issuer();
    answer.put("region", own).put("time", Instant.now().toString());
    context.otherWallet().ifPresent(wallet -> answer.put("otherWallet", wallet.toString()));
    return Response.json(200, answer);
  }

  /**
   * The figures, all of them counted from the start: who asks twice knows what happened between.
   */
  Response figures() {
    final NodeMetrics.Snapshot now = context.nodeMetrics().snapshot();
    final ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("region", now.region().wireName())
            .put("role", now.role().wireName())
            .put("uptimeSeconds", now.uptimeSeconds())
            .put("devices", now.devices());
    final MintingSwitch minting = context.log().documents().minting();
    final ObjectNode said =
        answer.putObject("minting").put("state", minting.isDegraded() ? "degraded" : "normal");
    if (minting.isDegraded()) {
      said.put("since", Instant.ofEpochSecond(minting.period().sinceEpochSeconds()).toString());
    }
    answer.set("scans", scans());
    answer
        .putObject("ring")
        .put("capacity", now.ringCapacity())
        .put("remaining", now.ringRemaining());
    final ObjectNode map =
        answer
            .putObject("map")
            .put("version", now.mapVersion())
            .put("subjects", now.subjects())
            .put("dataAgeMillis", now.dataAgeMillis());
    putDigest(map, now);
    answer.set("log", log(now.log()));
    final TrustList trust = context.trust().current();
    answer.putObject("trust").put("keys", trust.size()).put("version", version(trust));
    final ArrayNode rulesets = answer.putArray("rulesets");
    context
        .rulesets()
        .current()
        .all()
        .forEach(
            ruleset ->
                rulesets.addObject().put("name", ruleset.name()).put("version", ruleset.version()));
    return Response.json(200, answer);
  }

  /**
   * The figures of a node that answers scans. One that should take changes and does not, or whose
   * data is too old, is {@code scans-only}.
   */
  Response ready() {
    final NodeMetrics.Snapshot now = context.nodeMetrics().snapshot();
    final Readiness readiness = context.nodeMetrics().readiness();
    final Optional<String> changeFault = readiness.changeFault();
    final Optional<String> staleness = readiness.staleness();
    final boolean isReady =
        staleness.isEmpty() && (changeFault.isEmpty() || now.log().role() == LogRole.REPLICA);
    final ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("status", isReady ? "ready" : "scans-only")
            .put("role", now.role().wireName())
            .put("region", now.region().wireName())
            .put("version", now.mapVersion())
            .put("subjects", now.subjects())
            .put("dataAgeMillis", now.dataAgeMillis())
            .put("issuers", now.issuers())
            .put("signatureEngine", now.signatureEngine())
            .put("scans", now.scans())
            .put("shed", now.shed())
            .put("latencyP50Micros", now.latencyP50Nanos() / 1000)
            .put("latencyP99Micros", now.latencyP99Nanos() / 1000)
            .put("ringCapacity", now.ringCapacity())
            .put("ringRemaining", now.ringRemaining())
            .put("devices", now.devices())
            .put("uptimeSeconds", now.uptimeSeconds());
    answer
        .putObject("can")
        .put("scan", staleness.map(why -> "yes, as stale: " + why).orElse("yes"))
        .put("change", changeFault.map(why -> "no: " + why).orElse("yes"));
    putDigest(answer, now);
    answer.set("log", log(now.log()));
    final ArrayNode rulesets = answer.putArray("rulesets");
    context.rulesets().current().all().forEach(ruleset -> rulesets.add(ruleset.label()));
    return Response.json(200, answer);
  }

  /** Puts in the digest where a key is known to show it by. */
  private static void putDigest(ObjectNode answer, NodeMetrics.Snapshot now) {
    now.digest()
        .ifPresent(digest -> answer.put("digest", digest.hex()).put("digestKey", digest.keyId()));
  }

  /** How a log is doing, as {@code /health/ready} says it too. */
  static ObjectNode log(LogStatus log) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("role", log.role().wireName())
        .put("leader", log.leader())
        .put("term", log.term())
        .put("commitPosition", log.commitPosition())
        .put("appliedPosition", log.appliedPosition())
        .put("lagVersions", log.lagVersions())
        .put("lagMillis", log.lagMillis())
        .put("writing", log.isWriting())
        .put("history", log.history());
  }

  private ObjectNode scans() {
    final ScanMetrics metrics = context.scanMetrics();
    final ObjectNode scans =
        JsonNodeFactory.instance
            .objectNode()
            .put("total", metrics.total())
            .put("shed", metrics.shed());
    final ObjectNode verdicts = scans.putObject("verdicts");
    for (final Verdict verdict : Verdict.values()) {
      final ObjectNode reasons = verdicts.putObject(verdict.wireName());
      for (final Reason reason : Reason.values()) {
        final long count = metrics.count(verdict, reason);
        if (count > 0) {
          reasons.put(reason.wireName(), count);
        }
      }
    }
    final ArrayNode latencies = scans.putArray("latencies");
    metrics.forEachLatency((nanos, count) -> latencies.addArray().add(nanos).add(count));
    return scans;
  }

  /** Another one whenever the list has other keys: the start of a SHA-256 over all of them. */
  static String version(TrustList trust) {
    try {
      final MessageDigest digest = MessageDigest.getInstance("SHA-256");
      trust.keys().stream()
          .sorted(Comparator.comparing(IssuerKey::kidHex).thenComparing(IssuerKey::issuer))
          .map(
              key ->
                  String.join(
                      " ",
                      key.issuer(),
                      key.kidHex(),
                      Long.toString(key.notBeforeEpochSeconds()),
                      Long.toString(key.notAfterEpochSeconds())))
          .forEach(key -> digest.update((key + "\n").getBytes(StandardCharsets.US_ASCII)));
      return HexFormat.of().formatHex(Arrays.copyOf(digest.digest(), TRUST_VERSION_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
