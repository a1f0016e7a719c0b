package gongbei.codec.trust;

import java.security.cert.CertificateException;
import java.util.Arrays;
import java.util.Objects;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.CertException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.DefaultSignatureNameFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;

/**
 * A country's signing authority (ICAO 9303-12: CSCA; hcert: SCA): whose certificate makes others
 * trusted, and which signs no code itself. Immutable, for any thread.
 */
public final class TrustAuthority {
  private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

  private final X509CertificateHolder certificate;
  private final byte[] der;
  private final String country;
  private final byte[] keyIdentifier;

  private TrustAuthority(X509CertificateHolder certificate, byte[] der) {
    this.certificate = certificate;
    this.der = der.clone();
    country = Certificates.country(certificate);
    keyIdentifier = subjectKeyIdentifier(certificate);
  }

  /**
   * Whether a certificate says that it may sign others: its basic constraints (RFC 5280 §4.2.1.9).
   *
   * @param source names it in messages
   */
  public static boolean isAuthority(String source, byte[] certificate) throws TrustException {
    try {
      return isAuthority(Certificates.holder(source, certificate));
    } catch (RuntimeException e) {
      throw new TrustException(source + Certificates.UNREADABLE_EXTENSIONS);
    }
  }

  private static boolean isAuthority(X509CertificateHolder certificate) {
    final BasicConstraints constraints =
        BasicConstraints.fromExtensions(certificate.getExtensions());
    return constraints != null && constraints.isCA();
  }

  /**
   * The authority whose certificate that is.
   *
   * @param source names it in messages
   * @throws TrustException where it may sign no certificate, or its key is weak
   */
  public static TrustAuthority of(String source, byte[] der) throws TrustException {
    final X509CertificateHolder certificate = Certificates.holder(source, der);
    if (!isAuthority(source, der)) {
      throw new TrustException(source + ": is no certificate of an authority");
    }
    try {
      final KeyUsage usage = KeyUsage.fromExtensions(certificate.getExtensions());
      if (usage != null && !usage.hasUsages(KeyUsage.keyCertSign)) {
        throw new TrustException(source + ": its key usage does not let it sign certificates");
      }
      Certificates.requireStrongKey(source, certificate.getSubjectPublicKeyInfo());
      return new TrustAuthority(certificate, der);
    } catch (RuntimeException e) {
      throw new TrustException(source + Certificates.UNREADABLE_EXTENSIONS);
    }
  }

  private static byte[] subjectKeyIdentifier(X509CertificateHolder certificate) {
    final SubjectKeyIdentifier identifier =
        SubjectKeyIdentifier.fromExtensions(certificate.getExtensions());
    return identifier == null ? new byte[0] : identifier.getKeyIdentifier();
  }

  /** The country of its certificate, two capital letters where it has one. */
  public String country() {
    return country;
  }

  /** A copy of its certificate, DER. */
  public byte[] der() {
    return der.clone();
  }

  /** The first second of its certificate's validity. */
  long notBeforeEpochSeconds() {
    return certificate.getNotBefore().toInstant().getEpochSecond();
  }

  /** The last second of its certificate's validity. */
  long notAfterEpochSeconds() {
    return certificate.getNotAfter().toInstant().getEpochSecond();
  }

  /**
   * Whether it has signed a certificate.
   *
   * @param source names the certificate in messages
   */
  public boolean hasSigned(String source, byte[] certificateOfOther) throws TrustException {
    return hasSigned(Certificates.holder(source, certificateOfOther));
  }

  /**
   * Whether its own certificate had not ended yet when that of another begins. One that begins
   * later than the other is no fault: authorities are given new certificates of the same key.
   *
   * @param source names the other certificate in messages
   */
  public boolean wasValidAtStartOf(String source, byte[] certificateOfOther) throws TrustException {
    return !Certificates.holder(source, certificateOfOther)
        .getNotBefore()
        .toInstant()
        .isAfter(certificate.getNotAfter().toInstant());
  }

  /**
   * Whether it has signed a certificate: names and key identifiers match (RFC 5280 §6.1), both are
   * of one country, and the signature is its own, by no hash that is broken.
   */
  boolean hasSigned(X509CertificateHolder other) {
    try {
      return isNamedBy(other)
          && Certificates.country(other).equals(country)
          && !isOfBrokenHash(other)
          && isSignatureOf(other);
    } catch (RuntimeException e) {
      return false; // what can't be read says nothing about who has signed it
    }
  }

  private boolean isNamedBy(X509CertificateHolder other) {
    final X500Name issuer = other.getIssuer();
    final Extension extension = other.getExtension(Extension.authorityKeyIdentifier);
    if (extension != null && keyIdentifier.length > 0) {
      final byte[] named =
          AuthorityKeyIdentifier.getInstance(extension.getParsedValue()).getKeyIdentifierOctets();
      if (named != null) {
        // Countries write one name in several ways, and the identifier is what they agree on.
        return Arrays.equals(named, keyIdentifier);
      }
    }
    return issuer.equals(certificate.getSubject());
  }

  private static boolean isOfBrokenHash(X509CertificateHolder other) {
    final String name =
        new DefaultSignatureNameFinder().getAlgorithmName(other.getSignatureAlgorithm());
    return name.startsWith("MD") || name.startsWith("SHA1");
  }

  private boolean isSignatureOf(X509CertificateHolder other) {
    try {
      return other.isSignatureValid(
          new JcaContentVerifierProviderBuilder().setProvider(PROVIDER).build(certificate));
    } catch (CertException | OperatorCreationException | CertificateException e) {
      return false; // whatever can't be verified was not signed by it
    }
  }

  /** The same by the certificate. */
  @Override
  public boolean equals(Object other) {
    return other instanceof TrustAuthority authority && Arrays.equals(der, authority.der);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(der);
  }

  @Override
  public String toString() {
    return Objects.toString(certificate.getSubject());
  }
}
