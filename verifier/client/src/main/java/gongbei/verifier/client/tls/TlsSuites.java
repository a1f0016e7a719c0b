package gongbei.verifier.client.tls;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.jsse.BCSSLEngine;
import org.bouncycastle.jsse.BCSSLParameters;
import org.bouncycastle.jsse.BCSSLSocket;
import org.bouncycastle.jsse.provider.BouncyCastleJsseProvider;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCryptoProvider;

/**
 * What both ends of a connection speak: TLS 1.3 alone, by the JDK, or with the suite, curve and
 * signature of RFC 8998 by Bouncy Castle. For any thread.
 */
public enum TlsSuites {
  /** Those of the JDK for TLS 1.3: AES-GCM and ChaCha20-Poly1305. */
  STANDARD {
    @Override
    public Provider keys() {
      return null;
    }

    @Override
    SSLContext newContext() throws GeneralSecurityException {
      return SSLContext.getInstance(TLS_1_3);
    }

    @Override
    TrustManagerFactory newTrust() throws GeneralSecurityException {
      return TrustManagerFactory.getInstance("PKIX");
    }

    @Override
    public void restrict(SSLEngine engine) {
      engine.setEnabledProtocols(PROTOCOLS);
    }

    @Override
    void restrict(SSLSocket socket) {
      socket.setEnabledProtocols(PROTOCOLS);
    }
  },
  /** RFC 8998 alone: TLS_SM4_GCM_SM3 on curveSM2, signed by SM2 with SM3. */
  SM {
    @Override
    public Provider keys() {
      return Providers.KEYS;
    }

    @Override
    SSLContext newContext() throws GeneralSecurityException {
      return SSLContext.getInstance(TLS_1_3, Providers.TLS);
    }

    @Override
    TrustManagerFactory newTrust() throws GeneralSecurityException {
      return TrustManagerFactory.getInstance("PKIX", Providers.TLS);
    }

    @Override
    public void restrict(SSLEngine engine) {
      ((BCSSLEngine) engine).setParameters(restricted(((BCSSLEngine) engine).getParameters()));
    }

    @Override
    void restrict(SSLSocket socket) {
      ((BCSSLSocket) socket).setParameters(restricted(((BCSSLSocket) socket).getParameters()));
    }
  };

  private static final String TLS_1_3 = "TLSv1.3";
  private static final String[] PROTOCOLS = {TLS_1_3};

  /** The provider that reads and uses keys, or null for the JDK's own. */
  public abstract Provider keys();

  abstract SSLContext newContext() throws GeneralSecurityException;

  abstract TrustManagerFactory newTrust() throws GeneralSecurityException;

  /** Lets an engine speak nothing else. */
  public abstract void restrict(SSLEngine engine);

  /** Lets a socket speak nothing else. */
  abstract void restrict(SSLSocket socket);

  /**
   * A context that shows an identity and trusts authorities.
   *
   * @param identity null shows none
   * @param authorities null trusts those of the JDK
   */
  public SSLContext context(TlsIdentity identity, KeyStore authorities) {
    try {
      final TrustManagerFactory trust = newTrust();
      trust.init(authorities);
      final SSLContext context = newContext();
      final KeyManager[] keys = identity == null ? new KeyManager[0] : new KeyManager[] {identity};
      final TrustManager[] trusted = trust.getTrustManagers();
      context.init(keys, trusted, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static BCSSLParameters restricted(BCSSLParameters parameters) {
    parameters.setProtocols(PROTOCOLS);
    parameters.setCipherSuites(new String[] {"TLS_SM4_GCM_SM3"});
    parameters.setNamedGroups(new String[] {"curveSM2"});
    parameters.setSignatureSchemes(new String[] {"sm2sig_sm3"});
    return parameters;
  }

  /** Made on first use; neither is registered with the JDK. */
  private static final class Providers {
    // The library tells java.util.logging of each peer that fails, and of each of the JDK's
    // settings that it does not know; a logger that nothing holds is forgotten with its level.
    private static final Logger SILENT = Logger.getLogger("org.bouncycastle.jsse");

    static {
      SILENT.setLevel(Level.OFF);
    }

    private static final Provider KEYS = new BouncyCastleProvider();
    private static final Provider TLS =
        new BouncyCastleJsseProvider(false, new JcaTlsCryptoProvider().setProvider(KEYS));
  }
}
