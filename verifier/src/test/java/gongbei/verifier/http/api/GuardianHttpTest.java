package gongbei.verifier.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.Colour;
import gongbei.codec.model.DocumentType;
import gongbei.codec.model.TestResult;
import gongbei.replication.command.Guardianship;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.Subject;
import gongbei.verifier.TestNode;
import gongbei.verifier.client.AuthorityClient;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Guardians, their wards' codes, and a helper's lookup at a venue, over HTTP. */
final class GuardianHttpTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  @AutoClose private static TestNode node;
  private static AuthorityClient authority;
  private static int holders = 100;

  @BeforeAll
  static void start() throws Exception {
    node = new TestNode();
    authority = new AuthorityClient(URI.create(node.http("/")), node.authority);
  }

  private static Subject holder() {
    final Subject subject = new Subject(9, holders++);
    node.node
        .resources()
        .log()
        .submit(
            StatusCommand.SetStatus.of(subject)
                .colour(Colour.GREEN)
                .test(TestResult.NEGATIVE, (int) (Instant.now().getEpochSecond() / 60) - 60)
                .build())
        .join();
    return subject;
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static String path(Subject ward) {
    return "/v1/subjects/" + ward + "/guardians";
  }

  private static JsonNode put(Subject ward, ObjectNode body, int status) throws Exception {
    final HttpResponse<String> answer = authority.put(path(ward), body.toString());
    assertEquals(status, answer.statusCode(), answer.body());
    return TestNode.json(answer.body());
  }

  private static JsonNode link(Subject guardian, Subject ward, int status) throws Exception {
    return put(ward, object().put("code", node.code(guardian)), status);
  }

  private static JsonNode post(String path, ObjectNode body, int status) throws Exception {
    final HttpResponse<String> answer =
        CLIENT.send(
            HttpRequest.newBuilder(URI.create(node.http(path)))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(status, answer.statusCode(), answer.body());
    return TestNode.json(answer.body());
  }

  private static void assertProblem(String type, JsonNode problem) {
    assertEquals("/problems/" + type, problem.path("type").asText(), problem.toString());
  }

  private static JsonNode guardians(Subject of) throws Exception {
    return TestNode.json(
        CLIENT
            .send(
                HttpRequest.newBuilder(URI.create(node.http(path(of))))
                    .header(
                        HolderProof.HEADER,
                        URLEncoder.encode(node.code(of), StandardCharsets.UTF_8)
                            .replace("+", "%20"))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body());
  }

  private static ObjectNode wardsCode(Subject ward, String guardiansCode) {
    return object().put("subject", ward.toHex()).put("guardian", guardiansCode);
  }

  @Test
  void aGuardianShowsAWardsCodeWhileTheLinkStands() throws Exception {
    final Subject guardian = holder();
    final Subject ward = holder();
    final ObjectNode asked = wardsCode(ward, node.code(guardian));
    assertProblem("not-guardian", post("/v1/codes", asked, 403));
    assertEquals("applied", link(guardian, ward, 200).path("outcome").asText());
    final JsonNode minted = post("/v1/codes", wardsCode(ward, node.code(guardian)), 201);
    assertEquals(
        "pass",
        post(
                "/v1/scans",
                object().put("code", minted.path("code").asText()).put("checkpoint", "metro"),
                200)
            .path("verdict")
            .asText());
    assertEquals(ward.toHex(), guardians(guardian).at("/wards/0").asText());
    assertEquals(guardian.toHex(), guardians(ward).at("/guardians/0").asText());
    final ObjectNode end =
        object()
            .put("guardian", guardian.toHex())
            .put("withdrawnAt", Instant.ofEpochSecond(Instant.now().getEpochSecond()).toString());
    assertEquals("applied", put(ward, end, 200).path("outcome").asText());
    assertProblem("not-guardian", post("/v1/codes", wardsCode(ward, node.code(guardian)), 403));
    assertEquals(0, guardians(guardian).path("wards").size());
  }

  @Test
  void aGuardianOverTheLimitIsRefused() throws Exception {
    final Subject guardian = holder();
    for (int i = 0; i < Guardianship.MAX_WARDS; i++) {
      link(guardian, holder(), 200);
    }
    assertProblem("guardian-limit", link(guardian, holder(), 422));
    assertEquals(Guardianship.MAX_WARDS, guardians(guardian).path("wards").size());
  }

  @Test
  void aLinkNeedsTheGuardiansOwnFreshCodeAndAWardWhoIsAnother() throws Exception {
    final Subject ward = holder();
    assertProblem("own-guardian", link(ward, ward, 422));
    assertProblem("malformed-code", put(ward, object().put("code", "GD1:BB8"), 422));
    assertProblem(
        "unsupported-code",
        put(ward, object().put("code", node.code(CodeFormat.MO1, holder(), 0, 60)), 422));
    assertProblem(
        "code-not-fresh",
        put(ward, object().put("code", node.code(CodeFormat.GD1, holder(), -200, 60)), 422));
    assertProblem("unknown-subject", link(holder(), TestNode.UNKNOWN, 404));
    assertProblem("invalid-field", put(ward, object(), 400));
    assertProblem(
        "invalid-field",
        put(
            ward,
            object().put("guardian", holder().toHex()).put("withdrawnAt", "2099-01-01T00:00:00Z"),
            400));
  }

  @Test
  void aCodeOfAnotherRegionsOrAnOldCodeIsNoGuardians() throws Exception {
    final Subject guardian = holder();
    final Subject ward = holder();
    link(guardian, ward, 200);
    assertProblem(
        "code-not-fresh",
        post("/v1/codes", wardsCode(ward, node.code(CodeFormat.GD1, guardian, -200, 60)), 422));
    assertProblem("not-guardian", post("/v1/codes", wardsCode(ward, node.code(holder())), 403));
  }

  @Test
  void aHelpersLookupAtAVenueIsJudgedByItsRulesAndToldToNobodyByName() throws Exception {
    final String venue =
        post("/v1/venues", object().put("checkpoint", "hospital").put("place", "Ward 3"), 201)
            .path("code")
            .asText();
    final Subject known =
        Subject.of(
            node.node
                .resources()
                .translation()
                .orElseThrow()
                .documents()
                .secret()
                .subject(DocumentType.PASSPORT, "E12345678"),
            0);
    node.node
        .resources()
        .log()
        .submit(StatusCommand.SetStatus.of(known).colour(Colour.RED).build())
        .join();
    final ObjectNode document =
        object().put("documentType", "passport").put("documentNumber", "E12345678");
    final HttpResponse<String> answer =
        authority.post("/v1/lookups", document.deepCopy().put("venue", venue).toString());
    assertEquals(200, answer.statusCode(), answer.body());
    final JsonNode verdict = TestNode.json(answer.body());
    assertEquals("red", verdict.path("reason").asText());
    assertEquals("hospital@1", verdict.path("ruleset").asText());
    assertFalse(answer.body().contains(known.toHex()));
    final HttpResponse<String> both =
        authority.post(
            "/v1/lookups",
            document.deepCopy().put("venue", venue).put("checkpoint", "metro").toString());
    assertEquals(400, both.statusCode(), both.body());
    final HttpResponse<String> none =
        authority.post(
            "/v1/lookups", document.deepCopy().put("venue", node.code(known)).toString());
    assertEquals(422, none.statusCode());
    assertProblem("not-a-venue-code", TestNode.json(none.body()));
  }
}
