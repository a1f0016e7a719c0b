package gongbei.codec.code;

import gongbei.codec.json.JsonCanonicalizer;
import gongbei.codec.json.JsonReader;
import gongbei.codec.json.JsonValidator;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Reads a visible digital seal for non-constrained environments (ICAO's technical report VDS-NC) of
 * the types {@code icao.vacc} and {@code icao.test}, version 1. Signed is the canonical form (RFC
 * 8785) of its {@code data}; the key is that of the certificate that {@code sig} carries, and its
 * kid is the first 8 bytes of the certificate's SHA-256. A flyweight; allocates for numbers that
 * are not whole alone. For one thread.
 */
public final class VdsSeal implements SignedParts {
  private static final String NOT_AN_OBJECT = "is not an object";
  private static final String NOT_TEXT = "is not text";
  private static final String MISSING = "is missing";

  private final CodeCursor cursor;
  private final ForeignFacts facts;
  private final CwtClaims claims;
  private final JsonValidator validator;
  private final JsonReader json;
  private final JsonCanonicalizer canonicalizer =
      new JsonCanonicalizer(CodeLimits.MAX_JSON_DEPTH, CodeLimits.MAX_JSON_MEMBERS);
  private final MessageDigest sha256;
  private final byte[] value = new byte[64];
  private final byte[] issuer = new byte[8];
  private final byte[] hash = new byte[32];
  private byte[] text = {};
  private byte[] canonical = {};
  private byte[] encoded = {};
  private byte[] certificate = {};
  private byte[] signature = {};
  private SignatureAlgorithm algorithm;
  private int canonicalLength;
  private int certificateLength;
  private int signatureLength;
  private int data;
  private int message;
  private int seal;
  private boolean isTest;

  VdsSeal(CodeCursor cursor, CwtClaims claims, JsonValidator validator, JsonReader json) {
    this.cursor = cursor;
    this.facts = cursor.facts();
    this.claims = claims;
    this.validator = validator;
    this.json = json;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  /** Forgets the seal. */
  void clear() {
    algorithm = null;
    canonicalLength = 0;
    certificateLength = 0;
    signatureLength = 0;
    data = HealthCode.ABSENT;
    message = HealthCode.ABSENT;
    seal = HealthCode.ABSENT;
    isTest = false;
  }

  /**
   * Reads a seal.
   *
   * @param source the code's text, copied
   * @return whether it is well-formed; if not, the cursor has the fault
   */
  boolean read(byte[] source, int offset, int length) {
    if (text.length == 0) {
      text = new byte[CodeLimits.MAX_TEXT_CHARACTERS];
      canonical = new byte[CodeLimits.MAX_TEXT_CHARACTERS * JsonCanonicalizer.MAX_GROWTH];
      encoded = new byte[CodeLimits.MAX_TEXT_CHARACTERS];
      certificate = new byte[CodeLimits.MAX_TEXT_CHARACTERS];
      signature = new byte[CodeLimits.MAX_TEXT_CHARACTERS];
    }
    System.arraycopy(source, offset, text, 0, length);
    cursor.wrap(text, false);
    final String fault = validator.examine(text, 0, length);
    if (fault != null) {
      return cursor.malformed("json", fault);
    }
    return findParts() && readHeader() && readSeal() && readMessage() && canonicalize();
  }

  private boolean findParts() {
    json.wrap(text, 0).enter('{');
    while (json.hasMore()) {
      final int length = json.name(value);
      if (Ascii.isText(value, length, "data")) {
        data = json.position();
      } else if (Ascii.isText(value, length, "sig")) {
        seal = json.position();
      }
      json.skip();
    }
    if (data == HealthCode.ABSENT || seal == HealthCode.ABSENT) {
      return cursor.unsupported("json", "is no visible digital seal: it lacks data or sig");
    }
    return true;
  }

  private boolean readHeader() {
    int header = HealthCode.ABSENT;
    json.position(data);
    if (!json.enter('{')) {
      return cursor.malformed("data", NOT_AN_OBJECT);
    }
    while (json.hasMore()) {
      final int length = json.name(value);
      if (Ascii.isText(value, length, "hdr")) {
        header = json.position();
      } else if (Ascii.isText(value, length, "msg")) {
        message = json.position();
      }
      json.skip();
    }
    if (header == HealthCode.ABSENT || message == HealthCode.ABSENT) {
      return cursor.malformed(header == HealthCode.ABSENT ? "hdr" : "msg", MISSING);
    }
    json.position(header);
    return json.enter('{') ? readHeaderMembers() : cursor.malformed("hdr", NOT_AN_OBJECT);
  }

  private boolean readHeaderMembers() {
    int issuerLength = HealthCode.ABSENT;
    boolean hasType = false;
    boolean isKnown = false;
    long version = JsonReader.NO_INTEGER;
    while (json.hasMore()) {
      final int length = json.name(value);
      if (Ascii.isText(value, length, "is")) {
        issuerLength = json.text(issuer);
      } else if (Ascii.isText(value, length, "t")) {
        final int characters = json.text(value);
        hasType = characters >= 0;
        isTest = Ascii.isText(value, characters, "icao.test");
        isKnown = isTest || Ascii.isText(value, characters, "icao.vacc");
      } else if (Ascii.isText(value, length, "v")) {
        version = json.integer();
      } else {
        json.skip();
      }
    }
    if (!hasType) {
      return cursor.malformed("t", "is missing or not text");
    }
    if (!isKnown) {
      return cursor.unsupported("t", "is neither icao.vacc nor icao.test");
    }
    if (version != 1) {
      return version == JsonReader.NO_INTEGER
          ? cursor.malformed("v", "is not a whole number")
          : cursor.unsupported("v", "is not 1");
    }
    if (issuerLength < 1 || issuerLength > 3) {
      return cursor.malformed("is", "is no code of one to three letters");
    }
    claims.take(issuer, issuerLength, HealthCode.ABSENT, HealthCode.ABSENT, HealthCode.ABSENT);
    return true;
  }

  private boolean readSeal() {
    json.position(seal);
    if (!json.enter('{')) {
      return cursor.malformed("sig", NOT_AN_OBJECT);
    }
    boolean hasAlgorithm = false;
    while (json.hasMore()) {
      final int length = json.name(value);
      if (Ascii.isText(value, length, "alg")) {
        algorithm = SignatureAlgorithm.ofName(value, json.text(value));
        hasAlgorithm = true;
      } else if (Ascii.isText(value, length, "cer")) {
        certificateLength = decode(certificate);
        if (certificateLength <= 0) {
          return cursor.malformed("cer", "is not Base64 for URLs");
        }
      } else if (Ascii.isText(value, length, "sigvl")) {
        signatureLength = decode(signature);
        if (signatureLength <= 0) {
          return cursor.malformed("sigvl", "is not Base64 for URLs");
        }
      } else {
        json.skip();
      }
    }
    if (!hasAlgorithm || certificateLength == 0 || signatureLength == 0) {
      return cursor.malformed(
          !hasAlgorithm ? "alg" : certificateLength == 0 ? "cer" : "sigvl", MISSING);
    }
    return (algorithm != null && CodeFormat.VDS.permits(algorithm))
        || cursor.unsupported("alg", "is not one that this format allows");
  }

  private int decode(byte[] into) {
    final int length = json.text(encoded);
    return length < 0 ? Base64Url.BAD : Base64Url.decode(encoded, 0, length, into);
  }

  private boolean canonicalize() {
    canonicalLength = canonicalizer.write(text, data, canonical);
    if (canonicalLength < 0) {
      return cursor.malformed("data", "has a number that is out of range");
    }
    sha256.update(certificate, 0, certificateLength);
    try {
      sha256.digest(hash, 0, hash.length);
    } catch (DigestException e) {
      throw new IllegalStateException("SHA-256 is not of 32 bytes", e);
    }
    return true;
  }

  private boolean readMessage() {
    json.position(message);
    if (!json.enter('{')) {
      return cursor.malformed("msg", NOT_AN_OBJECT);
    }
    facts.certifies(isTest ? HcertClaims.TEST : HcertClaims.VACCINATION);
    return isTest ? readTest() : readVaccinations();
  }

  private boolean readVaccinations() {
    boolean isFound = false;
    while (json.hasMore()) {
      if (!Ascii.isText(value, json.name(value), "ve")) {
        json.skip();
        continue;
      }
      if (!json.enter('[')) {
        return cursor.malformed("ve", "is not an array");
      }
      while (json.hasMore()) {
        isFound = true;
        if (!readVaccine()) {
          return false;
        }
      }
    }
    return isFound || cursor.malformed("ve", "has no vaccine");
  }

  private boolean readVaccine() {
    if (!json.enter('{')) {
      return cursor.malformed("ve", "has an element that is not an object");
    }
    boolean isCovid = false;
    int doses = HealthCode.ABSENT;
    while (json.hasMore()) {
      final int length = json.name(value);
      if (Ascii.isText(value, length, "dis")) {
        final int characters = json.text(value);
        if (characters < 0) {
          return cursor.malformed("dis", NOT_TEXT);
        }
        isCovid = DiseaseCodes.isCovid(value, characters);
      } else {
        if (Ascii.isText(value, length, "vd")) {
          doses = json.position();
        }
        json.skip();
      }
    }
    final int behind = json.position();
    if (doses == HealthCode.ABSENT) {
      return cursor.malformed("vd", MISSING);
    }
    json.position(doses);
    if (!json.enter('[')) {
      return cursor.malformed("vd", "is not an array");
    }
    boolean isEmpty = true;
    while (json.hasMore()) {
      isEmpty = false;
      if (!readDose(isCovid)) {
        return false;
      }
    }
    json.position(behind);
    return !isEmpty || cursor.malformed("vd", "has no dose");
  }

  private boolean readDose(boolean isCovid) {
    if (!json.enter('{')) {
      return cursor.malformed("vd", "has an element that is not an object");
    }
    int day = DateTimeText.NO_DAY;
    long sequence = JsonReader.NO_INTEGER;
    while (json.hasMore()) {
      final int length = json.name(value);
      if (Ascii.isText(value, length, "dvc")) {
        final int characters = json.text(value);
        day =
            characters < 0 || characters > value.length
                ? DateTimeText.NO_DAY
                : DateTimeText.epochDay(value, 0, characters);
        if (day == DateTimeText.NO_DAY) {
          return cursor.malformed("dvc", "is not a date");
        }
      } else if (Ascii.isText(value, length, "seq")) {
        sequence = json.integer();
        if (sequence == JsonReader.NO_INTEGER) {
          return cursor.malformed("seq", "is not a whole number");
        }
      } else {
        json.skip();
      }
    }
    if (day == DateTimeText.NO_DAY || sequence == JsonReader.NO_INTEGER) {
      return cursor.malformed(day == DateTimeText.NO_DAY ? "dvc" : "seq", MISSING);
    }
    if (isCovid) {
      facts.vaccination(day, sequence);
    }
    return true;
  }

  /** A seal of this type is about a test for COVID-19, and names no disease. */
  private boolean readTest() {
    int sampleMinutes = HealthCode.ABSENT;
    int result = HealthCode.ABSENT;
    while (json.hasMore()) {
      final int length = json.name(value);
      if (Ascii.isText(value, length, "dat")) {
        if (!json.enter('{')) {
          return cursor.malformed("dat", NOT_AN_OBJECT);
        }
        while (json.hasMore()) {
          if (Ascii.isText(value, json.name(value), "sc")) {
            final int characters = json.text(value);
            sampleMinutes =
                characters < 0 || characters > value.length
                    ? HealthCode.ABSENT
                    : DateTimeText.epochMinutes(value, 0, characters);
            if (sampleMinutes == HealthCode.ABSENT) {
              return cursor.malformed("sc", "is not a date and time with its zone");
            }
          } else {
            json.skip();
          }
        }
      } else {
        if (Ascii.isText(value, length, "tr")) {
          result = json.position();
        }
        json.skip();
      }
    }
    if (sampleMinutes == HealthCode.ABSENT || result == HealthCode.ABSENT) {
      return cursor.malformed(result == HealthCode.ABSENT ? "tr" : "sc", MISSING);
    }
    return readResult(result, sampleMinutes);
  }

  private boolean readResult(int result, int sampleMinutes) {
    json.position(result);
    if (!json.enter('{')) {
      return cursor.malformed("tr", NOT_AN_OBJECT);
    }
    boolean hasKind = false;
    TestKind kind = null;
    HcertEntry.Outcome outcome = null;
    while (json.hasMore()) {
      final int length = json.name(value);
      if (Ascii.isText(value, length, "tc")) {
        final int characters = json.text(value);
        hasKind = characters >= 0;
        kind = kindOf(characters);
      } else if (Ascii.isText(value, length, "r")) {
        outcome = outcomeOf(json.text(value));
      } else {
        json.skip();
      }
    }
    if (!hasKind) {
      return cursor.malformed("tc", MISSING);
    }
    if (outcome == null) {
      return cursor.malformed("r", MISSING);
    }
    facts.test(kind, outcome, sampleMinutes);
    return true;
  }

  private TestKind kindOf(int length) {
    if (Ascii.startsWith(value, length, "molecular(") || Ascii.isText(value, length, "molecular")) {
      return TestKind.NAAT;
    }
    return Ascii.isText(value, length, "antigen") ? TestKind.RAT : null;
  }

  /** Normal and abnormal are the words of tests that measure, and mean the same of this disease. */
  private HcertEntry.Outcome outcomeOf(int length) {
    if (Ascii.isText(value, length, "positive") || Ascii.isText(value, length, "abnormal")) {
      return HcertEntry.Outcome.DETECTED;
    }
    return Ascii.isText(value, length, "negative") || Ascii.isText(value, length, "normal")
        ? HcertEntry.Outcome.NOT_DETECTED
        : HcertEntry.Outcome.UNKNOWN;
  }

  /**
   * Copies the identifier of a seal that has been read: {@code uvci} of a vaccination, {@code utci}
   * of a test.
   *
   * @return its length in bytes of UTF-8, or {@link HealthCode#ABSENT}
   */
  int identifier(byte[] into) {
    json.wrap(text, message);
    if (json.enter('{')) {
      while (json.hasMore()) {
        final int length = json.name(value);
        if (Ascii.isText(value, length, isTest ? "utci" : "uvci")) {
          return json.text(into);
        }
        json.skip();
      }
    }
    return HealthCode.ABSENT;
  }

  /** The buffer whose first {@link #certificateLength} bytes are the signer's certificate, DER. */
  public byte[] certificate() {
    return certificate;
  }

  /** How many bytes the signer's certificate has. */
  public int certificateLength() {
    return certificateLength;
  }

  @Override
  public SignatureAlgorithm algorithm() {
    return algorithm;
  }

  @Override
  public boolean hasKid() {
    return true;
  }

  @Override
  public long kid() {
    return Kid.number(hash, 0);
  }

  @Override
  public byte[] kidBytes() {
    return Arrays.copyOf(hash, Kid.BYTES);
  }

  @Override
  public byte[] signed() {
    return canonical;
  }

  @Override
  public int signedLength() {
    return canonicalLength;
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
