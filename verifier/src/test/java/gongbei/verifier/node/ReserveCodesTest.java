package gongbei.verifier.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.TestNode;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.client.DeviceVerdict;
import gongbei.verifier.offline.OfflineCheckpoint;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.protocol.VerdictCode;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.translate.Region;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Reserve codes through sockets: who gets them, when they count, and how often. */
@ExtendWith(LeakWatch.class)
final class ReserveCodesTest {
  private static final SigningKey GUANGDONG_KEY = Region.key("GD");
  private static final SigningKey MACAU_KEY = Region.key("MO");
  private static final TrustList ANCHORS = new TrustList(List.of(GUANGDONG_KEY.issuerKey()));
  private static final Subject ANN = new Subject(1, 1);
  private static final Subject RED = new Subject(3, 3);

  @TempDir private Path directory;
  @AutoClose private Region region;
  private long nextSerial = 1;

  @BeforeEach
  void start() throws Exception {
    region = new Region(CodeFormat.GD1, GUANGDONG_KEY, MACAU_KEY, directory);
    region.put("/v1/subjects/" + ANN + "/status", "{'colour':'green'}");
    region.put("/v1/subjects/" + RED + "/status", "{'colour':'red'}");
    region.put("/v1/rulesets/gate", "{'version':1,'allowedColours':['green']}");
    Patience.await(
        "the rules are in force",
        () -> region.node.resources().rulesets().current().find("gate") != null);
  }

  private void degrade() throws Exception {
    final JsonNode answer =
        region.put(
            "/v1/minting",
            "{'state':'degraded','since':'" + Instant.now().minusSeconds(3_600) + "'}");
    assertEquals("degraded", answer.path("state").asText(), answer.toString());
  }

  private String reserve(Subject holder, CodeFormat format, int fromNow, int untilFromNow) {
    final long now = Instant.now().getEpochSecond();
    return new CodeIssuer(format, format == CodeFormat.GD1 ? GUANGDONG_KEY : MACAU_KEY)
        .issue(
            CodeClaims.of(CodeKind.RESERVE, holder.toBytes())
                .colour(Colour.GREEN)
                .serial(ByteBuffer.allocate(8).putLong(nextSerial++).array())
                .notBefore(now + fromNow)
                .validity(now - 1_000, now + untilFromNow)
                .build());
  }

  private String reserve() {
    return reserve(ANN, CodeFormat.GD1, -60, 600);
  }

  private void assertScan(String reason, String field, String code) throws Exception {
    final JsonNode answer = region.scan("gate/north", code);
    assertEquals(reason, answer.path("reason").asText(), answer.toString());
    assertEquals(field, answer.path("field").asText(), answer.toString());
  }

  private JsonNode minting() throws Exception {
    return TestNode.json(region.get("/v1/minting"));
  }

  private HttpResponse<String> codes(ObjectNode more) throws Exception {
    return region.post("/v1/codes", more.put("subject", ANN.toHex()));
  }

  private static ObjectNode ask() {
    return JsonNodeFactory.instance.objectNode();
  }

  private void assertRefused(int status, String type, String field, ObjectNode more)
      throws Exception {
    final HttpResponse<String> answer = codes(more);
    final JsonNode problem = TestNode.json(answer.body());
    assertEquals(status, answer.statusCode(), answer.body());
    assertEquals("/problems/" + type, problem.path("type").asText(), answer.body());
    assertEquals(field, problem.path("field").asText(), answer.body());
  }

  @Test
  void theyAreRefusedInNormalTimesAndPassOnceEachWhileMintingIsDegraded() throws Exception {
    final String code = reserve();
    assertScan("reserve-not-in-force", "kind", code);
    degrade();
    assertScan("ok", "", code);
    assertScan("reserve-used", "", code);
    try (DeviceClient gate = region.device()) {
      final DeviceVerdict again = gate.at("gate/south").scan(code).join();
      assertEquals(VerdictCode.REFUSE, again.verdict());
      assertEquals(ReasonCode.RESERVE_USED, again.reason(), "as over HTTP, at whatever place");
      assertEquals(VerdictCode.PASS, gate.at("gate/south").scan(reserve()).join().verdict());
    }
    region.put("/v1/minting", "{'state':'normal','marginSeconds':3600}");
    assertScan("ok", "", reserve());
    region.put("/v1/minting", "{'state':'degraded'}");
    region.put("/v1/minting", "{'state':'normal','marginSeconds':0}");
    assertScan("reserve-not-in-force", "kind", reserve());
    try (DeviceClient gate = region.device()) {
      assertEquals(
          ReasonCode.RESERVE_NOT_IN_FORCE, gate.at("gate/south").scan(reserve()).join().reason());
    }
  }

  /** The stated limit: nodes do not tell each other what they have let pass. */
  @Test
  void aCodePassesOnceAtEachNodeAndIsForgottenByNoneOfThem() throws Exception {
    degrade();
    final String code = reserve();
    try (Region other =
        new Region(
            CodeFormat.GD1,
            GUANGDONG_KEY,
            MACAU_KEY,
            Files.createDirectories(directory.resolve("other")))) {
      other.put("/v1/subjects/" + ANN + "/status", "{'colour':'green'}");
      other.put("/v1/rulesets/gate", "{'version':1,'allowedColours':['green']}");
      Patience.await(
          "the rules are in force",
          () -> other.node.resources().rulesets().current().find("gate") != null);
      other.put("/v1/minting", "{'state':'degraded'}");
      for (final String reason : List.of("ok", "reserve-used")) {
        assertEquals(reason, region.scan("gate/a", code).path("reason").asText());
        assertEquals(reason, other.scan("gate/b", code).path("reason").asText());
      }
    }
  }

  @Test
  void theMapDecidesTheColourAndTimesAndRegionsHold() throws Exception {
    degrade();
    assertScan("red", "", reserve(RED, CodeFormat.GD1, -60, 600));
    assertScan("unknown-subject", "", reserve(new Subject(9, 9), CodeFormat.GD1, -60, 600));
    assertScan("not-yet-valid", "nbf", reserve(ANN, CodeFormat.GD1, 120, 600));
    assertScan("expired", "exp", reserve(ANN, CodeFormat.GD1, -600, -60));
    assertScan("reserve-not-in-force", "iss", reserve(ANN, CodeFormat.MO1, -60, 600));
    region.put(
        "/v1/subjects/" + ANN + "/status",
        "{'revokeBefore':'" + Instant.now().plusSeconds(1) + "'}");
    assertScan("revoked", "", reserve());
  }

  @Test
  void noReserveCodeIsTranslatedOrProvesWhoItsHolderIs() throws Exception {
    degrade();
    final HttpResponse<String> translated =
        region.post(
            "/v1/translations",
            ask().put("code", reserve(ANN, CodeFormat.MO1, -60, 600)).put("target", "GD"));
    assertEquals(422, translated.statusCode());
    final JsonNode problem = TestNode.json(translated.body());
    assertEquals("/problems/unsupported-code", problem.path("type").asText());
    assertEquals("kind", problem.path("field").asText());
    final JsonNode appeal =
        TestNode.json(
            region
                .post("/v1/appeals", ask().put("code", reserve()).put("reason", "no-contact"))
                .body());
    assertEquals("/problems/unsupported-code", appeal.path("type").asText(), appeal.toString());
  }

  @Test
  void aStripIsOneCodeAfterTheOtherAndTheSameWhoeverFetchesIt() throws Exception {
    final JsonNode answer = TestNode.json(codes(ask().put("reserve", 96)).body());
    final JsonNode strip = answer.path("reserve");
    final long start = Instant.parse(strip.path("start").asText()).getEpochSecond();
    assertEquals(600, strip.path("seconds").asInt());
    assertEquals(0, start % 600);
    assertEquals(96, strip.path("codes").size());
    assertTrue(answer.toString().length() < 32_000, "in one answer of 32 KB");
    for (int i = 0; i < 96; i++) {
      final HealthCode code = decoded(strip.path("codes").get(i).asText());
      final long iat = code.cwt().issuedAtEpochSeconds();
      assertEquals(CodeKind.RESERVE, code.region().kind());
      assertEquals(ANN, Subject.of(code.buffer(), code.region().subjectOffset()));
      assertEquals(Math.max(iat, start + 600L * i), code.cwt().notBeforeEpochSeconds());
      assertEquals(Math.max(iat, start + 600L * (i + 1)), code.cwt().expiresAtEpochSeconds());
    }
    final JsonNode other = TestNode.json(codes(ask().put("reserve", 96)).body()).path("reserve");
    final long later = Instant.parse(other.path("start").asText()).getEpochSecond();
    final int shift = (int) ((later - start) / 600);
    for (int i = 0; i + shift < 96; i++) {
      assertEquals(
          serial(strip.path("codes").get(i + shift).asText()),
          serial(other.path("codes").get(i).asText()));
    }
    assertTrue(region.get("/metrics").contains("gongbei_codes_reserve_total 192"));
    assertFalse(
        TestNode.json(codes(ask()).body()).has("reserve"), "nobody gets one who did not ask");
  }

  private static long serial(String code) {
    final HealthCode decoded = decoded(code);
    return ByteBuffer.wrap(decoded.buffer()).getLong(decoded.region().serialOffset());
  }

  private static HealthCode decoded(String code) {
    final byte[] text = code.getBytes(StandardCharsets.US_ASCII);
    final HealthCode decoded = new HealthCode();
    assertTrue(decoded.wrap(text, 0, text.length), decoded.field());
    return decoded;
  }

  @Test
  void aStripThatCannotBeIsRefusedByItsField() throws Exception {
    assertRefused(400, "reserve-too-long", "reserve", ask().put("reserve", 97));
    assertRefused(400, "invalid-field", "reserve", ask().put("reserve", 0));
    assertRefused(400, "invalid-field", "reserve", ask().put("reserve", "many"));
    assertRefused(
        400, "invalid-field", "reserveSeconds", ask().put("reserve", 2).put("reserveSeconds", 901));
    assertRefused(
        400, "invalid-field", "reserveSeconds", ask().put("reserve", 2).put("reserveSeconds", 9));
    assertRefused(400, "invalid-field", "reserveSeconds", ask().put("reserveSeconds", 60));
    assertRefused(400, "invalid-field", "reserve", ask().put("reserve", 2).put("kind", "paper"));
  }

  @Test
  void whoAsksForTooManyStripsGetsTheCodeAndIsToldWhenToAskAgain() throws Exception {
    int strips = 0;
    JsonNode answer;
    do {
      answer = TestNode.json(codes(ask().put("reserve", 96)).body());
      assertTrue(answer.path("code").asText().startsWith("GD1:"));
      strips++;
    } while (answer.has("reserve"));
    assertTrue(strips > 1);
    assertTrue(Instant.parse(answer.path("reserveRetryAt").asText()).isAfter(Instant.now()));
  }

  @Test
  void theSwitchIsShownToAllAndSetByAnAuthorityAlone() throws Exception {
    assertEquals("normal", minting().path("state").asText());
    assertFalse(minting().has("since"));
    assertTrue(minting().path("mints").asBoolean());
    assertSwitchRefused(409, "minting-not-degraded", "", "{'state':'normal'}");
    assertSwitchRefused(400, "invalid-field", "state", "{'state':'restored'}");
    assertSwitchRefused(
        400, "invalid-field", "since", "{'state':'degraded','since':'2999-01-01T00:00:00Z'}");
    assertSwitchRefused(
        400, "invalid-field", "marginSeconds", "{'state':'degraded','marginSeconds':1}");
    degrade();
    final JsonNode degraded = minting();
    assertEquals("degraded", degraded.path("state").asText());
    assertEquals("authority", degraded.path("by").asText());
    assertTrue(degraded.path("reservesCount").asBoolean());
    assertTrue(region.get("/metrics").contains("gongbei_minting_degraded 1"));
    assertSwitchRefused(
        400, "invalid-field", "since", "{'state':'normal','since':'2020-01-01T00:00:00Z'}");
    assertSwitchRefused(
        400, "invalid-field", "marginSeconds", "{'state':'normal','marginSeconds':3601}");
    region.put("/v1/minting", "{'state':'normal'}");
    assertEquals(120, minting().path("marginSeconds").asInt());
    assertTrue(minting().path("reservesCount").asBoolean(), "for the margin");
    assertTrue(region.get("/metrics").contains("gongbei_minting_degraded 0"));
    final HttpResponse<String> unsigned =
        region.post("/v1/minting", ask().put("state", "degraded"));
    assertEquals(405, unsigned.statusCode());
  }

  private void assertSwitchRefused(int status, String type, String field, String json)
      throws Exception {
    final HttpResponse<String> answer =
        new AuthorityClient(region.url(), region.authority, region.connection())
            .put("/v1/minting", json.replace('\'', '"'));
    final JsonNode problem = TestNode.json(answer.body());
    assertEquals(status, answer.statusCode(), answer.body());
    assertEquals("/problems/" + type, problem.path("type").asText(), answer.body());
    assertEquals(field, problem.path("field").asText(), answer.body());
  }

  @Test
  void thePackThatIsGotCarriesTheSwitchAsItIsAtItsTime() throws Exception {
    final OfflineCheckpoint bus =
        new OfflineCheckpoint(ANCHORS, () -> Instant.now().getEpochSecond());
    bus.take(pack());
    assertEquals(Reason.RESERVE_NOT_IN_FORCE, judged(bus, reserve()));
    degrade();
    final String code = reserve();
    assertEquals(Reason.RESERVE_NOT_IN_FORCE, judged(bus, code), "what the pack does not know");
    bus.take(pack());
    assertEquals(Reason.OK, judged(bus, code));
    assertEquals(Reason.RESERVE_USED, judged(bus, code));
    region.put("/v1/minting", "{'state':'normal','marginSeconds':0}");
    bus.take(pack());
    assertEquals(Reason.RESERVE_NOT_IN_FORCE, judged(bus, reserve()));
  }

  private static Reason judged(OfflineCheckpoint bus, String code) throws Exception {
    return bus.judge("gate", code.getBytes(StandardCharsets.US_ASCII)).reason();
  }

  /** The pack as a device gets it. */
  private byte[] pack() throws Exception {
    final HttpResponse<byte[]> answer =
        HttpClient.newHttpClient()
            .send(
                new AuthorityClient(region.url(), region.checkpoint, region.connection())
                    .request("GET", "/v1/packs", ""),
                HttpResponse.BodyHandlers.ofByteArray());
    assertEquals(200, answer.statusCode());
    return answer.body();
  }
}
