package gongbei.codec.code;

import gongbei.codec.cbor.CborReader;
import gongbei.codec.cbor.CborValidator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decodes the text of one health code and lays its parts open: COSE_Sign1 headers (RFC 9052), the
 * bytes that are signed, the signature, and the claims of the CWT (RFC 8392). Nothing here is
 * trusted yet. A flyweight with its own scratch buffers, to be wrapped again and again without
 * allocation; what it exposes is valid until the next {@link #wrap}. For one thread.
 */
public final class HealthCode {
  /** Bit of {@link HcertClaims#types}: the HCERT holds a vaccination. */
  public static final int HCERT_VACCINATION = 1;

  /** Bit of {@link HcertClaims#types}: the HCERT holds a test. */
  public static final int HCERT_TEST = 2;

  /** Bit of {@link HcertClaims#types}: the HCERT holds a recovery. */
  public static final int HCERT_RECOVERY = 4;

  /** {@link #kind} of a person's code. */
  public static final int KIND_PERSON = 0;

  /** {@link #kind} of a group's code. */
  public static final int KIND_GROUP = 1;

  /** {@link #kind} of a code on paper. */
  public static final int KIND_PAPER = 2;

  /** {@link #kind} of a code translated from the other region's. */
  public static final int KIND_TRANSLATED = 3;

  /** {@link #result} where no nucleic-acid test is claimed. */
  public static final int RESULT_NONE = 0;

  /** {@link #result} of a negative test. */
  public static final int RESULT_NEGATIVE = 1;

  /** {@link #result} of a positive test. */
  public static final int RESULT_POSITIVE = 2;

  /** What numeric accessors answer where the code does not claim the thing. */
  public static final int ABSENT = -1;

  private static final long CLAIM_ISS = 1;
  private static final long CLAIM_EXP = 4;
  private static final long CLAIM_NBF = 5;
  private static final long CLAIM_IAT = 6;
  private static final long CLAIM_HCERT = -260;
  private static final long CLAIM_GONGBEI = -65537;
  private static final long HCERT_VERSION_1 = 1;
  private static final long HEADER_ALG = 1;
  private static final long HEADER_CRIT = 2;
  private static final long HEADER_KID = 4;
  private static final long TAG_EPOCH_TIME = 1;
  private static final long TAG_COSE_SIGN1 = 18;
  private static final long TAG_CWT = 61;
  private static final int KID_BYTES = 8;
  private static final int SIG_STRUCTURE_OVERHEAD = 32;
  private static final byte[] SIGNATURE1 = {
    (byte) 0x84, 0x6A, 'S', 'i', 'g', 'n', 'a', 't', 'u', 'r', 'e', '1'
  };

  private final CborValidator validator =
      new CborValidator(CodeLimits.MAX_CBOR_DEPTH, CodeLimits.MAX_CBOR_MAP_PAIRS);
  private final CborReader cose = new CborReader();
  private final CborReader claims = new CborReader();
  private final CborReader inner = new CborReader();
  private final HcertClaims hcert = new HcertClaims();
  private final byte[] decoded = new byte[CodeLimits.MAX_DECODED_BYTES];
  private byte[] inflated = {};
  private byte[] signed = new byte[1024];
  private Inflater inflater;

  private CodeFormat format;
  private boolean unsupported;
  private String field;
  private String explanation;

  private byte[] buffer;
  private SignatureAlgorithm algorithm;
  private boolean kidPresent;
  private boolean kidFitsLong;
  private boolean criticalHeaders;
  private int kidOffset;
  private int kidLength;
  private boolean algorithmPresent;
  private long algorithmIdentifier;
  private int protectedOffset;
  private int protectedLength;
  private int payloadOffset;
  private int payloadLength;
  private int signatureOffset;
  private int signatureLength;
  private int signedLength;
  private int stringOffset;
  private int stringLength;

  private int issOffset;
  private int issLength;
  private long issuedAtEpochSeconds;
  private long notBeforeEpochSeconds;
  private long expiresAtEpochSeconds;
  private int subjectOffset;
  private int serialOffset;
  private int kind;
  private int colour;
  private int result;
  private int sampleEpochMinutes;
  private int doses;
  private int originOffset;
  private int originLength;
  private int groupSize;
  private int groupDigestOffset;
  private int hcertOffset;

  /**
   * Decodes a code.
   *
   * @param text the code's characters in ASCII, not kept
   * @return whether it is well-formed; if not, {@link #field} and {@link #explanation} say why
   */
  public boolean wrap(byte[] text, int offset, int length) {
    reset();
    if (length == 0) {
      return malformed("code", "is empty");
    }
    if (length > CodeLimits.MAX_TEXT_CHARACTERS) {
      return malformed("code", "is longer than 4296 characters");
    }
    format = CodeFormat.ofPrefix(text, offset, length);
    if (format == null) {
      return unsupported("prefix", "is none of GD1:, MO1: and HC1:");
    }
    final int bytes =
        Base45.decode(
            text, offset + CodeFormat.PREFIX_LENGTH, length - CodeFormat.PREFIX_LENGTH, decoded, 0);
    if (bytes < 0) {
      return malformed("base45", explainBase45(bytes));
    }
    if (format == CodeFormat.HC1) {
      return inflate(bytes) && openCose() && openClaims();
    }
    buffer = decoded;
    payloadLength = bytes;
    return openCose() && openClaims();
  }

  private void reset() {
    format = null;
    unsupported = false;
    field = null;
    explanation = null;
    algorithm = null;
    kidPresent = false;
    kidFitsLong = false;
    kidLength = 0;
    criticalHeaders = false;
    algorithmPresent = false;
    issLength = ABSENT;
    issuedAtEpochSeconds = ABSENT;
    notBeforeEpochSeconds = ABSENT;
    expiresAtEpochSeconds = ABSENT;
    subjectOffset = ABSENT;
    serialOffset = ABSENT;
    kind = ABSENT;
    colour = ABSENT;
    result = RESULT_NONE;
    sampleEpochMinutes = ABSENT;
    doses = 0;
    originLength = ABSENT;
    groupSize = ABSENT;
    groupDigestOffset = ABSENT;
    hcertOffset = ABSENT;
    hcert.clear();
    signedLength = 0;
    signatureLength = 0;
  }

  private static String explainBase45(int fault) {
    return switch (fault) {
      case Base45.BAD_LENGTH -> "has a length that Base45 cannot have";
      case Base45.BAD_VALUE -> "has a group whose value is too great";
      default -> "has a character outside the Base45 alphabet";
    };
  }

  private boolean inflate(int bytes) {
    if (inflater == null) {
      inflater = new Inflater();
      inflated = new byte[CodeLimits.MAX_INFLATED_BYTES];
    }
    inflater.reset();
    inflater.setInput(decoded, 0, bytes);
    int length = 0;
    try {
      while (!inflater.finished()) {
        final int more = inflater.inflate(inflated, length, inflated.length - length);
        length += more;
        if (more == 0 && !inflater.finished()) {
          if (length == inflated.length) {
            return malformed("zlib", "inflates to more than 65536 bytes");
          }
          return malformed(
              "zlib", inflater.needsDictionary() ? "needs a dictionary" : "is cut short");
        }
      }
    } catch (DataFormatException e) {
      return malformed("zlib", "is not zlib data");
    }
    if (inflater.getRemaining() != 0) {
      return malformed("zlib", "has bytes after its end");
    }
    buffer = inflated;
    payloadLength = length;
    return true;
  }

  private boolean openCose() {
    final boolean deterministic = format.isDeterministic();
    final String fault = validator.examine(buffer, 0, payloadLength, deterministic);
    if (fault != null) {
      return malformed("cose", fault);
    }
    cose.wrap(buffer, 0).next();
    if (!deterministic && cose.major() == CborReader.TAG && cose.argument() == TAG_CWT) {
      cose.next();
    }
    if (cose.major() == CborReader.TAG) {
      if (cose.argument() != TAG_COSE_SIGN1) {
        return malformed("cose", "is tagged as something other than COSE_Sign1");
      }
      cose.next();
    }
    if (cose.major() != CborReader.ARRAY || !holdsFour()) {
      return malformed("cose", "is not a COSE_Sign1 array of four");
    }
    if (!readString(cose.next(), CborReader.BYTES)) {
      return malformed("protected", "is not a byte string");
    }
    protectedOffset = stringOffset;
    protectedLength = stringLength;
    final int unprotectedOffset = cose.position();
    if (cose.next().major() != CborReader.MAP) {
      return malformed("unprotected", "is not a map");
    }
    if (deterministic && cose.argument() != 0) {
      return malformed("unprotected", "is not empty");
    }
    cose.position(unprotectedOffset);
    cose.skip();
    if (!readString(cose.next(), CborReader.BYTES)) {
      return malformed("payload", "is not a byte string");
    }
    payloadOffset = stringOffset;
    payloadLength = stringLength;
    if (!readString(cose.next(), CborReader.BYTES)) {
      return malformed("signature", "is not a byte string");
    }
    signatureOffset = stringOffset;
    signatureLength = stringLength;
    layOutSigned();
    return openHeaders(unprotectedOffset) && checkSignatureLength();
  }

  /**
   * Reads the string whose head the cursor has read. The chunks of one of indefinite length are
   * moved together in the buffer, for it is signed and compared as one of definite length (RFC 9052
   * §4.4).
   */
  private boolean readString(CborReader cursor, int type) {
    if (cursor.major() != type) {
      return false;
    }
    stringOffset = cursor.position();
    stringLength = 0;
    if (!cursor.isIndefinite()) {
      stringLength = (int) cursor.argument();
      cursor.position(stringOffset + stringLength);
      return true;
    }
    while (cursor.hasMore(-1)) {
      final int chunk = (int) cursor.next().argument();
      System.arraycopy(buffer, cursor.position(), buffer, stringOffset + stringLength, chunk);
      stringLength += chunk;
      cursor.position(cursor.position() + chunk);
    }
    return true;
  }

  /** Whether the array just opened has four items: counted where its length is indefinite. */
  private boolean holdsFour() {
    if (!cose.isIndefinite()) {
      return cose.argument() == 4;
    }
    inner.wrap(buffer, cose.position());
    int items = 0;
    while (inner.hasMore(-1)) {
      inner.skip();
      items++;
    }
    return items == 4;
  }

  private boolean openHeaders(int unprotectedOffset) {
    if (protectedLength != 0) {
      final String fault =
          validator.examine(buffer, protectedOffset, protectedLength, format.isDeterministic());
      if (fault != null) {
        return malformed("protected", fault);
      }
      if (claims.wrap(buffer, protectedOffset).next().major() != CborReader.MAP) {
        return malformed("protected", "is not a map");
      }
      if (!readHeader(protectedOffset)) {
        return false;
      }
    }
    if (criticalHeaders) {
      return unsupported("crit", "names header parameters that must be understood");
    }
    if (!readHeader(unprotectedOffset)) {
      return false;
    }
    if (!algorithmPresent) {
      return malformed("alg", "is missing");
    }
    algorithm = SignatureAlgorithm.ofCoseIdentifier(algorithmIdentifier);
    if (algorithm == null || !format.permits(algorithm)) {
      return unsupported("alg", "is not one that this format allows");
    }
    if (format.isDeterministic() && kidLength != KID_BYTES) {
      return malformed("kid", kidPresent ? "is not of 8 bytes" : "is missing");
    }
    return true;
  }

  /** Reads alg and kid from a header map; what an earlier map has said stands. */
  private boolean readHeader(int offset) {
    claims.wrap(buffer, offset).next();
    final boolean algorithmKnown = algorithmPresent;
    final boolean kidKnown = kidPresent;
    for (long remaining = claims.count(); claims.hasMore(remaining); remaining--) {
      final long label = claims.integer();
      if (label == HEADER_ALG && !algorithmKnown) {
        algorithmIdentifier = readNumber();
        algorithmPresent = true;
        if (algorithmIdentifier == CborReader.NO_INTEGER) {
          return unsupported("alg", "is not a number");
        }
      } else if (label == HEADER_KID && !kidKnown) {
        if (!readString(readHead(), CborReader.BYTES)) {
          return malformed("kid", "is not a byte string");
        }
        if (stringLength > CodeLimits.MAX_KID_BYTES) {
          return malformed("kid", "is longer than 64 bytes");
        }
        kidPresent = true;
        kidOffset = stringOffset;
        kidLength = stringLength;
        kidFitsLong = kidLength == KID_BYTES;
      } else {
        criticalHeaders |= label == HEADER_CRIT;
        claims.skip();
      }
    }
    return true;
  }

  /** The hcert specification leaves an HCERT's signature of another length to its verification. */
  private boolean checkSignatureLength() {
    if (format.isDeterministic() && signatureLength != 64) {
      return malformed("signature", "is not of 64 bytes");
    }
    return signatureLength != 0 || malformed("signature", "is empty");
  }

  /** Lays out the Sig_structure of RFC 9052 §4.4. */
  private void layOutSigned() {
    final int need = protectedLength + payloadLength + SIG_STRUCTURE_OVERHEAD;
    if (signed.length < need) {
      signed = new byte[CodeLimits.MAX_INFLATED_BYTES + SIG_STRUCTURE_OVERHEAD];
    }
    System.arraycopy(SIGNATURE1, 0, signed, 0, SIGNATURE1.length);
    final boolean emptyMap = protectedLength == 1;
    int at = appendBytes(SIGNATURE1.length, protectedOffset, emptyMap ? 0 : protectedLength);
    signed[at++] = 0x40;
    at = appendBytes(at, payloadOffset, payloadLength);
    signedLength = at;
  }

  private int appendBytes(int position, int offset, int length) {
    int at = position;
    if (length < 24) {
      signed[at++] = (byte) (0x40 | length);
    } else if (length <= 0xFF) {
      signed[at++] = 0x58;
      signed[at++] = (byte) length;
    } else if (length <= 0xFFFF) {
      signed[at++] = 0x59;
      signed[at++] = (byte) (length >>> 8);
      signed[at++] = (byte) length;
    } else {
      signed[at++] = 0x5A;
      signed[at++] = (byte) (length >>> 24);
      signed[at++] = (byte) (length >>> 16);
      signed[at++] = (byte) (length >>> 8);
      signed[at++] = (byte) length;
    }
    System.arraycopy(buffer, offset, signed, at, length);
    return at + length;
  }

  private boolean openClaims() {
    final String fault =
        validator.examine(buffer, payloadOffset, payloadLength, format.isDeterministic());
    if (fault != null) {
      return malformed("payload", fault);
    }
    claims.wrap(buffer, payloadOffset);
    readHead();
    if (claims.major() != CborReader.MAP) {
      return malformed("payload", "is not a map of claims");
    }
    int bodyOffset = ABSENT;
    final long body = format == CodeFormat.HC1 ? CLAIM_HCERT : CLAIM_GONGBEI;
    for (long remaining = claims.count(); claims.hasMore(remaining); remaining--) {
      final long claim = claims.integer();
      if (claim == CLAIM_ISS) {
        if (!readIssuer()) {
          return false;
        }
      } else if (claim == CLAIM_EXP) {
        expiresAtEpochSeconds = readNumericDate();
        if (expiresAtEpochSeconds == ABSENT) {
          return malformed("exp", "is not a time");
        }
      } else if (claim == CLAIM_IAT) {
        issuedAtEpochSeconds = readNumericDate();
        if (issuedAtEpochSeconds == ABSENT) {
          return malformed("iat", "is not a time");
        }
      } else if (claim == CLAIM_NBF) {
        notBeforeEpochSeconds = readNumericDate();
        if (notBeforeEpochSeconds == ABSENT) {
          return malformed("nbf", "is not a time");
        }
      } else {
        if (claim == body) {
          bodyOffset = claims.position();
        }
        claims.skip();
      }
    }
    return checkCommonClaims()
        && (format == CodeFormat.HC1 ? openHcert(bodyOffset) : openGongbei(bodyOffset));
  }

  private boolean readIssuer() {
    if (!readString(readHead(), CborReader.TEXT)) {
      return malformed("iss", "is not text");
    }
    issOffset = stringOffset;
    issLength = stringLength;
    return true;
  }

  /**
   * A NumericDate (RFC 8392 §2), floored to the second; a float only where floats may stand. In an
   * HCERT, whose readers are to be permissive (hcert specification §3.3.7), the tag of an epoch
   * time that should have been left out is passed over; another would make it another time.
   */
  private long readNumericDate() {
    final int start = claims.position();
    claims.nextUntagged();
    if (claims.isFloat()) {
      final double seconds = claims.floatValue();
      return isTimeTag() && seconds >= 0 && seconds <= CodeLimits.MAX_EPOCH_SECONDS
          ? (long) seconds
          : ABSENT;
    }
    claims.position(start);
    final long seconds = claims.integer();
    final boolean isBignum = claims.major() == CborReader.BYTES && format == CodeFormat.HC1;
    return (isTimeTag() || isBignum) && seconds >= 0 && seconds <= CodeLimits.MAX_EPOCH_SECONDS
        ? seconds
        : ABSENT;
  }

  private boolean isTimeTag() {
    return claims.tag() == CborReader.NO_TAG
        || (claims.tag() == TAG_EPOCH_TIME && format == CodeFormat.HC1);
  }

  /** Reads a head; where the encoding is not deterministic, past its tags. */
  private CborReader readHead() {
    return format.isDeterministic() ? claims.next() : claims.nextUntagged();
  }

  /** Reads an integer; where the encoding is deterministic, none that is tagged is one. */
  private long readNumber() {
    final long number = claims.integer();
    return format.isDeterministic() && claims.tag() != CborReader.NO_TAG
        ? CborReader.NO_INTEGER
        : number;
  }

  private boolean checkCommonClaims() {
    if (expiresAtEpochSeconds == ABSENT) {
      return malformed("exp", "is missing");
    }
    final String only = format.issuer();
    if (only != null) {
      if (issLength == ABSENT) {
        return malformed("iss", "is missing");
      }
      if (!isText(issOffset, issLength, only)) {
        return malformed("iss", "is not the issuer of this format");
      }
    }
    if (issuedAtEpochSeconds == ABSENT) {
      return format == CodeFormat.HC1 || malformed("iat", "is missing");
    }
    return issuedAtEpochSeconds <= expiresAtEpochSeconds
        || format == CodeFormat.HC1
        || malformed("exp", "is before iat");
  }

  private boolean openGongbei(int offset) {
    if (offset == ABSENT) {
      return malformed("claim -65537", "is missing");
    }
    claims.wrap(buffer, offset).next();
    if (claims.major() != CborReader.MAP) {
      return malformed("claim -65537", "is not a map");
    }
    for (long remaining = claims.count(); remaining > 0; remaining--) {
      if (!readGongbeiClaim(claims.integer())) {
        return false;
      }
    }
    return checkGongbeiClaims();
  }

  private boolean readGongbeiClaim(long label) {
    final int claim = label > 0 && label <= 10 ? (int) label : 0;
    switch (claim) {
      case 1 -> subjectOffset = readBytes(CodeLimits.SUBJECT_BYTES);
      case 2 -> kind = readSmall(KIND_TRANSLATED);
      case 3 -> colour = readSmall(2);
      case 4 -> result = readSmall(RESULT_POSITIVE);
      case 5 -> sampleEpochMinutes = readSmall(Integer.MAX_VALUE);
      case 6 -> doses = readSmall(CodeLimits.MAX_DOSES);
      case 7 -> serialOffset = readBytes(CodeLimits.SERIAL_BYTES);
      case 8 -> readOrigin();
      case 9 -> groupSize = readSmall(CodeLimits.MAX_GROUP_SIZE);
      case 10 -> groupDigestOffset = readBytes(CodeLimits.GROUP_DIGEST_BYTES);
      default -> {
        claims.skip();
        return true;
      }
    }
    return readWell(claim);
  }

  private boolean readWell(int claim) {
    return switch (claim) {
      case 1 -> subjectOffset != ABSENT || malformed("subject", "is not 16 bytes");
      case 2 -> kind != ABSENT || malformed("kind", "is not a number from 0 to 3");
      case 3 -> colour != ABSENT || malformed("colour", "is not a number from 0 to 2");
      case 4 -> result != ABSENT || malformed("result", "is not a number from 0 to 2");
      case 5 -> sampleEpochMinutes != ABSENT || malformed("sampleTime", "is not epoch minutes");
      case 6 -> doses != ABSENT || malformed("doses", "is not a number from 0 to 99");
      case 7 -> serialOffset != ABSENT || malformed("serial", "is not 8 bytes");
      case 8 -> originLength != ABSENT || malformed("origin", "is not text of 2 capital letters");
      case 9 -> groupSize > 0 || malformed("groupSize", "is not a number from 1 to 500");
      default -> groupDigestOffset != ABSENT || malformed("groupDigest", "is not 32 bytes");
    };
  }

  private int readSmall(int greatest) {
    final int start = claims.position();
    claims.next();
    if (claims.isInt() && claims.intValue() >= 0 && claims.intValue() <= greatest) {
      return (int) claims.intValue();
    }
    claims.position(start);
    claims.skip();
    return ABSENT;
  }

  private int readBytes(int length) {
    final int start = claims.position();
    if (claims.next().isDefinite(CborReader.BYTES) && claims.argument() == length) {
      final int at = claims.position();
      claims.position(at + length);
      return at;
    }
    claims.position(start);
    claims.skip();
    return ABSENT;
  }

  private void readOrigin() {
    final int start = claims.position();
    if (claims.next().isDefinite(CborReader.TEXT)
        && claims.argument() == 2
        && isCapital(claims.position())
        && isCapital(claims.position() + 1)) {
      originOffset = claims.position();
      originLength = 2;
    }
    claims.position(start);
    claims.skip();
  }

  private boolean isCapital(int offset) {
    return buffer[offset] >= 'A' && buffer[offset] <= 'Z';
  }

  private boolean checkGongbeiClaims() {
    if (subjectOffset == ABSENT) {
      return malformed("subject", "is missing");
    }
    if (kind == ABSENT) {
      return malformed("kind", "is missing");
    }
    if (colour == ABSENT) {
      return malformed("colour", "is missing");
    }
    if (serialOffset == ABSENT) {
      return malformed("serial", "is missing");
    }
    if (result != RESULT_NONE && sampleEpochMinutes == ABSENT) {
      return malformed("sampleTime", "is missing");
    }
    if (kind == KIND_TRANSLATED && originLength == ABSENT) {
      return malformed("origin", "is missing");
    }
    if (kind == KIND_GROUP && groupSize == ABSENT) {
      return malformed("groupSize", "is missing");
    }
    if (kind == KIND_GROUP && groupDigestOffset == ABSENT) {
      return malformed("groupDigest", "is missing");
    }
    return true;
  }

  private boolean openHcert(int offset) {
    if (offset == ABSENT) {
      return malformed("hcert", "is missing");
    }
    claims.wrap(buffer, offset).nextUntagged();
    if (claims.major() != CborReader.MAP) {
      return malformed("hcert", "is not a map");
    }
    for (long remaining = claims.count(); claims.hasMore(remaining); remaining--) {
      if (claims.integer() == HCERT_VERSION_1) {
        hcertOffset = claims.position();
      }
      claims.skip();
    }
    if (hcertOffset == ABSENT) {
      return malformed("hcert", "has no certificate of version 1");
    }
    return hcert.wrap(buffer, hcertOffset) || malformed(hcert.field(), hcert.explanation());
  }

  private boolean isText(int offset, int length, String expected) {
    if (length != expected.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (buffer[offset + i] != expected.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private boolean malformed(String where, String why) {
    field = where;
    explanation = why;
    return false;
  }

  private boolean unsupported(String where, String why) {
    unsupported = true;
    return malformed(where, why);
  }

  /** The code's format, or null where its prefix is none that Gongbei knows. */
  public CodeFormat format() {
    return format;
  }

  /** After a refusal: whether the code may be well-formed but is of a kind Gongbei can't read. */
  public boolean isUnsupported() {
    return unsupported;
  }

  /** After a refusal: the field at fault, a constant; else null. */
  public String field() {
    return field;
  }

  /** After a refusal: what is wrong with the field, a constant for people to read; else null. */
  public String explanation() {
    return explanation;
  }

  /** What the code says it is signed with. */
  public SignatureAlgorithm algorithm() {
    return algorithm;
  }

  /** Whether the code names a key by a kid of the 8 bytes that the EU's specification wants. */
  public boolean hasKid() {
    return kidFitsLong;
  }

  /** The kid as one big-endian number: see {@link #hasKid}. */
  public long kid() {
    long kid = 0;
    for (int i = 0; i < KID_BYTES; i++) {
      kid = (kid << 8) | (buffer[kidOffset + i] & 0xFF);
    }
    return kid;
  }

  /** A copy of the kid, of any length, or null where the code has none. Allocates. */
  public byte[] kidBytes() {
    return kidPresent ? Arrays.copyOfRange(buffer, kidOffset, kidOffset + kidLength) : null;
  }

  /** The buffer whose first {@link #signedLength} bytes are signed. */
  public byte[] signed() {
    return signed;
  }

  /** How many bytes are signed. */
  public int signedLength() {
    return signedLength;
  }

  /** The buffer that the offsets of this class point into. */
  public byte[] buffer() {
    return buffer;
  }

  /** Offset of the signature. */
  public int signatureOffset() {
    return signatureOffset;
  }

  /** Length of the signature: 64 in {@code GD1} and {@code MO1}, of any length in {@code HC1}. */
  public int signatureLength() {
    return signatureLength;
  }

  /** Offset of the CWT, a CBOR map. */
  public int payloadOffset() {
    return payloadOffset;
  }

  /** Claim {@code iss}, or null. Allocates. */
  public String issuer() {
    return textOrNull(issOffset, issLength);
  }

  /** Claim {@code iat}, or {@link #ABSENT}. */
  public long issuedAtEpochSeconds() {
    return issuedAtEpochSeconds;
  }

  /** Claim {@code nbf}, or {@link #ABSENT}. */
  public long notBeforeEpochSeconds() {
    return notBeforeEpochSeconds;
  }

  /** Claim {@code exp}. */
  public long expiresAtEpochSeconds() {
    return expiresAtEpochSeconds;
  }

  /** Offset of the 16 bytes of the subject, or {@link #ABSENT} in an {@code HC1} code. */
  public int subjectOffset() {
    return subjectOffset;
  }

  /** Offset of the 8 bytes of the serial, or {@link #ABSENT} in an {@code HC1} code. */
  public int serialOffset() {
    return serialOffset;
  }

  /** One of the {@code KIND_} constants, or {@link #ABSENT} in an {@code HC1} code. */
  public int kind() {
    return kind;
  }

  /** The colour displayed: 0 green, 1 yellow, 2 red, or {@link #ABSENT} in an {@code HC1} code. */
  public int colour() {
    return colour;
  }

  /** One of the {@code RESULT_} constants; that of an {@code HC1} code is in {@link #hcert}. */
  public int result() {
    return result;
  }

  /** When the sample of {@link #result} was taken, in minutes since 1970 UTC, or ABSENT. */
  public int sampleEpochMinutes() {
    return sampleEpochMinutes;
  }

  /**
   * Vaccine doses, 0 where none are claimed; those of an {@code HC1} code are in {@link #hcert}.
   */
  public int doses() {
    return doses;
  }

  /** The issuer that a translated code came from, or null. Allocates. */
  public String origin() {
    return textOrNull(originOffset, originLength);
  }

  /** How many people a group code stands for, or {@link #ABSENT}. */
  public int groupSize() {
    return groupSize;
  }

  /** Offset of the 32 bytes of a group's digest, or {@link #ABSENT}. */
  public int groupDigestOffset() {
    return groupDigestOffset;
  }

  /** Offset of the HCERT, a CBOR map, or {@link #ABSENT} in other formats. */
  public int hcertOffset() {
    return hcertOffset;
  }

  /** What the certificate in an {@code HC1} code certifies. */
  public HcertClaims hcert() {
    return hcert;
  }

  private String textOrNull(int offset, int length) {
    return length == ABSENT ? null : new String(buffer, offset, length, StandardCharsets.UTF_8);
  }
}
