package gongbei.codec.code;

/**
 * The signature algorithms that a code may carry in its COSE header {@code alg} (RFC 9052 §3.1,
 * label 1).
 */
public enum SignatureAlgorithm {
  /**
   * SM2 with SM3 (GB/T 32918.2), user id {@code 1234567812345678}, raw r‖s of 64 bytes; COSE
   * private-use algorithm -65537.
   */
  SM2(-65537),
  /** ECDSA on P-256 with SHA-256 (RFC 9053 §2.1), raw r‖s of 64 bytes. */
  ES256(-7),
  /** RSASSA-PSS with SHA-256 and a salt of 32 bytes (RFC 8230 §2). */
  PS256(-37);

  private final int coseIdentifier;

  SignatureAlgorithm(int coseIdentifier) {
    this.coseIdentifier = coseIdentifier;
  }

  /** The value of {@code alg} in a COSE header. */
  public int coseIdentifier() {
    return coseIdentifier;
  }

  /** The algorithm of that COSE identifier, or null where Gongbei knows none. */
  public static SignatureAlgorithm ofCoseIdentifier(long identifier) {
    if (identifier == SM2.coseIdentifier) {
      return SM2;
    }
    if (identifier == ES256.coseIdentifier) {
      return ES256;
    }
    return identifier == PS256.coseIdentifier ? PS256 : null;
  }
}
