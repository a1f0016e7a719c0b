package gongbei.verifier.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.verifier.config.TlsConfig;
import gongbei.verifier.http.RawHttp2;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the JDK's client and a node agree on by ALPN. */
final class HttpsVersionsTest {
  private static final int SCANS = 200;
  private static final TlsConfig.Suites STANDARD = TlsConfig.Suites.STANDARD;

  @TempDir private Path directory;

  private static HttpRequest scan(TlsBed bed) {
    return HttpRequest.newBuilder(
            URI.create("https://localhost:" + bed.node.httpPort() + "/v1/scans"))
        .header("Content-Type", "application/json")
        .POST(
            HttpRequest.BodyPublishers.ofString(
                "{\"checkpoint\":\"metro\",\"code\":\"" + bed.code() + "\"}"))
        .build();
  }

  @Test
  void aClientThatOffersHttp2HasManyScansOnOneConnection() throws Exception {
    try (TlsBed bed = new TlsBed(directory, STANDARD, "", "")) {
      final HttpClient client = bed.tls(null, STANDARD).prepare(HttpClient.newBuilder()).build();
      final HttpRequest scan = scan(bed);
      assertAnswered(
          client.send(scan, HttpResponse.BodyHandlers.ofString()), HttpClient.Version.HTTP_2);
      final List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
      for (int i = 0; i < SCANS; i++) {
        asked.add(client.sendAsync(scan, HttpResponse.BodyHandlers.ofString()));
      }
      for (final CompletableFuture<HttpResponse<String>> each : asked) {
        assertAnswered(each.get(), HttpClient.Version.HTTP_2);
      }
      final HttpResponse<String> document =
          client.send(
              HttpRequest.newBuilder(
                      URI.create("https://localhost:" + bed.node.httpPort() + "/openapi.yaml"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertEquals(200, document.statusCode());
      assertTrue(document.body().length() > 65_535, "more than the window of a stream");
    }
  }

  /** The JDK's client does not speak RFC 8998; what does speaks HTTP/2 by its preface. */
  @ParameterizedTest
  @EnumSource
  void theFirstBytesWithinTlsSayWhatIsSpoken(TlsConfig.Suites suites) throws Exception {
    try (TlsBed bed = new TlsBed(directory, suites, "", "");
        RawHttp2 client = new RawHttp2(bed.tls(null, suites).connect(bed.http(), 10_000))) {
      client.sendPreface().send(RawHttp2.SETTINGS, 0, 0);
      final RawHttp2.Answer answer =
          client
              .post(1, "/v1/scans", "{\"checkpoint\":\"metro\",\"code\":\"" + bed.code() + "\"}")
              .answer(1);
      assertTrue(answer.body().contains("unknown-subject"), answer.body());
    }
  }

  @Test
  void aClientThatOffersHttp11AloneGetsThat() throws Exception {
    try (TlsBed bed = new TlsBed(directory, STANDARD, "", "")) {
      final HttpClient client =
          bed.tls(null, STANDARD)
              .prepare(HttpClient.newBuilder())
              .version(HttpClient.Version.HTTP_1_1)
              .build();
      assertAnswered(
          client.send(scan(bed), HttpResponse.BodyHandlers.ofString()),
          HttpClient.Version.HTTP_1_1);
    }
  }

  private static void assertAnswered(HttpResponse<String> answer, HttpClient.Version version) {
    assertEquals(version, answer.version());
    assertEquals(200, answer.statusCode(), answer.body());
    assertTrue(answer.body().contains("unknown-subject"), answer.body());
  }
}
