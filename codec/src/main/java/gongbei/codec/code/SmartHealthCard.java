package gongbei.codec.code;

import gongbei.codec.json.JsonReader;
import gongbei.codec.json.JsonValidator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a SMART Health Card: a JWS in compact form (RFC 7515) signed by ES256, its payload raw
 * DEFLATE of the claims {@code iss}, {@code nbf}, {@code exp} and {@code vc} with a bundle of FHIR.
 * The key is named by the issuer's address and the thumbprint (RFC 7638) of the key. A flyweight;
 * allocates nothing but where it says so. For one thread.
 */
public final class SmartHealthCard implements SignedParts {
  private static final int THUMBPRINT_BYTES = 32;
  private static final int NONE = HealthCode.ABSENT;
  private static final String NOT_AN_OBJECT = "is not an object";
  private static final String NOT_A_TIME = "is not a time";

  private final CodeCursor cursor;
  private final CwtClaims claims;
  private final JsonValidator validator;
  private final JsonReader json;
  private final HealthCardText text;
  private final FhirBundle bundle;
  private final BoundedInflater inflater;
  private final byte[] value = new byte[64];
  private final byte[] issuer = new byte[CodeLimits.MAX_ISSUER_CHARACTERS];
  private final byte[] rid = new byte[CodeLimits.MAX_RID_CHARACTERS];
  private byte[] jws = {};
  private byte[] header = {};
  private byte[] compressed = {};
  private byte[] signature = {};
  private byte[] kid = {};
  private SignatureAlgorithm algorithm;
  private int signedLength;
  private int signatureLength;
  private int kidLength;
  private int ridLength;
  private int credential;
  private boolean isHealthCard;
  private boolean isCovidCard;

  SmartHealthCard(CodeCursor cursor, CwtClaims claims, JsonValidator validator, JsonReader json) {
    this.cursor = cursor;
    this.claims = claims;
    this.validator = validator;
    this.json = json;
    text = new HealthCardText(cursor);
    bundle = new FhirBundle(cursor, json);
    inflater = new BoundedInflater(cursor, true, "deflate");
  }

  /** Forgets the card. */
  void clear() {
    algorithm = null;
    signedLength = 0;
    signatureLength = 0;
    kidLength = NONE;
    ridLength = NONE;
    credential = NONE;
    isHealthCard = false;
    isCovidCard = false;
  }

  /**
   * Reads a card.
   *
   * @return whether it is well-formed; if not, the cursor has the fault
   */
  boolean read(byte[] source, int offset, int length) {
    if (jws.length == 0) {
      jws = new byte[CodeLimits.MAX_TEXT_CHARACTERS];
      header = new byte[CodeLimits.MAX_TEXT_CHARACTERS];
      compressed = new byte[CodeLimits.MAX_TEXT_CHARACTERS];
      signature = new byte[CodeLimits.MAX_TEXT_CHARACTERS];
      kid = new byte[CodeLimits.MAX_KID_BYTES];
    }
    final int characters = text.decode(source, offset, length, jws);
    if (characters == NONE) {
      return false;
    }
    final int first = indexOfDot(0, characters);
    final int second = first == NONE ? NONE : indexOfDot(first + 1, characters);
    if (second == NONE || indexOfDot(second + 1, characters) != NONE) {
      return cursor.malformed("jws", "has not three parts");
    }
    signedLength = second;
    signatureLength = Base64Url.decode(jws, second + 1, characters - second - 1, signature);
    if (signatureLength <= 0) {
      return cursor.malformed("signature", "is not Base64 for URLs");
    }
    return readHeader(first) && readPayload(first + 1, second - first - 1);
  }

  private int indexOfDot(int from, int end) {
    for (int i = from; i < end; i++) {
      if (jws[i] == '.') {
        return i;
      }
    }
    return NONE;
  }

  private boolean readHeader(int length) {
    final int bytes = Base64Url.decode(jws, 0, length, header);
    if (bytes < 0) {
      return cursor.malformed("header", "is not Base64 for URLs");
    }
    final String fault = validator.examine(header, 0, bytes);
    if (fault != null) {
      return cursor.malformed("header", fault);
    }
    if (!json.wrap(header, 0).enter('{')) {
      return cursor.malformed("header", NOT_AN_OBJECT);
    }
    boolean isDeflated = false;
    boolean hasAlgorithm = false;
    while (json.hasMore()) {
      final int name = json.name(value);
      if (Ascii.isText(value, name, "alg")) {
        algorithm = SignatureAlgorithm.ofName(value, json.text(value));
        hasAlgorithm = true;
      } else if (Ascii.isText(value, name, "zip")) {
        isDeflated = Ascii.isText(value, json.text(value), "DEF");
      } else if (Ascii.isText(value, name, "kid")) {
        kidLength = json.text(value);
        if (kidLength < 0) {
          return cursor.malformed("kid", "is not text");
        }
        kidLength = kidLength > value.length ? NONE : Base64Url.decode(value, 0, kidLength, kid);
      } else if (Ascii.isText(value, name, "crit")) {
        return cursor.unsupported("crit", "names header parameters that must be understood");
      } else {
        json.skip();
      }
    }
    if (!hasAlgorithm) {
      return cursor.malformed("alg", "is missing");
    }
    if (algorithm == null || !CodeFormat.SHC.permits(algorithm)) {
      return cursor.unsupported("alg", "is not one that this format allows");
    }
    return isDeflated || cursor.unsupported("zip", "is not DEF");
  }

  private boolean readPayload(int offset, int length) {
    final int bytes = Base64Url.decode(jws, offset, length, compressed);
    if (bytes < 0) {
      return cursor.malformed("payload", "is not Base64 for URLs");
    }
    final int inflated = inflater.inflate(compressed, bytes);
    if (inflated == NONE) {
      return false;
    }
    cursor.wrap(inflater.bytes(), false);
    final String fault = validator.examine(inflater.bytes(), 0, inflated);
    if (fault != null) {
      return cursor.malformed("payload", fault);
    }
    return json.wrap(inflater.bytes(), 0).enter('{')
        ? readClaims() && readCredential()
        : cursor.malformed("payload", NOT_AN_OBJECT);
  }

  private boolean readClaims() {
    int issuerLength = NONE;
    long notBefore = NONE;
    long expires = NONE;
    while (json.hasMore()) {
      final int name = json.name(value);
      if (Ascii.isText(value, name, "iss")) {
        issuerLength = json.text(issuer);
        if (issuerLength < 0 || issuerLength > issuer.length) {
          return cursor.malformed("iss", "is not text of at most 512 characters");
        }
      } else if (Ascii.isText(value, name, "nbf")) {
        notBefore = json.floor();
        if (notBefore < 0 || notBefore > CodeLimits.MAX_EPOCH_SECONDS) {
          return cursor.malformed("nbf", NOT_A_TIME);
        }
      } else if (Ascii.isText(value, name, "exp")) {
        expires = json.floor();
        if (expires < 0 || expires > CodeLimits.MAX_EPOCH_SECONDS) {
          return cursor.malformed("exp", NOT_A_TIME);
        }
      } else {
        if (Ascii.isText(value, name, "vc")) {
          credential = json.position();
        }
        json.skip();
      }
    }
    if (issuerLength == NONE || notBefore == NONE || credential == NONE) {
      return cursor.malformed(
          issuerLength == NONE ? "iss" : notBefore == NONE ? "nbf" : "vc", "is missing");
    }
    claims.take(issuer, issuerLength, notBefore, NONE, expires);
    return true;
  }

  private boolean readCredential() {
    int subject = NONE;
    json.position(credential);
    if (!json.enter('{')) {
      return cursor.malformed("vc", NOT_AN_OBJECT);
    }
    while (json.hasMore()) {
      final int name = json.name(value);
      if (Ascii.isText(value, name, "type")) {
        if (!readTypes()) {
          return false;
        }
      } else if (Ascii.isText(value, name, "rid")) {
        ridLength = json.text(rid);
        if (ridLength < 0 || ridLength > rid.length) {
          return cursor.malformed("rid", "is not text of at most 24 characters");
        }
      } else {
        if (Ascii.isText(value, name, "credentialSubject")) {
          subject = json.position();
        }
        json.skip();
      }
    }
    if (!isHealthCard) {
      return cursor.unsupported("type", "is not that of a health card");
    }
    if (subject == NONE) {
      return cursor.malformed("credentialSubject", "is missing");
    }
    return readSubject(subject);
  }

  private boolean readTypes() {
    if (!json.enter('[')) {
      return cursor.malformed("type", "is not an array");
    }
    while (json.hasMore()) {
      final int length = json.text(value);
      isHealthCard |= Ascii.isText(value, length, "https://smarthealth.cards#health-card");
      isCovidCard |= Ascii.isText(value, length, "https://smarthealth.cards#covid19");
    }
    return true;
  }

  private boolean readSubject(int subject) {
    json.position(subject);
    if (!json.enter('{')) {
      return cursor.malformed("credentialSubject", NOT_AN_OBJECT);
    }
    while (json.hasMore()) {
      if (Ascii.isText(value, json.name(value), "fhirBundle")) {
        return bundle.read(isCovidCard);
      }
      json.skip();
    }
    return cursor.malformed("fhirBundle", "is missing");
  }

  /** Offset of the claim {@code vc}, a JSON object, in {@link HealthCode#buffer}. */
  int credentialOffset() {
    return credential;
  }

  /** The claim {@code vc.rid} by which the issuer may revoke the card, or null. Allocates. */
  public String rid() {
    return ridLength == NONE ? null : new String(rid, 0, ridLength, StandardCharsets.UTF_8);
  }

  /** The buffer whose first {@link #ridLength} bytes are the claim {@code vc.rid}. */
  public byte[] ridBytes() {
    return rid;
  }

  /** Length of the claim {@code vc.rid}, or {@link HealthCode#ABSENT}. */
  public int ridLength() {
    return ridLength;
  }

  @Override
  public SignatureAlgorithm algorithm() {
    return algorithm;
  }

  @Override
  public boolean hasKid() {
    return kidLength == THUMBPRINT_BYTES;
  }

  @Override
  public long kid() {
    return Kid.number(kid, 0);
  }

  @Override
  public byte[] kidBytes() {
    return kidLength < 0 ? null : Arrays.copyOf(kid, kidLength);
  }

  @Override
  public byte[] signed() {
    return jws;
  }

  @Override
  public int signedLength() {
    return signedLength;
  }

  @Override
  public byte[] signature() {
    return signature;
  }

  @Override
  public int signatureOffset() {
    return 0;
  }

  @Override
  public int signatureLength() {
    return signatureLength;
  }
}
