package gongbei.verifier.http;

import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustStore;
import gongbei.replication.status.StatusMap;
import gongbei.verifier.config.Limits;
import gongbei.verifier.offline.PackMaker;
import gongbei.verifier.rules.RulesetStore;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * {@code POST /v1/packs}: what checkpoints without a network judge by. One is made at a time, for
 * it reads the whole map. For any thread.
 */
final class PackResource {
  private static final Set<String> FIELDS = Set.of("since", "lifeSeconds");
  private static final String BYTES = "application/octet-stream";

  private final CodeMint mint;
  private final StatusMap statusMap;
  private final BooleanSupplier isServing;
  private final TrustStore trust;
  private final RulesetStore rulesets;
  private final RequestSignature signature;
  private final LongSupplier epochSeconds;
  private final ReentrantLock making = new ReentrantLock();

  /**
   * @param isServing tells, after the map was read, whether it may be answered from
   * @param signature checks that the checkpoint may have it
   */
  PackResource(
      CodeMint mint,
      StatusMap statusMap,
      BooleanSupplier isServing,
      TrustStore trust,
      RulesetStore rulesets,
      RequestSignature signature,
      LongSupplier epochSeconds) {
    this.mint = mint;
    this.statusMap = statusMap;
    this.isServing = isServing;
    this.trust = trust;
    this.rulesets = rulesets;
    this.signature = signature;
    this.epochSeconds = epochSeconds;
  }

  HttpAnswer make(HttpQuestion question) {
    signature.require(question);
    final JsonBody body = JsonBody.read(question, FIELDS);
    if (!body.has("lifeSeconds")) {
      throw body.ofField("lifeSeconds", "is missing");
    }
    final int lifeSeconds =
        body.number("lifeSeconds", 1, Limits.MAX_PACK_SECONDS, Limits.MAX_PACK_SECONDS);
    final long since = body.has("since") ? body.wholeNumber("since", 1) : 0;
    if (since > statusMap.version()) {
      throw Problem.unprocessable("unknown-version", "since", "is a version that is yet to come");
    }
    mint.require();
    final long now = epochSeconds.getAsLong();
    final SigningKey key = mint.key(now);
    if (!making.tryLock()) {
      throw Problem.busy("another pack is being made");
    }
    final byte[] pack;
    try {
      pack =
          since == 0
              ? PackMaker.full(
                  statusMap, trust.current(), rulesets.current().all(), key, now, lifeSeconds)
              : PackMaker.delta(
                  statusMap,
                  since,
                  trust.current(),
                  rulesets.current().all(),
                  key,
                  now,
                  lifeSeconds);
    } finally {
      making.unlock();
    }
    if (pack == null && since == 0) {
      throw Problem.unprocessable(
          "pack-too-large", "since", "is missing, and too many are not green for a full pack");
    }
    if (pack == null) {
      throw Problem.unprocessable(
          "delta-too-large", "since", "is too long ago for a delta: take a full pack");
    }
    if (!isServing.getAsBoolean()) {
      throw Problem.busy("the node's map is being made anew; ask another");
    }
    return HttpAnswer.of(BYTES, pack);
  }
}
