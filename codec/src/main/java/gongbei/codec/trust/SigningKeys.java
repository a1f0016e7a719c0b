package gongbei.codec.trust;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.file.FaultyFile;
import gongbei.codec.file.FileContent;
import gongbei.codec.file.Reloadable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/**
 * The private keys of a directory, each with its certificate ({@link KeyFile}), which may lie in
 * the directory of the format that it signs ({@link FormatFolders}) or beside them. At the start a
 * fault refuses them all; of what changes later a file at fault is left out and named by {@link
 * #faults}, so that a key that was taken away signs no more whatever is beside it. Keys are for any
 * thread to take; reloading is for one.
 */
public final class SigningKeys {
  private final Reloadable<Reading, TrustException> reloadable;
  private final Optional<Supplier<TrustList>> trust;
  private volatile Usable usable = new Usable(null, null, Map.of());

  /** The keys that may sign each format, as of one reading and one trust list. */
  private record Usable(
      Reading reading, TrustList trust, Map<CodeFormat, List<SigningKey>> ofFormats) {}

  /** What a directory holds, and what of it does not count. */
  private record Reading(List<SigningKey> keys, List<FaultyFile> faults) {}

  /** A certificate that a private key may belong to. */
  private record Certified(IssuerKey issuer, byte[] der) {}

  private SigningKeys(
      Reloadable<Reading, TrustException> reloadable, Optional<Supplier<TrustList>> trust) {
    this.reloadable = reloadable;
    this.trust = trust;
  }

  private SigningKeys(Reloadable<Reading, TrustException> reloadable) {
    this(reloadable, Optional.empty());
  }

  /**
   * The same keys, read again together, of which {@link #current} gives those alone that the trust
   * list in force then holds: what another key signs, whoever trusts that list refuses.
   */
  public SigningKeys trustedBy(Supplier<TrustList> inForce) {
    return new SigningKeys(reloadable, Optional.of(inForce));
  }

  /** Keys that never change. */
  public SigningKeys(List<SigningKey> keys) {
    this(Reloadable.fixed(new Reading(List.copyOf(keys), List.of())));
  }

  /**
   * Reads unencrypted private keys and certificates of a directory, and pairs them by their public
   * keys.
   *
   * @throws TrustException when a file is at fault or a private key has no certificate
   */
  public static SigningKeys ofDirectory(Path directory) throws TrustException {
    return of(directory, List.of(), KeyFile::privateKeys);
  }

  /**
   * Keys of a directory whose private keys nobody but their owner can read, as a node's, and beside
   * them those that a token holds, which never change.
   *
   * @throws TrustException as {@link #ofDirectory(Path)}, and where others can read one
   */
  public static SigningKeys ofSecretDirectory(Path directory, List<SigningKey> held)
      throws TrustException {
    return of(directory, held, KeyFile::secretPrivateKeys);
  }

  /** How the private keys of a file are taken. */
  private interface Reader {
    List<PrivateKeyInfo> privateKeys(KeyFile file) throws TrustException;
  }

  private static SigningKeys of(Path directory, List<SigningKey> held, Reader reader)
      throws TrustException {
    final SigningKeys keys =
        new SigningKeys(
            Reloadable.of(
                FormatFolders.followed(directory),
                (files, before) -> read(directory, files, held, reader),
                fault -> new TrustException(directory + " " + FileFault.reasonOf(fault)),
                new Reading(List.copyOf(held), List.of())));
    keys.reloadIfChanged();
    if (!keys.faults().isEmpty()) {
      throw new TrustException(keys.faults().get(0).message());
    }
    return keys;
  }

  /**
   * Reads the directory again if a file in it has come, gone or changed.
   *
   * @return whether other keys are in force
   * @throws TrustException when it can't be listed; the keys before stay in force
   */
  public boolean reloadIfChanged() throws TrustException {
    return reloadable.reloadIfChanged();
  }

  /** What in the directory does not count, as of the keys in force. */
  public List<FaultyFile> faults() {
    return reloadable.current().faults();
  }

  /** What the directory holds besides, and nobody reads. */
  public List<Path> passedOver() {
    return reloadable.passedOver();
  }

  private static Reading read(
      Path directory, List<FileContent> contents, List<SigningKey> held, Reader reader) {
    final Map<Path, KeyFile> files = new LinkedHashMap<>();
    final List<Certified> certified = new ArrayList<>();
    final List<FaultyFile> faults = new ArrayList<>();
    for (final FileContent content : contents) {
      try {
        final KeyFile file = KeyFile.of(content);
        files.put(content.path(), file);
        for (final byte[] der : file.certificates()) {
          certified.add(new Certified(certified(directory, content.path(), der), der));
        }
      } catch (TrustException e) {
        faults.add(new FaultyFile(content.path(), e.getMessage()));
      }
    }
    final List<SigningKey> keys = new ArrayList<>(held);
    files.forEach(
        (path, file) -> {
          try {
            for (final PrivateKeyInfo info : reader.privateKeys(file)) {
              keys.add(pair(path.toString(), privateKey(path.toString(), info), certified));
            }
          } catch (TrustException e) {
            faults.add(new FaultyFile(path, e.getMessage()));
          }
        });
    return new Reading(List.copyOf(keys), List.copyOf(faults));
  }

  private static IssuerKey certified(Path directory, Path file, byte[] der) throws TrustException {
    final CodeFormat folder = FormatFolders.of(directory, file);
    return folder == null
        ? Certificates.issuerKey(file.toString(), der)
        : Certificates.pinned(file.toString(), der, folder);
  }

  private static SigningKey pair(
      String source, AsymmetricKeyParameter secret, List<Certified> certified)
      throws TrustException {
    for (final Certified each : certified) {
      if (belongsTo(each.issuer().publicKey(), secret)) {
        return new SigningKey(each.issuer(), each.der(), secret);
      }
    }
    throw new TrustException(source + ": private key has no certificate beside it");
  }

  /** All keys. */
  public List<SigningKey> all() {
    return reloadable.current().keys();
  }

  /**
   * The key to sign codes of a format with: of those valid at that second, the one whose period
   * began last.
   *
   * @return null where there is none
   */
  public SigningKey current(CodeFormat format, long epochSeconds) {
    SigningKey newest = null;
    for (final SigningKey key : usable(format)) {
      if (key.issuerKey().isValidAt(epochSeconds)
          && (newest == null
              || key.issuerKey().notBeforeEpochSeconds()
                  > newest.issuerKey().notBeforeEpochSeconds())) {
        newest = key;
      }
    }
    return newest;
  }

  /** The keys of a format, whether they are trusted or not. */
  public List<SigningKey> ofFormat(CodeFormat format) {
    return all().stream().filter(key -> key.issuerKey().formats().contains(format)).toList();
  }

  /** The keys that may sign codes of a format, whatever the time is. */
  @SuppressWarnings("ReferenceEquality") // another reading or list is another object
  public List<SigningKey> usable(CodeFormat format) {
    final Reading reading = reloadable.current();
    final TrustList list = trust.isEmpty() ? null : trust.get().get();
    Usable found = usable;
    if (found.reading() != reading || found.trust() != list) {
      final Map<CodeFormat, List<SigningKey>> ofFormats = new EnumMap<>(CodeFormat.class);
      for (final CodeFormat each : CodeFormat.values()) {
        ofFormats.put(
            each,
            ofFormat(each).stream()
                .filter(key -> list == null || list.trusts(key.issuerKey(), each))
                .toList());
      }
      found = new Usable(reading, list, ofFormats);
      usable = found;
    }
    return found.ofFormats().get(format);
  }

  private static AsymmetricKeyParameter privateKey(String source, PrivateKeyInfo info)
      throws TrustException {
    try {
      final AlgorithmIdentifier algorithm = info.getPrivateKeyAlgorithm();
      if (!Curves.isElliptic(algorithm)) {
        final AsymmetricKeyParameter key = PrivateKeyFactory.createKey(info);
        if (!(key instanceof RSAPrivateCrtKeyParameters)) {
          throw new TrustException(source + ": private key is neither SM2, P-256 nor RSA");
        }
        return key;
      }
      final ECNamedDomainParameters curve = Curves.ofKey(algorithm);
      if (!Curves.SM2.equals(curve) && !Curves.P256.equals(curve)) {
        throw new TrustException(
            source
                + ": private key is on a curve other than SM2 and P-256, which codes are signed"
                + " on");
      }
      final AsymmetricKeyParameter key = PrivateKeyFactory.createKey(info);
      return new ECPrivateKeyParameters(((ECPrivateKeyParameters) key).getD(), curve);
    } catch (IOException | RuntimeException e) {
      throw new TrustException(source + ": private key can't be read");
    }
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
