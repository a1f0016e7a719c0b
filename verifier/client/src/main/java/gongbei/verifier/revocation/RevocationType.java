package gongbei.verifier.revocation;

import java.util.Optional;

/** What the hashes of a revocation list are made of: SHA-256, the first 128 bits. */
public enum RevocationType {
  /** The identifier of the certificate, as it stands in it. */
  UCI(1, "UCI", "ci"),
  /** The issuer's country ({@code iss}) followed by the identifier of the certificate. */
  COUNTRYCODEUCI(2, "COUNTRYCODEUCI", "ci"),
  /** The signature: of ECDSA the first half, which is r, of RSA all of it. */
  SIGNATURE(4, "SIGNATURE", "signature"),
  /** The claim {@code rid} of a SMART Health Card. */
  RID(8, "rid", "rid"),
  /** What of the code is signed: the denylist's own, the same whatever the signature. */
  SIGNED(16, "signed", "code");

  private final int bit;
  private final String wireName;
  private final String field;

  RevocationType(int bit, String wireName, String field) {
    this.bit = bit;
    this.wireName = wireName;
    this.field = field;
  }

  /** The name in lists and in JSON; that of the EU's gateway for its three. */
  public String wireName() {
    return wireName;
  }

  /** The claim that a verdict names. */
  public String field() {
    return field;
  }

  /** The bit that stands for it in sets of types, and in the log. */
  int bit() {
    return bit;
  }

  /** The type of that name. */
  public static Optional<RevocationType> ofWireName(String name) {
    for (final RevocationType type : values()) {
      if (type.wireName.equals(name)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
