package gongbei.verifier.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.DocumentType;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.map.Subject;
import gongbei.testing.OneJdk;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.TestNode;
import gongbei.verifier.audit.AuditCheck;
import gongbei.verifier.audit.AuditException;
import gongbei.verifier.cli.Gongbei;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.config.Limits;
import gongbei.verifier.print.QrImage;
import gongbei.verifier.translate.Region;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.rendering.PDFRenderer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** People without a telephone: codes on paper, and none but a document. */
@ExtendWith(LeakWatch.class)
@OneJdk
final class PaperAndLookupTest {
  private static final SigningKey GUANGDONG_KEY = Region.key("GD");
  private static final SigningKey MACAU_KEY = Region.key("MO");
  private static final String NUMBER = "440402194001011234";

  @TempDir private Path directory;
  @AutoClose private Region region;
  private Subject elder;
  private String out;

  @BeforeEach
  void start() throws Exception {
    region = new Region(CodeFormat.GD1, GUANGDONG_KEY, MACAU_KEY, directory);
    elder = Subject.of(region.secret.subject(DocumentType.MAINLAND_ID, NUMBER), 0);
    status("{'colour':'green','doses':3}");
  }

  private void status(String json) throws Exception {
    region.put("/v1/subjects/" + elder + "/status", json);
  }

  private int run(String... arguments) {
    final StringWriter text = new StringWriter();
    final CommandLine line = Gongbei.commandLine();
    line.setOut(new PrintWriter(text));
    line.setErr(new PrintWriter(text));
    final int exitCode = line.execute(arguments);
    out = text.toString();
    return exitCode;
  }

  @Test
  void aPrintedCodeIsScannedSaysTheMapsColourAndCanBeRevoked() throws Exception {
    final Path list = Files.writeString(directory.resolve("village.csv"), elder + ",House 7\n");
    final Path pdf = directory.resolve("village.pdf");
    final String[] paper = {
      "paper",
      "--url",
      region.url().toString(),
      "--subjects",
      list.toString(),
      "--layout",
      "sheet",
      "--out",
      pdf.toString()
    };
    assertEquals(0, run(paper), out);
    assertEquals(3, run(paper), "nothing is written over");
    final String code;
    try (PDDocument document = Loader.loadPDF(pdf.toFile())) {
      final ByteArrayOutputStream png = new ByteArrayOutputStream();
      ImageIO.write(new PDFRenderer(document).renderImageWithDPI(0, 300), "PNG", png);
      code = QrImage.read(new ByteArrayInputStream(png.toByteArray()));
    }
    assertEquals("pass", region.scan("metro", code).path("verdict").asText());
    status("{'colour':'red'}");
    assertEquals("red", region.scan("metro", code).path("reason").asText());
    status("{'colour':'green','doses':3}");
    status("{'revokeBefore':'" + Instant.now().plusSeconds(3_600) + "'}");
    assertEquals("revoked", region.scan("metro", code).path("reason").asText());
  }

  @Test
  void whatCanNotBePrintedIsRefusedByItsField() throws Exception {
    final ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putArray("papers").addObject().put("subject", elder.toHex()).put("label", "\u674e");
    final HttpResponse<String> label = region.post("/v1/papers", body);
    assertEquals(422, label.statusCode());
    assertTrue(label.body().contains("/problems/unprintable-label"), label.body());
    assertEquals("papers[0].label", TestNode.json(label.body()).path("field").asText());
    body.putArray("papers").addObject().put("subject", new Subject(9, 9).toHex());
    final HttpResponse<String> unknown = region.post("/v1/papers", body);
    assertEquals("papers[0].subject", TestNode.json(unknown.body()).path("field").asText());
  }

  private static String lookup(String number) {
    return "{\"documentType\":\"mainland-id\",\"documentNumber\":\""
        + number
        + "\",\"checkpoint\":\"metro/a\"}";
  }

  @Test
  void aCheckpointThatMayAskLearnsTheVerdictByTheDocumentAlone() throws Exception {
    final AuthorityClient gate = new AuthorityClient(region.url(), region.checkpoint);
    final JsonNode verdict =
        TestNode.json(gate.post("/v1/lookups", lookup("4404 0219 4001 0112 34")).body());
    assertEquals("pass", verdict.path("verdict").asText(), verdict.toString());
    assertEquals("metro@1", verdict.path("ruleset").asText());
    assertFalse(verdict.toString().contains(elder.toHex()), "who it is is not said");
    status("{'colour':'red'}");
    assertEquals(
        "red",
        TestNode.json(gate.post("/v1/lookups", lookup(NUMBER)).body()).path("reason").asText());
    assertEquals(
        "unknown-subject",
        TestNode.json(gate.post("/v1/lookups", lookup("1")).body()).path("reason").asText());
    final JsonNode blank = TestNode.json(gate.post("/v1/lookups", lookup(" ")).body());
    assertEquals("documentNumber", blank.path("field").asText());
    assertFalse(region.get("/metrics").contains(NUMBER));
  }

  @Test
  void aLookUpLeavesASignedLineThatNamesTheKeyAndNobodyElse() throws Exception {
    final AuthorityClient gate = new AuthorityClient(region.url(), region.checkpoint);
    gate.post("/v1/lookups", lookup(NUMBER));
    gate.post("/v1/lookups", lookup("440402199001011234"));
    final String shown = region.get("/v1/audit");
    assertTrue(shown.contains("\"kind\":\"lookup\""), shown);
    final TrustList trust = new TrustList(List.of(GUANGDONG_KEY.issuerKey()));
    final AuditCheck.Summary summary = AuditCheck.check(region.auditFile, trust, false, null);
    assertEquals(2, summary.lookups());
    final List<String> lines =
        Files.readAllLines(region.auditFile).stream()
            .filter(line -> line.contains("\"kind\":\"lookup\""))
            .toList();
    final String kid = region.checkpoint.issuerKey().kidHex();
    for (int i = 0; i < 2; i++) {
      final ObjectNode line = (ObjectNode) TestNode.json(lines.get(i));
      assertEquals(kid, line.remove("key").textValue());
      assertEquals("mainland-id", line.remove("document").textValue());
      assertEquals("metro@1", line.remove("ruleset").textValue());
      assertEquals(i == 0 ? "known" : "unknown", line.remove("outcome").textValue());
      line.remove(List.of("kind", "n", "previous", "at"));
      assertTrue(line.isEmpty(), "and nothing of the person: " + lines.get(i));
    }
    // Changed by who keeps the log, it is found.
    final Path changed = directory.resolve("changed.jsonl");
    Files.writeString(
        changed,
        Files.readString(region.auditFile)
            .replace("\"outcome\":\"unknown\"", "\"outcome\":\"known\""));
    assertThrows(AuditException.class, () -> AuditCheck.check(changed, trust, false, null));
  }

  @Test
  void whoTriesDocumentsOneAfterTheOtherIsStoppedCountedAndOnRecord() throws Exception {
    final AuthorityClient gate = new AuthorityClient(region.url(), region.checkpoint);
    int answered = 0;
    final long startNanos = System.nanoTime();
    for (int i = 0; i < 300; i++) {
      final HttpResponse<String> answer =
          gate.post("/v1/lookups", lookup(Long.toString(440402194001010000L + i)));
      if (answer.statusCode() == 200) {
        answered++;
      } else {
        assertEquals(429, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("/problems/too-many-lookups"), answer.body());
        assertTrue(answer.headers().firstValue("Retry-After").isPresent());
      }
    }
    final long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos);
    assertTrue(answered >= Limits.DEFAULT_LOOKUPS_PER_MINUTE, answered + " answered");
    // One a second comes back meanwhile, and the machine may be slow.
    assertTrue(answered <= 2 * Limits.DEFAULT_LOOKUPS_PER_MINUTE + seconds, answered + " answered");
    final String metrics = region.get("/metrics");
    assertTrue(
        metrics.contains("gongbei_lookups_total{outcome=\"unknown\"} " + (double) answered),
        metrics);
    assertTrue(
        metrics.contains(
            "gongbei_lookups_total{outcome=\"over-quota\"} " + (double) (300 - answered)),
        metrics);
    assertEquals(
        answered,
        AuditCheck.check(
                region.auditFile, new TrustList(List.of(GUANGDONG_KEY.issuerKey())), false, null)
            .lookups());
  }

  @Test
  void nobodyElseMayAsk() throws Exception {
    final HttpResponse<String> other =
        new AuthorityClient(region.url(), region.authority).post("/v1/lookups", lookup(NUMBER));
    assertEquals(403, other.statusCode());
    assertTrue(other.body().contains("unknown-authority"), other.body());
    assertEquals(401, region.post("/v1/lookups", TestNode.json(lookup(NUMBER))).statusCode());
    final HttpResponse<String> status =
        new AuthorityClient(region.url(), region.checkpoint)
            .put("/v1/subjects/" + elder + "/status", "{\"colour\":\"green\"}");
    assertEquals(403, status.statusCode(), "and who may look up may change nothing");
  }

  @Test
  void aLookUpIsTypedToo() throws Exception {
    final Path keys = directory.resolve("keys");
    KeyGeneration.write(region.checkpoint, "gate", keys);
    final String[] lookup = {
      "lookup",
      "--url",
      region.url().toString(),
      "--keys",
      keys.toString(),
      "--checkpoint",
      "metro",
      "--document-type",
      "mainland-id",
      "--document-number",
      NUMBER
    };
    assertEquals(0, run(lookup), out);
    assertEquals("pass: ok\n", out);
    status("{'colour':'yellow'}");
    assertEquals(1, run(lookup));
    assertEquals("hold: yellow\n", out);
  }
}
