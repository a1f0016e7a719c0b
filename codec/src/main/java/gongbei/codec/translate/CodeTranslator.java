package gongbei.codec.translate;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.code.HealthCode;
import gongbei.codec.issue.CodeBatch;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.signature.CodeSignatures;
import gongbei.codec.signature.SignatureEngine;
import gongbei.codec.signature.Sm3;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SubjectSecret;
import gongbei.codec.trust.TrustList;
import gongbei.codec.validity.CodeValidity;
import gongbei.codec.validity.ValidityFault;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Makes codes of the other region into codes of this one, a batch at a time: decode, verify the
 * signatures together, check times and freshness, find the holder, map the claims, sign. Writes
 * nothing anywhere. For one thread.
 */
public final class CodeTranslator {
  private static final int SECONDS_PER_MINUTE = 60;

  private final Context context;
  private final HealthCode[] codes;
  private final IssuerKey[] keys;
  private final int[] entries;
  private final CodeSignatures signatures;
  private final Sm3 sm3 = new Sm3();
  private final CodeClaims[] claims;
  private final boolean[] links;
  private final TranslationTable[] tables;
  private final int[] places;
  private final SubjectSecret.Visitors visitors;
  private final SubjectSecret.Serials serials;
  private CodeBatch issued;

  /** What the region that translates knows of its holders. */
  public interface Holders {
    /**
     * This region's subject of a holder who has consented to a link.
     *
     * @param buffer holds the 16 bytes of the other region's subject
     * @return 16 bytes, or null where there is no link
     */
    byte[] linked(byte[] buffer, int offset);

    /**
     * When the newest code was issued that this region has translated for the holder, in seconds
     * since 1970; 0 where there is none. One that is older is not translated any more.
     */
    long newestSource(byte[] subject);
  }

  /** Makes a translator of its own state from what the context says. */
  public CodeTranslator(Context context) {
    this.context = context;
    codes = new HealthCode[context.batchCapacity];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = new HealthCode();
    }
    keys = new IssuerKey[codes.length];
    entries = new int[codes.length];
    signatures = new CodeSignatures(context.engine.get(), codes.length);
    claims = new CodeClaims[codes.length];
    links = new boolean[codes.length];
    tables = new TranslationTable[codes.length];
    places = new int[codes.length];
    visitors = context.secret.visitors();
    serials = context.secret.serials();
  }

  /** The most requests that one call of {@link #translate} takes. */
  public int batchCapacity() {
    return codes.length;
  }

  /**
   * Translates.
   *
   * @param requests up to {@link #batchCapacity}
   * @param signingKey a key of this region, to sign with
   * @param now seconds since 1970
   * @return what came of each, in their order
   */
  public Translation[] translate(
      List<TranslationRequest> requests, SigningKey signingKey, long now) {
    final Translation[] translations = new Translation[requests.size()];
    if (issued == null || !issued.key().equals(signingKey)) {
      issued = new CodeBatch(context.target, signingKey, codes.length);
    }
    issued.clear();
    signatures.begin(context.trust.get());
    for (int i = 0; i < translations.length; i++) {
      translations[i] = open(requests.get(i), i);
    }
    signatures.verify();
    for (int i = 0; i < translations.length; i++) {
      if (translations[i] == null) {
        keys[i] = signatures.signer(entries[i]);
        translations[i] =
            keys[i] == null
                ? fault(
                    requests.get(i),
                    TranslationFault.BAD_CODE_SIGNATURE,
                    "signature",
                    "is not the issuer's")
                : map(requests.get(i), i, now);
      }
    }
    issued.sign();
    for (int i = 0; i < translations.length; i++) {
      if (translations[i] == null) {
        translations[i] = finish(requests.get(i), i);
      }
    }
    return translations;
  }

  /** Decodes a code and puts its signature into the batch; answers its fault, or null. */
  private Translation open(TranslationRequest request, int index) {
    final HealthCode code = codes[index];
    if (request.code().length > CodeLimits.MAX_TEXT_CHARACTERS) {
      return fault(
          request,
          TranslationFault.MALFORMED_CODE,
          "code",
          "is longer than " + CodeLimits.MAX_TEXT_CHARACTERS + " characters");
    }
    if (!code.wrap(request.code(), 0, request.code().length)) {
      return fault(
          request,
          code.isUnsupported()
              ? TranslationFault.UNSUPPORTED_CODE
              : TranslationFault.MALFORMED_CODE,
          code.field(),
          code.explanation());
    }
    if (code.format().isForeign()) {
      return fault(
          request,
          TranslationFault.UNSUPPORTED_CODE,
          "prefix",
          "is of a format that no table translates");
    }
    if (code.region().kind() == CodeKind.RESERVE) {
      return fault(
          request,
          TranslationFault.UNSUPPORTED_CODE,
          "kind",
          "is reserve: such a code counts in its own region alone");
    }
    final String region = context.target.issuer();
    if (!region.equals(request.target())) {
      return fault(
          request,
          TranslationFault.WRONG_DIRECTION,
          "target",
          "is not " + region + ", whose codes are made here");
    }
    if (code.format() == context.target) {
      return fault(
          request, TranslationFault.OWN_REGION_CODE, "code", "is one of " + region + " already");
    }
    entries[index] = signatures.add(code);
    if (entries[index] == CodeSignatures.NO_KID) {
      return fault(request, TranslationFault.UNKNOWN_CODE_ISSUER, "kid", "names no key by 8 bytes");
    }
    if (entries[index] == CodeSignatures.NO_KEY) {
      return fault(
          request, TranslationFault.UNKNOWN_CODE_ISSUER, "kid", "names no key that is trusted");
    }
    return null;
  }

  /**
   * Maps a genuine code's claims and has them signed with the batch; answers its fault, or null.
   */
  private Translation map(TranslationRequest request, int index, long now) {
    final HealthCode code = codes[index];
    final TranslationTable table = context.table.get();
    final long issuedAt = code.cwt().issuedAtEpochSeconds();
    final ValidityFault validity =
        CodeValidity.check(code, keys[index], now, context.clockSkewSeconds);
    if (validity != ValidityFault.NONE) {
      return refuse(
          request, code, TranslationFault.of(validity), validity.field(), validity.explanation());
    }
    if (now - issuedAt > table.freshWithinSeconds()) {
      return refuse(
          request,
          code,
          TranslationFault.CODE_NOT_FRESH,
          "iat",
          "is more than " + table.freshWithinSeconds() + " seconds ago");
    }
    final byte[] linked = context.holders.linked(code.buffer(), code.region().subjectOffset());
    final byte[] subject =
        linked != null
            ? linked
            : visitors.subject(
                code.format().region().orElseThrow(), code.buffer(), code.region().subjectOffset());
    if (issuedAt < context.holders.newestSource(subject)) {
      return refuse(request, code, TranslationFault.CODE_NOT_FRESH, "iat", Translation.IS_OLDER);
    }
    if (!table.kinds().contains(code.region().kind())) {
      return refuse(
          request, code, TranslationFault.NOT_IN_TABLE, "kind", "has no entry in " + table.label());
    }
    final Colour colour = table.colour(code.region().colour());
    if (colour == null) {
      return refuse(
          request,
          code,
          TranslationFault.NOT_IN_TABLE,
          "colour",
          "has no entry in " + table.label());
    }
    if (linked == null && request.linkRequired()) {
      return refuse(
          request,
          code,
          TranslationFault.UNLINKED,
          "subject",
          "is linked to no one of this region");
    }
    claims[index] = claims(table, code, colour, subject, now);
    links[index] = linked != null;
    tables[index] = table;
    places[index] = issued.add(claims[index]);
    return null;
  }

  private Translation finish(TranslationRequest request, int index) {
    final int place = places[index];
    final byte[] digest = new byte[Sm3.DIGEST_BYTES];
    sm3.update(issued.texts(), issued.textOffset(place), issued.textLength(place));
    sm3.digest(digest, 0);
    return new Translation(
        null,
        null,
        null,
        source(codes[index]),
        digest(request.code()),
        digest,
        tables[index].label(),
        links[index],
        claims[index],
        issued.text(place));
  }

  private CodeClaims claims(
      TranslationTable table, HealthCode code, Colour colour, byte[] subject, long now) {
    final boolean tested = isTestTaken(table, code, now);
    // The colour is the source's alone: a code tells whoever presents it nothing that this region
    // knows. The map's colour counts at a checkpoint.
    return CodeClaims.of(CodeKind.TRANSLATED, subject)
        .colour(colour)
        .test(
            tested ? code.region().result() : TestResult.NONE,
            tested ? code.region().sampleEpochMinutes() : 0)
        .doses(Math.min(code.region().doses(), table.maxDoses()))
        .serial(serials.serial(code))
        .origin(code.format().issuer())
        .validity(now, Math.min(code.cwt().expiresAtEpochSeconds(), now + table.maxLifeSeconds()))
        .build();
  }

  /** A positive test always is; a negative one while it is valid, and not before its sample. */
  private static boolean isTestTaken(TranslationTable table, HealthCode code, long now) {
    if (code.region().result() != TestResult.NEGATIVE) {
      return code.region().result() == TestResult.POSITIVE;
    }
    final long ageMinutes = now / SECONDS_PER_MINUTE - code.region().sampleEpochMinutes();
    return ageMinutes >= -CodeLimits.SAMPLE_SKEW_MINUTES && ageMinutes <= table.testValidMinutes();
  }

  private Translation.Source source(HealthCode code) {
    final byte[] digest = new byte[Sm3.DIGEST_BYTES];
    sm3.update(code.cose().signed(), 0, code.cose().signedLength());
    sm3.digest(digest, 0);
    return new Translation.Source(
        code.format().region().orElseThrow(),
        code.cose().kid(),
        digest,
        code.cwt().issuedAtEpochSeconds());
  }

  private byte[] digest(byte[] text) {
    final byte[] digest = new byte[Sm3.DIGEST_BYTES];
    sm3.update(text, 0, text.length);
    sm3.digest(digest, 0);
    return digest;
  }

  private Translation fault(
      TranslationRequest request, TranslationFault fault, String field, String explanation) {
    return new Translation(
        fault, field, explanation, null, digest(request.code()), null, null, false, null, null);
  }

  private Translation refuse(
      TranslationRequest request,
      HealthCode code,
      TranslationFault fault,
      String field,
      String explanation) {
    return new Translation(
        fault,
        field,
        explanation,
        source(code),
        digest(request.code()),
        null,
        context.table.get().label(),
        false,
        null,
        null);
  }

  /** What a translator works with. */
  public static final class Context {
    private final CodeFormat target;
    private final SubjectSecret secret;
    private Supplier<TrustList> trust;
    private Supplier<SignatureEngine> engine;
    private Supplier<TranslationTable> table;
    private Holders holders;
    private long clockSkewSeconds;
    private int batchCapacity = CodeBatch.MAX_CAPACITY;

    /**
     * @param target the format of this region's codes, not {@code HC1}
     * @param secret this region's secret, by which visitors get their subjects
     */
    public Context(CodeFormat target, SubjectSecret secret) {
      this.target = Objects.requireNonNull(target, "target");
      this.secret = Objects.requireNonNull(secret, "secret");
      if (target.isForeign()) {
        throw new IllegalArgumentException("target is HC1, which no region makes");
      }
    }

    /** The format of the codes that are made. */
    public CodeFormat target() {
      return target;
    }

    /** Sets where the current trust list is read, once a batch. */
    public Context trust(Supplier<TrustList> source) {
      trust = source;
      return this;
    }

    /** Sets what makes the signature engine. */
    public Context engine(Supplier<SignatureEngine> maker) {
      engine = maker;
      return this;
    }

    /** Sets where the table in force is read, from the other region to this one. */
    public Context table(Supplier<TranslationTable> source) {
      table = source;
      return this;
    }

    /** Sets what is known of holders. */
    public Context holders(Holders known) {
      holders = known;
      return this;
    }

    /** Sets how far ahead of this clock an issuer's may be; default 0. */
    public Context clockSkewSeconds(long seconds) {
      clockSkewSeconds = seconds;
      return this;
    }

    /**
     * Sets the most codes translated together, up to {@link CodeBatch#MAX_CAPACITY}, the default.
     */
    public Context batchCapacity(int requests) {
      batchCapacity = requests;
      return this;
    }
  }
}
