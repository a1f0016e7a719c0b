package gongbei.codec.trust;

import gongbei.codec.code.CodeFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/**
 * The private keys of a directory, each with its certificate; read anew as a whole or not at all.
 * Keys are for any thread to take; reloading is for one.
 */
public final class SigningKeys {
  private final Path directory;
  private final List<SigningKey> held;
  private volatile List<SigningKey> keys;
  private Map<Path, FileTime> seen = Map.of();

  private SigningKeys(Path directory, List<SigningKey> held) {
    this.directory = directory;
    this.held = List.copyOf(held);
    this.keys = this.held;
  }

  /** Keys that never change. */
  public SigningKeys(List<SigningKey> keys) {
    this(null, keys);
  }

  /**
   * Reads PKCS#8 private keys (RFC 5958, unencrypted) and certificates in {@code *.pem} and pairs
   * them by their public keys.
   *
   * @throws TrustException when a file is unsound or a private key has no certificate
   */
  public static SigningKeys ofDirectory(Path directory) throws TrustException {
    return ofDirectory(directory, List.of());
  }

  /**
   * Keys of a directory, and beside them those that a token holds, which never change.
   *
   * @throws TrustException as {@link #ofDirectory(Path)}
   */
  public static SigningKeys ofDirectory(Path directory, List<SigningKey> held)
      throws TrustException {
    final SigningKeys keys = new SigningKeys(directory, held);
    keys.reloadIfChanged();
    return keys;
  }

  /**
   * Reads the directory again if a file in it has come, gone or changed.
   *
   * @return whether other keys are in force
   * @throws TrustException when it can't be used; the keys before stay in force
   */
  public boolean reloadIfChanged() throws TrustException {
    if (directory == null) {
      return false;
    }
    final Map<Path, FileTime> files = PemFiles.list(directory);
    if (files.equals(seen)) {
      return false;
    }
    final List<SigningKey> all = new ArrayList<>(held);
    all.addAll(read(files.keySet()));
    keys = List.copyOf(all);
    seen = files;
    return true;
  }

  private static List<SigningKey> read(Set<Path> files) throws TrustException {
    final List<byte[]> certificates = new ArrayList<>();
    final List<IssuerKey> issuers = new ArrayList<>();
    for (final Path file : files) {
      for (final byte[] der : PemFiles.read(file, "CERTIFICATE")) {
        certificates.add(der);
        issuers.add(Certificates.issuerKey(file.toString(), der));
      }
    }
    final List<SigningKey> keys = new ArrayList<>();
    for (final Path file : files) {
      for (final byte[] der : PemFiles.read(file, "PRIVATE KEY")) {
        final AsymmetricKeyParameter secret = privateKey(file.toString(), der);
        final int match = match(issuers, secret);
        if (match < 0) {
          throw new TrustException(file + ": private key has no certificate beside it");
        }
        keys.add(new SigningKey(issuers.get(match), certificates.get(match), secret));
      }
    }
    return keys;
  }

  /** All keys. */
  public List<SigningKey> all() {
    return keys;
  }

  /**
   * The key to sign codes of a format with: of those valid at that second, the one whose period
   * began last.
   *
   * @return null where there is none
   */
  public SigningKey current(CodeFormat format, long epochSeconds) {
    SigningKey newest = null;
    for (final SigningKey key : keys) {
      if (key.issuerKey().formats().contains(format)
          && key.issuerKey().isValidAt(epochSeconds)
          && (newest == null
              || key.issuerKey().notBeforeEpochSeconds()
                  > newest.issuerKey().notBeforeEpochSeconds())) {
        newest = key;
      }
    }
    return newest;
  }

  private static AsymmetricKeyParameter privateKey(String source, byte[] der)
      throws TrustException {
    try {
      final PrivateKeyInfo info = PrivateKeyInfo.getInstance(der);
      final AsymmetricKeyParameter key = PrivateKeyFactory.createKey(info);
      if (!X9ObjectIdentifiers.id_ecPublicKey.equals(
          info.getPrivateKeyAlgorithm().getAlgorithm())) {
        return key;
      }
      final ECNamedDomainParameters curve =
          Curves.ofParameters(info.getPrivateKeyAlgorithm().getParameters());
      if (curve == null) {
        throw new TrustException(source + ": private key is on a curve other than SM2 and P-256");
      }
      return new ECPrivateKeyParameters(((ECPrivateKeyParameters) key).getD(), curve);
    } catch (IOException | RuntimeException e) {
      throw new TrustException(source + ": private key is not PKCS#8");
    }
  }

  private static int match(List<IssuerKey> issuers, AsymmetricKeyParameter secret) {
    for (int i = 0; i < issuers.size(); i++) {
      if (belongsTo(issuers.get(i).publicKey(), secret)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean belongsTo(AsymmetricKeyParameter publicKey, AsymmetricKeyParameter key) {
    if (publicKey instanceof ECPublicKeyParameters ec && key instanceof ECPrivateKeyParameters d) {
      return ec.getParameters().equals(d.getParameters())
          && new FixedPointCombMultiplier()
              .multiply(d.getParameters().getG(), d.getD())
              .equals(ec.getQ());
    }
    return publicKey instanceof RSAKeyParameters rsa
        && key instanceof RSAPrivateCrtKeyParameters crt
        && rsa.getModulus().equals(crt.getModulus())
        && rsa.getExponent().equals(crt.getPublicExponent());
  }
}
