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
  /**
   * ECDSA with SHA-256 (RFC 9053 §2.1), raw r‖s, each as long as the order of the key's curve: 64
   * bytes on P-256. RFC 9053 suggests that curve and does not demand it; some issuers of {@code
   * HC1} sign so on P-384.
   */
  ES256(-7),
  /** ECDSA with SHA-384 (RFC 9053 §2.1), raw r‖s: 96 bytes on P-384. */
  ES384(-35),
  /** ECDSA with SHA-512 (RFC 9053 §2.1), raw r‖s: 132 bytes on P-521. */
  ES512(-36),
  /** RSASSA-PSS with SHA-256 and a salt of 32 bytes (RFC 8230 §2). */
  PS256(-37);

  private static final SignatureAlgorithm[] KNOWN = values();

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
    for (final SignatureAlgorithm algorithm : KNOWN) {
      if (algorithm.coseIdentifier == identifier) {
        return algorithm;
      }
    }
    return null;
  }

  /** The algorithm that the first bytes name as JOSE does (RFC 7518 §3.1), or null. */
  static SignatureAlgorithm ofName(byte[] name, int length) {
    for (final SignatureAlgorithm algorithm : KNOWN) {
      if (algorithm != SM2 && Ascii.isText(name, length, algorithm.name())) {
        return algorithm;
      }
    }
    return null;
  }

  /** Whether it is ECDSA, whose hash the algorithm names and whose curve the key has. */
  public boolean isEcdsa() {
    return switch (this) {
      case ES256, ES384, ES512 -> true;
      case SM2, PS256 -> false;
    };
  }
}
