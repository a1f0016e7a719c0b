package gongbei.verifier.venue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeText;
import gongbei.codec.code.HealthCode;
import gongbei.codec.model.Colour;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SubjectSecret;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.Subject;
import gongbei.testing.LiveFiles;
import gongbei.testing.OneJdk;
import gongbei.verifier.TestNode;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node keeps of visits: nothing. */
@OneJdk
final class VisitPrivacyTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final String PLACE = "The Lotus Tea House";
  private static final Subject HOLDER = new Subject(0x1122334455667788L, 0x99AABBCCDDEEFF11L);

  @TempDir private Path directory;
  @TempDir private Path copies;

  private static JsonNode post(Node node, String path, ObjectNode body) throws Exception {
    final HttpResponse<String> answer =
        CLIENT.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.httpPort() + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertTrue(answer.statusCode() < 300, answer.body());
    return TestNode.json(answer.body());
  }

  private static String get(Node node, String path) throws Exception {
    return CLIENT
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.httpPort() + path))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private NodeConfig config() throws Exception {
    final Instant from = Instant.now().minus(Duration.ofDays(1));
    KeyGeneration.write(
        new KeyGeneration().generate("GD", from, from.plus(Duration.ofDays(2))),
        "gd",
        directory.resolve("keys"));
    SubjectSecret.generate().write(directory.resolve("subject.secret"));
    return NodeConfig.read(
        Files.writeString(
            directory.resolve("node.yaml"),
            """
            region: GD
            dataDirectory: data
            trustDirectory: keys
            signingKeyDirectory: keys
            subjectSecretFile: subject.secret
            maxSubjects: 1000
            http: {host: 127.0.0.1, port: 0}
            tcp: {host: 127.0.0.1, port: 0}
            replication: {logTermBytes: 1048576, segmentBytes: 1048576, lowStorageBytes: 16777216}
            """));
  }

  private static byte[] serial(String venue) {
    final HealthCode code = new HealthCode();
    final byte[] text = CodeText.bytes(venue);
    assertTrue(code.wrap(text, 0, text.length));
    final int at = code.region().serialOffset();
    return Arrays.copyOfRange(code.buffer(), at, at + 8);
  }

  /** Everything by which a venue could be found again. */
  private static List<byte[]> traces(String venue) {
    final byte[] serial = serial(venue);
    final String hex = HexFormat.of().formatHex(serial);
    final byte[] reversed = new byte[serial.length];
    for (int i = 0; i < serial.length; i++) {
      reversed[i] = serial[serial.length - 1 - i];
    }
    return List.of(
        serial,
        reversed,
        ascii(hex),
        ascii(hex.toUpperCase(Locale.ROOT)),
        ascii(PLACE),
        ascii(venue.substring(20, 80)));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static boolean has(byte[] bytes, byte[] trace) {
    return new String(bytes, StandardCharsets.ISO_8859_1)
        .contains(new String(trace, StandardCharsets.ISO_8859_1));
  }

  @Test
  void noFileOfANodeHasAVenueOrWhoVisitedIt() throws Exception {
    final ByteArrayOutputStream said = new ByteArrayOutputStream();
    final PrintStream out = System.out;
    final PrintStream err = System.err;
    final String printed;
    final String screen;
    final int visits = 5;
    try (PrintStream captured = new PrintStream(said, true, StandardCharsets.UTF_8)) {
      System.setOut(captured);
      System.setErr(captured);
      try (Node node = Node.start(config())) {
        node.resources()
            .log()
            .submit(StatusCommand.SetStatus.of(HOLDER).colour(Colour.RED).build())
            .join();
        final ObjectNode venue =
            JsonNodeFactory.instance.objectNode().put("checkpoint", "metro").put("place", PLACE);
        printed = post(node, "/v1/venues", venue).path("code").asText();
        final String licence =
            post(node, "/v1/venues", venue.put("form", "screen")).path("code").asText();
        screen =
            post(
                    node,
                    "/v1/venues/codes",
                    JsonNodeFactory.instance.objectNode().put("licence", licence))
                .path("code")
                .asText();
        for (int i = 0; i < visits; i++) {
          for (final String each : List.of(printed, screen)) {
            final JsonNode visit =
                post(
                    node,
                    "/v1/visits",
                    JsonNodeFactory.instance
                        .objectNode()
                        .put("code", code(node))
                        .put("venue", each));
            assertEquals("red", visit.path("reason").asText());
          }
        }
        for (final String path : List.of("/metrics", "/v1/ops", "/v1/audit", "/v1/oversight")) {
          said.writeBytes(get(node, path).getBytes(StandardCharsets.UTF_8));
        }
        requireNone("while the node runs", List.of(printed, screen), said);
      }
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    assertTrue(
        said.toString(StandardCharsets.UTF_8)
            .contains(
                "gongbei_visits_total{checkpoint=\"metro\",verdict=\"refuse\"} " + 2 * visits),
        "they are counted");
    requireNone("after it has stopped", List.of(printed, screen), said);
  }

  private static String code(Node node) throws Exception {
    return post(
            node, "/v1/codes", JsonNodeFactory.instance.objectNode().put("subject", HOLDER.toHex()))
        .path("code")
        .asText();
  }

  private void requireNone(String when, List<String> venues, ByteArrayOutputStream said)
      throws Exception {
    final Path kept = copies.resolve(when);
    LiveFiles.copy(directory, kept);
    final List<Path> files;
    try (Stream<Path> all = Files.walk(kept)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    boolean hasHolder = false;
    for (final Path file : files) {
      final byte[] bytes = Files.readAllBytes(file);
      hasHolder |= has(bytes, HOLDER.toBytes());
      for (final String venue : venues) {
        for (final byte[] trace : traces(venue)) {
          assertFalse(has(bytes, trace), when + ": " + file + " has a venue");
        }
      }
    }
    assertTrue(hasHolder, "what is looked through is what the node keeps: the holder's status");
    for (final String venue : venues) {
      for (final byte[] trace : traces(venue)) {
        assertFalse(has(said.toByteArray(), trace), when + ": what the node says has a venue");
      }
    }
    assertFalse(said.toString(StandardCharsets.UTF_8).contains(HOLDER.toHex()), when);
  }
}
