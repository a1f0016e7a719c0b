package gongbei.verifier.scan;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.DegradedMinting;
import gongbei.codec.signature.CodeSignatures;
import gongbei.codec.signature.SignatureEngine;
import gongbei.codec.signature.Sm3;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustList;
import gongbei.codec.validity.CodeValidity;
import gongbei.codec.validity.ReserveFault;
import gongbei.codec.validity.ValidityFault;
import gongbei.replication.map.LookAhead;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.verifier.config.Limits;
import gongbei.verifier.rules.ForeignFinding;
import gongbei.verifier.rules.ForeignJudge;
import gongbei.verifier.rules.ForeignLaw;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Takes a batch of scans from text to verdict: decode, find the issuer's key, verify signatures
 * together, check times, look the holder up, apply the rules. This is the whole path of a scan, in
 * the order of precedence of {@link Reason}. Allocates nothing in steady state but what the
 * signature engine does. For one thread.
 */
public final class ScanEvaluator {
  private static final VarHandle SERIAL =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** How many members of a group are looked up together. */
  private static final int MEMBERS_TOGETHER = 64;

  private final Supplier<TrustList> trust;
  private final Supplier<ForeignLaw> foreign;
  private final CodeFormat ownFormat;
  private final Supplier<DegradedMinting> minting;
  private final ForeignJudge foreignJudge = new ForeignJudge();
  private final StatusMap statusMap;
  private final LongSupplier epochSeconds;
  private final LongSupplier dataAgeMillis;
  private final BooleanSupplier isServing;
  private final long clockSkewSeconds;
  private final HealthCode[] codes;
  private final CodeSignatures signatures;
  private final StatusRecord status = new StatusRecord();
  private final Groups groups;
  private final SeenCodes seenCodes;
  private final Sm3 sm3 = new Sm3();
  private final byte[] digest = new byte[Sm3.DIGEST_BYTES];
  private final LookAhead lookAhead;
  private final LookAhead memberLookAhead;
  private ForeignLaw foreignLaw;
  private DegradedMinting degraded;

  /** Makes an evaluator of its own state from what the context shares. */
  public ScanEvaluator(Context context) {
    trust = Objects.requireNonNull(context.trust, "trust");
    foreign = context.foreign;
    ownFormat = context.ownFormat;
    minting = context.minting;
    statusMap = context.statusMap;
    groups = context.groups.get();
    seenCodes = context.seenCodes;
    epochSeconds = context.epochSeconds;
    dataAgeMillis = context.dataAgeMillis;
    isServing = context.isServing;
    clockSkewSeconds = context.clockSkewSeconds;
    codes = new HealthCode[context.batchCapacity];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = new HealthCode();
    }
    signatures =
        new CodeSignatures(
            Objects.requireNonNull(context.engine, "engine").get(), context.batchCapacity);
    lookAhead = statusMap == null ? null : statusMap.lookAhead(context.batchCapacity);
    memberLookAhead = statusMap == null ? null : statusMap.lookAhead(MEMBERS_TOGETHER);
  }

  /** The most scans that one call of {@link #evaluate} takes. */
  public int batchCapacity() {
    return codes.length;
  }

  /** Gives every one of the first scans its verdict. */
  public void evaluate(Scan[] scans, int count) {
    final long now = epochSeconds.getAsLong();
    signatures.begin(trust.get());
    foreignLaw = foreign.get();
    degraded = minting.get();
    for (int i = 0; i < count; i++) {
      final Scan scan = scans[i];
      scan.open(codes[i]);
      if (decode(scan)) {
        findKey(scan);
      }
    }
    signatures.verify();
    if (lookAhead != null) {
      bringHoldersNear(scans, count);
    }
    for (int i = 0; i < count; i++) {
      final Scan scan = scans[i];
      if (!scan.isDecided() && checkSignature(scan)) {
        final long at = scan.atEpochSeconds() == Scan.NOW ? now : scan.atEpochSeconds();
        if (checkValidity(scan, at)) {
          judge(scan, at);
        }
      }
    }
  }

  private void bringHoldersNear(Scan[] scans, int count) {
    lookAhead.clear();
    for (int i = 0; i < count; i++) {
      final Scan scan = scans[i];
      if (!scan.isDecided()
          && scan.ruleset() != null
          && !scan.code().format().isForeign()
          && signatures.isOfFirstKey(scan.signatureIndex())) {
        lookAhead.add(scan.code().buffer(), scan.code().region().subjectOffset());
      }
    }
    lookAhead.fetch();
  }

  private static boolean decode(Scan scan) {
    if (scan.isOverlong()) {
      scan.decide(Reason.MALFORMED, "code", "is longer than 4296 characters");
      return false;
    }
    final HealthCode code = scan.code();
    if (code.wrap(scan.text(), 0, scan.length())) {
      return scan.ruleset() == null || isUnderstood(scan);
    }
    scan.decide(
        code.isUnsupported() ? Reason.UNSUPPORTED_FORMAT : Reason.MALFORMED,
        code.field(),
        code.explanation());
    return false;
  }

  /**
   * Whether rules can evaluate each value of a certificate: what they can't is malformed to them.
   */
  private static boolean isUnderstood(Scan scan) {
    final ForeignFinding finding = ForeignFinding.ofValues(scan.code().facts());
    if (finding == ForeignFinding.OK) {
      return true;
    }
    scan.decide(finding, finding.reason().verdict());
    return false;
  }

  private void findKey(Scan scan) {
    final int index = signatures.add(scan.code());
    if (index == CodeSignatures.NO_KID) {
      scan.decide(Reason.UNKNOWN_ISSUER, "kid", "names no key by 8 bytes");
    } else if (index == CodeSignatures.NO_KEY) {
      scan.decide(Reason.UNKNOWN_ISSUER, "kid", "names no key that is trusted for this format");
    } else {
      scan.signatureIndex(index);
    }
  }

  private boolean checkSignature(Scan scan) {
    final IssuerKey signer = signatures.signer(scan.signatureIndex());
    if (signer == null) {
      scan.decide(Reason.BAD_SIGNATURE, "signature", "is not the issuer's");
      return false;
    }
    scan.issuerKey(signer);
    if (!scan.code().format().isForeign() && scan.code().region().kind() == CodeKind.VENUE) {
      scan.decide(Reason.VENUE_CODE, "kind", "is venue: the holder's own code is due");
      return false;
    }
    return true;
  }

  private boolean checkValidity(Scan scan, long at) {
    final ValidityFault fault =
        CodeValidity.check(scan.code(), scan.issuerKey(), at, clockSkewSeconds);
    if (fault == ValidityFault.NONE) {
      return true;
    }
    scan.decide(Reason.of(fault), fault.field(), fault.explanation());
    return false;
  }

  private void judge(Scan scan, long at) {
    final Ruleset rules = scan.ruleset();
    if (rules == null) {
      scan.decide(Reason.OK);
      return;
    }
    final HealthCode code = scan.code();
    final long ageMillis = dataAgeMillis.getAsLong();
    scan.data(statusMap.version(), ageMillis, rules.isStale(ageMillis));
    if (code.format().isForeign()) {
      judgeForeign(scan, at);
      return;
    }
    final ReserveFault fault = ReserveFault.of(code, ownFormat, degraded, at);
    if (fault != ReserveFault.NONE) {
      scan.decide(Reason.RESERVE_NOT_IN_FORCE, fault.field(), fault.explanation());
      return;
    }
    if (code.region().kind() == CodeKind.GROUP) {
      judgeGroup(scan, rules, at, ageMillis);
      return;
    }
    final boolean isKnown = statusMap.get(code.buffer(), code.region().subjectOffset(), status);
    if (!isServing.getAsBoolean()) {
      scan.decide(Reason.BUSY);
      return;
    }
    if (!isKnown) {
      scan.decide(Reason.UNKNOWN_SUBJECT);
      return;
    }
    status.lapse(at);
    scan.found(status.colour());
    final Reason reason = judgeKnown(code, rules, at, ageMillis);
    if (code.region().kind() == CodeKind.RESERVE) {
      scan.decide(
          reason.compareTo(Reason.RESERVE_USED) > 0 && isUsed(code, at)
              ? Reason.RESERVE_USED
              : reason);
      return;
    }
    final boolean replayed = rules.replays() == Ruleset.Replays.HOLD && isReplayed(scan, at);
    scan.decide(replayed && reason.compareTo(Reason.REPLAYED) > 0 ? Reason.REPLAYED : reason);
  }

  private void judgeForeign(Scan scan, long at) {
    final ForeignFinding finding =
        foreignJudge.judge(scan.ruleset(), foreignLaw, scan.code(), scan.issuerKey(), at);
    if (finding == ForeignFinding.RULE) {
      scan.decide(foreignJudge.broken());
    } else {
      scan.decide(finding, scan.ruleset().verdict(finding));
    }
  }

  /** Whether a reserve code has passed here before: each does so once, whatever the rules say. */
  private boolean isUsed(HealthCode code, long at) {
    return seenCodes.isUsed(
        (long) SERIAL.get(code.buffer(), code.region().serialOffset()),
        code.cwt().expiresAtEpochSeconds(),
        at);
  }

  /** Codes on screens alone: paper is shown everywhere, and so is a group's code. */
  private boolean isReplayed(Scan scan, long at) {
    final HealthCode code = scan.code();
    return (code.region().kind() == CodeKind.PERSON || code.region().kind() == CodeKind.TRANSLATED)
        && seenCodes.isElsewhere(
            (long) SERIAL.get(code.buffer(), code.region().serialOffset()),
            scan.place(),
            code.cwt().expiresAtEpochSeconds(),
            at);
  }

  /** Judges whom the map knows, whose status has just been looked up. */
  private Reason judgeKnown(HealthCode code, Ruleset rules, long at, long ageMillis) {
    if (code.cwt().issuedAtEpochSeconds() < status.revokedBeforeEpochSeconds()
        || (status.flags() & StatusRecord.DECEASED) != 0) {
      return Reason.REVOKED;
    }
    return rules.judge(status, at, ageMillis);
  }

  /**
   * Judges each member as if they had shown a code of their own. The strictest verdict is the
   * group's.
   */
  private void judgeGroup(Scan scan, Ruleset rules, long at, long ageMillis) {
    final HealthCode code = scan.code();
    final byte[] members = groups.find(code.buffer(), code.region().subjectOffset());
    if (!isServing.getAsBoolean()) {
      scan.decide(Reason.BUSY);
      return;
    }
    if (members == null) {
      scan.decide(Reason.UNKNOWN_SUBJECT, "group", "is none that is known here");
      return;
    }
    if (members.length == 0) {
      scan.decide(Reason.REVOKED, "group", "is dissolved");
      return;
    }
    sm3.update(members, 0, members.length);
    sm3.digest(digest, 0);
    final int claimed = code.region().groupDigestOffset();
    if (!Arrays.equals(digest, 0, digest.length, code.buffer(), claimed, claimed + digest.length)) {
      scan.decide(Reason.REVOKED, "groupDigest", "is not that of the members as they are now");
      return;
    }
    final GroupFindings findings = scan.openGroup();
    int near = 0;
    for (int member = 0; member < members.length; member += Subject.BYTES) {
      if (member == near) {
        near = bringMembersNear(members, member);
      }
      if (statusMap.get(members, member, status)) {
        status.lapse(at);
        findings.add(status.colour(), judgeKnown(code, rules, at, ageMillis));
      } else {
        findings.add(Scan.COLOUR_UNKNOWN, Reason.UNKNOWN_SUBJECT);
      }
    }
    if (!isServing.getAsBoolean()) {
      scan.openGroup();
      scan.decide(Reason.BUSY);
      return;
    }
    if (findings.worstColour() != Scan.COLOUR_UNKNOWN) {
      scan.found(findings.worstColour());
    }
    scan.decide(findings.reason(), findings.verdict());
  }

  /** Brings the memory of the next members' lookups near and answers where they end. */
  private int bringMembersNear(byte[] members, int first) {
    final int end = Math.min(members.length, first + MEMBERS_TOGETHER * Subject.BYTES);
    memberLookAhead.clear();
    for (int member = first; member < end; member += Subject.BYTES) {
      memberLookAhead.add(members, member);
    }
    memberLookAhead.fetch();
    return end;
  }

  /** Where the members of groups are found, for one thread. */
  public interface Groups {
    /**
     * The members' subjects, one after the other; not to be changed.
     *
     * @param buffer holds the 16 bytes that a group's code has for its subject
     * @return of no bytes where the group is dissolved, null where there is none
     */
    byte[] find(byte[] buffer, int offset);
  }

  /** What evaluators share, one context for all the workers of a node. */
  public static final class Context {
    private Supplier<TrustList> trust;
    private Supplier<ForeignLaw> foreign = () -> ForeignLaw.NONE;
    private CodeFormat ownFormat = CodeFormat.GD1;
    private Supplier<DegradedMinting> minting = () -> DegradedMinting.NEVER;
    private Supplier<SignatureEngine> engine;
    private StatusMap statusMap;
    private Supplier<Groups> groups = () -> (buffer, offset) -> null;
    private SeenCodes seenCodes = new SeenCodes(Limits.MAX_SEEN_CODES);
    private LongSupplier epochSeconds = () -> Math.floorDiv(System.currentTimeMillis(), 1000L);
    private LongSupplier dataAgeMillis = () -> 0;
    private BooleanSupplier isServing = () -> true;
    private long clockSkewSeconds;
    private int batchCapacity = 64;

    /** Sets where the current trust list is read, once a batch. */
    public Context trust(Supplier<TrustList> source) {
      trust = source;
      return this;
    }

    /**
     * Sets where the entry rules of countries and the lists of revoked codes are read, once a
     * batch; default none.
     */
    public Context foreign(Supplier<ForeignLaw> source) {
      foreign = source;
      return this;
    }

    /**
     * Sets whose reserve codes count, and when.
     *
     * @param own the format of this region's codes; default {@code GD1}
     * @param degraded where it is read, once a batch, whether minting is degraded; default never
     */
    public Context minting(CodeFormat own, Supplier<DegradedMinting> degraded) {
      ownFormat = own;
      minting = degraded;
      return this;
    }

    /** Sets what makes each worker's signature engine. */
    public Context engine(Supplier<SignatureEngine> maker) {
      engine = maker;
      return this;
    }

    /** Sets the map of holders; may be left out where no scan has a ruleset. */
    public Context statusMap(StatusMap map) {
      statusMap = map;
      return this;
    }

    /** Sets what makes where each worker finds groups; default nowhere. */
    public Context groups(Supplier<Groups> maker) {
      groups = maker;
      return this;
    }

    /** Sets where codes that were shown are remembered. */
    public Context seenCodes(SeenCodes seen) {
      seenCodes = seen;
      return this;
    }

    /** Sets the clock, in seconds since 1970. */
    public Context epochSeconds(LongSupplier clock) {
      epochSeconds = clock;
      return this;
    }

    /** Sets what tells how old the map's data may be. */
    public Context dataAgeMillis(LongSupplier age) {
      dataAgeMillis = age;
      return this;
    }

    /** Sets what tells, after a lookup, whether the map may be answered from. */
    public Context isServing(BooleanSupplier serving) {
      isServing = serving;
      return this;
    }

    /** Sets how far ahead of this clock an issuer's may be; default 0. */
    public Context clockSkewSeconds(long seconds) {
      clockSkewSeconds = seconds;
      return this;
    }

    /** Sets the most scans evaluated together; default 64. */
    public Context batchCapacity(int scans) {
      batchCapacity = scans;
      return this;
    }
  }
}
