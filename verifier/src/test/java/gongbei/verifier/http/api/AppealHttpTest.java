package gongbei.verifier.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.transparency.EntryBlinding;
import gongbei.codec.transparency.HistoryEntry;
import gongbei.codec.transparency.Proof;
import gongbei.codec.transparency.SignedHead;
import gongbei.codec.transparency.TreeHead;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import gongbei.verifier.TestNode;
import gongbei.verifier.access.ApiKey;
import gongbei.verifier.access.ApiKeys;
import gongbei.verifier.access.Role;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.client.NodeConnection;
import gongbei.verifier.config.Limits;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Appeals over HTTP, at a node that wants keys: a holder has none, and shows their code. */
final class AppealHttpTest {
  private static final Subject GREEN = new Subject(1, 1);
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir private static Path directory;
  private static SigningKey guangdong;
  private static SigningKey stranger;
  private static SigningKey authority;
  private static String authorityKey;
  private static String issuerKey;
  private static String checkpointKey;
  @AutoClose private static Node node;
  private static int subjects = 100;

  @BeforeAll
  static void start() throws Exception {
    final Instant from = Instant.now().minus(Duration.ofDays(1));
    final Instant until = from.plus(Duration.ofDays(2));
    guangdong = new KeyGeneration().generate("GD", from, until);
    stranger = new KeyGeneration().generate("GD", from, until);
    authority = new KeyGeneration().generateAuthority("Test", from, until);
    KeyGeneration.write(guangdong, "gd", directory.resolve("keys"));
    KeyGeneration.write(authority, "authority", directory.resolve("authorities"));
    authorityKey = keyOf(Role.AUTHORITY);
    issuerKey = keyOf(Role.ISSUER);
    checkpointKey = keyOf(Role.CHECKPOINT);
    node =
        Node.start(
            NodeConfig.read(
                Files.writeString(
                    directory.resolve("node.yaml"),
                    """
                    trustDirectory: keys
                    signingKeyDirectory: keys
                    authorityDirectory: authorities
                    maxSubjects: 1000
                    appealHours: 5
                    http: {host: 127.0.0.1, port: 0}
                    tcp: {host: 127.0.0.1, port: 0}
                    access: {apiKeyFile: apikeys, addressRequestsPerSecond: 0}
                    """)));
    set(GREEN, Colour.GREEN);
  }

  private static String keyOf(Role role) throws Exception {
    final ApiKey.Made made = ApiKey.make(role.wireName(), Set.of(role), null);
    ApiKeys.add(directory.resolve("apikeys"), made.key());
    return made.text();
  }

  private static long set(Subject subject, Colour colour) {
    return node.resources()
        .log()
        .submit(StatusCommand.SetStatus.of(subject).colour(colour).build())
        .join()
        .version();
  }

  private static Subject holder(Colour colour) {
    final Subject subject = new Subject(7, subjects++);
    set(subject, colour);
    return subject;
  }

  private static String code(SigningKey key, CodeKind kind, Subject subject, int secondsAgo) {
    final long now = Instant.now().getEpochSecond();
    final CodeClaims.Builder claims =
        CodeClaims.of(kind, subject.toBytes())
            .colour(Colour.GREEN)
            .serial(new byte[8])
            .validity(now - secondsAgo, now + 60);
    if (kind == CodeKind.GROUP) {
      claims.group(2, new byte[32]);
    }
    return new CodeIssuer(CodeFormat.GD1, key).issue(claims.build());
  }

  private static String code(Subject subject) {
    return code(guangdong, CodeKind.PERSON, subject, 0);
  }

  private static URI uri(String path) {
    return URI.create("http://127.0.0.1:" + node.httpPort() + path);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> appeal(String code, String reason) throws Exception {
    return post("{\"code\":\"" + code + "\",\"reason\":\"" + reason + "\"}");
  }

  private static HttpResponse<String> post(String body) throws Exception {
    return send(
        HttpRequest.newBuilder(uri("/v1/appeals"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static HttpResponse<String> get(String path, String key) throws Exception {
    final HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
    return send(key == null ? request : request.header("Authorization", "Bearer " + key));
  }

  private static HttpResponse<String> history(Subject of, String code) throws Exception {
    final String encoded = URLEncoder.encode(code, StandardCharsets.UTF_8).replace("+", "%20");
    return send(
        HttpRequest.newBuilder(uri("/v1/subjects/" + of.toHex() + "/history"))
            .header(HolderProof.HEADER, encoded));
  }

  private static HttpResponse<String> decide(long appeal, String body) throws Exception {
    return new AuthorityClient(uri("/"), authority, NodeConnection.PLAIN.showing(authorityKey))
        .put("/v1/appeals/" + appeal, body);
  }

  private static JsonNode json(int status, HttpResponse<String> answer) throws Exception {
    assertEquals(status, answer.statusCode(), answer.body());
    return TestNode.json(answer.body());
  }

  private static void assertRefused(
      int status, String type, String field, HttpResponse<String> answer) throws Exception {
    final JsonNode problem = json(status, answer);
    assertEquals("/problems/" + type, problem.path("type").textValue());
    assertEquals(field, problem.path("field").textValue(), answer.body());
  }

  @Test
  void aHolderAppealsWithNothingButTheirOwnCodeAndSeesWhatComesOfIt() throws Exception {
    final Subject red = holder(Colour.RED);
    final JsonNode opened = json(201, appeal(code(red), "no-contact"));
    assertEquals("open", opened.path("state").textValue());
    assertEquals(red.toHex(), opened.path("subject").textValue());
    assertEquals(
        Duration.ofHours(5),
        Duration.between(
            Instant.parse(opened.path("opened").textValue()),
            Instant.parse(opened.path("due").textValue())));
    assertFalse(opened.path("overdue").booleanValue());
    final long appeal = opened.path("appeal").longValue();
    assertEquals(
        opened, json(200, appeal(code(red), "test-wrong")), "it is opened already, as it was");
    assertEquals(opened, json(200, history(red, code(red))).path("appeals").path(0));
    assertEquals(opened, json(200, get("/v1/appeals/" + appeal, authorityKey)));

    final JsonNode refused =
        json(200, decide(appeal, "{\"decision\":\"refuse\",\"refusal\":\"contact-confirmed\"}"));
    assertEquals("refused", refused.path("state").textValue());
    assertEquals("contact-confirmed", refused.path("refusal").textValue());
    assertEquals(authority.issuerKey().kidHex(), refused.path("decidedBy").textValue());
    assertEquals(refused, json(200, history(red, code(red))).path("appeals").path(0));
    assertRefused(409, "appeal-decided", null, appeal(code(red), "no-contact"));
    assertRefused(
        409,
        "appeal-decided",
        null,
        decide(appeal, "{\"decision\":\"refuse\",\"refusal\":\"not-over\"}"));
    set(red, Colour.RED);
    assertEquals(
        "open",
        json(201, appeal(code(red), "no-contact")).path("state").textValue(),
        "another change is another matter");
  }

  private static JsonNode status(Subject subject) throws Exception {
    return json(200, get("/v1/subjects/" + subject.toHex() + "/status", issuerKey));
  }

  @Test
  void aGrantCorrectsTheColourAloneAndClosesTheAppealWithIt() throws Exception {
    final Subject red = new Subject(7, subjects++);
    final int sample = (int) (Instant.now().getEpochSecond() / 60) - 60;
    node.resources()
        .log()
        .submit(
            StatusCommand.SetStatus.of(red)
                .colour(Colour.RED)
                .test(TestResult.NEGATIVE, sample)
                .doses(3)
                .lastDoseEpochDay(20_000)
                .build())
        .join();
    final ObjectNode before = (ObjectNode) status(red);
    final long appeal = json(201, appeal(code(red), "later-test")).path("appeal").longValue();
    assertRefused(
        400,
        "invalid-field",
        "refusal",
        decide(appeal, "{\"decision\":\"grant\",\"refusal\":\"not-over\"}"));
    assertRefused(
        400,
        "invalid-field",
        "colour",
        decide(appeal, "{\"decision\":\"refuse\",\"refusal\":\"not-over\",\"colour\":\"green\"}"));
    assertRefused(
        400,
        "invalid-field",
        "until",
        decide(appeal, "{\"decision\":\"grant\",\"colour\":\"yellow\"}"));
    assertRefused(
        400,
        "invalid-field",
        "colour",
        decide(appeal, "{\"decision\":\"grant\",\"colour\":\"red\"}"));
    final JsonNode granted = json(200, decide(appeal, "{\"decision\":\"grant\"}"));
    assertEquals("granted", granted.path("state").textValue());
    assertEquals(authority.issuerKey().kidHex(), granted.path("decidedBy").textValue());
    final ObjectNode after = (ObjectNode) status(red);
    assertEquals("green", after.path("colour").textValue());
    assertEquals(after.path("version").longValue(), granted.path("version").longValue());
    for (final String changed : List.of("colour", "version", "dataAgeMillis", "until")) {
      before.remove(changed);
      after.remove(changed);
    }
    assertEquals(before, after, "nothing else has changed");
    assertEquals(granted, json(200, history(red, code(red))).path("appeals").path(0));
  }

  @Test
  void whoIsGreenHasNothingToAppeal() throws Exception {
    assertRefused(409, "nothing-to-appeal", null, appeal(code(GREEN), "no-contact"));
  }

  @Test
  void aCodeThatIsNotTheHoldersOwnFreshOneIsRefusedByWhatIsWrongWithIt() throws Exception {
    final Subject red = holder(Colour.RED);
    final Subject nobody = new Subject(8, 8);
    assertRefused(422, "malformed-code", "code", appeal("GD1:AAAA", "no-contact"));
    assertRefused(422, "unsupported-code", "code", appeal("XX1:AAAA", "no-contact"));
    assertRefused(
        422,
        "unknown-code-issuer",
        "code",
        appeal(code(stranger, CodeKind.PERSON, red, 0), "no-contact"));
    final String genuine = code(red);
    final char last = genuine.charAt(genuine.length() - 8);
    final String forged =
        genuine.substring(0, genuine.length() - 8)
            + (last == '1' ? '2' : '1')
            + genuine.substring(genuine.length() - 7);
    assertRefused(422, "bad-code-signature", "code", appeal(forged, "no-contact"));
    assertRefused(
        422,
        "code-not-fresh",
        "code",
        appeal(
            code(guangdong, CodeKind.PERSON, red, Limits.HOLDER_CODE_SECONDS + 5), "no-contact"));
    assertRefused(
        422,
        "unsupported-code",
        "code",
        appeal(code(guangdong, CodeKind.PAPER, red, 0), "no-contact"));
    assertRefused(
        422,
        "unsupported-code",
        "code",
        appeal(code(guangdong, CodeKind.GROUP, red, 0), "no-contact"));
    assertRefused(404, "unknown-subject", null, appeal(code(nobody), "no-contact"));
    node.resources()
        .log()
        .submit(new StatusCommand.Revoke(red, Instant.now().getEpochSecond() + 100))
        .join();
    assertRefused(422, "revoked-code", "code", appeal(code(red), "no-contact"));
  }

  @Test
  void aRequestThatIsNoAppealIsRefusedByField() throws Exception {
    final String code = code(holder(Colour.YELLOW));
    assertRefused(400, "invalid-field", "reason", appeal(code, "because"));
    assertRefused(400, "invalid-field", "reason", post("{\"code\":\"" + code + "\"}"));
    assertRefused(400, "invalid-field", "code", post("{\"reason\":\"no-contact\"}"));
    assertRefused(
        400,
        "invalid-field",
        "text",
        post("{\"code\":\"" + code + "\",\"reason\":\"no-contact\",\"text\":\"my name is\"}"));
    final String refusal = "{\"decision\":\"refuse\",\"refusal\":\"not-over\"}";
    assertRefused(400, "invalid-field", "appeal", decide(0, refusal));
    assertRefused(404, "unknown-appeal", null, decide(999_999, refusal));
    assertRefused(400, "invalid-field", "decision", decide(1, "{\"decision\":\"wait\"}"));
    assertRefused(400, "invalid-field", "refusal", decide(1, "{\"decision\":\"refuse\"}"));
  }

  @Test
  void aHistoryIsShownToItsHolderAndToWhoMintsAndToNobodyElse() throws Exception {
    final Subject red = holder(Colour.RED);
    final Subject other = holder(Colour.RED);
    final String path = "/v1/subjects/" + red.toHex() + "/history";
    assertEquals("red", json(200, history(red, code(red))).path("colour").textValue());
    assertEquals("red", json(200, get(path, issuerKey)).path("colour").textValue());
    assertRefused(403, "other-holder", HolderProof.HEADER, history(red, code(other)));
    assertRefused(401, "holder-code-missing", null, get(path, null));
    assertRefused(403, "role-missing", null, get(path, authorityKey));
    assertRefused(403, "role-missing", null, get(path, checkpointKey));
    assertRefused(422, "malformed-code", HolderProof.HEADER, history(red, "GD1:%%"));
    assertRefused(400, "invalid-field", "subject", get("/v1/subjects/zz/history", issuerKey));
    assertRefused(
        404,
        "unknown-subject",
        null,
        get("/v1/subjects/" + new Subject(8, 8).toHex() + "/history", issuerKey));
  }

  private static HttpResponse<String> put(Subject subject, String body) throws Exception {
    final HttpResponse<String> answer =
        new AuthorityClient(uri("/"), authority, NodeConnection.PLAIN.showing(authorityKey))
            .put("/v1/subjects/" + subject.toHex() + "/status", body);
    assertEquals(200, answer.statusCode(), answer.body());
    return answer;
  }

  @Test
  void anAppealIsAgainstTheChangeThatTheColourIsOfAndGoesToWhoMadeIt() throws Exception {
    final Subject red = new Subject(7, subjects++);
    set(red, Colour.GREEN);
    final long version =
        TestNode.json(put(red, "{\"colour\":\"red\"}").body()).path("version").longValue();
    final String sample =
        Instant.now().minusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS).toString();
    put(red, "{\"result\":\"negative\",\"sampleTime\":\"" + sample + "\"}");
    final JsonNode opened = json(201, appeal(code(red), "later-test"));
    assertEquals(version, opened.path("appeal").longValue(), "the test has not made them red");
    assertEquals(authority.issuerKey().kidHex(), opened.path("authority").textValue());
    assertEquals("registry", opened.path("ground").textValue());
    assertEquals(
        List.of(opened),
        List.copyOf(
            json(200, get("/v1/appeals/queues/" + authority.issuerKey().kidHex(), authorityKey))
                .path("appeals")
                .findParents("appeal")));
    put(red, "{\"colour\":\"red\"}");
    assertRefused(409, "status-changed", null, decide(version, "{\"decision\":\"grant\"}"));
    assertTrue(json(200, history(red, code(red))).path("appealable").booleanValue());
    json(200, decide(version, "{\"decision\":\"refuse\",\"refusal\":\"changed-since\"}"));
  }

  private static JsonNode proven(Subject subject) throws Exception {
    final long deadline = System.nanoTime() + Patience.DURATION.toNanos();
    JsonNode history = json(200, history(subject, code(subject)));
    while (!history.at("/changes/0").has("proof")) {
      assertTrue(System.nanoTime() < deadline, history.toString());
      history = json(200, history(subject, code(subject)));
    }
    return history;
  }

  @Test
  void eachChangeIsToldWithItsProofAgainstAHeadThatTheRegionHasSigned() throws Exception {
    final Subject holder = new Subject(7, subjects++);
    set(holder, Colour.GREEN);
    put(holder, "{\"colour\":\"yellow\"}");
    put(holder, "{\"colour\":\"red\"}");
    final JsonNode history = proven(holder);
    assertEquals("red", history.path("colour").textValue());
    assertTrue(history.path("complete").booleanValue());
    final TreeHead head =
        SignedHead.verified(history.path("head").textValue(), guangdong.issuerKey()).head();
    final List<String> told = new ArrayList<>();
    for (final JsonNode change : history.path("changes")) {
      final long version = change.path("version").longValue();
      final byte[] entry = change.path("entry").binaryValue();
      assertTrue(
          new EntryBlinding()
              .of(holder.toBytes(), 0, version)
              .isOf(HistoryEntry.of(entry, version)));
      final List<byte[]> path = new ArrayList<>();
      for (final JsonNode each : change.path("proof")) {
        path.add(each.binaryValue());
      }
      new Proof(0, head.size(), version - 1, path).requireIncludes(entry, version, head);
      told.add(
          change.path("before").asText("-")
              + " "
              + change.path("colour").textValue()
              + " "
              + change.path("ground").textValue()
              + " "
              + change.path("authority").asText("-")
              + " "
              + change.path("authorityName").asText("-")
              + " "
              + change.has("until"));
    }
    final String by = authority.issuerKey().kidHex() + " Test";
    assertEquals(
        List.of(
            "yellow red registry " + by + " true",
            "green yellow registry " + by + " true",
            "- green registry - - false"),
        told);
    assertTrue(
        Instant.parse(history.path("greenFrom").textValue()).isAfter(Instant.now()),
        "it ends by itself");
  }

  @Test
  void theQueueIsForAuthoritiesAloneAndComesInPages() throws Exception {
    for (final Role role : EnumSet.complementOf(EnumSet.of(Role.AUTHORITY))) {
      final String key = role == Role.ISSUER ? issuerKey : checkpointKey;
      assertRefused(403, "role-missing", null, get("/v1/appeals", key));
    }
    assertRefused(401, "key-missing", null, get("/v1/appeals", null));
    final List<Long> opened = new ArrayList<>();
    for (int i = 0; i <= Limits.MAX_APPEALS_A_PAGE; i++) {
      opened.add(
          json(201, appeal(code(holder(Colour.RED)), "no-ground")).path("appeal").longValue());
    }
    final List<Long> listed = new ArrayList<>();
    String next = "/v1/appeals";
    int pages = 0;
    while (next != null) {
      final JsonNode page = json(200, get(next, authorityKey));
      page.path("appeals").forEach(each -> listed.add(each.path("appeal").longValue()));
      next = page.path("next").textValue();
      pages++;
    }
    assertTrue(pages > 1);
    assertTrue(listed.containsAll(opened), listed.toString());
    assertEquals(listed.size(), Set.copyOf(listed).size());
    assertRefused(400, "invalid-field", "queue", get("/v1/appeals/queues/mine", authorityKey));
    assertEquals(
        0,
        json(200, get("/v1/appeals/queues/00000000000000ff", authorityKey)).path("appeals").size());
  }
}
