package gongbei.codec.trust;

import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;

/**
 * The two curves, in the library's optimised form, whose field arithmetic is several times faster
 * than that of the generic one.
 */
public final class Curves {
  /** sm2p256v1 (GB/T 32918.5). */
  public static final ECNamedDomainParameters SM2 =
      domain(GMObjectIdentifiers.sm2p256v1, "sm2p256v1");

  /** P-256 (FIPS 186-4 D.1.2.3). */
  public static final ECNamedDomainParameters P256 =
      domain(X9ObjectIdentifiers.prime256v1, "secp256r1");

  private Curves() {}

  /** The curve of that object identifier, or null where it is neither. */
  public static ECNamedDomainParameters of(ASN1ObjectIdentifier identifier) {
    if (GMObjectIdentifiers.sm2p256v1.equals(identifier)) {
      return SM2;
    }
    return X9ObjectIdentifiers.prime256v1.equals(identifier) ? P256 : null;
  }

  /**
   * The curve that a key's parameters (RFC 3279 §2.3.5) name, or spell out as travel documents'
   * certificates do (ICAO 9303-12), or null where it is neither.
   */
  public static ECNamedDomainParameters ofParameters(ASN1Encodable parameters) {
    if (parameters instanceof ASN1ObjectIdentifier identifier) {
      return of(identifier);
    }
    if (!(parameters instanceof ASN1Sequence)) {
      return null;
    }
    final X9ECParameters spelt = X9ECParameters.getInstance(parameters);
    for (final ECNamedDomainParameters known : List.of(P256, SM2)) {
      if (known.getN().equals(spelt.getN())
          && known.getCurve().equals(spelt.getCurve())
          && known.getG().equals(known.getCurve().importPoint(spelt.getG()))) {
        return known;
      }
    }
    return null;
  }

  private static ECNamedDomainParameters domain(ASN1ObjectIdentifier identifier, String name) {
    final X9ECParameters curve = CustomNamedCurves.getByName(name);
    return new ECNamedDomainParameters(identifier, curve);
  }
}
