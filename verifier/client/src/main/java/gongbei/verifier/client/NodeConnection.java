package gongbei.verifier.client;

import gongbei.verifier.client.tls.ClientTls;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;

/**
 * How a client speaks HTTP to nodes.
 *
 * @param tls whom it trusts and who it is; null takes what Java has for https
 * @param apiKey the key that it shows, or null
 * @param audience for whom its signed requests are
 */
public record NodeConnection(ClientTls tls, String apiKey, Audience audience) {
  /** Shows nothing; signs for {@link Audience#DEFAULT}. */
  public static final NodeConnection PLAIN = new NodeConnection(null, null);

  /** Signs for {@link Audience#DEFAULT}. */
  public NodeConnection(ClientTls tls, String apiKey) {
    this(tls, apiKey, Audience.DEFAULT);
  }

  /** The same that signs for others. */
  public NodeConnection signingFor(Audience other) {
    return new NodeConnection(tls, apiKey, other);
  }

  /** A client that speaks HTTP/1.1 so. */
  public HttpClient.Builder http() {
    final HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    return tls == null ? builder : tls.prepare(builder);
  }

  /** Shows the key with a request. */
  public HttpRequest.Builder authorize(HttpRequest.Builder request) {
    return apiKey == null ? request : request.header("Authorization", "Bearer " + apiKey);
  }

  @Override
  public String toString() {
    return "NodeConnection[tls="
        + (tls != null)
        + ", apiKey="
        + (apiKey != null)
        + ", audience="
        + audience
        + "]";
  }
}
