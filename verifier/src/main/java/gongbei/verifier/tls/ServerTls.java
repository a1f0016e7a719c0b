package gongbei.verifier.tls;

import gongbei.codec.file.FaultyFile;
import gongbei.codec.file.FileContent;
import gongbei.codec.file.FollowedFiles;
import gongbei.codec.file.Reloadable;
import gongbei.codec.trust.FileFault;
import gongbei.codec.trust.KeyFile;
import gongbei.codec.trust.TrustException;
import gongbei.verifier.client.tls.TlsIdentity;
import gongbei.verifier.client.tls.TlsSuites;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.TlsConfig;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * The server's end of TLS 1.3: certificates and keys of files, read anew when they change. What it
 * shows is read as a whole or not at all. Of the authorities of clients a file at fault is left out
 * and named by {@link #faults}, so that one that was taken away counts no more whatever is beside
 * it. Connections that are there stay as they are; new ones, resumed sessions among them, get what
 * is in force. Making engines is for any thread; reloading is for one.
 */
public final class ServerTls {
  private static final int SHOWN_FILES = 2;
  private static final Pattern SERIAL =
      Pattern.compile("[0-9A-Fa-f]{1,2}(?::?[0-9A-Fa-f]{2}){0,19}");

  private final TlsConfig config;
  private final TlsSuites suites;
  private final int singleFiles;
  private final Reloadable<InForce, ConfigException> reloadable;

  /** What connections get, and which files do not count. */
  private record InForce(
      SSLContext context, TlsIdentity identity, Set<BigInteger> revoked, List<FaultyFile> faults) {}

  private ServerTls(TlsConfig config) {
    this.config = config;
    this.suites = suitesOf(config);
    final List<Path> single = new ArrayList<>(List.of(config.certificateFile(), config.keyFile()));
    if (config.revokedFile() != null) {
      single.add(config.revokedFile());
    }
    singleFiles = single.size();
    final FollowedFiles shown = FollowedFiles.of(single, KeyFile.MAX_BYTES);
    reloadable =
        Reloadable.of(
            config.clientCaDirectory() == null
                ? shown
                : shown.andDirectory(
                    config.clientCaDirectory(), KeyFile.ENDINGS, KeyFile.MAX_FILES),
            this::read,
            fault ->
                new ConfigException(config.clientCaDirectory() + " " + FileFault.reasonOf(fault)),
            null);
  }

  private static TlsSuites suitesOf(TlsConfig config) {
    return switch (config.suites()) {
      case STANDARD -> TlsSuites.STANDARD;
      case SM -> TlsSuites.SM;
    };
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
   * Reads the files again if one has come, gone or changed. Where certificate and key can't be
   * used, those before are shown on.
   *
   * @return whether others are in force
   * @throws ConfigException when the authorities' directory can't be listed; all stays in force
   */
  public boolean reloadIfChanged() throws ConfigException {
    return reloadable.reloadIfChanged();
  }

  private InForce read(List<FileContent> files, InForce before) throws ConfigException {
    final List<X509Certificate> authorities = new ArrayList<>();
    final List<FaultyFile> faults = new ArrayList<>();
    for (final FileContent file : files.subList(singleFiles, files.size())) {
      try {
        authorities.addAll(TlsIdentity.certificates(file, suites.keys()));
      } catch (TrustException e) {
        faults.add(new FaultyFile(file.path(), e.getMessage()));
      }
    }
    // Later there may be none: whoever takes the last authority away trusts no client any more.
    if (config.clientCaDirectory() != null && authorities.isEmpty() && before == null) {
      throw new ConfigException(
          faults.isEmpty()
              ? config.clientCaDirectory() + " holds no certificate"
              : faults.get(0).message());
    }
    final KeyStore trusted = TlsIdentity.storeOf(authorities);
    final TlsIdentity identity = identity(files.get(0), files.get(1), before, faults);
    final Set<BigInteger> revoked =
        singleFiles == SHOWN_FILES ? Set.of() : revoked(files.get(SHOWN_FILES), before, faults);
    return new InForce(suites.context(identity, trusted), identity, revoked, List.copyOf(faults));
  }

  /** The serial numbers of a file, one a line; where a line is none, those before stay in force. */
  private static Set<BigInteger> revoked(FileContent file, InForce before, List<FaultyFile> faults)
      throws ConfigException {
    try {
      final Set<BigInteger> revoked = new HashSet<>();
      int number = 0;
      final String text = new String(file.orThrow(), StandardCharsets.UTF_8);
      for (final String line : text.lines().toList()) {
        number++;
        final String serial = line.replaceFirst("#.*", "").strip();
        if (serial.isEmpty()) {
          continue;
        }
        if (!SERIAL.matcher(serial).matches()) {
          throw new ConfigException(
              file.path()
                  + ", line "
                  + number
                  + " is no serial number of up to 20 bytes in hexadecimal");
        }
        revoked.add(new BigInteger(serial.replace(":", ""), 16));
      }
      return Set.copyOf(revoked);
    } catch (IOException e) {
      return before(file.path() + " " + FileFault.reasonOf(e), file, before, faults);
    } catch (ConfigException e) {
      return before(e.getMessage(), file, before, faults);
    }
  }

  private static Set<BigInteger> before(
      String fault, FileContent file, InForce before, List<FaultyFile> faults)
      throws ConfigException {
    if (before == null) {
      throw new ConfigException(fault);
    }
    faults.add(new FaultyFile(file.path(), fault));
    return before.revoked();
  }

  private TlsIdentity identity(
      FileContent certificate, FileContent key, InForce before, List<FaultyFile> faults)
      throws ConfigException {
    try {
      return TlsIdentity.read(certificate, key, suites.keys());
    } catch (TrustException e) {
      if (before == null) {
        throw new ConfigException(e.getMessage());
      }
      faults.add(new FaultyFile(certificate.path(), e.getMessage()));
      return before.identity();
    }
  }

  /** The files that do not count, as of what is in force. */
  public List<FaultyFile> faults() {
    return reloadable.current().faults();
  }

  /** What the authorities' directory holds besides, and nobody reads. */
  public List<Path> passedOver() {
    return reloadable.passedOver();
  }

  /** When the certificate in force ends, in seconds since 1970. */
  public long notAfterEpochSeconds() {
    return reloadable.current().identity().notAfterEpochSeconds();
  }

  /** The threads that do what handshakes cost. */
  public int handshakeThreads() {
    return config.handshakeThreads();
  }

  /**
   * Makes the engine of a connection.
   *
   * @param protocols what ALPN (RFC 7301) offers, the best first; none for no ALPN
   */
  SSLEngine newEngine(List<String> protocols) {
    final SSLEngine engine = reloadable.current().context().createSSLEngine();
    engine.setUseClientMode(false);
    if (!protocols.isEmpty()) {
      final SSLParameters parameters = engine.getSSLParameters();
      parameters.setApplicationProtocols(protocols.toArray(new String[0]));
      engine.setSSLParameters(parameters);
    }
    if (config.clientCaDirectory() != null) {
      switch (config.clientCertificate()) {
        case REQUIRED -> engine.setNeedClientAuth(true);
        case OPTIONAL -> engine.setWantClientAuth(true);
      }
    }
    suites.restrict(engine);
    return suites == TlsSuites.SM ? new SteppedEngine(engine) : engine;
  }

  /** Whether one of those serial numbers is among the revoked ones in force. */
  boolean isRevoked(List<BigInteger> serials) {
    final Set<BigInteger> revoked = reloadable.current().revoked();
    for (int i = 0; i < serials.size(); i++) {
      if (revoked.contains(serials.get(i))) {
        return true;
      }
    }
    return false;
  }

  /** Who a session's client is; nobody where it showed no certificate, or one without a name. */
  Optional<TlsPeer> peer(SSLSession session) {
    try {
      final Certificate[] chain = session.getPeerCertificates();
      return TlsPeer.of(Arrays.copyOf(chain, chain.length, X509Certificate[].class), this);
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }
}
