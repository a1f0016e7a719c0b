package gongbei.verifier.tls;

import gongbei.codec.trust.FileFault;
import gongbei.codec.trust.PemFiles;
import gongbei.codec.trust.TrustException;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.TlsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;

/**
 * The server's end of TLS 1.3: certificates and keys of files, read anew as a whole or not at all.
 * Connections that are there stay as they are; new ones, resumed sessions among them, get what is
 * in force. Making engines is for any thread; reloading is for one.
 */
public final class ServerTls {
  private final TlsConfig config;
  private final TlsSuites suites;
  private volatile SSLContext context;
  private volatile long notAfterEpochSeconds;
  private Map<Path, FileTime> seen = Map.of();

  private ServerTls(TlsConfig config) {
    this.config = config;
    this.suites = TlsSuites.of(config.suites());
  }

  /**
   * Reads what a configuration names.
   *
   * @throws ConfigException when a file can't be used
   */
  public static ServerTls of(TlsConfig config) throws ConfigException {
    final ServerTls tls = new ServerTls(config);
    tls.reloadIfChanged();
    return tls;
  }

  /**
   * Reads the files again if one has come, gone or changed.
   *
   * @return whether others are in force
   * @throws ConfigException when one can't be used; those before stay in force
   */
  public boolean reloadIfChanged() throws ConfigException {
    final Map<Path, FileTime> files = files();
    if (files.equals(seen)) {
      return false;
    }
    final TlsIdentity identity =
        TlsIdentity.read(config.certificateFile(), config.keyFile(), suites.keys());
    context = suites.context(identity, authorities());
    notAfterEpochSeconds = identity.notAfterEpochSeconds();
    seen = files;
    return true;
  }

  private Map<Path, FileTime> files() throws ConfigException {
    final Map<Path, FileTime> files = new HashMap<>();
    for (final Path file : List.of(config.certificateFile(), config.keyFile())) {
      try {
        files.put(file, Files.getLastModifiedTime(file));
      } catch (IOException e) {
        throw new ConfigException(file + " " + FileFault.reasonOf(e));
      }
    }
    files.putAll(authorityFiles());
    return files;
  }

  private Map<Path, FileTime> authorityFiles() throws ConfigException {
    try {
      return config.clientCaDirectory() == null
          ? Map.of()
          : PemFiles.list(config.clientCaDirectory());
    } catch (TrustException e) {
      throw new ConfigException(e.getMessage());
    }
  }

  /** Whom clients' certificates are trusted by: nobody where there is no directory. */
  private KeyStore authorities() throws ConfigException {
    final List<X509Certificate> certificates =
        TlsIdentity.certificates(authorityFiles().keySet(), suites.keys());
    if (config.clientCaDirectory() != null && certificates.isEmpty()) {
      throw new ConfigException(config.clientCaDirectory() + " holds no certificate");
    }
    return TlsIdentity.storeOf(certificates);
  }

  /** When the certificate in force ends, in seconds since 1970. */
  public long notAfterEpochSeconds() {
    return notAfterEpochSeconds;
  }

  SSLEngine newEngine() {
    final SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    if (config.clientCaDirectory() != null) {
      switch (config.clientCertificate()) {
        case REQUIRED -> engine.setNeedClientAuth(true);
        case OPTIONAL -> engine.setWantClientAuth(true);
      }
    }
    suites.restrict(engine);
    return engine;
  }

  /**
   * Who a client is by its certificate, which has been verified: the common name of its subject.
   *
   * @return null where it showed none, or one without a common name
   */
  static String clientName(SSLSession session) {
    try {
      final X509Certificate certificate = (X509Certificate) session.getPeerCertificates()[0];
      final X500Name subject =
          X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
      final RDN[] names = subject.getRDNs(BCStyle.CN);
      return names.length == 0 ? null : IETFUtils.valueToString(names[0].getFirst().getValue());
    } catch (SSLPeerUnverifiedException e) {
      return null;
    }
  }
}
