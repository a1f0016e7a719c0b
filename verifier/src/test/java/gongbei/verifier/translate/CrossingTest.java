package gongbei.verifier.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.model.CodeKind;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.TestNode;
import gongbei.verifier.audit.AuditCheck;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.client.DeviceException;
import gongbei.verifier.client.DeviceTranslation;
import gongbei.verifier.config.Limits;
import gongbei.verifier.protocol.TranslationFaultCode;
import gongbei.verifier.protocol.VerdictCode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Two regions that never talk to each other, and holders who go from one to the other. */
@ExtendWith(LeakWatch.class)
final class CrossingTest {
  private static final Subject LEI = new Subject(11, 12);
  private static final SigningKey GUANGDONG_KEY = Region.key("GD");
  private static final SigningKey MACAU_KEY = Region.key("MO");

  @TempDir private Path directory;
  @AutoClose private Region guangdong;
  @AutoClose private Region macau;

  @BeforeEach
  void start() throws Exception {
    guangdong = new Region(CodeFormat.GD1, GUANGDONG_KEY, MACAU_KEY, directory);
    macau = new Region(CodeFormat.MO1, MACAU_KEY, GUANGDONG_KEY, directory);
  }

  private static JsonNode asked(String code, String target, boolean requireLink) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("code", code)
        .put("target", target)
        .put("requireLink", requireLink);
  }

  private static JsonNode translate(Region at, String code) throws Exception {
    final HttpResponse<String> answer =
        at.post("/v1/translations", asked(code, at.format.issuer(), false));
    assertEquals(201, answer.statusCode(), answer.body());
    return TestNode.json(answer.body());
  }

  private static void assertRefused(String type, String field, Region at, JsonNode asked)
      throws Exception {
    final HttpResponse<String> answer = at.post("/v1/translations", asked);
    assertEquals(422, answer.statusCode(), answer.body());
    assertEquals("/problems/" + type, TestNode.json(answer.body()).path("type").asText());
    assertEquals(field, TestNode.json(answer.body()).path("field").asText());
  }

  private static Subject subjectOf(String code) {
    final HealthCode decoded = new HealthCode();
    final byte[] text = code.getBytes(StandardCharsets.US_ASCII);
    assertTrue(decoded.wrap(text, 0, text.length));
    return Subject.of(decoded.buffer(), decoded.region().subjectOffset());
  }

  @Test
  void aVisitorCrossesInEachDirectionAndTheBorderLetsThemIn() throws Exception {
    final JsonNode there = translate(macau, guangdong.code(LEI, 0));
    assertTrue(there.path("code").asText().startsWith("MO1:"));
    assertEquals("GD", there.path("from").asText());
    assertEquals("gd-to-mo@1", there.path("table").asText());
    final JsonNode verdict = macau.scan("border-to-macau/gongbei", there.path("code").asText());
    assertEquals("pass", verdict.path("verdict").asText(), verdict.toString());
    assertTrue(verdict.path("version").asLong() >= there.path("version").asLong());
    final Subject visitor = subjectOf(there.path("code").asText());
    assertEquals(StatusRecord.VISITOR | StatusRecord.TRANSLATED, macau.status(visitor).flags());
    assertFalse(visitor.equals(LEI));

    final JsonNode other = translate(guangdong, macau.code(LEI, 0));
    assertTrue(other.path("code").asText().startsWith("GD1:"));
    assertEquals(
        "pass",
        guangdong
            .scan("border-to-guangdong/gongbei", other.path("code").asText())
            .path("verdict")
            .asText());
    assertEquals(1, guangdong.node.resources().statusMap().size(), "nothing came but the visitor");
  }

  @Test
  void whatIsYellowOrRedThereIsSoHere() throws Exception {
    for (final String[] each : new String[][] {{"1", "hold", "yellow"}, {"2", "refuse", "red"}}) {
      final Subject subject = new Subject(50, Integer.parseInt(each[0]));
      final JsonNode there = translate(macau, guangdong.code(subject, Integer.parseInt(each[0])));
      assertEquals(each[2], there.path("colour").asText());
      final JsonNode verdict = macau.scan("metro", there.path("code").asText());
      assertEquals(each[1], verdict.path("verdict").asText());
      assertEquals(each[2], verdict.path("reason").asText());
    }
  }

  @Test
  void aColourThatTheTableOfGroundsRefusesIsNotTakenOver() throws Exception {
    final JsonNode table =
        macau.put(
            "/v1/grounds",
            "{'revision':1,'grounds':[{'name':'translation','number':9,'colours':['green'],"
                + "'signatures':1}]}");
    assertEquals("applied", table.path("outcome").asText(), table.toString());
    assertEquals("green", translate(macau, guangdong.code(LEI, 0)).path("colour").asText());
    final Subject red = new Subject(50, 3);
    final HttpResponse<String> refused =
        macau.post("/v1/translations", asked(guangdong.code(red, 2), "MO", false));
    assertEquals(403, refused.statusCode(), refused.body());
    final JsonNode problem = TestNode.json(refused.body());
    assertEquals("/problems/ground-not-yours", problem.path("type").asText());
    assertEquals("code", problem.path("field").asText());
    assertEquals(1, macau.node.resources().statusMap().size(), "nobody else became known");
  }

  @Test
  void whomTheRegionKnowsAsRedIsNotMadeGreenByACodeOfTheOther() throws Exception {
    final Subject own = new Subject(77, 1);
    macau.put("/v1/subjects/" + own + "/status", "{'colour':'red'}");
    assertEquals(
        "applied",
        macau
            .put(
                "/v1/links/" + LEI,
                "{'subject':'"
                    + own
                    + "','otherDocument':'exit-entry-permit','document':'macau-bir',"
                    + "'consentedAt':'2026-01-01T00:00:00Z'}")
            .path("outcome")
            .asText());
    final JsonNode there = translate(macau, guangdong.code(LEI, 0));
    assertEquals(own, subjectOf(there.path("code").asText()));
    assertEquals(StatusRecord.RED, macau.status(own).colour());
    assertEquals("red", macau.scan("metro", there.path("code").asText()).path("reason").asText());
  }

  /** Whoever has photographed a code asks for its translation, and looks at all they are told. */
  @Test
  void anAnswerDoesNotTellWhetherTheHolderIsLinkedNorWhatIsKnownOfThem() throws Exception {
    final Subject own = new Subject(79, 1);
    final Subject stranger = new Subject(80, 1);
    macau.put("/v1/subjects/" + own + "/status", "{'colour':'red'}");
    macau.put(
        "/v1/links/" + LEI,
        "{'subject':'"
            + own
            + "','otherDocument':'exit-entry-permit','document':'macau-bir',"
            + "'consentedAt':'2026-01-01T00:00:00Z'}");
    final List<Set<String>> said = new ArrayList<>();
    for (final Subject holder : List.of(LEI, stranger)) {
      final JsonNode answer = translate(macau, guangdong.code(holder, 0));
      final HealthCode code = new HealthCode();
      final byte[] text = answer.path("code").asText().getBytes(StandardCharsets.US_ASCII);
      assertTrue(code.wrap(text, 0, text.length));
      final Set<String> seen = new TreeSet<>();
      answer
          .properties()
          .forEach(
              each -> {
                if (!Set.of("code", "expires", "version", "receipt").contains(each.getKey())) {
                  seen.add(each.toString());
                }
              });
      seen.add(
          "in the code: "
              + code.region().colour()
              + code.region().kind()
              + code.region().result()
              + code.region().doses());
      seen.add("of " + text.length + " characters");
      said.add(seen);
    }
    assertEquals(said.get(0), said.get(1), "red and linked, or neither: the same is said");
    assertFalse(said.get(0).toString().contains("linked"), said.toString());
    assertTrue(said.get(0).contains("colour=\"green\""), said.toString());
  }

  @Test
  void aLinkHoldsFromConsentToWithdrawal() throws Exception {
    final Subject own = new Subject(78, 1);
    final String link =
        "{'subject':'"
            + own
            + "','otherDocument':'mainland-id','document':'macau-bir',"
            + "'consentedAt':'2026-01-01T00:00:00Z'}";
    assertRefused("unlinked", "subject", macau, asked(guangdong.code(LEI, 0), "MO", true));
    macau.put("/v1/links/" + LEI, link);
    final JsonNode linked = translate(macau, guangdong.code(LEI, 0));
    assertEquals(own, subjectOf(linked.path("code").asText()));
    macau.put("/v1/links/" + LEI, "{'withdrawnAt':'2026-02-01T00:00:00Z'}");
    assertRefused("unlinked", "subject", macau, asked(guangdong.code(LEI, 0), "MO", true));
    assertNotEquals(own, subjectOf(translate(macau, guangdong.code(LEI, 0)).path("code").asText()));
    assertEquals("superseded", macau.put("/v1/links/" + LEI, link).path("outcome").asText());
    final JsonNode wrong = macau.put("/v1/links/" + LEI, link.replace("mainland-id", "macau-bir"));
    assertEquals("/problems/not-in-table", wrong.path("type").asText());
    assertEquals("document", wrong.path("field").asText());
    final JsonNode future = macau.put("/v1/links/" + LEI, link.replace("2026-01-01", "2999-01-01"));
    assertEquals("consentedAt", future.path("field").asText());
  }

  @Test
  void everyBadInputHasItsOwnRefusal() throws Exception {
    final String code = guangdong.code(LEI, 0);
    assertRefused("malformed-code", "cose", macau, asked("GD1:BB8", "MO", false));
    assertRefused("unsupported-code", "prefix", macau, asked("ABC", "MO", false));
    assertRefused("wrong-direction", "target", macau, asked(code, "GD", false));
    assertRefused("own-region-code", "code", guangdong, asked(code, "GD", false));
    assertRefused(
        "expired-code",
        "exp",
        macau,
        asked(guangdong.code(LEI, CodeKind.PERSON, 0, -60, -1), "MO", false));
    assertRefused(
        "code-not-yet-valid",
        "iat",
        macau,
        asked(guangdong.code(LEI, CodeKind.PERSON, 0, 60, 90), "MO", false));
    assertRefused(
        "code-not-fresh",
        "iat",
        macau,
        asked(guangdong.code(LEI, CodeKind.PERSON, 0, -400, 90), "MO", false));
    assertRefused(
        "not-in-table",
        "kind",
        macau,
        asked(guangdong.code(LEI, CodeKind.PAPER, 0, 0, 90), "MO", false));
    final int at = code.length() - 3;
    final String tampered =
        code.substring(0, at) + (code.charAt(at) == '0' ? '1' : '0') + code.substring(at + 1);
    assertRefused("bad-code-signature", "signature", macau, asked(tampered, "MO", false));
    assertEquals(0, macau.node.resources().statusMap().size(), "nothing was recorded");
  }

  @Test
  void aDeviceHasCodesTranslatedToo() throws Exception {
    try (DeviceClient gate = macau.device()) {
      final DeviceTranslation translation =
          gate.translate(guangdong.code(LEI, 0), gongbei.codec.model.Region.MACAU, false).join();
      assertFalse(translation.linked());
      assertTrue(translation.receipt() > 0);
      assertEquals(
          VerdictCode.PASS, gate.at("border-to-macau").scan(translation.code()).join().verdict());
      final List<CompletableFuture<DeviceTranslation>> many = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        many.add(
            gate.translate(
                guangdong.code(new Subject(9, i), 0), gongbei.codec.model.Region.MACAU, false));
      }
      for (final CompletableFuture<DeviceTranslation> each : many) {
        assertTrue(each.join().code().startsWith("MO1:"));
      }
      final CompletionException refused =
          assertThrows(
              CompletionException.class,
              () ->
                  gate.translate(macau.code(LEI, 0), gongbei.codec.model.Region.MACAU, false)
                      .join());
      final DeviceException.NotTranslated why =
          assertInstanceOf(DeviceException.NotTranslated.class, refused.getCause());
      assertEquals(TranslationFaultCode.OWN_REGION_CODE, why.fault());
      assertEquals("code", why.field());
    }
  }

  @Test
  void everyTranslationLeavesAReceiptThatBothSidesCanCheck() throws Exception {
    final String source = guangdong.code(LEI, 0);
    final JsonNode there = translate(macau, source);
    assertRefused("unlinked", "subject", macau, asked(source, "MO", true));
    final String log = macau.get("/v1/audit");
    assertEquals(Files.readString(macau.auditFile), log);
    assertTrue(log.contains("\"outcome\":\"translated\""), log);
    assertTrue(log.contains("\"outcome\":\"unlinked\""), log);
    assertFalse(log.contains(LEI.toHex()), "whose it was is not said");
    assertFalse(log.contains(subjectOf(there.path("code").asText()).toHex()));
    final AuditCheck.Summary summary =
        AuditCheck.check(
            macau.auditFile, new TrustList(List.of(MACAU_KEY.issuerKey())), false, null);
    assertEquals(2, summary.receipts());
    assertEquals(2, summary.heads());
    assertTrue(
        macau.get("/metrics").contains("gongbei_translations_total{outcome=\"translated\"}"));
  }

  private static long receipts(Region at) throws Exception {
    return Files.readAllLines(at.auditFile).stream()
        .filter(line -> line.contains("\"kind\":\"receipt\""))
        .count();
  }

  /** As it was done from outside: green, then red, then the green one again. */
  @Test
  void anOlderGreenTranslatedAgainDoesNotUndoANewerRed() throws Exception {
    final Instant redSince = Instant.now().minusSeconds(1);
    final Instant greenSince = redSince.minusSeconds(1);
    final Instant until = redSince.plusSeconds(240);
    final String green = guangdong.code(LEI, CodeKind.PERSON, 0, greenSince, until);
    final String red = guangdong.code(LEI, CodeKind.PERSON, 2, redSince, until);
    final JsonNode first = translate(macau, green);
    final Subject visitor = subjectOf(first.path("code").asText());
    assertEquals(StatusRecord.GREEN, macau.status(visitor).colour());
    assertEquals("red", translate(macau, red).path("colour").asText());
    for (int i = 0; i < 3; i++) {
      assertRefused("code-not-fresh", "iat", macau, asked(green, "MO", false));
      assertRefused(
          "code-not-fresh",
          "iat",
          macau,
          asked(
              guangdong.code(LEI, CodeKind.PERSON, 0, greenSince, until.minusSeconds(10)),
              "MO",
              false));
    }
    assertEquals(StatusRecord.RED, macau.status(visitor).colour());
    assertEquals(
        "red",
        macau.scan("metro", first.path("code").asText()).path("reason").asText(),
        "nor does the code that was made of it before");
    assertEquals(
        "green",
        translate(macau, guangdong.code(LEI, CodeKind.PERSON, 0, 0, 60)).path("colour").asText(),
        "a newer green is one");
  }

  @Test
  void aCodeTranslatedAgainIsTheSameCodeForOneRecordAndOneReceipt() throws Exception {
    final String source = guangdong.code(LEI, 0);
    final JsonNode first = translate(macau, source);
    final long version = macau.node.resources().statusMap().version();
    final List<CompletableFuture<DeviceTranslation>> many = new ArrayList<>();
    try (DeviceClient gate = macau.device()) {
      for (int i = 0; i < 200; i++) {
        many.add(gate.translate(source, gongbei.codec.model.Region.MACAU, false));
      }
      for (final CompletableFuture<DeviceTranslation> each : many) {
        assertEquals(first.path("code").asText(), each.join().code());
        assertEquals(first.path("receipt").asLong(), each.join().receipt());
      }
      many.clear();
      final String together = guangdong.code(new Subject(13, 14), 0);
      for (int i = 0; i < 200; i++) {
        many.add(gate.translate(together, gongbei.codec.model.Region.MACAU, false));
      }
      assertEquals(1, many.stream().map(each -> each.join().code()).distinct().count());
    }
    for (int i = 0; i < 6; i++) {
      assertEquals(first, translate(macau, source));
    }
    assertEquals(version + 1, macau.node.resources().statusMap().version());
    assertEquals(2, receipts(macau));
  }

  @Test
  void aRefusalThatIsAskedForAgainIsTheSameForOneReceipt() throws Exception {
    final String ended = guangdong.code(LEI, CodeKind.PERSON, 0, -60, -1);
    for (int i = 0; i < 20; i++) {
      assertRefused("expired-code", "exp", macau, asked(ended, "MO", false));
    }
    assertEquals(1, receipts(macau));
    final String fresh = guangdong.code(LEI, 0);
    assertRefused("unlinked", "subject", macau, asked(fresh, "MO", true));
    translate(macau, fresh);
    assertRefused("unlinked", "subject", macau, asked(fresh, "MO", true));
    assertEquals(3, receipts(macau), "each outcome of a code has its own");
    final List<String> counted =
        macau
            .get("/metrics")
            .lines()
            .filter(line -> line.startsWith("gongbei_translations_total{outcome=\"expired-code"))
            .toList();
    assertEquals(
        List.of("gongbei_translations_total{outcome=\"expired-code\"} 20.0"),
        counted,
        "each refusal is counted");
  }

  @Test
  void aTranslatedCodeThatIsShownAtASecondPlaceIsHeldHoweverOftenItWasMade() throws Exception {
    macau.put("/v1/rulesets/stadium", "{'version':1,'allowedColours':['green'],'replays':'hold'}");
    Patience.await(
        "it comes", () -> macau.node.resources().rulesets().current().find("stadium") != null);
    final String source = guangdong.code(LEI, 0);
    final String one = translate(macau, source).path("code").asText();
    assertEquals("ok", macau.scan("stadium/north", one).path("reason").asText());
    final Subject own = new Subject(78, 2);
    macau.put("/v1/subjects/" + own + "/status", "{'colour':'green'}");
    final JsonNode linked =
        macau.put(
            "/v1/links/" + LEI,
            "{'subject':'"
                + own
                + "','otherDocument':'mainland-id','document':'macau-bir',"
                + "'consentedAt':'2026-01-01T00:00:00Z'}");
    assertEquals("applied", linked.path("outcome").asText());
    final String other = translate(macau, source).path("code").asText();
    assertFalse(one.equals(other), "it is another code, of one who is linked now");
    assertEquals("replayed", macau.scan("stadium/south", other).path("reason").asText());
  }

  @Test
  void oneCodeThatIsRefusedAThousandTimesLeavesOneReceipt() throws Exception {
    final String expired = guangdong.code(LEI, CodeKind.PERSON, 0, -60, -1);
    final long bytes;
    try (DeviceClient gate = macau.device()) {
      assertExpired(gate, expired);
      bytes = Files.size(macau.auditFile);
      for (int i = 0; i < 1_000; i++) {
        assertExpired(gate, expired);
      }
    }
    assertEquals(bytes, Files.size(macau.auditFile), "what is refused again takes no disk");
    final String metrics = macau.get("/metrics");
    assertTrue(
        metrics.contains("gongbei_translations_total{outcome=\"expired-code\"} 1001.0"), metrics);
    assertTrue(metrics.contains("gongbei_audit_receipts_total{outcome=\"written\"} 1.0"), metrics);
    assertTrue(
        metrics.contains("gongbei_audit_receipts_total{outcome=\"repeated\"} 1000.0"), metrics);
  }

  private static void assertExpired(DeviceClient gate, String code) {
    DeviceException why = null;
    // Over the rate of a device the client asks again, a few times.
    while (!(why instanceof DeviceException.NotTranslated)) {
      why =
          assertInstanceOf(
              DeviceException.class,
              assertThrows(
                      CompletionException.class,
                      () -> gate.translate(code, gongbei.codec.model.Region.MACAU, false).join())
                  .getCause());
    }
    assertEquals(TranslationFaultCode.EXPIRED_CODE, ((DeviceException.NotTranslated) why).fault());
  }

  @Test
  void aDeviceOverItsRateOfTranslationsIsToldBusyWhileAnotherScans() throws Exception {
    final String code = guangdong.code(LEI, CodeKind.PERSON, 0, -60, -1);
    final InetSocketAddress server =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), macau.node.tcpPort());
    int busy = 0;
    try (DeviceClient flood =
            new DeviceClient(
                new DeviceClient.Context()
                    .server(server)
                    .device("flood", new byte[0])
                    .busyRetries(0));
        DeviceClient gate = macau.device()) {
      final List<CompletableFuture<DeviceTranslation>> many = new ArrayList<>();
      for (int i = 0; i < 3 * Limits.DEFAULT_DEVICE_TRANSLATIONS_PER_SECOND; i++) {
        many.add(flood.translate(code, gongbei.codec.model.Region.MACAU, false));
      }
      for (final CompletableFuture<DeviceTranslation> each : many) {
        final Throwable why = assertThrows(CompletionException.class, each::join).getCause();
        if (why instanceof DeviceException.Busy told) {
          assertTrue(told.retryAfterMillis() > 0);
          busy++;
        }
      }
      assertEquals(VerdictCode.REFUSE, gate.at("metro").scan(code).join().verdict());
    }
    assertTrue(busy > 0, "nothing was over the rate");
  }

  @Test
  void aCodeThereAndBackIsNoBetter() throws Exception {
    final JsonNode there = translate(macau, guangdong.code(LEI, 1));
    final JsonNode back = translate(guangdong, there.path("code").asText());
    assertEquals("yellow", back.path("colour").asText());
    assertEquals("MO", back.path("from").asText());
  }
}
