package gongbei.verifier.client;

import gongbei.verifier.client.tls.ClientTls;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.Optional;

/**
 * How a client speaks HTTP to nodes.
 *
 * @param tls whom it trusts and who it is; where it is empty, what Java has for https
 * @param apiKey the key that it shows
 * @param audience for whom its signed requests are
 */
public record NodeConnection(Optional<ClientTls> tls, Optional<String> apiKey, Audience audience) {
  /** Shows nothing; signs for {@link Audience#DEFAULT}. */
  public static final NodeConnection PLAIN =
      new NodeConnection(Optional.empty(), Optional.empty(), Audience.DEFAULT);

  /** The same that speaks https so. */
  public NodeConnection by(ClientTls other) {
    return new NodeConnection(Optional.of(other), apiKey, audience);
  }

  /** The same that shows a key. */
  public NodeConnection showing(String key) {
    return new NodeConnection(tls, Optional.of(key), audience);
  }

  /** The same that signs for others. */
  public NodeConnection signingFor(Audience other) {
    return new NodeConnection(tls, apiKey, other);
  }

  /** A client that speaks HTTP/1.1 so. */
  public HttpClient.Builder http() {
    final HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    return tls.map(known -> known.prepare(builder)).orElse(builder);
  }

  /** Shows the key with a request. */
  public HttpRequest.Builder authorize(HttpRequest.Builder request) {
    return apiKey.map(key -> request.header("Authorization", "Bearer " + key)).orElse(request);
  }

  @Override
  public String toString() {
    return "NodeConnection[tls="
        + tls.isPresent()
        + ", apiKey="
        + apiKey.isPresent()
        + ", audience="
        + audience
        + "]";
  }
}
