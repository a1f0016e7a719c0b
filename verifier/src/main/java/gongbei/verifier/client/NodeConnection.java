package gongbei.verifier.client;

import gongbei.verifier.tls.ClientTls;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;

/**
 * How a client speaks HTTP to nodes.
 *
 * @param tls whom it trusts and who it is; null takes what Java has for https
 * @param apiKey the key that it shows, or null
 */
public record NodeConnection(ClientTls tls, String apiKey) {
  /** Shows nothing. */
  public static final NodeConnection PLAIN = new NodeConnection(null, null);

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
    return "NodeConnection[tls=" + (tls != null) + ", apiKey=" + (apiKey != null) + "]";
  }
}
