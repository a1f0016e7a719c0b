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
import java.util.Map;
import java.util.Optional;

/** An authority's side of HTTP: sends changes of status, signed (RFC 9421). For any thread. */
public final class AuthorityClient {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);
  private static final int NONCE_BYTES = 18;
  private static final String FIRST = "sig1";
  private static final String SECOND = "sig2";

  private final URI server;
  private final Duration answerTimeout;
  private final Signer first;
  private final Optional<Signer> second;
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
    this(server, answerTimeout, connection, new Signer(key), Optional.empty());
  }

  private AuthorityClient(
      URI server,
      Duration answerTimeout,
      NodeConnection connection,
      Signer first,
      Optional<Signer> second) {
    this.server = server;
    this.connection = connection;
    this.http = connection.http().connectTimeout(CONNECT_TIMEOUT).build();
    this.answerTimeout = answerTimeout;
    this.first = first;
    this.second = second;
  }

  /** The same, whose requests a second authority signs too, as some grounds of changes want. */
  public AuthorityClient seconded(SigningKey by) {
    return new AuthorityClient(
        server, answerTimeout, connection, first, Optional.of(new Signer(by)));
  }

  /** An authority's key, and its id. */
  private static final class Signer {
    private final CodeSigner signer;
    private final String keyId;

    Signer(SigningKey key) {
      signer = new CodeSigner(key);
      keyId = key.issuerKey().kidHex();
    }

    /** A member of the field Signature. */
    String sign(String label, Map<String, String> components, String parameters) {
      final byte[] base =
          SignatureBase.of(components, parameters).getBytes(StandardCharsets.US_ASCII);
      final String signature =
          Base64.getEncoder().encodeToString(signer.sign(base, 0, base.length));
      return label + "=:" + signature + ":";
    }
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
    final String digest = SignatureBase.contentDigest(body);
    final Map<String, String> covered = SignatureBase.covered(method, path, digest);
    final String firstInput = input(covered, first);
    final String firstSignature = first.sign(FIRST, covered, firstInput);
    final HttpRequest.Builder request =
        connection
            .authorize(HttpRequest.newBuilder(server.resolve(path)))
            .timeout(answerTimeout)
            .header("Content-Type", "application/json")
            .header("Content-Digest", digest)
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    if (second.isEmpty()) {
      return request
          .header("Signature-Input", FIRST + "=" + firstInput)
          .header("Signature", firstSignature)
          .build();
    }
    covered.put(SignatureBase.firstInput(FIRST), firstInput);
    final String secondInput = input(covered, second.get());
    return request
        .header("Signature-Input", FIRST + "=" + firstInput + ", " + SECOND + "=" + secondInput)
        .header(
            "Signature", firstSignature + ", " + second.get().sign(SECOND, covered, secondInput))
        .build();
  }

  /** What a signature covers, and its parameters. */
  private String input(Map<String, String> covered, Signer by) {
    final byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    return "("
        + String.join(" ", covered.keySet())
        + ");created="
        + Instant.now().getEpochSecond()
        + ";keyid=\""
        + by.keyId
        + "\";nonce=\""
        + Base64.getUrlEncoder().withoutPadding().encodeToString(nonce)
        + "\";tag=\""
        + connection.audience().tag()
        + "\"";
  }
}
