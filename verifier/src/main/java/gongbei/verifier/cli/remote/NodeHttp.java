package gongbei.verifier.cli.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustException;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.input.CodeInput;
import gongbei.verifier.cli.input.KeyPlace;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.client.NodeConnection;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Asks a running node, and says in one line why where it refuses. For one thread. */
public final class NodeHttp {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private static final String WAITING =
      " to answer; a change waits for a member to lead, and is then made or refused";

  private final URI server;
  private final SigningKey authority;
  private final Optional<SigningKey> second;
  private final NodeConnection connection;
  private final HttpClient http;

  private NodeHttp(URI server, SigningKey authority, NodeConnection connection) {
    this(server, authority, Optional.empty(), connection);
  }

  private NodeHttp(
      URI server, SigningKey authority, Optional<SigningKey> second, NodeConnection connection) {
    this.server = server;
    this.authority = authority;
    this.second = second;
    this.connection = connection;
    this.http = connection.http().connectTimeout(TIMEOUT).build();
  }

  /** Asks what needs no signature, showing nothing. */
  public static NodeHttp ofAnyone(URI server) {
    return ofAnyone(server, NodeConnection.PLAIN);
  }

  /** Asks what needs no signature. */
  public static NodeHttp ofAnyone(URI server, NodeConnection connection) {
    return new NodeHttp(server, null, connection);
  }

  /** Asks what an authority may. */
  public static NodeHttp ofAuthority(URI server, SigningKey authority) {
    return new NodeHttp(server, authority, NodeConnection.PLAIN);
  }

  /** Asks what an authority may, with the key of a directory that is valid now. */
  public static NodeHttp ofAuthority(URI server, Path keyDirectory, NodeConnection connection) {
    return new NodeHttp(server, keyOf(keyDirectory), connection);
  }

  /** The same, whose changes a second authority signs too, with its key that is valid now. */
  public NodeHttp seconded(Path keyDirectory) {
    return new NodeHttp(server, authority, Optional.of(keyOf(keyDirectory)), connection);
  }

  private static SigningKey keyOf(Path keyDirectory) {
    try {
      final long now = CodeInput.nowEpochSeconds();
      for (final SigningKey key : KeyPlace.read(keyDirectory).all()) {
        if (key.issuerKey().algorithm() == SignatureAlgorithm.ES256
            && key.issuerKey().isValidAt(now)) {
          return key;
        }
      }
    } catch (TrustException e) {
      throw CommandException.unreachable(e.getMessage());
    }
    throw CommandException.refused(keyDirectory + " holds no P-256 key that is valid now");
  }

  /** Gets JSON. */
  public JsonNode get(String path) throws InterruptedException {
    return json(send(asking(path).build(), HttpResponse.BodyHandlers.ofString()));
  }

  /** Gets JSON, with one more header field. */
  public JsonNode get(String path, String field, String value) throws InterruptedException {
    return json(
        send(asking(path).header(field, value).build(), HttpResponse.BodyHandlers.ofString()));
  }

  /** Gets bytes of another type, with one more header field; none where its value is empty. */
  public byte[] get(String path, String accept, String field, String value)
      throws InterruptedException {
    final HttpRequest.Builder asked = asking(path).header("Accept", accept);
    if (!value.isEmpty()) {
      asked.header(field, value);
    }
    final HttpResponse<byte[]> answer =
        send(asked.build(), HttpResponse.BodyHandlers.ofByteArray());
    requireSuccess(answer.statusCode(), new String(answer.body(), StandardCharsets.UTF_8));
    return answer.body();
  }

  /** Gets JSON; null where the node says that the subject is unknown. */
  public JsonNode getIfKnown(String path) throws InterruptedException {
    final HttpResponse<String> answer =
        send(asking(path).build(), HttpResponse.BodyHandlers.ofString());
    return answer.statusCode() == 404 && NodeFaults.typeOf(answer.body()).equals("unknown-subject")
        ? null
        : json(answer);
  }

  /** Posts JSON; the answer's. */
  public JsonNode post(String path, JsonNode body) throws InterruptedException {
    return json(send(posting(path, body), HttpResponse.BodyHandlers.ofString()));
  }

  /** Posts JSON for an answer of another type. */
  public byte[] post(String path, JsonNode body, String accept) throws InterruptedException {
    final HttpResponse<byte[]> answer =
        send(
            HttpRequest.newBuilder(posting(path, body), (name, value) -> true)
                .header("Accept", accept)
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    requireSuccess(answer.statusCode(), new String(answer.body(), StandardCharsets.UTF_8));
    return answer.body();
  }

  /** A request that shows who asks: every one that is not signed begins here. */
  private HttpRequest.Builder asking(String path) {
    return connection.authorize(HttpRequest.newBuilder(server.resolve(path))).timeout(TIMEOUT);
  }

  private HttpRequest posting(String path, JsonNode body) {
    return asking(path)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
        .build();
  }

  /** Puts JSON, signed; the answer's. */
  public JsonNode put(String path, JsonNode body) throws InterruptedException {
    return signed("PUT", path, body);
  }

  /** Posts JSON, signed; the answer's. */
  public JsonNode postSigned(String path, JsonNode body) throws InterruptedException {
    return signed("POST", path, body);
  }

  /** Posts JSON, signed, for an answer of bytes. */
  public byte[] postSignedForBytes(String path, JsonNode body) throws InterruptedException {
    final HttpResponse<byte[]> answer =
        send(
            signer().request("POST", path, body.toString()),
            HttpResponse.BodyHandlers.ofByteArray());
    requireSuccess(answer.statusCode(), new String(answer.body(), StandardCharsets.UTF_8));
    return answer.body();
  }

  private AuthorityClient signer() {
    final AuthorityClient signer = new AuthorityClient(server, authority, connection);
    return second.map(signer::seconded).orElse(signer);
  }

  private JsonNode signed(String method, String path, JsonNode body) throws InterruptedException {
    return json(
        send(
            signer().request(method, path, body.toString()), HttpResponse.BodyHandlers.ofString()));
  }

  private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws InterruptedException {
    try {
      return WaitingWord.asked(
          server + (request.method().equals("GET") ? " to answer" : WAITING),
          () -> http.send(request, handler));
    } catch (IOException e) {
      throw NodeFaults.unreachable(server, e);
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("--url " + e.getMessage());
    }
  }

  private JsonNode json(HttpResponse<String> answer) {
    requireSuccess(answer.statusCode(), answer.body());
    try {
      return new ObjectMapper().readTree(answer.body());
    } catch (JsonProcessingException e) {
      throw CommandException.unreachable(server + " did not answer as a node does");
    }
  }

  private void requireSuccess(int status, String body) {
    if (status >= 300) {
      throw NodeFaults.refusal(server, status, body);
    }
  }
}
