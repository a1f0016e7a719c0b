package gongbei.verifier.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.client.DeviceVerdict;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.protocol.VerdictCode;
import gongbei.verifier.translate.Region;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Screenshots that are passed on. */
@ExtendWith(LeakWatch.class)
final class ReplayTest {
  private static final SigningKey GUANGDONG_KEY = Region.key("GD");
  private static final SigningKey MACAU_KEY = Region.key("MO");
  private static final Subject ANN = new Subject(1, 1);

  @TempDir private Path directory;
  @AutoClose private Region region;
  private long nextSerial = 1;

  @BeforeEach
  void start() throws Exception {
    region = new Region(CodeFormat.GD1, GUANGDONG_KEY, MACAU_KEY, directory);
    region.put("/v1/subjects/" + ANN + "/status", "{'colour':'green'}");
    region.put("/v1/rulesets/stadium", "{'version':1,'allowedColours':['green'],'replays':'hold'}");
    awaitRuleset("stadium");
  }

  private void awaitRuleset(String name) throws InterruptedException {
    Patience.await(
        name + " is in force",
        () -> region.node.resources().rulesets().current().find(name) != null);
  }

  private String code(CodeKind kind) {
    final long now = Instant.now().getEpochSecond();
    final byte[] serial = ByteBuffer.allocate(8).putLong(nextSerial++).array();
    return new CodeIssuer(CodeFormat.GD1, GUANGDONG_KEY)
        .issue(
            CodeClaims.of(kind, ANN.toBytes())
                .colour(Colour.GREEN)
                .serial(serial)
                .validity(now, now + 60)
                .build());
  }

  private void assertScan(String verdict, String reason, String checkpoint, String code)
      throws Exception {
    final JsonNode answer = region.scan(checkpoint, code);
    assertEquals(reason, answer.path("reason").asText(), answer.toString());
    assertEquals(verdict, answer.path("verdict").asText());
  }

  @Test
  void aCodeThatIsShownAtASecondPlaceIsHeldThere() throws Exception {
    final String code = code(CodeKind.PERSON);
    assertScan("pass", "ok", "stadium/north", code);
    assertScan("pass", "ok", "stadium/north", code);
    assertScan("hold", "replayed", "stadium/south", code);
    assertScan("pass", "ok", "stadium/north", code);
    assertScan("pass", "ok", "stadium/south", code(CodeKind.PERSON));
    try (DeviceClient gate = region.device()) {
      final DeviceVerdict verdict = gate.at("stadium/east").scan(code).join();
      assertEquals(VerdictCode.HOLD, verdict.verdict());
      assertEquals(ReasonCode.REPLAYED, verdict.reason());
      assertEquals(
          VerdictCode.PASS, gate.at("stadium/north").scan(code).join().verdict(), "as over HTTP");
    }
    assertTrue(
        region
            .get("/metrics")
            .contains("gongbei_scans_total{reason=\"replayed\",verdict=\"hold\"} 2"));
  }

  @Test
  void rulesThatDoNotLookForItPassIt() throws Exception {
    region.put("/v1/rulesets/park", "{'version':1,'allowedColours':['green']}");
    awaitRuleset("park");
    final String code = code(CodeKind.PERSON);
    assertScan("pass", "ok", "park/a", code);
    assertScan("pass", "ok", "park/b", code);
  }

  @Test
  void paperIsShownAnywhereAndARefusalStaysOne() throws Exception {
    final String paper = code(CodeKind.PAPER);
    assertScan("pass", "ok", "stadium/north", paper);
    assertScan("pass", "ok", "stadium/south", paper);
    final String code = code(CodeKind.PERSON);
    assertScan("pass", "ok", "stadium/north", code);
    region.put("/v1/subjects/" + ANN + "/status", "{'colour':'red'}");
    assertScan("refuse", "red", "stadium/south", code);
  }
}
