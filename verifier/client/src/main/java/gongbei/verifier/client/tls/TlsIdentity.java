package gongbei.verifier.client.tls;

import gongbei.codec.file.FileContent;
import gongbei.codec.trust.KeyFile;
import gongbei.codec.trust.TrustException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.jsse.BCX509ExtendedKeyManager;
import org.bouncycastle.jsse.BCX509Key;

/**
 * A certificate with those between it and its authority, and its private key: what one end of a TLS
 * connection shows the other. A key manager of Bouncy Castle's own kind, for of others it takes no
 * SM2 key.
 */
public final class TlsIdentity extends BCX509ExtendedKeyManager {
  private static final String ALIAS = "gongbei";
  private static final byte[] PROBE = {'g', 'o', 'n', 'g', 'b', 'e', 'i'};

  private final X509Certificate[] chain;
  private final PrivateKey key;

  private TlsIdentity(X509Certificate[] chain, PrivateKey key) {
    this.chain = chain;
    this.key = key;
  }

  /**
   * Reads certificates and key, and sees that the key is the first certificate's.
   *
   * @param provider knows the key's algorithm, or null for the JDK's own providers
   */
  public static TlsIdentity read(
      FileContent certificateFile, FileContent keyFile, Provider provider) throws TrustException {
    final List<X509Certificate> chain = certificates(certificateFile, provider);
    if (chain.isEmpty()) {
      throw new TrustException(certificateFile.path() + " holds no certificate");
    }
    final PrivateKey key = privateKey(keyFile, provider);
    if (!belongTogether(chain.get(0), key, provider)) {
      throw new TrustException(
          keyFile.path() + " is not the key of the first certificate in " + certificateFile.path());
    }
    return new TlsIdentity(chain.toArray(X509Certificate[]::new), key);
  }

  /** All certificates of a file, in their order. */
  public static List<X509Certificate> certificates(FileContent file, Provider provider)
      throws TrustException {
    final List<X509Certificate> certificates = new ArrayList<>();
    try {
      final CertificateFactory factory =
          provider == null
              ? CertificateFactory.getInstance("X.509")
              : CertificateFactory.getInstance("X.509", provider);
      for (final byte[] der : KeyFile.of(file).certificates()) {
        certificates.add(
            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
      }
    } catch (GeneralSecurityException e) {
      throw new TrustException(file.path() + ": certificate can't be read: " + e.getMessage());
    }
    return certificates;
  }

  /** A store that holds certificates alone. */
  public static KeyStore storeOf(List<X509Certificate> certificates) {
    try {
      final KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (int i = 0; i < certificates.size(); i++) {
        store.setCertificateEntry("ca-" + i, certificates.get(i));
      }
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static PrivateKey privateKey(FileContent file, Provider provider) throws TrustException {
    try {
      final List<PrivateKeyInfo> keys = KeyFile.of(file).secretPrivateKeys();
      if (keys.size() != 1) {
        throw new TrustException(file.path() + " holds " + keys.size() + " private keys, not one");
      }
      final String algorithm = algorithmOf(keys.get(0).getPrivateKeyAlgorithm().getAlgorithm());
      final KeyFactory factory =
          provider == null
              ? KeyFactory.getInstance(algorithm)
              : KeyFactory.getInstance(algorithm, provider);
      return factory.generatePrivate(new PKCS8EncodedKeySpec(keys.get(0).getEncoded()));
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new TrustException(file.path() + ": private key can't be read: " + e.getMessage());
    }
  }

  private static String algorithmOf(ASN1ObjectIdentifier type) {
    if (PKCSObjectIdentifiers.rsaEncryption.equals(type)) {
      return "RSA";
    }
    if (X9ObjectIdentifiers.id_ecPublicKey.equals(type)) {
      return "EC";
    }
    if (Set.of(EdECObjectIdentifiers.id_Ed25519, EdECObjectIdentifiers.id_Ed448).contains(type)) {
      return "EdDSA";
    }
    throw new IllegalArgumentException("it is neither RSA, EC nor EdDSA");
  }

  private static boolean belongTogether(
      X509Certificate certificate, PrivateKey key, Provider provider) {
    final String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EdDSA" -> "EdDSA";
          default -> provider == null ? "SHA256withECDSA" : "SM3withSM2";
        };
    try {
      final Signature signature =
          provider == null
              ? Signature.getInstance(algorithm)
              : Signature.getInstance(algorithm, provider);
      signature.initSign(key);
      signature.update(PROBE);
      final byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** When the first certificate ends, in seconds since 1970. */
  public long notAfterEpochSeconds() {
    return chain[0].getNotAfter().toInstant().getEpochSecond();
  }

  private String aliasFor(String... keyTypes) {
    for (final String keyType : keyTypes) {
      // Bouncy Castle also says which curve, as in EC/curveSM2.
      if (keyType.split("/", 2)[0].equals(key.getAlgorithm())) {
        return ALIAS;
      }
    }
    return null;
  }

  @Override
  public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
    return aliasFor(keyType);
  }

  @Override
  public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
    return aliasFor(keyTypes);
  }

  @Override
  public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    return aliasFor(keyType);
  }

  @Override
  public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
    return aliasFor(keyTypes);
  }

  @Override
  public String[] getServerAliases(String keyType, Principal[] issuers) {
    return getClientAliases(keyType, issuers);
  }

  @Override
  public String[] getClientAliases(String keyType, Principal[] issuers) {
    return aliasFor(keyType) == null ? null : new String[] {ALIAS};
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return ALIAS.equals(alias) ? chain.clone() : null;
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return ALIAS.equals(alias) ? key : null;
  }

  @Override
  protected BCX509Key getKeyBC(String keyType, String alias) {
    return ALIAS.equals(alias) && aliasFor(keyType) != null ? new NamedKey(keyType) : null;
  }

  /** What Bouncy Castle takes a key as. */
  private final class NamedKey implements BCX509Key {
    private final String keyType;

    NamedKey(String keyType) {
      this.keyType = keyType;
    }

    @Override
    public X509Certificate[] getCertificateChain() {
      return chain.clone();
    }

    @Override
    public String getKeyType() {
      return keyType;
    }

    @Override
    public PrivateKey getPrivateKey() {
      return key;
    }
  }
}
