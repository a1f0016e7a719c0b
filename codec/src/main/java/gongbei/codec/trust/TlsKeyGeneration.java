package gongbei.codec.trust;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.generators.ECKeyPairGenerator;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECKeyGenerationParameters;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;

/**
 * Makes the certificates of TLS: an authority's, and those of servers and clients that it signs, on
 * P-256 or, for RFC 8998, on SM2's curve.
 */
public final class TlsKeyGeneration {
  private static final int SERIAL_BITS = 96;
  private static final String PURPOSE = "urn:gongbei:";
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._ -]{0,63}";
  private static final String HOST = "[A-Za-z0-9*:][A-Za-z0-9.:*-]{0,252}";

  private final ECNamedDomainParameters curve;
  private final SecureRandom random = new SecureRandom();
  private final Instant notBefore;
  private final Instant notAfter;

  /**
   * @param isSm2 whether keys are SM2's; else P-256's
   * @param notBefore start of the certificates' validity, whole seconds
   * @param notAfter end of their validity, whole seconds
   */
  public TlsKeyGeneration(boolean isSm2, Instant notBefore, Instant notAfter) {
    this.curve = isSm2 ? Curves.SM2 : Curves.P256;
    this.notBefore = notBefore;
    this.notAfter = notAfter;
  }

  /** Makes an authority that signs its own certificate. */
  public TlsKey authority(String name) {
    requireName(name);
    return make(nameOf(name), null, KeyUsage.keyCertSign | KeyUsage.cRLSign, null, List.of());
  }

  /**
   * Makes a server's key.
   *
   * @param hosts names and addresses that it is asked by; the first is its common name
   */
  public TlsKey server(TlsKey authority, List<String> hosts) {
    final List<GeneralName> names = new ArrayList<>();
    for (final String host : hosts) {
      if (!host.matches(HOST)) {
        throw new IllegalArgumentException("'" + host + "' is no host's name or address");
      }
      final boolean isAddress = host.contains(":") || host.matches("[0-9]+(\\.[0-9]+){3}");
      names.add(new GeneralName(isAddress ? GeneralName.iPAddress : GeneralName.dNSName, host));
    }
    return make(
        nameOf(hosts.get(0)),
        authority,
        KeyUsage.digitalSignature,
        KeyPurposeId.id_kp_serverAuth,
        names);
  }

  /**
   * Makes a client's key.
   *
   * @param name its common name: a device's id or an authority's name
   * @param purposes what it is for, as in {@code device} or {@code authority}: each a URI {@code
   *     urn:gongbei:PURPOSE} among its alternative names
   */
  public TlsKey client(TlsKey authority, String name, List<String> purposes) {
    requireName(name);
    final List<GeneralName> uris = new ArrayList<>();
    for (final String purpose : purposes) {
      uris.add(new GeneralName(GeneralName.uniformResourceIdentifier, PURPOSE + purpose));
    }
    return make(
        nameOf(name), authority, KeyUsage.digitalSignature, KeyPurposeId.id_kp_clientAuth, uris);
  }

  private static void requireName(String name) {
    if (!name.matches(NAME)) {
      throw new IllegalArgumentException(
          "name is not 1 to 64 letters, digits, dots, hyphens, underscores and spaces");
    }
  }

  private static X500Name nameOf(String commonName) {
    return new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.O, "Gongbei")
        .addRDN(BCStyle.CN, commonName)
        .build();
  }

  private TlsKey make(
      X500Name subject, TlsKey signer, int usage, KeyPurposeId purpose, List<GeneralName> names) {
    final ECKeyPairGenerator generator = new ECKeyPairGenerator();
    generator.init(new ECKeyGenerationParameters(curve, random));
    final AsymmetricCipherKeyPair pair = generator.generateKeyPair();
    try {
      final SubjectPublicKeyInfo key =
          SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(pair.getPublic());
      final X509CertificateHolder issuer =
          signer == null ? null : new X509CertificateHolder(signer.certificate());
      final X509v3CertificateBuilder builder =
          new X509v3CertificateBuilder(
              issuer == null ? subject : issuer.getSubject(),
              new BigInteger(SERIAL_BITS, random).setBit(0),
              Date.from(notBefore),
              Date.from(notAfter),
              subject,
              key);
      final BcX509ExtensionUtils identifiers = new BcX509ExtensionUtils();
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(signer == null))
          .addExtension(Extension.keyUsage, true, new KeyUsage(usage))
          .addExtension(
              Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(key))
          .addExtension(
              Extension.authorityKeyIdentifier,
              false,
              identifiers.createAuthorityKeyIdentifier(
                  issuer == null ? key : issuer.getSubjectPublicKeyInfo()));
      if (purpose != null) {
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
      }
      if (!names.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(names.toArray(GeneralName[]::new)));
      }
      final AsymmetricKeyParameter signing =
          signer == null ? pair.getPrivate() : signer.privateKey();
      return new TlsKey(
          builder.build(new CertificateSigner(signing)).getEncoded(), pair.getPrivate());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * A certificate and its private key.
   *
   * @param certificate DER
   */
  public record TlsKey(byte[] certificate, AsymmetricKeyParameter privateKey) {
    /**
     * Reads the key of a directory that has one, as {@link #write} writes it.
     *
     * @throws TrustException when there is not exactly one
     */
    public static TlsKey read(Path directory) throws TrustException {
      final List<SigningKey> keys = SigningKeys.ofDirectory(directory).all();
      if (keys.size() != 1) {
        throw new TrustException(directory + " holds " + keys.size() + " private keys, not one");
      }
      return new TlsKey(keys.get(0).certificate(), keys.get(0).privateKey());
    }

    /**
     * Writes {@code PREFIX.cert.pem} and {@code PREFIX.key.pem}; what exists is not written over.
     *
     * @return the certificate's file
     */
    public Path write(String prefix, Path directory) throws IOException {
      return KeyGeneration.write(prefix, certificate, privateKey, directory);
    }
  }
}
