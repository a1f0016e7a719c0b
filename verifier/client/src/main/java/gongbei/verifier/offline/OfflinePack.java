package gongbei.verifier.offline;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.model.DegradedMinting;
import gongbei.codec.model.Region;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.signature.CodeSigner;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.IssuerKeyJson;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustAuthority;
import gongbei.codec.trust.TrustException;
import gongbei.codec.trust.TrustList;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.national.NationalDocument;
import gongbei.verifier.national.NationalDocuments;
import gongbei.verifier.national.NationalRuleException;
import gongbei.verifier.national.NationalRules;
import gongbei.verifier.offline.PackException.Reason;
import gongbei.verifier.revocation.RevocationSet;
import gongbei.verifier.rules.ForeignLaw;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetException;
import gongbei.verifier.rules.RulesetJson;
import gongbei.verifier.rules.RulesetReader;
import gongbei.verifier.rules.Rulesets;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.fastfilter.xor.Xor8;

/**
 * What a checkpoint without a network evaluates by: whom to trust, the rules, and a filter of all
 * holders who are not green. A full pack has the filter; a delta has who is no longer green, and
 * who is green again, since a full one. Signed by its region; checked before anything in it is
 * believed. Immutable, for any thread.
 *
 * <pre>
 * "GONGBEI2"   header: uint32 length, JSON   filter: uint32 length, Xor8
 * not green: uint32 count, int64 each, ascending   green again: the same
 * revoked: uint32 length, documents   signature: 64 bytes
 * a document: uint8 length, name   uint16 length, content
 * </pre>
 *
 * (Numbers are big-endian.) A holder is in it as 8 of their subject's 16 bytes. A pack without
 * revoked foreign codes begins "GONGBEI1", as before there were any, and lacks that part.
 */
public final class OfflinePack {
  private static final byte[] MAGIC = "GONGBEI2".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MAGIC_WITHOUT_REVOKED =
      "GONGBEI1".getBytes(StandardCharsets.US_ASCII);
  private static final int SIGNATURE_BYTES = 64;
  private static final int MAX_HEADER_BYTES = 8 << 20;
  private static final ObjectReader JSON =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .build()
          .reader();

  private final Header header;
  private final TrustList trust;
  private final Rulesets rulesets;
  private final MintingStatement minting;
  private final Xor8 filter;
  private final long[] notGreen;
  private final long[] greenAgain;
  private final int bytes;

  /**
   * What a pack says of itself.
   *
   * @param region whose it is
   * @param version the status map's when it was made
   * @param baseVersion of a delta the version of the full pack that it goes with; else 0
   * @param madeAtEpochSeconds when it was made
   * @param expiresAtEpochSeconds from when on it is not to be used
   * @param residents how many holders the map had
   * @param notGreen how many of them are in the filter or, of a delta, in its list
   */
  public record Header(
      Region region,
      long version,
      long baseVersion,
      long madeAtEpochSeconds,
      long expiresAtEpochSeconds,
      long residents,
      int notGreen) {
    /** Whether it goes with a full pack. */
    public boolean isDelta() {
      return baseVersion > 0;
    }
  }

  private OfflinePack(Header header, Contents contents, int bytes) {
    this.header = header;
    this.trust = contents.trusted();
    this.rulesets = contents.rulesets();
    this.minting = contents.minting();
    this.filter = contents.filter();
    this.notGreen = contents.notGreen();
    this.greenAgain = contents.greenAgain();
    this.bytes = bytes;
  }

  /**
   * What a pack holds besides its header.
   *
   * @param trusted whom to trust
   * @param rulesets the rules, with what foreign codes are judged by besides
   * @param minting whether minting is degraded
   * @param filter of a full pack, else null
   * @param notGreen of a delta, ascending; else empty
   * @param greenAgain of a delta, ascending; else empty
   */
  public record Contents(
      TrustList trusted,
      Rulesets rulesets,
      MintingStatement minting,
      Xor8 filter,
      long[] notGreen,
      long[] greenAgain) {}

  /** Writes a pack and signs it, as a node does. */
  public static byte[] write(Header header, Contents contents, SigningKey key) {
    final ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("region", header.region().wireName())
            .put("version", header.version())
            .put("baseVersion", header.baseVersion())
            .put("madeAt", header.madeAtEpochSeconds())
            .put("expiresAt", header.expiresAtEpochSeconds())
            .put("residents", header.residents())
            .put("notGreen", header.notGreen())
            .put("kid", key.issuerKey().kidHex());
    final ArrayNode trust = json.putArray("trust");
    contents.trusted().keys().forEach(each -> trust.add(IssuerKeyJson.of(each)));
    final ArrayNode authorities = json.putArray("authorities");
    contents
        .trusted()
        .authorities()
        .forEach(each -> authorities.add(Base64.getEncoder().encodeToString(each.der())));
    final ArrayNode rules = json.putArray("rulesets");
    contents.rulesets().all().forEach(each -> rules.add(RulesetJson.of(each).toString()));
    final ObjectNode national = json.putObject("nationalRules");
    for (final NationalDocument each : contents.rulesets().national().documents()) {
      national.set(each.name(), NationalDocuments.json(each));
    }
    final DegradedMinting degraded = contents.minting().minting();
    json.putObject("minting")
        .put("since", degraded.sinceEpochSeconds())
        .put("until", degraded.untilEpochSeconds())
        .put("marginSeconds", degraded.marginSeconds())
        .put("goodUntil", contents.minting().goodUntilEpochSeconds());
    final byte[] head = json.toString().getBytes(StandardCharsets.UTF_8);
    final byte[] sieve = contents.filter() == null ? new byte[0] : contents.filter().getData();
    final byte[] revoked = PackedRevocations.write(contents.rulesets().revoked(), header);
    final ByteBuffer pack =
        ByteBuffer.allocate(
            MAGIC.length
                + 4 * Integer.BYTES
                + (revoked.length == 0 ? 0 : Integer.BYTES + revoked.length)
                + head.length
                + sieve.length
                + Long.BYTES * (contents.notGreen().length + contents.greenAgain().length)
                + SIGNATURE_BYTES);
    pack.put(revoked.length == 0 ? MAGIC_WITHOUT_REVOKED : MAGIC)
        .putInt(head.length)
        .put(head)
        .putInt(sieve.length)
        .put(sieve);
    putAll(pack, contents.notGreen());
    putAll(pack, contents.greenAgain());
    if (revoked.length > 0) {
      pack.putInt(revoked.length).put(revoked);
    }
    pack.put(new CodeSigner(key).sign(pack.array(), 0, pack.position()));
    return pack.array();
  }

  /** What a pack knows a holder by: the two halves of a subject, both as good as random. */
  public static long holder(long high, long low) {
    return high ^ Long.rotateLeft(low, 32);
  }

  private static void putAll(ByteBuffer pack, long[] holders) {
    pack.putInt(holders.length);
    for (final long holder : holders) {
      pack.putLong(holder);
    }
  }

  /**
   * Reads a pack.
   *
   * @param anchors the region's keys that the device was given
   * @throws PackException where it is not to be believed or used
   */
  public static OfflinePack read(byte[] pack, TrustList anchors, long nowEpochSeconds)
      throws PackException {
    final ByteBuffer bytes = ByteBuffer.wrap(pack);
    final byte[] magic = new byte[MAGIC.length];
    if (pack.length > ClientLimits.MAX_PACK_BYTES || pack.length < MAGIC.length + SIGNATURE_BYTES) {
      throw malformed("pack", "is not of the length of one");
    }
    bytes.get(magic);
    final boolean hasRevoked = Arrays.equals(magic, MAGIC);
    if (!hasRevoked && !Arrays.equals(magic, MAGIC_WITHOUT_REVOKED)) {
      throw malformed("pack", "does not begin as one");
    }
    bytes.limit(pack.length - SIGNATURE_BYTES);
    final byte[] head = take(bytes, "header", MAX_HEADER_BYTES);
    final JsonNode json;
    try {
      json = JSON.readTree(head);
    } catch (IOException e) {
      throw malformed("header", "is not JSON");
    }
    final IssuerKey key = key(json, anchors);
    if (!new BouncyCastleEngine()
        .verify(
            key,
            pack,
            0,
            pack.length - SIGNATURE_BYTES,
            pack,
            pack.length - SIGNATURE_BYTES,
            SIGNATURE_BYTES)) {
      throw new PackException(Reason.TAMPERED_PACK, "signature", "is not over this pack");
    }
    final Header header = header(json, nowEpochSeconds);
    if (!key.signsFor(header.region())) {
      throw new PackException(
          Reason.UNKNOWN_PACK_KEY, "kid", "names a key of " + key.issuer() + ", another region");
    }
    final byte[] sieve = take(bytes, "filter", ClientLimits.MAX_PACK_BYTES);
    final long[] notGreen = takeAll(bytes, "notGreen");
    final long[] greenAgain = takeAll(bytes, "greenAgain");
    final RevocationSet revoked =
        hasRevoked
            ? PackedRevocations.read(take(bytes, "revoked", ClientLimits.MAX_PACK_BYTES))
            : RevocationSet.NONE;
    if (bytes.hasRemaining() || (sieve.length == 0) != header.isDelta()) {
      throw malformed("pack", "goes on after its end, or lacks a part");
    }
    return new OfflinePack(
        header,
        new Contents(
            trust(json),
            rulesets(json, revoked),
            minting(json.path("minting")),
            sieve.length == 0 ? null : filter(sieve),
            notGreen,
            greenAgain),
        pack.length);
  }

  /** The filter, which begins with the number of its keys: about 1.23 bytes each follow. */
  private static Xor8 filter(byte[] sieve) throws PackException {
    if (sieve.length < Integer.BYTES
        || ByteBuffer.wrap(sieve).getInt() < 0
        || ByteBuffer.wrap(sieve).getInt() > sieve.length) {
      throw malformed("filter", "is not of the length that it says");
    }
    try {
      return new Xor8(new ByteArrayInputStream(sieve));
    } catch (RuntimeException e) {
      throw malformed("filter", "can't be read");
    }
  }

  private static IssuerKey key(JsonNode json, TrustList anchors) throws PackException {
    final String kid = json.path("kid").asText();
    if (!kid.matches("[0-9a-f]{16}")) {
      throw malformed("kid", "is not 16 hexadecimal digits");
    }
    final IssuerKey key = anchors.find(Long.parseUnsignedLong(kid, 16));
    if (key == null) {
      throw new PackException(
          Reason.UNKNOWN_PACK_KEY, "kid", "names no key that this device was given");
    }
    return key;
  }

  private static Header header(JsonNode json, long now) throws PackException {
    final Header header =
        new Header(
            Region.ofWireName(json.path("region").asText())
                .orElseThrow(() -> malformed("region", "is neither GD nor MO")),
            number(json, "version"),
            number(json, "baseVersion"),
            number(json, "madeAt"),
            number(json, "expiresAt"),
            number(json, "residents"),
            (int) number(json, "notGreen"));
    if (header.madeAtEpochSeconds() > now + ClientLimits.CLOCK_SKEW_SECONDS) {
      throw new PackException(Reason.PACK_FROM_FUTURE, "madeAt", "is after now");
    }
    if (header.expiresAtEpochSeconds() <= now) {
      throw new PackException(Reason.EXPIRED_PACK, "expiresAt", "is past");
    }
    return header;
  }

  private static long number(JsonNode json, String field) throws PackException {
    if (!json.path(field).isIntegralNumber() || json.path(field).longValue() < 0) {
      throw malformed(field, "is not a whole number");
    }
    return json.path(field).longValue();
  }

  private static byte[] take(ByteBuffer from, String field, int most) throws PackException {
    final int length = count(from, field, 1);
    if (length > most) {
      throw malformed(field, "is too long");
    }
    final byte[] taken = new byte[length];
    from.get(taken);
    return taken;
  }

  private static long[] takeAll(ByteBuffer from, String field) throws PackException {
    final long[] holders = new long[count(from, field, Long.BYTES)];
    for (int i = 0; i < holders.length; i++) {
      holders[i] = from.getLong();
    }
    return holders;
  }

  private static int count(ByteBuffer from, String field, int bytesEach) throws PackException {
    if (from.remaining() < Integer.BYTES) {
      throw malformed(field, "is missing");
    }
    final int count = from.getInt();
    if (count < 0 || count > from.remaining() / bytesEach) {
      throw malformed(field, "is cut short");
    }
    return count;
  }

  private static TrustList trust(JsonNode json) throws PackException {
    final List<IssuerKey> keys = new ArrayList<>();
    try {
      for (final JsonNode key : json.path("trust")) {
        keys.add(IssuerKeyJson.read(key));
      }
    } catch (TrustException e) {
      throw malformed("trust", "holds other than keys");
    }
    final List<TrustAuthority> authorities = new ArrayList<>();
    try {
      for (final JsonNode each : json.path("authorities")) {
        authorities.add(TrustAuthority.of("authority", Base64.getDecoder().decode(each.asText())));
      }
    } catch (IllegalArgumentException | TrustException e) {
      throw malformed("authorities", "holds other than certificates");
    }
    return new TrustList(keys, authorities);
  }

  private static Rulesets rulesets(JsonNode json, RevocationSet revoked) throws PackException {
    final List<Ruleset> rulesets = new ArrayList<>();
    try {
      for (final JsonNode ruleset : json.path("rulesets")) {
        rulesets.add(
            RulesetReader.read(
                "ruleset",
                new ByteArrayInputStream(ruleset.asText().getBytes(StandardCharsets.UTF_8))));
      }
    } catch (RulesetException e) {
      throw malformed("rulesets", "holds other than rulesets");
    }
    return new Rulesets(rulesets, new ForeignLaw(national(json), revoked));
  }

  /** The rules of countries; a pack of a node that has none says nothing of them. */
  private static NationalRules national(JsonNode json) throws PackException {
    try {
      final List<NationalDocument> documents = new ArrayList<>();
      for (final Map.Entry<String, JsonNode> each : json.path("nationalRules").properties()) {
        documents.add(NationalDocuments.read(each.getKey(), each.getValue()));
      }
      return documents.isEmpty() ? NationalRules.NONE : NationalRules.of(documents);
    } catch (NationalRuleException e) {
      throw malformed("nationalRules", "holds other than rules: " + e.getMessage());
    }
  }

  /** What is said of minting; a pack of a node that knows no reserve codes says nothing. */
  private static MintingStatement minting(JsonNode json) throws PackException {
    if (json.isMissingNode()) {
      return MintingStatement.NONE;
    }
    final long margin = number(json, "marginSeconds");
    try {
      return new MintingStatement(
          new DegradedMinting(
              number(json, "since"),
              number(json, "until"),
              (int) Math.min(Integer.MAX_VALUE, margin)),
          number(json, "goodUntil"));
    } catch (IllegalArgumentException e) {
      throw malformed("minting", "can't be: " + e.getMessage());
    }
  }

  static PackException malformed(String field, String explanation) {
    return new PackException(Reason.MALFORMED_PACK, field, explanation);
  }

  /** What it says of itself. */
  public Header header() {
    return header;
  }

  /** Whom to trust. */
  public TrustList trust() {
    return trust;
  }

  /** The rules of checkpoints. */
  public Rulesets rulesets() {
    return rulesets;
  }

  /** Whether minting is degraded. */
  public MintingStatement minting() {
    return minting;
  }

  /** Its length in bytes. */
  public int bytes() {
    return bytes;
  }

  /**
   * Whether a holder may be other than green, by this full pack and a delta to it. False is
   * certain, as far as the pack knows; true is wrong for one green holder in 256.
   *
   * @param delta what has changed since, or null
   */
  boolean mayBeOtherThanGreen(long holder, OfflinePack delta) {
    if (delta != null) {
      if (Arrays.binarySearch(delta.notGreen, holder) >= 0) {
        return true;
      }
      if (Arrays.binarySearch(delta.greenAgain, holder) >= 0) {
        return false;
      }
    }
    return filter.mayContain(holder);
  }
}
