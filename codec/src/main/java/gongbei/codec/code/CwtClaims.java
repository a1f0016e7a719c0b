package gongbei.codec.code;

import static gongbei.codec.code.HealthCode.ABSENT;

import gongbei.codec.cbor.CborReader;

/**
 * The claims that all formats share, of a CWT (RFC 8392) or of what JSON carries: issuer and times,
 * in seconds since 1970 UTC. What they are worth {@code gongbei.codec.validity} says. A flyweight
 * over the code's buffer, valid until the code is read anew; allocates nothing but where it says
 * so. For one thread.
 */
public final class CwtClaims {
  private static final long CLAIM_ISS = 1;
  private static final long CLAIM_EXP = 4;
  private static final long CLAIM_NBF = 5;
  private static final long CLAIM_IAT = 6;
  private static final long TAG_EPOCH_TIME = 1;

  private final CodeCursor cursor;
  private final Slice iss = new Slice();
  private byte[] issuerBuffer;
  private long issuedAtEpochSeconds;
  private long notBeforeEpochSeconds;
  private long expiresAtEpochSeconds;
  private int bodyOffset;

  CwtClaims(CodeCursor cursor) {
    this.cursor = cursor;
  }

  /** Forgets the claims. */
  void clear() {
    iss.clear();
    issuerBuffer = null;
    issuedAtEpochSeconds = ABSENT;
    notBeforeEpochSeconds = ABSENT;
    expiresAtEpochSeconds = ABSENT;
    bodyOffset = ABSENT;
  }

  /**
   * Reads the claims.
   *
   * @param body the claim that holds what the format itself says: see {@link #bodyOffset}
   * @return whether they are well-formed; if not, the cursor has the fault
   */
  boolean read(CodeFormat format, CoseSign1 cose, long body) {
    if (!cursor.isWellFormed("payload", cose.payloadOffset(), cose.payloadLength())) {
      return false;
    }
    final CborReader cbor = cursor.at(cose.payloadOffset());
    if (cursor.nextHead().major() != CborReader.MAP) {
      return cursor.malformed("payload", "is not a map of claims");
    }
    for (long remaining = cbor.count(); cbor.hasMore(remaining); remaining--) {
      if (!readClaim(cbor.integer(), body)) {
        return false;
      }
    }
    return check(format);
  }

  private boolean readClaim(long claim, long body) {
    if (claim == CLAIM_ISS) {
      cursor.nextHead();
      return cursor.string(CborReader.TEXT, iss) || cursor.malformed("iss", "is not text");
    }
    if (claim == CLAIM_EXP) {
      expiresAtEpochSeconds = readNumericDate();
      return expiresAtEpochSeconds != ABSENT || cursor.malformed("exp", "is not a time");
    }
    if (claim == CLAIM_IAT) {
      issuedAtEpochSeconds = readNumericDate();
      return issuedAtEpochSeconds != ABSENT || cursor.malformed("iat", "is not a time");
    }
    if (claim == CLAIM_NBF) {
      notBeforeEpochSeconds = readNumericDate();
      return notBeforeEpochSeconds != ABSENT || cursor.malformed("nbf", "is not a time");
    }
    if (claim == body) {
      bodyOffset = cursor.cbor().position();
    }
    cursor.cbor().skip();
    return true;
  }

  /**
   * A NumericDate (RFC 8392 §2), floored to the second; a float only where floats may stand. In an
   * HCERT, whose readers are to be permissive (hcert specification §3.3.7), the tag of an epoch
   * time that should have been left out is ignored; another would make it another time.
   */
  private long readNumericDate() {
    final CborReader cbor = cursor.cbor();
    final int start = cbor.position();
    cbor.nextUntagged();
    if (cbor.isFloat()) {
      final double seconds = cbor.floatValue();
      return isTimeTag() && seconds >= 0 && seconds <= CodeLimits.MAX_EPOCH_SECONDS
          ? (long) seconds
          : ABSENT;
    }
    cbor.position(start);
    final long seconds = cbor.integer();
    final boolean isBignum = cbor.major() == CborReader.BYTES && !cursor.isDeterministic();
    return (isTimeTag() || isBignum) && seconds >= 0 && seconds <= CodeLimits.MAX_EPOCH_SECONDS
        ? seconds
        : ABSENT;
  }

  private boolean isTimeTag() {
    final long tag = cursor.cbor().tag();
    return tag == CborReader.NO_TAG || (tag == TAG_EPOCH_TIME && !cursor.isDeterministic());
  }

  private boolean check(CodeFormat format) {
    final String only = format.issuer();
    if (only == null) {
      return true;
    }
    if (expiresAtEpochSeconds == ABSENT) {
      return cursor.malformed("exp", "is missing");
    }
    if (!iss.isPresent()) {
      return cursor.malformed("iss", "is missing");
    }
    if (!iss.isText(cursor.buffer(), only)) {
      return cursor.malformed("iss", "is not the issuer of this format");
    }
    if (issuedAtEpochSeconds == ABSENT) {
      return cursor.malformed("iat", "is missing");
    }
    return issuedAtEpochSeconds <= expiresAtEpochSeconds
        || cursor.malformed("exp", "is before iat");
  }

  /** Where the claim lies that holds what the format itself says, or {@link HealthCode#ABSENT}. */
  int bodyOffset() {
    return bodyOffset;
  }

  /**
   * Takes the claims of a format whose carrier is JSON.
   *
   * @param issuer holds the issuer in UTF-8 from its first byte on; not copied
   * @param issuerLength its length, or {@link HealthCode#ABSENT}
   */
  void take(byte[] issuer, int issuerLength, long notBefore, long issuedAt, long expiresAt) {
    issuerBuffer = issuer;
    iss.set(0, issuerLength);
    notBeforeEpochSeconds = notBefore;
    issuedAtEpochSeconds = issuedAt;
    expiresAtEpochSeconds = expiresAt;
  }

  /** The buffer that holds claim {@code iss} where there is one: see {@link #issuerOffset}. */
  public byte[] issuerBuffer() {
    return issuerBuffer == null ? cursor.buffer() : issuerBuffer;
  }

  /** Offset of claim {@code iss} in its buffer. */
  public int issuerOffset() {
    return iss.offset();
  }

  /** Length of claim {@code iss} in bytes of UTF-8, or {@link HealthCode#ABSENT}. */
  public int issuerLength() {
    return iss.length();
  }

  /** Claim {@code iss}, or null. Allocates. */
  public String issuer() {
    return iss.text(issuerBuffer());
  }

  /** Whether claim {@code iss} is that text of ASCII. */
  public boolean isIssuedBy(String issuer) {
    return iss.isText(issuerBuffer(), issuer);
  }

  /** Claim {@code iat}, or {@link HealthCode#ABSENT}. */
  public long issuedAtEpochSeconds() {
    return issuedAtEpochSeconds;
  }

  /** Claim {@code nbf}, or {@link HealthCode#ABSENT}. */
  public long notBeforeEpochSeconds() {
    return notBeforeEpochSeconds;
  }

  /** Claim {@code exp}, or {@link HealthCode#ABSENT} where its format lets it be missing. */
  public long expiresAtEpochSeconds() {
    return expiresAtEpochSeconds;
  }
}
