package gongbei.bench.load;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.trust.Certificates;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.TrustException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.generators.RSAKeyPairGenerator;
import org.bouncycastle.crypto.params.RSAKeyGenerationParameters;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.operator.DefaultDigestAlgorithmIdentifierFinder;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcRSAContentSignerBuilder;

/**
 * The keys that a load's codes are signed with.
 *
 * @param guangdong SM2, trusted
 * @param macau P-256, trusted
 * @param foreign P-256 of another country, trusted
 * @param foreignRsa RSA of 2048 bits of another country, trusted
 * @param untrusted SM2, which the node has not heard of
 */
record IssuerKeys(
    SigningKey guangdong,
    SigningKey macau,
    SigningKey foreign,
    SigningKey foreignRsa,
    SigningKey untrusted) {
  private static final int RSA_BITS = 2_048;
  private static final int PRIME_CERTAINTY = 100;
  private static final Duration BEFORE = Duration.ofDays(1);
  private static final Duration LIFE = Duration.ofDays(30);

  /** Where the trusted keys are, within a bed's directory. */
  static Path trusted(Path directory) {
    return directory.resolve("keys");
  }

  private static Path untrusted(Path directory) {
    return directory.resolve("untrusted");
  }

  /** Makes keys and writes them below a directory. */
  static IssuerKeys generate(Path directory) throws IOException {
    final Instant from = Instant.ofEpochSecond(Instant.now().minus(BEFORE).getEpochSecond());
    final Instant until = from.plus(LIFE);
    final KeyGeneration generation = new KeyGeneration();
    final IssuerKeys keys =
        new IssuerKeys(
            generation.generate(CodeFormat.GD1.issuer(), from, until),
            generation.generate(CodeFormat.MO1.issuer(), from, until),
            generation.generate("XX", from, until),
            rsa(from, until),
            generation.generate(CodeFormat.GD1.issuer(), from, until));
    for (final SigningKey key :
        List.of(keys.guangdong, keys.macau, keys.foreign, keys.foreignRsa)) {
      KeyGeneration.write(key, key.issuerKey().issuer(), trusted(directory));
    }
    KeyGeneration.write(keys.untrusted, "gd", untrusted(directory));
    return keys;
  }

  /** Reads what {@link #generate} has written. */
  static IssuerKeys read(Path directory) throws IOException {
    try {
      final SigningKeys trusted = SigningKeys.ofDirectory(trusted(directory));
      return new IssuerKeys(
          only(trusted, CodeFormat.GD1, SignatureAlgorithm.SM2),
          only(trusted, CodeFormat.MO1, SignatureAlgorithm.ES256),
          only(trusted, CodeFormat.HC1, SignatureAlgorithm.ES256),
          only(trusted, CodeFormat.HC1, SignatureAlgorithm.PS256),
          SigningKeys.ofDirectory(untrusted(directory)).all().get(0));
    } catch (TrustException e) {
      throw new IOException(e.getMessage());
    }
  }

  private static SigningKey only(SigningKeys keys, CodeFormat format, SignatureAlgorithm algorithm)
      throws IOException {
    for (final SigningKey key : keys.all()) {
      if (key.issuerKey().formats().contains(format) && key.issuerKey().algorithm() == algorithm) {
        return key;
      }
    }
    throw new IOException("no key signs " + format + " by " + algorithm);
  }

  private static SigningKey rsa(Instant from, Instant until) {
    final RSAKeyPairGenerator generator = new RSAKeyPairGenerator();
    final SecureRandom random = new SecureRandom();
    generator.init(
        new RSAKeyGenerationParameters(
            BigInteger.valueOf(65_537), random, RSA_BITS, PRIME_CERTAINTY));
    final AsymmetricCipherKeyPair pair = generator.generateKeyPair();
    final X500Name name = new X500Name("C=XY,CN=Load by RSA");
    final DefaultSignatureAlgorithmIdentifierFinder algorithms =
        new DefaultSignatureAlgorithmIdentifierFinder();
    try {
      final byte[] der =
          new X509v3CertificateBuilder(
                  name,
                  BigInteger.ONE,
                  Date.from(from),
                  Date.from(until),
                  name,
                  SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(pair.getPublic()))
              .build(
                  new BcRSAContentSignerBuilder(
                          algorithms.find("SHA256withRSA"),
                          new DefaultDigestAlgorithmIdentifierFinder()
                              .find(algorithms.find("SHA256withRSA")))
                      .build(pair.getPrivate()))
              .getEncoded();
      return new SigningKey(Certificates.issuerKey("generated", der), der, pair.getPrivate());
    } catch (IOException | OperatorCreationException | TrustException e) {
      throw new IllegalStateException("a generated certificate can't be read back", e);
    }
  }
}
