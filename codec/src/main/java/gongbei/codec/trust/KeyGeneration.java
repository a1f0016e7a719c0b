package gongbei.codec.trust;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.file.PrivateFiles;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Date;
import java.util.Locale;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.generators.ECKeyPairGenerator;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECKeyGenerationParameters;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/** Makes key pairs with certificates that they sign themselves, and writes them to files. */
public final class KeyGeneration {
  private static final int SERIAL_BITS = 96;

  private final SecureRandom random = new SecureRandom();

  /**
   * Makes a key that signs health codes.
   *
   * @param issuer {@code GD} for SM2, {@code MO} or another country's two letters for P-256
   * @param notBefore start of its validity, whole seconds
   * @param notAfter end of its validity, whole seconds
   */
  public SigningKey generate(String issuer, Instant notBefore, Instant notAfter) {
    final X500Name name = nameOfIssuer(issuer);
    return generate(
        issuer.equals(CodeFormat.GD1.issuer()) ? Curves.SM2 : Curves.P256,
        name,
        notBefore,
        notAfter);
  }

  /**
   * Makes the certificate of a key in a token that is to sign health codes.
   *
   * @param issuer {@code MO} or another country's two letters, not {@code GD}, which signs by SM2
   * @param key signs its own certificate
   * @param publicKey its public side, DER of a SubjectPublicKeyInfo (RFC 5480)
   */
  public SigningKey certify(
      String issuer, TokenKey key, byte[] publicKey, Instant notBefore, Instant notAfter) {
    if (issuer.equals(CodeFormat.GD1.issuer())) {
      throw new IllegalArgumentException("GD signs by SM2, a token's key by ES256");
    }
    return certify(
        key,
        SubjectPublicKeyInfo.getInstance(publicKey),
        nameOfIssuer(issuer),
        notBefore,
        notAfter);
  }

  private static X500Name nameOfIssuer(String issuer) {
    if (!issuer.matches("[A-Z]{2}")) {
      throw new IllegalArgumentException("issuer is not two capital letters");
    }
    final X500NameBuilder name = new X500NameBuilder(BCStyle.INSTANCE);
    if (issuer.equals(CodeFormat.GD1.issuer())) {
      name.addRDN(BCStyle.C, "CN").addRDN(BCStyle.ST, "Guangdong");
      return name.addRDN(BCStyle.CN, "Gongbei code signing GD").build();
    }
    return name.addRDN(BCStyle.C, issuer)
        .addRDN(BCStyle.CN, "Gongbei code signing " + issuer)
        .build();
  }

  /**
   * Makes a P-256 key by which an authority signs its requests.
   *
   * @param name the authority's name: 1 to 64 letters, digits, hyphens and spaces
   */
  public SigningKey generateAuthority(String name, Instant notBefore, Instant notAfter) {
    return generate(Curves.P256, nameOfAuthority(name), notBefore, notAfter);
  }

  /**
   * Makes the certificate of a key in a token by which an authority is to sign its requests.
   *
   * @param name as {@link #generateAuthority}
   * @param key signs its own certificate
   * @param publicKey its public side, DER of a SubjectPublicKeyInfo (RFC 5480)
   */
  public SigningKey certifyAuthority(
      String name, TokenKey key, byte[] publicKey, Instant notBefore, Instant notAfter) {
    return certify(
        key,
        SubjectPublicKeyInfo.getInstance(publicKey),
        nameOfAuthority(name),
        notBefore,
        notAfter);
  }

  private static X500Name nameOfAuthority(String name) {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9 -]{0,63}")) {
      throw new IllegalArgumentException(
          "authority is not 1 to 64 letters, digits, hyphens and spaces");
    }
    return new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.O, "Gongbei authority")
        .addRDN(BCStyle.CN, name)
        .build();
  }

  private SigningKey generate(
      ECNamedDomainParameters curve, X500Name name, Instant notBefore, Instant notAfter) {
    final ECKeyPairGenerator generator = new ECKeyPairGenerator();
    generator.init(new ECKeyGenerationParameters(curve, random));
    final AsymmetricCipherKeyPair pair = generator.generateKeyPair();
    try {
      return certify(
          pair.getPrivate(),
          SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(pair.getPublic()),
          name,
          notBefore,
          notAfter);
    } catch (IOException e) {
      throw new IllegalStateException("a generated key can't be encoded", e);
    }
  }

  private SigningKey certify(
      AsymmetricKeyParameter privateKey,
      SubjectPublicKeyInfo publicKey,
      X500Name name,
      Instant notBefore,
      Instant notAfter) {
    try {
      final X509v3CertificateBuilder builder =
          new X509v3CertificateBuilder(
              name,
              new BigInteger(SERIAL_BITS, random).setBit(0),
              Date.from(notBefore),
              Date.from(notAfter),
              name,
              publicKey);
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      final byte[] der = builder.build(new CertificateSigner(privateKey)).getEncoded();
      return new SigningKey(Certificates.issuerKey("generated", der), der, privateKey);
    } catch (IOException | TrustException e) {
      throw new IllegalStateException("a generated certificate can't be read back", e);
    }
  }

  /**
   * Writes certificate and private key as {@code PREFIX-KID.cert.pem} and {@code
   * PREFIX-KID.key.pem} (RFC 7468; the key as PKCS#8, readable by its owner alone where the file
   * system can say so). The certificate of a region, whose letters the prefix is then, goes into
   * the directory of its format within the directory, as a trust list wants it.
   *
   * @return the certificate's file
   */
  public static Path write(SigningKey key, String prefix, Path directory) throws IOException {
    final Path certificate = writeCertificate(key, prefix, directory);
    writePrivateKey(baseOf(key, prefix), key.privateKey(), directory);
    return certificate;
  }

  private static String baseOf(SigningKey key, String prefix) {
    return prefix.toLowerCase(Locale.ROOT) + "-" + key.issuerKey().kidHex();
  }

  private static CodeFormat formatOf(String prefix) {
    for (final CodeFormat format : CodeFormat.values()) {
      if (prefix.equalsIgnoreCase(format.issuer())) {
        return format;
      }
    }
    return null;
  }

  /**
   * Writes the certificate alone, of a key that stays in a token: as {@link #write}.
   *
   * @return the certificate's file
   */
  public static Path writeCertificate(SigningKey key, String prefix, Path directory)
      throws IOException {
    final Path folder = FormatFolders.under(directory, formatOf(prefix));
    Files.createDirectories(folder);
    final Path file = folder.resolve(baseOf(key, prefix) + ".cert.pem");
    writeNew(file, pem("CERTIFICATE", key.certificate()));
    return file;
  }

  /** Writes {@code BASE.cert.pem} and {@code BASE.key.pem}; answers with the certificate's file. */
  static Path write(
      String base, byte[] certificate, AsymmetricKeyParameter privateKey, Path directory)
      throws IOException {
    Files.createDirectories(directory);
    final Path file = directory.resolve(base + ".cert.pem");
    writeNew(file, pem("CERTIFICATE", certificate));
    writePrivateKey(base, privateKey, directory);
    return file;
  }

  private static void writePrivateKey(
      String base, AsymmetricKeyParameter privateKey, Path directory) throws IOException {
    writeSecret(
        directory.resolve(base + ".key.pem"),
        pem("PRIVATE KEY", PrivateKeyInfoFactory.createPrivateKeyInfo(privateKey).getEncoded()));
  }

  /** Writes a new file that only its owner may read, where the file system can say so. */
  public static void writeSecret(Path file, String text) throws IOException {
    PrivateFiles.writeNew(file, text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void writeNew(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardCharsets.US_ASCII, StandardOpenOption.CREATE_NEW);
  }

  private static String pem(String type, byte[] content) throws IOException {
    final StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(type, content));
    }
    return text.toString();
  }
}
