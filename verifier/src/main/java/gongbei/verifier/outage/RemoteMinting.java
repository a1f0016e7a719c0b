package gongbei.verifier.outage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.verifier.client.NodeConnection;
import gongbei.verifier.config.Limits;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Another node's minting, as it says itself: {@code GET /v1/minting}. One that does not answer in
 * {@link Limits#MINTING_PROBE_MILLIS} does not mint.
 */
public final class RemoteMinting implements MintingSource {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int OK = 200;

  private final HttpClient http;
  private final HttpRequest request;
  private CompletableFuture<Health> asked = CompletableFuture.completedFuture(Health.UNKNOWN);
  private Health last = Health.UNKNOWN;

  /**
   * @param http a client as {@link #client} makes it
   */
  public RemoteMinting(URI node, HttpClient http) {
    this.http = http;
    this.request =
        HttpRequest.newBuilder(node.resolve("/v1/minting"))
            .timeout(Duration.ofMillis(Limits.MINTING_PROBE_MILLIS))
            .build();
  }

  /** A client for all the nodes that are watched. */
  public static HttpClient client(NodeConnection connection) {
    return connection.http().connectTimeout(Duration.ofMillis(Limits.MINTING_PROBE_MILLIS)).build();
  }

  /** What the last answer said; asks anew where that has come. */
  @Override
  public Health look() {
    if (asked.isDone()) {
      last = asked.join();
      asked =
          http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
              .handle((answer, fault) -> fault == null ? healthOf(answer) : Health.FAILING);
    }
    return last;
  }

  private static Health healthOf(HttpResponse<String> answer) {
    try {
      return answer.statusCode() == OK && JSON.readTree(answer.body()).path("mints").asBoolean()
          ? Health.WORKING
          : Health.FAILING;
    } catch (JsonProcessingException e) {
      return Health.FAILING;
    }
  }
}
