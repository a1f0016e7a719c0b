package gongbei.verifier.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.ChangeOrigin;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.command.StatusCommand.SetStatus;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.log.CommandLog;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.verifier.TestNode;
import gongbei.verifier.client.AuthorityClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a granted appeal changes, loses and needs, at a node that knows two authorities. */
final class AppealGrantTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final String GRANT = "{\"decision\":\"grant\"}";
  private static final int RACES = 60;
  private static final int DOSES = 5;
  private static final Instant FROM = yesterday();
  private static final SigningKey SECOND =
      new KeyGeneration().generateAuthority("Second", FROM, FROM.plus(Duration.ofDays(2)));

  @AutoClose private TestNode node;

  @BeforeEach
  void start() throws Exception {
    node = TestNode.with(SECOND);
  }

  private static Instant yesterday() {
    return Instant.now().minus(Duration.ofDays(1));
  }

  private CommandLog log() {
    return node.node.resources().log();
  }

  private AuthorityClient first() {
    return new AuthorityClient(URI.create(node.http("/")), node.authority);
  }

  private StatusRecord status(Subject subject) {
    final StatusRecord record = new StatusRecord();
    assertTrue(node.node.resources().statusMap().get(subject, record));
    return record.lapse(Instant.now().getEpochSecond());
  }

  private void apply(StatusCommand command) {
    log().submit(command).join();
  }

  private long appeal(Subject subject) throws Exception {
    final ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("code", node.code(subject))
            .put("reason", "test-wrong");
    final HttpResponse<String> opened =
        CLIENT.send(
            HttpRequest.newBuilder(URI.create(node.http("/v1/appeals")))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(201, opened.statusCode(), opened.body());
    return TestNode.json(opened.body()).path("appeal").asLong();
  }

  private static String type(HttpResponse<String> answer) throws Exception {
    return TestNode.json(answer.body()).path("type").asText();
  }

  @Test
  void aGroundThatWantsTwoSignaturesWantsThemOfAGrantToo() throws Exception {
    final ObjectNode table =
        (ObjectNode)
            TestNode.json(
                CLIENT
                    .send(
                        HttpRequest.newBuilder(URI.create(node.http("/v1/grounds"))).build(),
                        HttpResponse.BodyHandlers.ofString())
                    .body());
    table.put("revision", 1);
    for (final JsonNode ground : (ArrayNode) table.get("grounds")) {
      if (ground.path("name").asText().equals("appeal")) {
        ((ObjectNode) ground).put("signatures", 2);
      }
    }
    final HttpResponse<String> put = first().seconded(SECOND).put("/v1/grounds", table.toString());
    assertEquals(200, put.statusCode(), put.body());
    final Subject red = new Subject(21, 1);
    apply(SetStatus.of(red).colour(Colour.RED).build());
    final String path = "/v1/appeals/" + appeal(red);
    final HttpResponse<String> alone = first().put(path, GRANT);
    assertEquals("/problems/second-signature-missing", type(alone), alone.body());
    assertEquals(403, alone.statusCode());
    assertEquals(StatusRecord.RED, status(red).colour());
    final HttpResponse<String> both = first().seconded(SECOND).put(path, GRANT);
    assertEquals(200, both.statusCode(), both.body());
    assertEquals(StatusRecord.GREEN, status(red).colour());
  }

  @Test
  void whoWinsAnAppealAgainstATestPasses() throws Exception {
    final Subject tested = new Subject(22, 1);
    final int sample = (int) (Instant.now().getEpochSecond() / 60) - 60;
    apply(SetStatus.of(tested).doses(3).build());
    apply(
        new StatusCommand.SetTestResult(
            tested, TestResult.POSITIVE, sample, ChangeOrigin.of(9, GroundTable.LAB_RESULT)));
    assertEquals("positive-test", scan(tested).path("reason").asText());
    final HttpResponse<String> granted = first().put("/v1/appeals/" + appeal(tested), GRANT);
    assertEquals(200, granted.statusCode(), granted.body());
    assertEquals("pass", scan(tested).path("verdict").asText(), "by three doses");
  }

  private JsonNode scan(Subject subject) throws Exception {
    final ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("checkpoint", "metro")
            .put("code", node.code(subject));
    return TestNode.json(
        CLIENT
            .send(
                HttpRequest.newBuilder(URI.create(node.http("/v1/scans")))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body());
  }

  /** Doses that are told while a grant is on its way are never lost: it is refused then. */
  @Test
  void aGrantLosesNothingThatIsToldMeanwhile() throws Exception {
    for (int i = 0; i < RACES; i++) {
      final Subject red = new Subject(23, i);
      apply(SetStatus.of(red).colour(Colour.RED).build());
      final HttpRequest grant = first().request("/v1/appeals/" + appeal(red), GRANT);
      final CompletableFuture<HttpResponse<String>> granted =
          CLIENT.sendAsync(grant, HttpResponse.BodyHandlers.ofString());
      apply(SetStatus.of(red).colour(Colour.RED).doses(DOSES).build());
      final HttpResponse<String> answer = granted.join();
      assertEquals(DOSES, status(red).doses(), answer.body());
      assertTrue(
          answer.statusCode() == 200
              || type(answer).equals("/problems/changed-meanwhile")
              || type(answer).equals("/problems/status-changed"),
          answer.body());
    }
  }
}
