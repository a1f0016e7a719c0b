package gongbei.verifier.http.api;

import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.codec.trust.TrustStore;
import gongbei.replication.command.MintingSwitch;
import gongbei.replication.map.StatusMap;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.transport.ConditionalResponse;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.offline.MintingStatement;
import gongbei.verifier.pack.PackMaker;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.rules.Rulesets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * {@code POST /v1/packs} and {@code GET /v1/packs}: what checkpoints without a network judge by.
 * One is made at a time, for it reads the whole map. For any thread.
 */
public final class PackResource {
  private static final Set<String> FIELDS = Set.of("since", "lifeSeconds");
  private static final String BYTES = "application/octet-stream";

  private final CodeMint mint;
  private final StatusMap statusMap;
  private final TrustStore trust;
  private final RulesetStore rulesets;
  private final LongSupplier epochSeconds;
  private final ReentrantLock making = new ReentrantLock();
  private final ConditionalResponse answer = new ConditionalResponse();
  private final BooleanSupplier isServing;
  private final Supplier<MintingSwitch> minting;
  private final int mintingPackSeconds;
  private int maxHolders = Limits.MAX_PACK_HOLDERS;
  private volatile Latest latest;

  /** A pack and what it was made of. */
  private record Latest(
      byte[] pack,
      long mapVersion,
      TrustList trustList,
      Rulesets rulesets,
      MintingSwitch minting,
      long madeEpochSeconds) {}

  /**
   * What packs say besides who is not green.
   *
   * @param minting what the log says of minting
   * @param mintingPackSeconds for how long a pack's word counts that it is degraded
   */
  record Basis(
      TrustStore trust,
      RulesetStore rulesets,
      Supplier<MintingSwitch> minting,
      int mintingPackSeconds) {}

  /**
   * @param isServing tells, after the map was read, whether it may be answered from
   */
  PackResource(
      CodeMint mint,
      StatusMap statusMap,
      BooleanSupplier isServing,
      Basis basis,
      LongSupplier epochSeconds) {
    this.mint = mint;
    this.statusMap = statusMap;
    this.isServing = isServing;
    this.trust = basis.trust;
    this.rulesets = basis.rulesets;
    this.minting = basis.minting;
    this.mintingPackSeconds = basis.mintingPackSeconds;
    this.epochSeconds = epochSeconds;
  }

  /** What a pack says of minting that is made now. */
  private MintingStatement statement(MintingSwitch inLog, long now) {
    return new MintingStatement(inLog.period(), now + mintingPackSeconds);
  }

  /** Sets how many holders who are not green a full pack may have, for tests. */
  PackResource maxHolders(int most) {
    maxHolders = most;
    return this;
  }

  /**
   * The pack that was made last, for a day's use. Another is made where map, trust list or rulesets
   * have changed since, but no more often than once in {@link Limits#PACK_KEPT_SECONDS}, where a
   * quarter of its life is over, and at once where what the log says of minting has changed. While
   * minting is degraded none is kept for longer than that, since its word counts for a short time.
   */
  Response latest(Request question) {
    mint.require();
    Latest kept = latest;
    if (kept == null || !isGood(kept)) {
      if (making.tryLock()) {
        try {
          kept = latest;
          if (kept == null || !isGood(kept)) {
            kept = makeLatest();
            latest = kept;
          }
        } finally {
          making.unlock();
        }
      } else if (kept == null || isOld(kept)) {
        throw Problem.busy("the pack is being made");
      }
    }
    return answer.answer(question, kept, each -> Response.of(BYTES, each.pack()));
  }

  private boolean isGood(Latest kept) {
    final boolean isSame =
        kept.mapVersion() == statusMap.version()
            && kept.trustList() == trust.current()
            && kept.rulesets() == rulesets.current();
    final MintingSwitch inLog = minting.get();
    return inLog.equals(kept.minting())
        && ((isSame && !inLog.isDegraded()) || age(kept) < Limits.PACK_KEPT_SECONDS)
        && !isOld(kept);
  }

  private boolean isOld(Latest kept) {
    return age(kept) >= Limits.DEFAULT_PACK_SECONDS / 4;
  }

  private long age(Latest kept) {
    return epochSeconds.getAsLong() - kept.madeEpochSeconds();
  }

  /** Refuses to make a pack of more revoked codes than one may hold. */
  private static void requireRoom(Rulesets inForce) {
    if (inForce.revoked().listBytes() > ClientLimits.MAX_PACK_REVOCATION_BYTES) {
      throw Problem.of(
          503,
          "pack-too-large",
          "the lists of revoked foreign codes are of over "
              + ClientLimits.MAX_PACK_REVOCATION_BYTES
              + " bytes");
    }
  }

  private Latest makeLatest() {
    final long now = epochSeconds.getAsLong();
    final SigningKey key = mint.key(now);
    final long version = statusMap.version();
    final TrustList list = trust.current();
    final Rulesets inForce = rulesets.current();
    final MintingSwitch inLog = minting.get();
    requireRoom(inForce);
    final byte[] pack =
        new PackMaker(statusMap, list, inForce, statement(inLog, now))
            .full(new PackMaker.Terms(key, now, Limits.DEFAULT_PACK_SECONDS), maxHolders)
            .orElseThrow(
                () ->
                    Problem.of(
                        503,
                        "pack-too-large",
                        "too many holders are not green for a full pack at the moment"));
    if (!isServing.getAsBoolean()) {
      throw Problem.rebuilding();
    }
    return new Latest(pack, version, list, inForce, inLog, now);
  }

  Response make(Request question) {
    final JsonBody body = JsonBody.read(question, FIELDS);
    if (!body.has("lifeSeconds")) {
      throw body.ofField("lifeSeconds", "is missing");
    }
    final int lifeSeconds =
        body.number("lifeSeconds", 1, Limits.MAX_PACK_SECONDS, Limits.MAX_PACK_SECONDS);
    final long since = body.has("since") ? body.wholeNumber("since", 1) : 0;
    if (since > statusMap.version()) {
      throw Problem.unprocessable(
          "unknown-version", "since", "is a version that does not exist yet");
    }
    mint.require();
    requireRoom(rulesets.current());
    final long now = epochSeconds.getAsLong();
    final SigningKey key = mint.key(now);
    if (!making.tryLock()) {
      throw Problem.busy("another pack is being made");
    }
    final PackMaker maker =
        new PackMaker(
            statusMap, trust.current(), rulesets.current(), statement(minting.get(), now));
    final PackMaker.Terms terms = new PackMaker.Terms(key, now, lifeSeconds);
    final Optional<byte[]> pack;
    try {
      pack = since == 0 ? maker.full(terms, maxHolders) : maker.delta(since, terms);
    } finally {
      making.unlock();
    }
    if (pack.isEmpty()) {
      throw since == 0
          ? Problem.unprocessable(
              "pack-too-large",
              "since",
              "is missing, and too many holders are not green for a full pack")
          : Problem.unprocessable(
              "delta-too-large", "since", "is too old for a delta: fetch a full pack");
    }
    if (!isServing.getAsBoolean()) {
      throw Problem.rebuilding();
    }
    return Response.of(BYTES, pack.get());
  }
}
