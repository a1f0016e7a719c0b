package gongbei.verifier.offline;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.code.HealthCode;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.HolderStatus;
import gongbei.codec.model.TestResult;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.signature.CodeSignatures;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustList;
import gongbei.codec.validity.CodeValidity;
import gongbei.codec.validity.ReserveFault;
import gongbei.codec.validity.ValidityFault;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.rules.ForeignFinding;
import gongbei.verifier.rules.ForeignJudge;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.Verdict;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A checkpoint without a network, as in a vehicle: evaluates codes by a pack, counts what it
 * evaluated until somebody takes the counts, and says how old its pack is. A holder whom the filter
 * has is never refused for that: the server is to be asked. For one thread at a time.
 */
public final class OfflineCheckpoint {
  private final TrustList anchors;
  private final LongSupplier epochSeconds;
  private final HealthCode code = new HealthCode();
  private final CodeSignatures signatures = new CodeSignatures(new BouncyCastleEngine(), 1);
  private final ForeignJudge foreignJudge = new ForeignJudge();
  private final HolderStatus claimed = new Claimed();
  private final Map<Verdict, Long> counts = new EnumMap<>(Verdict.class);

  /** The serials of reserve codes that have passed here, each with the end of its code. */
  private final Map<Long, Long> usedReserves = new HashMap<>();

  private OfflinePack pack;
  private OfflinePack delta;

  /** What the code at hand claims of its holder. */
  private final class Claimed implements HolderStatus {
    @Override
    public int colour() {
      return code.region().colour().number();
    }

    @Override
    public int result() {
      return code.region().result().number();
    }

    @Override
    public int sampleEpochMinutes() {
      return code.region().result() == TestResult.NONE ? 0 : code.region().sampleEpochMinutes();
    }

    @Override
    public int doses() {
      return code.region().doses();
    }
  }

  /**
   * @param anchors the region's keys that packs must be signed by
   * @param epochSeconds the clock, in seconds since 1970
   */
  public OfflineCheckpoint(TrustList anchors, LongSupplier epochSeconds) {
    this.anchors = anchors;
    this.epochSeconds = epochSeconds;
  }

  /**
   * Takes a full pack, or a delta to the one that it has; an older one than it has is not taken.
   *
   * @throws PackException why it is not; what was there before stays
   */
  public synchronized void take(byte[] bytes) throws PackException {
    final OfflinePack read = OfflinePack.read(bytes, anchors, epochSeconds.getAsLong());
    if (!read.header().isDelta()) {
      if (pack != null && read.header().version() < version()) {
        throw new PackException(
            PackException.Reason.WRONG_BASE, "version", "is older than what is there");
      }
      pack = read;
      delta = null;
      return;
    }
    if (pack == null || read.header().baseVersion() != pack.header().version()) {
      throw new PackException(
          PackException.Reason.WRONG_BASE,
          "baseVersion",
          "is not the version of the pack that is there");
    }
    if (delta != null && read.header().version() < version()) {
      throw new PackException(
          PackException.Reason.WRONG_BASE, "version", "is older than what is there");
    }
    delta = read;
  }

  private OfflinePack newest() {
    return delta == null ? pack : delta;
  }

  /** The version of the map that is evaluated by, or 0 without a pack. */
  public synchronized long version() {
    return pack == null ? 0 : newest().header().version();
  }

  /** How old what is evaluated by is, in seconds. */
  public synchronized long packAgeSeconds() {
    return epochSeconds.getAsLong() - newest().header().madeAtEpochSeconds();
  }

  /**
   * Judges a code.
   *
   * @param checkpoint kind, or kind/place
   * @param text the code's text in ASCII
   * @throws PackException where there is no pack, it has expired, or it has no such checkpoint
   */
  public synchronized OfflineVerdict judge(String checkpoint, byte[] text) throws PackException {
    final long now = epochSeconds.getAsLong();
    if (pack == null) {
      throw new PackException(PackException.Reason.MALFORMED_PACK, "pack", "is missing");
    }
    if (newest().header().expiresAtEpochSeconds() <= now) {
      throw new PackException(PackException.Reason.EXPIRED_PACK, "expiresAt", "is past");
    }
    final Ruleset rules = newest().rulesets().find(checkpoint);
    if (rules == null) {
      throw new PackException(
          PackException.Reason.MALFORMED_PACK, "checkpoint", "is of no kind in the pack");
    }
    final OfflineVerdict verdict = judge(rules, text, now);
    counts.merge(verdict.verdict(), 1L, Long::sum);
    return verdict;
  }

  private OfflineVerdict judge(Ruleset rules, byte[] text, long now) {
    if (text.length > CodeLimits.MAX_TEXT_CHARACTERS) {
      return decided(Reason.MALFORMED);
    }
    if (!code.wrap(text, 0, text.length)) {
      return decided(code.isUnsupported() ? Reason.UNSUPPORTED_FORMAT : Reason.MALFORMED);
    }
    if (ForeignFinding.ofValues(code.facts()) != ForeignFinding.OK) {
      return decided(Reason.MALFORMED);
    }
    signatures.begin(newest().trust());
    final int index = signatures.add(code);
    if (index < 0) {
      return decided(Reason.UNKNOWN_ISSUER);
    }
    signatures.verify();
    final IssuerKey key = signatures.signer(index);
    if (key == null) {
      return decided(Reason.BAD_SIGNATURE);
    }
    if (!code.format().isForeign() && code.region().kind() == CodeKind.VENUE) {
      return decided(Reason.VENUE_CODE);
    }
    final ValidityFault fault = CodeValidity.check(code, key, now, ClientLimits.CLOCK_SKEW_SECONDS);
    if (fault != ValidityFault.NONE) {
      return decided(Reason.of(fault));
    }
    if (code.format().isForeign()) {
      final ForeignFinding foreign =
          foreignJudge.judge(rules, newest().rulesets().foreign(), code, key, now);
      return new OfflineVerdict(
          rules.verdict(foreign),
          foreign.reason(),
          false,
          packAgeSeconds(),
          Optional.ofNullable(foreignJudge.broken()));
    }
    if (ReserveFault.of(code, ownFormat(), newest().minting().minting(), now)
        != ReserveFault.NONE) {
      return decided(Reason.RESERVE_NOT_IN_FORCE);
    }
    if (code.region().kind() == CodeKind.GROUP) {
      return ask(Reason.STALE);
    }
    if (code.region().kind() == CodeKind.RESERVE && newest().minting().isOverAt(now)) {
      return ask(Reason.RESERVE_NOT_IN_FORCE);
    }
    if (pack.mayBeOtherThanGreen(holder(), delta)) {
      return ask(Reason.YELLOW);
    }
    final OfflineVerdict verdict = judgeClaims(rules, now);
    return code.region().kind() == CodeKind.RESERVE && verdict.verdict() == Verdict.PASS
        ? once(verdict, now)
        : verdict;
  }

  private CodeFormat ownFormat() {
    return CodeFormat.of(pack.header().region());
  }

  /** The verdict on a reserve code that would pass: it does so once. */
  private OfflineVerdict once(OfflineVerdict verdict, long now) {
    final long serial = ByteBuffer.wrap(code.buffer()).getLong(code.region().serialOffset());
    usedReserves.values().removeIf(expires -> expires <= now);
    if (usedReserves.containsKey(serial)) {
      return decided(Reason.RESERVE_USED);
    }
    if (usedReserves.size() >= ClientLimits.MAX_USED_RESERVES) {
      return ask(Reason.RESERVE_USED);
    }
    usedReserves.put(serial, code.cwt().expiresAtEpochSeconds());
    return verdict;
  }

  private long holder() {
    final ByteBuffer subject =
        ByteBuffer.wrap(code.buffer(), code.region().subjectOffset(), CodeLimits.SUBJECT_BYTES);
    return OfflinePack.holder(subject.getLong(), subject.getLong());
  }

  /** By the rules, of what the code itself claims; what paper does not say the server may know. */
  private OfflineVerdict judgeClaims(Ruleset rules, long now) {
    final Reason reason = rules.judge(claimed, now, 1000 * packAgeSeconds());
    if (reason == Reason.TEST_MISSING) {
      return ask(reason);
    }
    return new OfflineVerdict(
        reason.verdict(), reason, reason == Reason.STALE, packAgeSeconds(), Optional.empty());
  }

  private OfflineVerdict decided(Reason reason) {
    return new OfflineVerdict(reason.verdict(), reason, false, packAgeSeconds(), Optional.empty());
  }

  private OfflineVerdict ask(Reason reason) {
    return new OfflineVerdict(Verdict.HOLD, reason, true, packAgeSeconds(), Optional.empty());
  }

  /** How many codes got each verdict since the counts were last taken; they start anew. */
  public synchronized Map<Verdict, Long> takeCounts() {
    final Map<Verdict, Long> taken = new EnumMap<>(Verdict.class);
    taken.putAll(counts);
    counts.clear();
    return taken;
  }

  /** Puts counts back that could not be delivered. */
  public synchronized void putBack(Map<Verdict, Long> undelivered) {
    undelivered.forEach((verdict, count) -> counts.merge(verdict, count, Long::sum));
  }
}
