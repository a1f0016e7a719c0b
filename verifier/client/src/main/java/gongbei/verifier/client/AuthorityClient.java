package gongbei.verifier.client;

import gongbei.codec.signature.CodeSigner;
import gongbei.codec.trust.SigningKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/** An authority's side of HTTP: sends changes of status, signed (RFC 9421). For any thread. */
public final class AuthorityClient {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);
  private static final int NONCE_BYTES = 18;

  private final URI server;
  private final SigningKey key;
  private final Duration answerTimeout;
  private final CodeSigner signer;
  private final SecureRandom random = new SecureRandom();
  private final NodeConnection connection;
  private final HttpClient http;

  /**
   * Signs for {@code GD} and {@code main}.
   *
   * @param server scheme, host and port of a node
   * @param key the authority's key
   */
  public AuthorityClient(URI server, SigningKey key) {
    this(server, key, NodeConnection.PLAIN);
  }

  /**
   * @param server scheme, host and port of a node
   * @param key the authority's key
   * @param connection how the node is spoken to, and for whom is signed
   */
  public AuthorityClient(URI server, SigningKey key, NodeConnection connection) {
    this(server, key, ANSWER_TIMEOUT, connection);
  }

  /**
   * @param answerTimeout how long an answer is waited for
   */
  AuthorityClient(URI server, SigningKey key, Duration answerTimeout, NodeConnection connection) {
    this.server = server;
    this.connection = connection;
    this.http = connection.http().connectTimeout(CONNECT_TIMEOUT).build();
    this.key = key;
    this.answerTimeout = answerTimeout;
    this.signer = new CodeSigner(key);
  }

  /**
   * Sends a signed PUT of JSON.
   *
   * @throws IOException when there is no answer
   */
  public HttpResponse<String> put(String path, String json)
      throws IOException, InterruptedException {
    return http.send(request(path, json), HttpResponse.BodyHandlers.ofString());
  }

  /**
   * Sends a signed POST of JSON.
   *
   * @throws IOException when there is no answer
   */
  public HttpResponse<String> post(String path, String json)
      throws IOException, InterruptedException {
    return http.send(request("POST", path, json), HttpResponse.BodyHandlers.ofString());
  }

  /** The signed request for a PUT of JSON. */
  public HttpRequest request(String path, String json) {
    return request("PUT", path, json);
  }

  /**
   * The signed request for JSON by a method.
   *
   * @param path begins with a slash
   * @throws IllegalArgumentException where it does not, as where the two are swapped
   */
  public HttpRequest request(String method, String path, String json) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("path does not begin with a slash");
    }
    final byte[] body = json.getBytes(StandardCharsets.UTF_8);
    final byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    final String digest = SignatureBase.contentDigest(body);
    final String parameters =
        SignatureBase.COMPONENTS
            + ";created="
            + Instant.now().getEpochSecond()
            + ";keyid=\""
            + key.issuerKey().kidHex()
            + "\";nonce=\""
            + Base64.getUrlEncoder().withoutPadding().encodeToString(nonce)
            + "\";tag=\""
            + connection.audience().tag()
            + "\"";
    final byte[] base =
        SignatureBase.of(method, path, digest, parameters).getBytes(StandardCharsets.US_ASCII);
    final String signature = Base64.getEncoder().encodeToString(signer.sign(base, 0, base.length));
    return connection
        .authorize(HttpRequest.newBuilder(server.resolve(path)))
        .timeout(answerTimeout)
        .header("Content-Type", "application/json")
        .header("Content-Digest", digest)
        .header("Signature-Input", "sig1=" + parameters)
        .header("Signature", "sig1=:" + signature + ":")
        .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
        .build();
  }
}
