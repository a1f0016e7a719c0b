package gongbei.verifier.offline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HcertClaims;
import gongbei.codec.issue.HcertIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.Subject;
import gongbei.verifier.ForeignCertificates;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.TestNode;
import gongbei.verifier.cli.Gongbei;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.pack.PackMaker;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Verdict;
import gongbei.verifier.translate.Region;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Checkpoints without a network, and the packs that they take with them. */
@ExtendWith(LeakWatch.class)
final class OfflineTest {
  private static final SigningKey GUANGDONG_KEY = Region.key("GD");
  private static final SigningKey MACAU_KEY = Region.key("MO");
  private static final TrustList ANCHORS = new TrustList(List.of(GUANGDONG_KEY.issuerKey()));

  private static final String FULL = "{\"lifeSeconds\":600}";

  @TempDir private Path directory;
  @AutoClose private Region region;
  private long aheadSeconds;
  private final OfflineCheckpoint bus =
      new OfflineCheckpoint(ANCHORS, () -> Instant.now().getEpochSecond() + aheadSeconds);

  @BeforeEach
  void start() throws Exception {
    region = new Region(CodeFormat.GD1, GUANGDONG_KEY, MACAU_KEY, directory);
    final int minutes = (int) (Instant.now().getEpochSecond() / 60);
    final List<StatusCommand> residents = new ArrayList<>();
    for (int i = 1; i <= 800; i++) {
      residents.add(
          StatusCommand.SetStatus.of(resident(i))
              .colour(Colour.ofNumber(i % 100 == 0 ? 1 + i / 100 % 2 : 0))
              .test(TestResult.NEGATIVE, minutes - 60)
              .doses(2)
              .build());
    }
    region.node.resources().log().submit(residents).join();
  }

  /** As good as random, as subjects are. */
  private static Subject resident(int number) {
    return new Subject(number * 0x9E3779B97F4A7C15L, Long.reverse(number * 0xBF58476D1CE4E5B9L));
  }

  private byte[] pack(String body) throws Exception {
    final HttpResponse<byte[]> answer =
        HttpClient.newHttpClient()
            .send(
                new AuthorityClient(region.url(), region.checkpoint)
                    .request("POST", "/v1/packs", body),
                HttpResponse.BodyHandlers.ofByteArray());
    assertEquals(200, answer.statusCode(), new String(answer.body(), StandardCharsets.UTF_8));
    return answer.body();
  }

  private OfflineVerdict judge(Subject subject) throws PackException {
    return judge(region.code(subject, 0));
  }

  private OfflineVerdict judge(String code) throws PackException {
    return bus.judge("metro/bus-7", code.getBytes(StandardCharsets.US_ASCII));
  }

  private void turn(int number, String colour) throws Exception {
    region.put("/v1/subjects/" + resident(number) + "/status", "{'colour':'" + colour + "'}");
  }

  @Test
  void whereTooManyAreNotGreenThereIsNoPack() {
    final long now = Instant.now().getEpochSecond();
    for (int most = 7; most <= 8; most++) {
      final var pack =
          new PackMaker(
                  region.node.resources().statusMap(),
                  ANCHORS,
                  region.node.resources().rulesets().current())
              .full(new PackMaker.Terms(GUANGDONG_KEY, now, 60), most);
      assertEquals(most == 7, pack.isEmpty(), "8 are not green");
    }
  }

  @Test
  void aForeignKeySignsNothingButWhatItsUsageLetsIt() throws Exception {
    final SigningKey foreign = Region.key("XX");
    final IssuerKey all = foreign.issuerKey();
    final IssuerKey testsAlone =
        new IssuerKey(
            all.issuer(),
            all.kid(),
            all.algorithm(),
            all.publicKey(),
            all.formats(),
            HcertClaims.TEST,
            all.notBeforeEpochSeconds(),
            all.notAfterEpochSeconds());
    final long now = Instant.now().getEpochSecond();
    final byte[] vaccination =
        new HcertIssuer(foreign)
            .issue(TestNode.json(ForeignCertificates.vaccination(2)), now - 10, now + 60)
            .getBytes(StandardCharsets.US_ASCII);
    final Map<IssuerKey, Reason> expected =
        Map.of(all, Reason.TEST_MISSING, testsAlone, Reason.REVOKED);
    for (final Map.Entry<IssuerKey, Reason> each : expected.entrySet()) {
      bus.take(
          new PackMaker(
                  region.node.resources().statusMap(),
                  new TrustList(List.of(GUANGDONG_KEY.issuerKey(), each.getKey())),
                  region.node.resources().rulesets().current())
              .full(new PackMaker.Terms(GUANGDONG_KEY, now, 60))
              .orElseThrow());
      assertEquals(each.getValue(), bus.judge("metro", vaccination).reason());
    }
  }

  @Test
  void aBusJudgesByItsPackAndNeverRefusesWhomTheFilterHas() throws Exception {
    bus.take(pack(FULL));
    int asked = 0;
    for (int i = 1; i <= 800; i++) {
      final OfflineVerdict verdict = judge(resident(i));
      if (i % 100 == 0) {
        assertEquals(Verdict.HOLD, verdict.verdict());
        assertTrue(verdict.askServer());
      } else if (verdict.askServer()) {
        asked++;
      } else {
        assertEquals(Verdict.PASS, verdict.verdict(), verdict.toString());
      }
    }
    assertTrue(asked < 20, "of the green a few in a thousand are asked about: " + asked);
    assertEquals(Reason.MALFORMED, judge("GD1:X").reason());
    assertEquals(
        Reason.EXPIRED, judge(region.code(resident(1), CodeKind.PERSON, 0, -60, -1)).reason());
    final String code = region.code(resident(1), 0);
    final int at = code.length() - 3;
    final String tampered =
        code.substring(0, at) + (code.charAt(at) == '0' ? '1' : '0') + code.substring(at + 1);
    assertEquals(Reason.BAD_SIGNATURE, judge(tampered).reason());
    assertEquals(Verdict.REFUSE, judge(tampered).verdict());
    aheadSeconds = 30;
    assertTrue(bus.packAgeSeconds() >= 30 && bus.packAgeSeconds() < 60);
  }

  @Test
  void aDeltaSaysWhoIsNoLongerGreenAndWhoIsAgain() throws Exception {
    bus.take(pack(FULL));
    final long version = bus.version();
    turn(1, "red");
    turn(100, "green");
    final byte[] delta = pack("{\"lifeSeconds\":600,\"since\":" + version + "}");
    assertTrue(delta.length < pack(FULL).length, "a delta is smaller");
    bus.take(delta);
    assertEquals(version + 2, bus.version(), "a version for each change");
    assertTrue(judge(resident(1)).askServer());
    assertEquals(Verdict.PASS, judge(resident(100)).verdict());
    assertFault(
        PackException.Reason.WRONG_BASE, "baseVersion", pack("{\"lifeSeconds\":600,\"since\":1}"));
  }

  private void assertFault(PackException.Reason reason, String field, byte[] pack) {
    final PackException e = assertThrows(PackException.class, () -> bus.take(pack));
    assertEquals(reason, e.reason(), e.getMessage());
    assertEquals(field, e.field());
  }

  @Test
  void everyBadPackHasItsOwnRefusal() throws Exception {
    final byte[] pack = pack(FULL);
    assertFault(PackException.Reason.MALFORMED_PACK, "pack", new byte[10]);
    assertFault(PackException.Reason.MALFORMED_PACK, "pack", new byte[1_000]);
    for (final int at : new int[] {20, pack.length / 2, pack.length - 100, pack.length - 1}) {
      final byte[] tampered = pack.clone();
      tampered[at] ^= 1;
      final PackException e = assertThrows(PackException.class, () -> bus.take(tampered));
      assertTrue(
          e.reason() == PackException.Reason.TAMPERED_PACK
              || e.reason() == PackException.Reason.MALFORMED_PACK,
          e.getMessage());
    }
    final byte[] last = pack.clone();
    last[pack.length - 1] ^= 1;
    assertFault(PackException.Reason.TAMPERED_PACK, "signature", last);
    aheadSeconds = -3_600;
    assertFault(PackException.Reason.PACK_FROM_FUTURE, "madeAt", pack);
    aheadSeconds = 601;
    assertFault(PackException.Reason.EXPIRED_PACK, "expiresAt", pack);
    aheadSeconds = 0;
    final PackException unknown =
        assertThrows(
            PackException.class,
            () ->
                OfflinePack.read(
                    pack,
                    new TrustList(List.of(MACAU_KEY.issuerKey())),
                    Instant.now().getEpochSecond()));
    assertEquals(PackException.Reason.UNKNOWN_PACK_KEY, unknown.reason());
    assertThrows(PackException.class, () -> judge(resident(1)), "nothing was taken");
    bus.take(pack);
    aheadSeconds = 700;
    assertEquals(
        PackException.Reason.EXPIRED_PACK,
        assertThrows(PackException.class, () -> judge(resident(1))).reason());
  }

  @Test
  void whatWasJudgedIsCountedUntilTheServerHasTheCounts() throws Exception {
    bus.take(pack(FULL));
    final Verdict one = judge(resident(1)).verdict();
    judge(resident(100));
    judge("GD1:X");
    final Map<Verdict, Long> counts = bus.takeCounts();
    assertEquals(3, counts.values().stream().mapToLong(Long::longValue).sum());
    assertTrue(counts.get(one) >= 1);
    assertEquals(Map.of(), bus.takeCounts());
    bus.putBack(counts);
    try (DeviceClient gate = region.device()) {
      gate.reportOffline(bus).join();
    }
    assertEquals(Map.of(), bus.takeCounts());
    final String metrics = region.get("/metrics");
    assertTrue(metrics.contains("gongbei_scans_offline_total{verdict=\"refuse\"} 1"), metrics);
  }

  @Test
  void aPackIsOnlyForCheckpointsAndOfWhatHasHappened() throws Exception {
    final HttpResponse<String> other =
        new AuthorityClient(region.url(), region.authority).post("/v1/packs", FULL);
    assertEquals(403, other.statusCode());
    final HttpResponse<String> future =
        new AuthorityClient(region.url(), region.checkpoint)
            .post("/v1/packs", "{\"lifeSeconds\":600,\"since\":99999}");
    assertEquals(422, future.statusCode());
    assertEquals("since", TestNode.json(future.body()).path("field").asText());
  }

  @Test
  void packsAreFetchedShownAndJudgedByOnTheCommandLine() throws Exception {
    final Path keys = directory.resolve("keys");
    final Path trust = directory.resolve("trust");
    KeyGeneration.write(region.checkpoint, "gate", keys);
    KeyGeneration.write(GUANGDONG_KEY, "gd", trust);
    final String url = region.url().toString();
    final String file = directory.resolve("full.pack").toString();
    run(0, "pack", "fetch", "--url", url, "--keys", keys.toString(), "--out", file);
    final JsonNode shown = TestNode.json(run(0, "pack", "show", file, "--trust", trust.toString()));
    assertEquals(800, shown.path("residents").asInt());
    assertEquals(8, shown.path("notGreen").asInt());
    turn(1, "red");
    final String delta = directory.resolve("delta.pack").toString();
    run(
        0,
        "pack",
        "fetch",
        "--url",
        url,
        "--keys",
        keys.toString(),
        "--out",
        delta,
        "--since",
        shown.path("version").asText());
    final String asked =
        run(
            1,
            "pack",
            "judge",
            "--pack",
            file,
            "--delta",
            delta,
            "--trust",
            trust.toString(),
            "--checkpoint",
            "metro",
            region.code(resident(1), 0));
    assertTrue(asked.startsWith("hold: yellow, ask the server, by a pack of "), asked);
    assertTrue(
        run(
                1,
                "pack",
                "show",
                directory.resolve("GD-audit.jsonl").toString(),
                "--trust",
                trust.toString())
            .contains("malformed-pack"));
    run(2, "pack");
  }

  private static String run(int exitCode, String... arguments) {
    final StringWriter text = new StringWriter();
    final CommandLine line = Gongbei.commandLine();
    line.setOut(new PrintWriter(text));
    line.setErr(new PrintWriter(text));
    assertEquals(exitCode, line.execute(arguments), text.toString());
    return text.toString();
  }
}
