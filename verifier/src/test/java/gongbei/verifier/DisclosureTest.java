package gongbei.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.log.LocalCommandLog;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.testing.SecretFile;
import gongbei.testing.Seeds;
import gongbei.verifier.access.ApiKey;
import gongbei.verifier.access.ApiKeys;
import gongbei.verifier.access.Role;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An outsider asks a node that has keys what it shows of itself and of its holders. */
final class DisclosureTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String READY = "{\"status\":\"ready\"}";

  @TempDir private Path directory;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Node> nodes = new ArrayList<>();

  @AfterEach
  void closeNodes() {
    nodes.forEach(Node::close);
  }

  private Node start(String name, String settings) throws Exception {
    final Path file = directory.resolve(name + ".yaml");
    Files.writeString(
        file,
        """
        maxSubjects: 100
        http: {host: 127.0.0.1, port: 0}
        tcp: {host: 127.0.0.1, port: 0}
        access: {apiKeyFile: apikeys, addressRequestsPerSecond: 0}
        """
            + settings);
    final Node node = Node.start(NodeConfig.read(file));
    nodes.add(node);
    return node;
  }

  private String keyOf(Role role) throws Exception {
    final ApiKey.Made made = ApiKey.make(role.wireName(), Set.of(role), null);
    ApiKeys.add(directory.resolve("apikeys"), made.key());
    return made.text();
  }

  private HttpResponse<String> get(Node node, String path, String key) throws Exception {
    final HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.httpPort() + path));
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static List<StatusCommand> statuses(List<Subject> subjects, int[] colours, int[] tests) {
    final List<StatusCommand> commands = new ArrayList<>();
    for (int i = 0; i < colours.length; i++) {
      commands.add(
          StatusCommand.SetStatus.of(subjects.get(i))
              .colour(Colour.ofNumber(colours[i]))
              .test(TestResult.ofNumber(tests[i]), tests[i] == 0 ? 0 : 29_000_000)
              .doses(2)
              .build());
    }
    return commands;
  }

  @Test
  void readinessIsOneBitForWhoeverIsNoOperator() throws Exception {
    final String operator = keyOf(Role.OPERATOR);
    final List<String> others = new ArrayList<>();
    others.add(null);
    for (final Role role : Role.values()) {
      if (role != Role.OPERATOR) {
        others.add(keyOf(role));
      }
    }
    final Node node = start("node", "");
    for (int change = 0; change < 3; change++) {
      for (final String key : others) {
        final HttpResponse<String> answer = get(node, "/health/ready", key);
        assertEquals(200, answer.statusCode());
        assertEquals(READY, answer.body());
      }
      node.resources()
          .log()
          .submit(
              List.of(
                  StatusCommand.SetStatus.of(new Subject(1, change))
                      .colour(Colour.RED)
                      .test(TestResult.POSITIVE, 1)
                      .build()))
          .join();
    }
    final JsonNode figures = JSON.readTree(get(node, "/health/ready", operator).body());
    assertEquals(3, figures.get("version").intValue(), figures.toString());
    assertTrue(figures.get("digest").textValue().matches("[0-9a-f]{16}"), figures.toString());
  }

  @Test
  void whoKnowsTheSubjectsCanTestNoGuessByTheDigest() throws Exception {
    final String operator = keyOf(Role.OPERATOR);
    final Random random = Seeds.random("digest guesses");
    final List<Subject> subjects = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      subjects.add(new Subject(random.nextLong(), random.nextLong()));
    }
    final int[] colours = {0, 2, 1};
    final int[] tests = {1, 2, 0};
    final Node node = start("node", "");
    node.resources().log().submit(statuses(subjects, colours, tests)).join();
    final String shown =
        JSON.readTree(get(node, "/v1/ops", operator).body()).at("/map/digest").textValue();
    final String metrics = get(node, "/metrics", operator).body();
    // All that the three may be, 729 maps: the true one is among them, and can't be told.
    boolean isTruthAmongThem = false;
    for (int guess = 0; guess < 729; guess++) {
      final int[] colour = {guess % 3, guess / 3 % 3, guess / 9 % 3};
      final int[] test = {guess / 27 % 3, guess / 81 % 3, guess / 243};
      try (StatusMap map = StatusMap.inMemory(100);
          LocalCommandLog guessed = new LocalCommandLog(map)) {
        guessed.submit(statuses(subjects, colour, test)).join();
        final long digest = map.digest();
        isTruthAmongThem |= digest == node.resources().statusMap().digest();
        assertNotEquals(shown, String.format(Locale.ROOT, "%016x", digest));
        assertFalse(
            metrics.contains("gongbei_map_digest_low " + (double) (digest & 0xFFFF_FFFFL)),
            metrics);
      }
    }
    assertTrue(isTruthAmongThem, "the guesses are made as the node makes its digest");
  }

  @Test
  void aDigestThatComesBackIsNotShownAsTheSame() throws Exception {
    final String operator = keyOf(Role.OPERATOR);
    final Node node = start("node", "");
    final Set<String> shown = new HashSet<>();
    final Set<Long> plain = new HashSet<>();
    for (int change = 0; change < 6; change++) {
      node.resources()
          .log()
          .submit(
              List.of(
                  StatusCommand.SetStatus.of(new Subject(1, 1))
                      .colour(Colour.ofNumber(change % 2))
                      .build()))
          .join();
      shown.add(JSON.readTree(get(node, "/v1/ops", operator).body()).at("/map/digest").textValue());
      plain.add(node.resources().statusMap().digest());
    }
    assertEquals(6, shown.size(), shown + " of " + plain);
  }

  @Test
  void nodesOfOneSecretShowOneDigestAndOthersAnother() throws Exception {
    final String operator = keyOf(Role.OPERATOR);
    SecretFile.write(directory.resolve("one.secret"), "the secret of one cluster");
    SecretFile.write(directory.resolve("other.secret"), "the secret of another cluster");
    final List<JsonNode> maps = new ArrayList<>();
    for (final String secret : List.of("one", "one", "other")) {
      final Node node =
          start("node-" + maps.size(), "replication: {secretFile: " + secret + ".secret}\n");
      node.resources()
          .log()
          .submit(List.of(StatusCommand.SetStatus.of(new Subject(1, 1)).colour(Colour.RED).build()))
          .join();
      maps.add(JSON.readTree(get(node, "/v1/ops", operator).body()).path("map"));
    }
    assertEquals(maps.get(0).get("digest"), maps.get(1).get("digest"));
    assertEquals(maps.get(0).get("digestKey"), maps.get(1).get("digestKey"));
    assertNotEquals(maps.get(0).get("digest"), maps.get(2).get("digest"));
    assertNotEquals(maps.get(0).get("digestKey"), maps.get(2).get("digestKey"));
  }

  @Test
  void aSingleNodeShowsTheSameDigestAfterItsRestart() throws Exception {
    final String operator = keyOf(Role.OPERATOR);
    Files.createDirectories(directory.resolve("data"));
    final String settings =
        "dataDirectory: data\nreplication: {logTermBytes: 1048576, segmentBytes: 1048576,"
            + " feedBytes: 2097152, lowStorageBytes: 16777216}\n";
    final Node first = start("node", settings);
    first
        .resources()
        .log()
        .submit(List.of(StatusCommand.SetStatus.of(new Subject(1, 1)).colour(Colour.RED).build()))
        .join();
    final JsonNode before = JSON.readTree(get(first, "/v1/ops", operator).body()).path("map");
    first.close();
    nodes.clear();
    final Node again = start("node", settings);
    final JsonNode after = JSON.readTree(get(again, "/v1/ops", operator).body()).path("map");
    assertEquals(before.get("version"), after.get("version"));
    assertEquals(before.get("digest"), after.get("digest"));
    assertEquals(before.get("digestKey"), after.get("digestKey"));
  }
}
