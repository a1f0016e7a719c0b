package gongbei.verifier.client.tls;

import gongbei.codec.file.FileContent;
import gongbei.codec.trust.KeyFile;
import gongbei.codec.trust.TrustException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A client's end of TLS 1.3; servers are held to the name that they are asked by. For any thread.
 */
public final class ClientTls {
  private final TlsSuites suites;
  private final SSLContext context;

  private ClientTls(TlsSuites suites, SSLContext context) {
    this.suites = suites;
    this.context = context;
  }

  /** Whom a client trusts, and who it is. Everything has a default. */
  public static final class Context {
    private Path caFile;
    private Path certificateFile;
    private Path keyFile;
    private TlsSuites suites = TlsSuites.STANDARD;

    /** Sets the certificates of the servers' authorities, PEM; default those of the JDK. */
    public Context caFile(Path file) {
      caFile = file;
      return this;
    }

    /**
     * Sets the client's certificate and those between it and its authority, PEM; default none. Goes
     * with {@link #keyFile}.
     */
    public Context certificateFile(Path file) {
      certificateFile = file;
      return this;
    }

    /** Sets the private key of {@link #certificateFile}, PEM, unencrypted; default none. */
    public Context keyFile(Path file) {
      keyFile = file;
      return this;
    }

    /** Sets what ciphers are spoken; default {@link TlsSuites#STANDARD}. */
    public Context suites(TlsSuites spoken) {
      suites = spoken;
      return this;
    }
  }

  /**
   * Reads the files of a context.
   *
   * @throws TrustException when a file can't be used; the message names it
   */
  public static ClientTls of(Context context) throws TrustException {
    final TlsSuites suites = context.suites;
    final Path caFile = context.caFile;
    final Path certificateFile = context.certificateFile;
    final Path keyFile = context.keyFile;
    KeyStore authorities = null;
    if (caFile != null) {
      final List<X509Certificate> certificates =
          TlsIdentity.certificates(content(caFile), suites.keys());
      if (certificates.isEmpty()) {
        throw new TrustException(caFile + " holds no certificate");
      }
      authorities = TlsIdentity.storeOf(certificates);
    }
    if ((certificateFile == null) != (keyFile == null)) {
      throw new TrustException("a client's certificate and its key go together");
    }
    final TlsIdentity identity =
        certificateFile == null
            ? null
            : TlsIdentity.read(content(certificateFile), content(keyFile), suites.keys());
    return new ClientTls(suites, suites.context(identity, authorities));
  }

  private static FileContent content(Path file) {
    return FileContent.read(file, KeyFile.MAX_BYTES);
  }

  /** Lets an HTTP client speak it, and nothing below TLS 1.3. */
  public HttpClient.Builder prepare(HttpClient.Builder client) {
    final SSLParameters parameters = new SSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3"});
    if (suites == TlsSuites.SM) {
      parameters.setCipherSuites(new String[] {"TLS_SM4_GCM_SM3"});
    }
    return client.sslContext(context).sslParameters(parameters);
  }

  /**
   * Connects and shakes hands.
   *
   * @throws IOException when the server can't be reached, is not trusted or does not trust
   */
  public Socket connect(InetSocketAddress server, int timeoutMillis) throws IOException {
    final Socket plain = new Socket();
    try {
      plain.setTcpNoDelay(true);
      plain.connect(server, timeoutMillis);
      plain.setSoTimeout(timeoutMillis);
      final SSLSocket socket =
          (SSLSocket)
              context
                  .getSocketFactory()
                  .createSocket(plain, server.getHostString(), server.getPort(), true);
      socket.setUseClientMode(true);
      suites.restrict(socket);
      final SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      plain.setSoTimeout(0);
      return socket;
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }
}
