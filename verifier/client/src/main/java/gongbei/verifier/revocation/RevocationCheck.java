package gongbei.verifier.revocation;

import gongbei.codec.code.CertificateIdentifiers;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.code.CwtClaims;
import gongbei.codec.code.HcertKind;
import gongbei.codec.code.HealthCode;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.code.SignedParts;
import gongbei.codec.trust.IssuerKey;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Looks a foreign code up in the lists of revoked ones: by the hashes of the EU's specification, by
 * the {@code rid} of a SMART Health Card, and by what of it is signed. It hashes only what there
 * are lists for, and allocates nothing. For one thread.
 */
public final class RevocationCheck {
  private final MessageDigest sha256;
  private final byte[] hash = new byte[32];
  private final byte[] identifier = new byte[CodeLimits.MAX_INFLATED_BYTES];
  private final CertificateIdentifiers identifiers = new CertificateIdentifiers();
  private final Presented presented = new Presented();
  private RevocationType found;

  public RevocationCheck() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  /**
   * Whether a foreign code is revoked.
   *
   * @param code well-formed, and signed by the key
   * @param at the time that counts, in epoch seconds
   */
  public boolean isRevoked(RevocationSet revoked, HealthCode code, IssuerKey key, long at) {
    found = null;
    if (revoked.size() == 0) {
      return false;
    }
    presented.of(key.kid(), key.issuer(), issuedAt(code.cwt()), at);
    found = find(revoked, code, key);
    return found != null;
  }

  /** What a list has of the last code, or null where none has it. */
  public RevocationType found() {
    return found;
  }

  private static long issuedAt(CwtClaims claims) {
    return claims.notBeforeEpochSeconds() != HealthCode.ABSENT
        ? claims.notBeforeEpochSeconds()
        : claims.issuedAtEpochSeconds();
  }

  private RevocationType find(RevocationSet revoked, HealthCode code, IssuerKey key) {
    if (revoked.has(RevocationType.SIGNED)) {
      final SignedParts signed = code.signed();
      sha256.update(signed.signed(), 0, signed.signedLength());
      if (isIn(revoked, RevocationType.SIGNED)) {
        return RevocationType.SIGNED;
      }
    }
    if (code.format() == CodeFormat.SHC) {
      return findRid(revoked, code);
    }
    if (code.hcert().kind() == HcertKind.DCC && isSignatureIn(revoked, code.signed())) {
      return RevocationType.SIGNATURE;
    }
    return findIdentifier(revoked, code, key);
  }

  private RevocationType findRid(RevocationSet revoked, HealthCode code) {
    if (!revoked.has(RevocationType.RID) || code.card().ridLength() == HealthCode.ABSENT) {
      return null;
    }
    sha256.update(code.card().ridBytes(), 0, code.card().ridLength());
    return isIn(revoked, RevocationType.RID) ? RevocationType.RID : null;
  }

  private boolean isSignatureIn(RevocationSet revoked, SignedParts signed) {
    if (!revoked.has(RevocationType.SIGNATURE)) {
      return false;
    }
    // Who turns s into its negative has another signature that verifies; r stays.
    final boolean isRsa = signed.algorithm() == SignatureAlgorithm.PS256;
    sha256.update(
        signed.signature(),
        signed.signatureOffset(),
        isRsa ? signed.signatureLength() : signed.signatureLength() / 2);
    return isIn(revoked, RevocationType.SIGNATURE);
  }

  private RevocationType findIdentifier(RevocationSet revoked, HealthCode code, IssuerKey key) {
    final boolean plain = revoked.has(RevocationType.UCI);
    final boolean withCountry =
        revoked.has(RevocationType.COUNTRYCODEUCI) && code.hcert().kind() == HcertKind.DCC;
    if (!plain && !withCountry) {
      return null;
    }
    identifiers.begin(code);
    for (int length = identifiers.next(identifier);
        length != HealthCode.ABSENT;
        length = identifiers.next(identifier)) {
      if (plain) {
        sha256.update(identifier, 0, length);
        if (isIn(revoked, RevocationType.UCI)) {
          return RevocationType.UCI;
        }
      }
      if (withCountry) {
        updateCountry(code.cwt(), key);
        sha256.update(identifier, 0, length);
        if (isIn(revoked, RevocationType.COUNTRYCODEUCI)) {
          return RevocationType.COUNTRYCODEUCI;
        }
      }
    }
    return null;
  }

  /** The country is that of {@code iss}; a certificate without one is of whose key it is. */
  private void updateCountry(CwtClaims claims, IssuerKey key) {
    if (claims.issuerLength() != HealthCode.ABSENT) {
      sha256.update(claims.issuerBuffer(), claims.issuerOffset(), claims.issuerLength());
      return;
    }
    for (int i = 0; i < key.issuer().length(); i++) {
      sha256.update((byte) key.issuer().charAt(i));
    }
  }

  private boolean isIn(RevocationSet revoked, RevocationType type) {
    try {
      sha256.digest(hash, 0, hash.length);
    } catch (DigestException e) {
      throw new IllegalStateException("SHA-256 is not of 32 bytes", e);
    }
    return revoked.contains(
        type,
        (long) RevocationList.LONG.get(hash, 0),
        (long) RevocationList.LONG.get(hash, Long.BYTES),
        presented);
  }
}
