package gongbei.verifier.token;

import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.file.PrivateFiles;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.signature.SignatureBatch;
import gongbei.codec.trust.Certificates;
import gongbei.codec.trust.FileFault;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TokenException;
import gongbei.codec.trust.TokenKey;
import gongbei.codec.trust.TrustException;
import gongbei.verifier.config.Limits;
import gongbei.verifier.config.TokenConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidParameterException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A token opened with its PIN, reached through the JDK's provider SunPKCS11. Its keys stay in it:
 * they sign there, by ES256, since neither the provider nor the common tokens know SM2. For one
 * thread; the keys that it gives are for any.
 *
 * <p>Every fault is a {@link TrustException} whose message begins with the setting at fault; the
 * PIN is in none.
 */
public final class SigningToken {
  private static final AtomicInteger OPENED = new AtomicInteger();
  private static final int CHALLENGE_BYTES = 32;

  private final TokenConfig config;
  private final Provider provider;
  private final KeyStore store;

  private SigningToken(TokenConfig config, Provider provider, KeyStore store) {
    this.config = config;
    this.provider = provider;
    this.store = store;
  }

  /** Finds the token by its label and opens it. */
  public static SigningToken open(TokenConfig config) throws TrustException {
    final List<String> labels = TokenSlots.of(config.library()).labels();
    final int slot = labels.indexOf(config.token());
    if (slot < 0) {
      throw new TrustException(
          "token: none is labelled " + config.token() + "; there are: " + named(labels));
    }
    if (labels.lastIndexOf(config.token()) != slot) {
      throw new TrustException("token: more than one is labelled " + config.token());
    }
    final Provider provider = provider(config.library(), slot);
    final char[] pin = pin(config);
    try {
      final KeyStore store = KeyStore.getInstance("PKCS11", provider);
      store.load(null, pin);
      return new SigningToken(config, provider, store);
    } catch (IOException | GeneralSecurityException | ProviderException e) {
      throw new TrustException(setting(config) + ": " + reasonOf(e));
    } finally {
      Arrays.fill(pin, '\0');
    }
  }

  /** The keys of a token that a configuration names. */
  public static List<SigningKey> keysOf(TokenConfig config) throws TrustException {
    if (config.keys().isEmpty()) {
      throw new TrustException("keys is missing");
    }
    final SigningToken token = open(config);
    final List<SigningKey> keys = new ArrayList<>();
    for (final String label : config.keys()) {
      keys.add(token.key(label));
    }
    return keys;
  }

  private static String named(List<String> labels) {
    final List<String> there = new ArrayList<>(labels);
    there.removeIf(label -> label == null || label.isEmpty());
    return there.isEmpty() ? "none" : String.join(", ", there);
  }

  private static Provider provider(Path library, int slot) throws TrustException {
    final Provider shipped = Security.getProvider("SunPKCS11");
    if (shipped == null) {
      throw new TrustException("library: this JDK has no provider SunPKCS11");
    }
    final String quoted = library.toString().replace("\\", "\\\\").replace("\"", "\\\"");
    try {
      return shipped.configure(
          "--name=gongbei"
              + OPENED.incrementAndGet()
              + "\nlibrary=\""
              + quoted
              + "\"\nslotListIndex="
              + slot
              + "\nattributes(generate,CKO_PRIVATE_KEY,CKK_EC) = {\n"
              + "  CKA_SENSITIVE = true\n  CKA_EXTRACTABLE = false\n}\n");
    } catch (InvalidParameterException | ProviderException e) {
      throw new TrustException("library " + library + " can't be used: " + e.getMessage());
    }
  }

  private static String setting(TokenConfig config) {
    return config.pinFile() == null ? "pinVariable" : "pinFile";
  }

  private static char[] pin(TokenConfig config) throws TrustException {
    if (config.pinFile() == null) {
      final String pin = System.getenv(config.pinVariable());
      if (pin == null || pin.isEmpty()) {
        throw new TrustException("pinVariable: " + config.pinVariable() + " is not set");
      }
      return pin.toCharArray();
    }
    final byte[] bytes;
    try {
      PrivateFiles.requireSecret(config.pinFile());
      if (Files.size(config.pinFile()) > Limits.MAX_PIN_BYTES) {
        throw new TrustException(
            "pinFile " + config.pinFile() + " is longer than " + Limits.MAX_PIN_BYTES + " bytes");
      }
      bytes = Files.readAllBytes(config.pinFile());
    } catch (IOException e) {
      throw new TrustException("pinFile " + config.pinFile() + " " + FileFault.reasonOf(e));
    }
    final CharBuffer read = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes));
    int end = read.limit();
    while (end > 0 && (read.get(end - 1) == '\n' || read.get(end - 1) == '\r')) {
      end--;
    }
    final char[] pin = Arrays.copyOf(read.array(), end);
    Arrays.fill(bytes, (byte) 0);
    Arrays.fill(read.array(), '\0');
    if (pin.length == 0) {
      throw new TrustException("pinFile " + config.pinFile() + " is empty");
    }
    return pin;
  }

  /** In words where it is the PIN, else the token's own name for it. */
  private static String reasonOf(Throwable fault) {
    for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
      final String message = String.valueOf(cause.getMessage());
      if (message.contains("CKR_PIN_LOCKED")) {
        return "the token is locked after too many wrong PINs";
      }
      if (message.contains("CKR_PIN_")) {
        return "the PIN is wrong";
      }
      if (message.contains("CKR_")) {
        return "the token answers " + message;
      }
    }
    return "the token can't be opened";
  }

  private SigningKey key(String label) throws TrustException {
    final Key held;
    final Certificate certificate;
    try {
      held = store.isKeyEntry(label) ? store.getKey(label, null) : null;
      certificate = store.getCertificate(label);
      if (!(held instanceof PrivateKey privateKey) || certificate == null) {
        throw new TrustException(
            "keys: the token "
                + config.token()
                + " holds no private key with a certificate labelled "
                + label
                + "; it holds: "
                + named(Collections.list(store.aliases())));
      }
      final byte[] der = certificate.getEncoded();
      final IssuerKey issuer;
      try {
        issuer = Certificates.issuerKey("keys: " + label, der);
      } catch (TrustException e) {
        throw new TrustException(e.getMessage() + "; a token's key signs by P-256");
      }
      if (issuer.algorithm() != SignatureAlgorithm.ES256) {
        throw new TrustException("keys: " + label + " is not a key of P-256");
      }
      if (held.getEncoded() != null) {
        throw new TrustException("keys: " + label + " can be taken out of the token");
      }
      final SigningKey key = new SigningKey(issuer, der, new TokenKey(privateKey, provider));
      requirePair(label, key);
      return key;
    } catch (GeneralSecurityException | ProviderException e) {
      throw new TrustException("keys: " + label + " can't be read: " + reasonOf(e));
    }
  }

  /** The certificate must be that of the key beside it, or nobody could verify. */
  private static void requirePair(String label, SigningKey key) throws TrustException {
    final byte[] challenge = new byte[CHALLENGE_BYTES];
    new SecureRandom().nextBytes(challenge);
    try {
      final byte[] signature = ((TokenKey) key.privateKey()).sign(challenge, 0, challenge.length);
      final SignatureBatch batch = new SignatureBatch(1);
      batch.add(key.issuerKey(), challenge, 0, challenge.length, signature, 0, signature.length);
      new BouncyCastleEngine().verify(batch);
      if (!batch.outcome(0)) {
        throw new TrustException("keys: the certificate of " + label + " is another key's");
      }
    } catch (TokenException e) {
      throw new TrustException("keys: " + label + " can't sign: " + reasonOf(e));
    }
  }

  /**
   * Makes a key of P-256 in the token, which never leaves it, with a certificate that it signs
   * itself and that is kept beside it.
   *
   * @param label the key's and the certificate's; none of the token may have it yet
   * @param issuer the region whose codes it is to sign, or null for an authority's key
   * @param authority the authority's name, or null for a code key
   * @throws IllegalArgumentException where issuer or authority is not as {@link KeyGeneration} asks
   */
  public SigningKey generate(
      String label, String issuer, String authority, Instant notBefore, Instant notAfter)
      throws TrustException {
    try {
      if (store.containsAlias(label)) {
        throw new TrustException("keys: the token holds " + label + " already");
      }
      final KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      final KeyPair pair = generator.generateKeyPair();
      final TokenKey inToken = new TokenKey(pair.getPrivate(), provider);
      final byte[] publicKey = ((ECPublicKey) pair.getPublic()).getEncoded();
      final KeyGeneration generation = new KeyGeneration();
      final SigningKey key =
          authority == null
              ? generation.certify(issuer, inToken, publicKey, notBefore, notAfter)
              : generation.certifyAuthority(authority, inToken, publicKey, notBefore, notAfter);
      final Certificate certificate =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(key.certificate()));
      store.setKeyEntry(label, pair.getPrivate(), null, new Certificate[] {certificate});
      return key;
    } catch (GeneralSecurityException | ProviderException | TokenException e) {
      throw new TrustException("keys: " + label + " can't be made: " + reasonOf(e));
    }
  }
}
