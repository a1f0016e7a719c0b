package gongbei.codec.trust;

import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Null;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;

/**
 * The curves of issuers' keys, in the library's optimised form, whose field arithmetic is several
 * times faster than that of the generic one.
 */
public final class Curves {
  /** sm2p256v1 (GB/T 32918.5). */
  public static final ECNamedDomainParameters SM2 =
      domain(GMObjectIdentifiers.sm2p256v1, "sm2p256v1");

  /** P-256 (FIPS 186-4 D.1.2.3). */
  public static final ECNamedDomainParameters P256 =
      domain(X9ObjectIdentifiers.prime256v1, "secp256r1");

  /** P-384 (FIPS 186-4 D.1.2.4). */
  public static final ECNamedDomainParameters P384 =
      domain(SECObjectIdentifiers.secp384r1, "secp384r1");

  /** P-521 (FIPS 186-4 D.1.2.5). */
  public static final ECNamedDomainParameters P521 =
      domain(SECObjectIdentifiers.secp521r1, "secp521r1");

  private static final List<ECNamedDomainParameters> ALL = List.of(P256, SM2, P384, P521);

  private Curves() {}

  /** The curve of that object identifier, or null where it is none of them. */
  public static ECNamedDomainParameters of(ASN1ObjectIdentifier identifier) {
    for (final ECNamedDomainParameters known : ALL) {
      if (known.getName().equals(identifier)) {
        return known;
      }
    }
    return null;
  }

  /**
   * The curve that a key's parameters (RFC 3279 §2.3.5) name, or spell out as travel documents'
   * certificates do (ICAO 9303-12), or null where it is none of them.
   */
  public static ECNamedDomainParameters ofParameters(ASN1Encodable parameters) {
    if (parameters instanceof ASN1ObjectIdentifier identifier) {
      return of(identifier);
    }
    if (!(parameters instanceof ASN1Sequence)) {
      return null;
    }
    final X9ECParameters spelt = X9ECParameters.getInstance(parameters);
    for (final ECNamedDomainParameters known : ALL) {
      if (known.getN().equals(spelt.getN())
          && known.getCurve().equals(spelt.getCurve())
          && known.getG().equals(known.getCurve().importPoint(spelt.getG()))) {
        return known;
      }
    }
    return null;
  }

  /** Whether a key is one of an elliptic curve, by whichever of the identifiers of such keys. */
  static boolean isElliptic(AlgorithmIdentifier algorithm) {
    return X9ObjectIdentifiers.id_ecPublicKey.equals(algorithm.getAlgorithm())
        || GMObjectIdentifiers.sm2p256v1.equals(algorithm.getAlgorithm());
  }

  /**
   * The curve of a key: under {@code id-ecPublicKey} that of its parameters; under SM2's own
   * identifier (1.2.156.10197.1.301, GM/T 0006) SM2's, which the parameters may leave out.
   *
   * @return null where it is none of them
   */
  static ECNamedDomainParameters ofKey(AlgorithmIdentifier algorithm) {
    final ASN1Encodable parameters = algorithm.getParameters();
    if (X9ObjectIdentifiers.id_ecPublicKey.equals(algorithm.getAlgorithm())) {
      return ofParameters(parameters);
    }
    final boolean isNamedAlone = parameters == null || parameters instanceof ASN1Null;
    return isElliptic(algorithm) && (isNamedAlone || SM2.equals(ofParameters(parameters)))
        ? SM2
        : null;
  }

  private static ECNamedDomainParameters domain(ASN1ObjectIdentifier identifier, String name) {
    final X9ECParameters curve = CustomNamedCurves.getByName(name);
    return new ECNamedDomainParameters(identifier, curve);
  }
}
