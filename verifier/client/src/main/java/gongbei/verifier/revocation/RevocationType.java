package gongbei.verifier.revocation;

import java.util.Optional;

/** What the hashes of a revocation list are made of: SHA-256, the first 128 bits. */
public enum RevocationType {
  /** The identifier of the certificate, as it stands in it. */
  UCI("UCI", "ci"),
  /** The issuer's country ({@code iss}) followed by the identifier of the certificate. */
  COUNTRYCODEUCI("COUNTRYCODEUCI", "ci"),
  /** The signature: of ECDSA the first half, which is r, of RSA all of it. */
  SIGNATURE("SIGNATURE", "signature"),
  /** The claim {@code rid} of a SMART Health Card. */
  RID("rid", "rid"),
  /** What of the code is signed: the denylist's own, the same whatever the signature. */
  SIGNED("signed", "code");

  private final String wireName;
  private final String field;

  RevocationType(String wireName, String field) {
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

  /** The bit that stands for it in sets of types. */
  int bit() {
    return 1 << ordinal();
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
