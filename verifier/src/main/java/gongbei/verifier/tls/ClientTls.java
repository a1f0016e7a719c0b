package gongbei.verifier.tls;

import gongbei.codec.file.FileContent;
import gongbei.codec.trust.KeyFile;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.TlsConfig;
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

  /**
   * Reads whom the client trusts, and who it is.
   *
   * @param caFile certificates of the servers' authorities, PEM; null trusts those of the JDK
   * @param certificateFile the client's certificate and those between it and its authority; null
   *     shows none
   * @param keyFile its private key, unencrypted; goes with {@code certificateFile}
   * @throws ConfigException when a file can't be used
   */
  public static ClientTls of(
      Path caFile, Path certificateFile, Path keyFile, TlsConfig.Suites configured)
      throws ConfigException {
    final TlsSuites suites = TlsSuites.of(configured);
    KeyStore authorities = null;
    if (caFile != null) {
      final List<X509Certificate> certificates =
          TlsIdentity.certificates(content(caFile), suites.keys());
      if (certificates.isEmpty()) {
        throw new ConfigException(caFile + " holds no certificate");
      }
      authorities = TlsIdentity.storeOf(certificates);
    }
    if ((certificateFile == null) != (keyFile == null)) {
      throw new ConfigException("a client's certificate and its key go together");
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
