package gongbei.codec.trust;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HcertClaims;
import gongbei.codec.code.SignatureAlgorithm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.util.PublicKeyFactory;

/** Reads issuers' keys out of X.509 certificates (RFC 5280), SM2's among them (GM/T 0015). */
public final class Certificates {
  /** What is said of a certificate whose extensions are no ASN.1 of their kind. */
  static final String UNREADABLE_EXTENSIONS = ": has extensions that can't be read";

  private static final String NO_COUNTRY = IssuerKey.NO_NAME;
  private static final int MIN_RSA_BITS = 2_048;
  private static final int MAX_RSA_BITS = 8_192;
  private static final int MAX_CERTIFICATE_BYTES = 64 * 1024;
  private static final int ALL_HCERT_TYPES =
      HcertClaims.TEST | HcertClaims.VACCINATION | HcertClaims.RECOVERY;
  private static final ASN1ObjectIdentifier DOCUMENT_TYPES =
      new ASN1ObjectIdentifier("2.23.136.1.1.6.2");
  private static final ASN1ObjectIdentifier SEAL_SIGNER =
      new ASN1ObjectIdentifier("2.23.136.1.1.14.2");
  private static final String[] HCERT_USAGE_ARCS = {
    "1.3.6.1.4.1.1847.2021.1.", "1.3.6.1.4.1.0.1847.2021.1."
  };

  private Certificates() {}

  /**
   * The key of a certificate that somebody has made for themselves, for the format that it says it
   * is for. An SM2 key signs GD1; a P-256 key MO1 where the subject's country is MO, else HC1; a
   * P-384, P-521 or RSA key HC1. Nobody else's is trusted so: see {@link #pinned}.
   *
   * @param source names the certificate in messages
   */
  public static IssuerKey issuerKey(String source, byte[] der) throws TrustException {
    return read(source, der, null);
  }

  /**
   * The key of an authority, which is known by the common name on its certificate.
   *
   * @param source names the certificate in messages
   */
  static IssuerKey authority(String source, byte[] der) throws TrustException {
    final IssuerKey key = read(source, der, null);
    final RDN[] names;
    try {
      names = new X509CertificateHolder(der).getSubject().getRDNs(BCStyle.CN);
    } catch (IOException e) {
      throw new TrustException(source + ": no certificate");
    }
    return names.length == 0
        ? key
        : new IssuerKey(
            IETFUtils.valueToString(names[0].getFirst().getValue()),
            key.kid(),
            key.algorithm(),
            key.publicKey(),
            key.formats(),
            key.hcertTypes(),
            key.notBeforeEpochSeconds(),
            key.notAfterEpochSeconds());
  }

  /**
   * The key of a certificate that is trusted for one format and no other, whatever it says.
   *
   * @param source names the certificate in messages
   * @throws TrustException where the format is not signed by such a key, or where the certificate
   *     says itself that it is of another region
   */
  public static IssuerKey pinned(String source, byte[] der, CodeFormat format)
      throws TrustException {
    final IssuerKey key = read(source, der, Set.of(format));
    if (!format.permits(key.algorithm())) {
      throw new TrustException(
          source + ": its key is of " + key.algorithm() + ", by which no " + format + " is signed");
    }
    final String own = countryOf(format);
    final String said = countryIn(der);
    if (own != null && !said.equals(own) && !said.equals(NO_COUNTRY)) {
      throw new TrustException(
          source
              + ": it says that it is of "
              + said
              + ", and who signs "
              + format
              + " is of "
              + own);
    }
    return new IssuerKey(
        own == null ? said : format.issuer(),
        key.kid(),
        key.algorithm(),
        key.publicKey(),
        key.formats(),
        key.hcertTypes(),
        key.notBeforeEpochSeconds(),
        key.notAfterEpochSeconds());
  }

  /** What a certificate of a format's issuer may name as its country; null for any. */
  private static String countryOf(CodeFormat format) {
    return switch (format) {
      case GD1 -> "CN";
      case MO1 -> "MO";
      case HC1, VDS, SHC -> null;
    };
  }

  /**
   * The key of a certificate that a caller names as the only trust anchor: it signs every format
   * that its algorithm suits.
   */
  public static IssuerKey anchor(String source, byte[] der) throws TrustException {
    return read(source, der, Set.of(CodeFormat.values()));
  }

  /**
   * Whom a caller trusts who names a certificate as the only trust anchor: an authority's names the
   * signers of seals, and any other signs every format that its algorithm suits. One with addresses
   * as alternative names is that of an issuer of health cards (SMART Health Cards, "Certificates").
   */
  public static TrustList anchors(String source, byte[] der) throws TrustException {
    final List<TrustAuthority> authorities = new ArrayList<>();
    try {
      authorities.add(TrustAuthority.of(source, der));
    } catch (TrustException e) {
      // A signer's certificate, as most are.
    }
    final List<IssuerKey> keys = new ArrayList<>();
    try {
      final IssuerKey key = anchor(source, der);
      keys.add(key);
      if (key.publicKey() instanceof ECPublicKeyParameters elliptic
          && elliptic.getParameters().equals(Curves.P256)) {
        for (final String address : addresses(holder(source, der))) {
          keys.add(JsonWebKeys.healthCardKey(address, elliptic));
        }
      }
    } catch (TrustException e) {
      // An authority's key may be on a curve that no code is signed on.
      if (authorities.isEmpty()) {
        throw e;
      }
    }
    return new TrustList(keys, authorities);
  }

  private static List<String> addresses(X509CertificateHolder certificate) {
    final GeneralNames names;
    try {
      names =
          GeneralNames.fromExtensions(
              certificate.getExtensions(), Extension.subjectAlternativeName);
    } catch (RuntimeException e) {
      return List.of(); // names that can't be read name nobody
    }
    return names == null
        ? List.of()
        : Arrays.stream(names.getNames())
            .filter(name -> name.getTagNo() == GeneralName.uniformResourceIdentifier)
            .map(name -> name.getName().toString())
            .toList();
  }

  /** The first 8 bytes of the certificate's SHA-256, big-endian (hcert specification A.1). */
  public static long kidOf(byte[] der) {
    final SHA256Digest sha256 = new SHA256Digest();
    sha256.update(der, 0, der.length);
    final byte[] hash = new byte[sha256.getDigestSize()];
    sha256.doFinal(hash, 0);
    return ByteBuffer.wrap(hash).getLong();
  }

  /**
   * @param formats those that the key may sign, of which it signs those that suit it; null for what
   *     the certificate says
   */
  private static IssuerKey read(String source, byte[] der, Set<CodeFormat> formats)
      throws TrustException {
    if (der.length > MAX_CERTIFICATE_BYTES) {
      throw new TrustException(source + ": certificate is longer than 65536 bytes");
    }
    try {
      final X509CertificateHolder certificate = new X509CertificateHolder(der);
      final AsymmetricKeyParameter key = publicKey(source, certificate.getSubjectPublicKeyInfo());
      final SignatureAlgorithm algorithm = algorithmOf(key);
      final String country = country(certificate);
      return new IssuerKey(
          algorithm == SignatureAlgorithm.SM2 ? "GD" : country,
          kidOf(der),
          algorithm,
          key,
          formats == null ? formatsOf(algorithm, country) : suiting(formats, algorithm),
          typesOf(certificate),
          certificate.getNotBefore().toInstant().getEpochSecond(),
          certificate.getNotAfter().toInstant().getEpochSecond());
    } catch (IOException | RuntimeException e) {
      throw new TrustException(source + ": is not an X.509 certificate");
    }
  }

  /** The public key, its point checked and on the optimised curve. */
  static AsymmetricKeyParameter publicKey(String source, SubjectPublicKeyInfo info)
      throws TrustException {
    final ASN1ObjectIdentifier type = info.getAlgorithm().getAlgorithm();
    if (Curves.isElliptic(info.getAlgorithm())) {
      final ECNamedDomainParameters curve = Curves.ofKey(info.getAlgorithm());
      if (curve == null) {
        throw new TrustException(
            source + ": public key is on a curve other than SM2, P-256, P-384 and P-521");
      }
      try {
        return new ECPublicKeyParameters(
            curve.getCurve().decodePoint(info.getPublicKeyData().getOctets()), curve);
      } catch (RuntimeException e) {
        // Bouncy Castle says so in more than one way: no point, or no whole bytes.
        throw new TrustException(source + ": public key is not a point of its curve");
      }
    }
    if (PKCSObjectIdentifiers.rsaEncryption.equals(type)
        || PKCSObjectIdentifiers.id_RSASSA_PSS.equals(type)) {
      return rsaKey(source, info);
    }
    throw new TrustException(
        source + ": public key is neither SM2, ECDSA nor RSA, but " + type.getId());
  }

  private static AsymmetricKeyParameter rsaKey(String source, SubjectPublicKeyInfo info)
      throws TrustException {
    try {
      final RSAKeyParameters key = (RSAKeyParameters) PublicKeyFactory.createKey(info);
      requireStrongModulus(source, key);
      return key;
    } catch (IOException | RuntimeException e) {
      throw new TrustException(source + ": RSA public key can't be read");
    }
  }

  /** Refuses a modulus of RSA that is too short, or longer than anybody needs. */
  static void requireStrongModulus(String source, RSAKeyParameters key) throws TrustException {
    final int bits = key.getModulus().bitLength();
    if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
      throw new TrustException(source + ": RSA modulus is of " + bits + " bits, not 2048 to 8192");
    }
  }

  /** What a key signs by, unless its issuer chooses another hash. */
  public static SignatureAlgorithm algorithmOf(AsymmetricKeyParameter key) {
    if (!(key instanceof ECPublicKeyParameters ec)) {
      return SignatureAlgorithm.PS256;
    }
    if (ec.getParameters().equals(Curves.SM2)) {
      return SignatureAlgorithm.SM2;
    }
    if (ec.getParameters().equals(Curves.P384)) {
      return SignatureAlgorithm.ES384;
    }
    return ec.getParameters().equals(Curves.P521)
        ? SignatureAlgorithm.ES512
        : SignatureAlgorithm.ES256;
  }

  private static Set<CodeFormat> suiting(Set<CodeFormat> formats, SignatureAlgorithm algorithm) {
    final Set<CodeFormat> suiting = EnumSet.copyOf(formats);
    suiting.removeIf(format -> !format.permits(algorithm));
    return suiting;
  }

  private static Set<CodeFormat> formatsOf(SignatureAlgorithm algorithm, String country) {
    return switch (algorithm) {
      case SM2 -> Set.of(CodeFormat.GD1);
      case ES256 ->
          Set.of(country.equals(CodeFormat.MO1.issuer()) ? CodeFormat.MO1 : CodeFormat.HC1);
      case ES384, ES512, PS256 -> Set.of(CodeFormat.HC1);
    };
  }

  /**
   * The country that a certificate says it is of.
   *
   * @param source names it in messages
   */
  public static String countryOf(String source, byte[] der) throws TrustException {
    final X509CertificateHolder certificate = holder(source, der);
    try {
      return country(certificate);
    } catch (RuntimeException e) {
      throw new TrustException(source + ": has names that can't be read");
    }
  }

  /**
   * Whether a certificate is of that public key.
   *
   * @param source names it in messages
   */
  public static boolean isKeyOf(String source, byte[] der, AsymmetricKeyParameter key)
      throws TrustException {
    return TrustList.isSame(publicKey(source, holder(source, der).getSubjectPublicKeyInfo()), key);
  }

  /**
   * Reads a certificate.
   *
   * @param source names it in messages
   */
  static X509CertificateHolder holder(String source, byte[] der) throws TrustException {
    if (der.length > MAX_CERTIFICATE_BYTES) {
      throw new TrustException(source + ": certificate is longer than 65536 bytes");
    }
    try {
      return new X509CertificateHolder(der);
    } catch (IOException | RuntimeException e) {
      throw new TrustException(source + ": is not an X.509 certificate");
    }
  }

  /**
   * Refuses a key of RSA that is too short; one of a curve that codes are not signed on may still
   * sign certificates.
   */
  static void requireStrongKey(String source, SubjectPublicKeyInfo info) throws TrustException {
    if (PKCSObjectIdentifiers.rsaEncryption.equals(info.getAlgorithm().getAlgorithm())
        || PKCSObjectIdentifiers.id_RSASSA_PSS.equals(info.getAlgorithm().getAlgorithm())) {
      rsaKey(source, info);
    }
  }

  /**
   * Refuses a certificate whose key may not sign documents: one of an authority, or whose key usage
   * says otherwise (RFC 5280 §4.2.1.3).
   *
   * @param source names it in messages
   */
  public static void requireSigner(String source, byte[] der) throws TrustException {
    final X509CertificateHolder certificate = holder(source, der);
    try {
      final KeyUsage usage = KeyUsage.fromExtensions(certificate.getExtensions());
      if (usage != null && !usage.hasUsages(KeyUsage.digitalSignature)) {
        throw new TrustException(source + ": its key usage does not let it sign documents");
      }
      final BasicConstraints constraints =
          BasicConstraints.fromExtensions(certificate.getExtensions());
      if (constraints != null && constraints.isCA()) {
        throw new TrustException(source + ": is the certificate of an authority, no signer's");
      }
    } catch (RuntimeException e) {
      throw new TrustException(source + UNREADABLE_EXTENSIONS);
    }
  }

  /**
   * The key of the certificate in a seal (VDS-NC), which an authority's certificate makes trusted.
   *
   * @return the key, or null where the authority has not signed the certificate, where it is not
   *     one for seals, or where its key can't be used
   */
  static IssuerKey sealKey(byte[] der, TrustAuthority authority) {
    try {
      final X509CertificateHolder certificate = holder("cer", der);
      if (!isForSeals(certificate) || !authority.hasSigned(certificate)) {
        return null;
      }
      requireSigner("cer", der);
      final IssuerKey own = read("cer", der, Set.of(CodeFormat.VDS));
      return own.formats().isEmpty()
          ? null
          : new IssuerKey(
              own.issuer(),
              own.kid(),
              own.algorithm(),
              own.publicKey(),
              own.formats(),
              own.hcertTypes(),
              Math.max(own.notBeforeEpochSeconds(), authority.notBeforeEpochSeconds()),
              Math.min(own.notAfterEpochSeconds(), authority.notAfterEpochSeconds()));
    } catch (TrustException | RuntimeException e) {
      return null; // the seal is not by anybody who is trusted, whatever is wrong with it
    }
  }

  /** VDS-NC: a signer of passports, whom the same authority makes trusted, signs no seals. */
  private static boolean isForSeals(X509CertificateHolder certificate) {
    final ExtendedKeyUsage usage = ExtendedKeyUsage.fromExtensions(certificate.getExtensions());
    return usage != null && usage.hasKeyPurposeId(KeyPurposeId.getInstance(SEAL_SIGNER));
  }

  /** The country that a certificate says, which has been read before. */
  private static String countryIn(byte[] der) {
    try {
      return country(new X509CertificateHolder(der));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static String country(X509CertificateHolder certificate) {
    final String subject = countryOf(certificate.getSubject());
    final String country = subject == null ? countryOf(certificate.getIssuer()) : subject;
    return country == null ? NO_COUNTRY : country.toUpperCase(Locale.ROOT);
  }

  private static String countryOf(X500Name name) {
    final RDN[] found = name.getRDNs(BCStyle.C);
    return found.length == 0 ? null : IETFUtils.valueToString(found[0].getFirst().getValue());
  }

  /**
   * What a certificate lets its key sign: by its extended key usage, and by the types of document
   * of travel documents' certificates (ICAO 9303-12 §7.1.1), {@code NV} for vaccinations and {@code
   * NT} for tests, where one of these is among them.
   */
  private static int typesOf(X509CertificateHolder certificate) {
    final Extension documents = certificate.getExtension(DOCUMENT_TYPES);
    final int byUsage = hcertTypes(certificate);
    if (documents == null) {
      return byUsage;
    }
    int types = 0;
    for (final ASN1Encodable member : ASN1Sequence.getInstance(documents.getParsedValue())) {
      if (member instanceof ASN1Set names) {
        for (final ASN1Encodable name : names) {
          types |= typeOf(name.toString());
        }
      }
    }
    return types == 0 ? byUsage : byUsage & types;
  }

  private static int typeOf(String documentType) {
    return switch (documentType) {
      case "NV" -> HcertClaims.VACCINATION;
      case "NT" -> HcertClaims.TEST;
      default -> 0;
    };
  }

  /** Hcert specification A.4: without one of the EU's usages a key may sign every type. */
  private static int hcertTypes(X509CertificateHolder certificate) {
    final Extension usage = certificate.getExtension(Extension.extendedKeyUsage);
    if (usage == null) {
      return ALL_HCERT_TYPES;
    }
    int types = 0;
    for (final ASN1Encodable purpose : ASN1Sequence.getInstance(usage.getParsedValue())) {
      final String identifier = ASN1ObjectIdentifier.getInstance(purpose).getId();
      for (final String arc : HCERT_USAGE_ARCS) {
        if (identifier.equals(arc + 1)) {
          types |= HcertClaims.TEST;
        } else if (identifier.equals(arc + 2)) {
          types |= HcertClaims.VACCINATION;
        } else if (identifier.equals(arc + 3)) {
          types |= HcertClaims.RECOVERY;
        }
      }
    }
    return types == 0 ? ALL_HCERT_TYPES : types;
  }
}
