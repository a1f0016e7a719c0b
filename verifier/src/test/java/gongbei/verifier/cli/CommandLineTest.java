package gongbei.verifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.issue.HcertIssuer;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.testing.TestCorpora;
import gongbei.verifier.TestNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommandLineTest extends CommandRuns {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SUBJECT = "000102030405060708090a0b0c0d0e0f";

  @TempDir private Path directory;

  /** The rows of the EU's test codes; where they are not at hand, the test is skipped. */
  private static List<JsonNode> corpus() throws Exception {
    final List<JsonNode> rows = new ArrayList<>();
    for (final String line : Files.readAllLines(TestCorpora.require("dgc/codes.jsonl"))) {
      rows.add(JSON.readTree(line));
    }
    return rows;
  }

  /** A row as the corpus has them, of a code in the EU's format and its certificate. */
  private static JsonNode ownRow() throws Exception {
    final Instant from = Instant.parse("2026-01-01T00:00:00Z");
    final SigningKey key = new KeyGeneration().generate("XX", from, from.plusSeconds(86_400));
    final String code =
        new HcertIssuer(key)
            .issue(
                JSON.readTree(
                    "{\"ver\":\"1.3.0\",\"dob\":\"1970-01-01\",\"nam\":{\"fnt\":\"A\"},\"v\":["
                        + "{\"tg\":\"840539006\",\"vp\":\"1119349007\",\"mp\":\"EU/1/20/1528\","
                        + "\"ma\":\"ORG-100030215\",\"dn\":2,\"sd\":2,\"dt\":\"2025-06-01\",\"co\":\"XX\",\"is\":\"A"
                        + " ministry\",\"ci\":\"URN:UVCI:01:XX:1\"}]}"),
                from.getEpochSecond(),
                from.getEpochSecond() + 60);
    return JSON.createObjectNode()
        .put("code", code)
        .put("certificate", Base64.getEncoder().encodeToString(key.certificate()))
        .put("clock", from.plusSeconds(30).toString());
  }

  private List<JsonNode> verifyLines(List<String> lines) throws Exception {
    final Path file = Files.write(directory.resolve("lines.jsonl"), lines);
    run("verify", "--jsonl", file.toString());
    final List<JsonNode> answers = new ArrayList<>();
    for (final String line : out.split("\n", -1)) {
      if (!line.isEmpty()) {
        answers.add(JSON.readTree(line));
      }
    }
    return answers;
  }

  private static String question(JsonNode row) {
    return JSON.createObjectNode()
        .put("code", row.get("code").textValue())
        .put("certificate", row.get("certificate").textValue())
        .put("at", row.get("clock").textValue())
        .toString();
  }

  @Test
  void everyRealCodeGetsTheOutcomeThatIsExpectedOfIt() throws Exception {
    final List<JsonNode> rows = corpus();
    assertEquals(278, rows.size());
    final List<String> lines = new ArrayList<>();
    rows.forEach(row -> lines.add(question(row)));
    final List<JsonNode> answers = verifyLines(lines);
    assertEquals(278, answers.size());
    final Map<String, String> different = new TreeMap<>();
    for (int i = 0; i < rows.size(); i++) {
      final String fault = fault(rows.get(i).get("expected"), answers.get(i));
      if (fault != null) {
        different.put(rows.get(i).get("file").textValue(), fault + " " + answers.get(i));
      }
    }
    assertEquals(Map.of(), different);
  }

  private static String fault(JsonNode expected, JsonNode answer) {
    final String reason = answer.get("reason").textValue();
    final boolean decodes = !reason.equals("malformed") && !reason.equals("unsupported-format");
    final boolean verifies =
        decodes && !reason.equals("unknown-issuer") && !reason.equals("bad-signature");
    final boolean inTime = !reason.equals("expired") && !reason.equals("not-yet-valid");
    final boolean usable = !answer.path("field").asText().equals("key-usage");
    if (isWrong(expected, "EXPECTEDB45DECODE", decodes)
        || isWrong(expected, "EXPECTEDDECODE", decodes)) {
      return "decoding";
    }
    if (isWrong(expected, "EXPECTEDVERIFY", verifies)) {
      return "verification";
    }
    if (isWrong(expected, "EXPECTEDUNPREFIX", !reason.equals("unsupported-format"))) {
      return "prefix";
    }
    if (isWrong(expected, "EXPECTEDCOMPRESSION", !answer.path("field").asText().equals("zlib"))) {
      return "compression";
    }
    if (isWrong(expected, "EXPECTEDEXPIRATIONCHECK", inTime)) {
      return "time";
    }
    if (expected.path("EXPECTEDKEYUSAGE").asBoolean(false) && !usable) {
      return "key usage";
    }
    return null;
  }

  private static boolean isWrong(JsonNode expected, String name, boolean found) {
    return expected.has(name) && expected.get(name).booleanValue() != found;
  }

  @Test
  void aCertificateOfAnotherTypeThanItsKeyMaySignDoesNotPass() throws Exception {
    final List<String> lines = new ArrayList<>();
    for (final JsonNode row : corpus()) {
      if (row.get("file").textValue().contains("wrong_key")) {
        lines.add(question(row));
      }
    }
    assertEquals(39, lines.size());
    for (final JsonNode answer : verifyLines(lines)) {
      assertEquals("refuse", answer.get("verdict").textValue());
      assertEquals("revoked", answer.get("reason").textValue());
      assertEquals("key-usage", answer.get("field").textValue());
    }
  }

  @Test
  void thousandsOfLinesAreAnsweredInOrderAndBadOnesByTheirField() throws Exception {
    final JsonNode row = ownRow();
    final ObjectNode badCertificate = (ObjectNode) JSON.readTree(question(row));
    badCertificate.put("certificate", "!!!!");
    final ObjectNode noCertificate = (ObjectNode) JSON.readTree(question(row));
    noCertificate.put("certificate", "AAAA");
    final ObjectNode badTime = (ObjectNode) JSON.readTree(question(row));
    badTime.put("at", "yesterday");
    final List<String> kinds =
        List.of(
            question(row),
            "not json",
            "[]",
            "{}",
            badCertificate.toString(),
            noCertificate.toString(),
            badTime.toString(),
            "{\"code\":\"" + "x".repeat(300_000) + "\"}");
    final List<String> fields =
        List.of("null", "line", "line", "code", "certificate", "certificate", "at", "line");
    final List<String> lines = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      lines.add(kinds.get(i % 1_000 == 7 ? 7 : i % 7));
    }
    final List<JsonNode> answers = verifyLines(lines);
    assertEquals(5_000, answers.size());
    for (int i = 0; i < answers.size(); i++) {
      final int kind = i % 1_000 == 7 ? 7 : i % 7;
      assertEquals(
          fields.get(kind), answers.get(i).get("field").asText(), answers.get(i)::toString);
      assertEquals(kind == 0 ? "pass" : "refuse", answers.get(i).get("verdict").textValue());
      assertEquals(
          List.of("verdict", "reason", "field", "format", "issuer", "kid", "claims", "detail"),
          names(answers.get(i)));
    }
  }

  private static List<String> names(JsonNode object) {
    final List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void aPictureIsVerifiedLikeItsText() throws Exception {
    final String[] pictures = {
      "DE_2DCode_png_1",
      "DE_2DCode_png_2",
      "DK_2DCode_png_1",
      "DK_2DCode_png_10",
      "IS_2DCode_png_1",
      "IS_2DCode_png_2"
    };
    for (final String picture : pictures) {
      final String row = picture.replace("_2DCode_png_", "/2DCode/raw/") + ".json";
      String code = null;
      for (final JsonNode each : corpus()) {
        if (each.get("file").textValue().equals(row)) {
          code = each.get("code").textValue();
        }
      }
      final Path file = TestCorpora.require("dgc/png/" + picture + ".png");
      assertEquals(1, run("verify", "--json", "--at", "2021-06-01T00:00:00Z", code));
      final String ofText = out;
      assertEquals(
          1, run("verify", "--json", "--at", "2021-06-01T00:00:00Z", "--image", file.toString()));
      assertEquals(ofText, out);
      assertTrue(out.contains("\"reason\":\"unknown-issuer\""), out);
    }
  }

  @Test
  void aPictureOfSeveralHealthCodesGetsALineForEachAndOtherCodesNone() throws Exception {
    final String keys = directory.resolve("several").toString();
    assertEquals(0, run("keygen", "--region", "GD", "--out", keys));
    final java.awt.image.BufferedImage picture =
        new java.awt.image.BufferedImage(1_900, 620, java.awt.image.BufferedImage.TYPE_INT_RGB);
    final java.awt.Graphics2D graphics = picture.createGraphics();
    graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
    final java.util.List<byte[]> pngs = new java.util.ArrayList<>();
    pngs.add(gongbei.verifier.print.QrImage.png("https://example.org/"));
    for (int i = 0; i < 2; i++) {
      assertEquals(0, run("issue", "--keys", keys, "--format", "GD1", "--subject", SUBJECT), err);
      final String code = out.strip();
      pngs.add(gongbei.verifier.print.QrImage.png(code));
      for (final String around : new String[] {"]Q1", "\uFEFF", " \t"}) {
        assertEquals(0, run("verify", "--trust", keys, around + code + "\n"), out + err);
      }
    }
    for (int i = 0; i < pngs.size(); i++) {
      graphics.drawImage(
          javax.imageio.ImageIO.read(new java.io.ByteArrayInputStream(pngs.get(i))),
          i * 640,
          10,
          null);
    }
    graphics.dispose();
    final Path file = directory.resolve("several.png");
    javax.imageio.ImageIO.write(picture, "png", file.toFile());
    assertEquals(0, run("verify", "--trust", keys, "--image", file.toString()), out + err);
    assertEquals(2, out.lines().filter(line -> line.startsWith("pass: ok, GD1")).count(), out);
    assertEquals(2, out.lines().count(), out);
    assertEquals(0, run("verify", "--json", "--trust", keys, "--image", file.toString()));
    assertEquals(2, out.lines().filter(line -> line.contains("\"verdict\":\"pass\"")).count());
  }

  @Test
  void keysAreMadeCodesIssuedDecodedAndVerified() throws Exception {
    final String keys = directory.resolve("keys").toString();
    assertEquals(0, run("keygen", "--region", "GD", "--out", keys));
    assertEquals(0, run("keygen", "--region", "MO", "--out", keys, "--json"));
    assertEquals(0, run("keygen", "--subject-secret", "--out", keys));
    assertEquals(1, run("keygen", "--subject-secret", "--out", keys), "nothing is written over");
    for (final String format : new String[] {"GD1", "MO1"}) {
      final Path png = directory.resolve(format + ".png");
      assertEquals(
          0,
          run(
              "issue",
              "--keys",
              keys,
              "--format",
              format,
              "--subject",
              SUBJECT,
              "--result",
              "negative",
              "--sample-time",
              "2026-01-01T08:00:00+08:00",
              "--png",
              png.toString()),
          err);
      final String code = out.strip();
      assertEquals(0, run("verify", "--trust", keys, code), out + err);
      assertTrue(out.startsWith("pass: ok, " + format + " by "), out);
      assertEquals(0, run("verify", "--trust", keys, "--image", png.toString()));
      assertEquals(1, run("verify", code), "nobody is trusted");
      assertEquals(1, run("verify", "--trust", keys, "--at", "2020-01-01T00:00:00Z", code));
      assertTrue(out.startsWith("refuse: not-yet-valid"), out);
      assertEquals(1, run("verify", "--trust", keys, code, code.substring(0, 100)));
      assertEquals(0, run("decode", code));
      assertEquals(SUBJECT, JSON.readTree(out).at("/claims/subject").textValue());
    }
    assertEquals(
        0,
        run(
            "issue",
            "--keys",
            keys,
            "--format",
            "MO1",
            "--document-type",
            "macau_bir",
            "--document-number",
            "1234567(8)",
            "--secret",
            keys + "/subject.secret",
            "--json"),
        err);
    assertFalse(out.contains("1234567"), out);
    assertEquals(1, run("decode", "GD1:bb8"));
    assertEquals("base45", JSON.readTree(out).get("field").textValue());
  }

  @Test
  void residentsAreLoadedFromAFileAndAnInterruptedLoadGoesOn() throws Exception {
    final StringBuilder csv = new StringBuilder();
    csv.append("subject,colour,result,sampleTime,doses,lastDoseDate,flags\n");
    for (int i = 0; i < 5_000; i++) {
      csv.append(String.format(Locale.ROOT, "%032x", i + 1))
          .append(",green,negative,2026-01-01T00:00:00Z,2,2025-01-01,\n");
    }
    final Path good = Files.writeString(directory.resolve("good.csv"), csv);
    final Path bad =
        Files.writeString(
            directory.resolve("bad.csv"),
            csv.toString().replace(String.format(Locale.ROOT, "%032x,green", 4_500), "zz,green"));
    final String data = directory.resolve("data").toString();
    assertEquals(1, run("load", bad.toString(), "--data", data, "--no-progress"));
    assertTrue(err.contains("line 4501: subject is not 32 hexadecimal digits"), err);
    assertTrue(Files.exists(directory.resolve("bad.csv.progress")));
    final String fixed = Files.readString(bad).replace("zz,green", "ff".repeat(16) + ",green");
    Files.writeString(bad, fixed);
    assertEquals(
        0, run("load", bad.toString(), "--data", data, "--no-progress", "--resume", "--json"), err);
    assertEquals(1_000, JSON.readTree(out).get("loaded").intValue());
    assertEquals(4_000, JSON.readTree(out).get("loadedBefore").intValue());
    assertEquals(0, run("load", good.toString(), "--data", data, "--no-progress", "--json"), err);
    assertEquals(5_000, JSON.readTree(out).get("loaded").intValue());
    try (StatusMap map = StatusMap.persisted(Path.of(data), 1_000_000)) {
      assertEquals(5_001, map.size(), "and the one that was corrected to another");
      final StatusRecord record = new StatusRecord();
      assertTrue(map.get(Subject.ofHex(String.format(Locale.ROOT, "%032x", 5_000)), record));
      assertEquals(2, record.doses());
    }
    final Path wrongColumns = Files.writeString(directory.resolve("wrong.csv"), "a,b\n1,2\n");
    assertEquals(1, run("load", wrongColumns.toString(), "--data", data, "--no-progress"));
    assertEquals(3, run("load", "nowhere.csv", "--data", data, "--no-progress"));
  }

  @Test
  void residentsAreLoadedIntoARunningNodeByAnAuthority() throws Exception {
    try (TestNode node = new TestNode()) {
      final Path keys = directory.resolve("authority");
      KeyGeneration.write(node.authority, "authority", keys);
      final Path csv =
          Files.writeString(
              directory.resolve("residents.csv"),
              "subject,colour,result,sampleTime,doses,lastDoseDate,flags\n"
                  + SUBJECT
                  + ",yellow,positive,2026-01-01T00:00:00Z,1,2025-01-01,visitor linked\n");
      assertEquals(
          0,
          run(
              "load",
              csv.toString(),
              "--url",
              node.http("/"),
              "--authority-keys",
              keys.toString(),
              "--no-progress"),
          err);
      final StatusRecord record = new StatusRecord();
      assertTrue(node.node.resources().statusMap().get(Subject.ofHex(SUBJECT), record));
      assertEquals(StatusRecord.RED, record.colour(), "as a positive test has it");
      assertEquals(StatusRecord.RESULT_POSITIVE, record.result());
      assertEquals(StatusRecord.VISITOR | StatusRecord.LINKED, record.flags());
      assertEquals(20_089, record.lastDoseEpochDay());

      assertEquals(0, run("status", "--url", node.http("/"), "--json"));
      final JsonNode status = JSON.readTree(out);
      assertEquals("single", status.get("role").textValue());
      assertEquals(node.node.resources().statusMap().size(), status.get("subjects").longValue());

      final Path strangers = directory.resolve("strangers");
      KeyGeneration.write(
          new KeyGeneration()
              .generateAuthority("Stranger", Instant.EPOCH, Instant.ofEpochSecond(9_999_999_999L)),
          "authority",
          strangers);
      assertEquals(
          1,
          run(
              "load",
              csv.toString(),
              "--url",
              node.http("/"),
              "--authority-keys",
              strangers.toString(),
              "--no-progress"));
      assertTrue(err.contains("unknown-authority: keyid names no authority"), err);
    }
  }

  @Test
  void whatIsTypedWrongOrOutOfReachHasItsOwnExitCode() throws Exception {
    assertEquals(2, run("verify"));
    assertEquals(2, run("verify", "--at", "noon", "GD1:X"));
    assertEquals(2, run("conjure"));
    assertEquals(2, run("keygen", "--out", directory.toString()));
    assertEquals(2, run("keygen", "--region", "Guangdong", "--out", directory.toString()));
    assertEquals(2, run("demo", "--residents", "1"));
    assertEquals(3, run("status", "--url", "http://127.0.0.1:1"));
    assertTrue(err.contains("can't be reached"), err);
    assertEquals(3, run("verify", "--trust", "nowhere", "GD1:X"));
    assertEquals(3, run("verify", "--image", "nowhere.png"));
    assertEquals(2, run("serve", "--config", "nowhere.yaml"));
    final Path config = Files.writeString(directory.resolve("node.yaml"), "ports: 1\n");
    assertEquals(2, run("serve", "--config", config.toString()));
    assertTrue(err.contains("ports is not a setting"), err);
    Files.writeString(config, "role: replica\nhttp: {host: 127.0.0.1, port: 0}\n");
    assertEquals(2, run("serve", "--config", config.toString()));
    assertTrue(err.contains("dataDirectory is missing"), err);
    for (final String command :
        new String[] {"demo", "serve", "decode", "verify", "keygen", "issue", "load", "status"}) {
      assertEquals(0, run(command, "--help"));
      assertTrue(out.contains("Usage: gongbei " + command), out);
    }
    assertEquals(0, run("--version"));
  }

  @Test
  void everyRefusalIsOneLineThatNamesTheFieldAndTheReason() throws Exception {
    final Path picture = Files.writeString(directory.resolve("no.png"), "no picture");
    assertEquals(1, run("verify", "--image", picture.toString()));
    assertEquals("refuse: malformed (image is of an unknown format)\n", out);
    final String keys = directory.resolve("keys").toString();
    assertEquals(0, run("keygen", "--region", "GD", "--out", keys));
    final String[] issue = {"issue", "--keys", keys, "--format", "GD1", "--subject", SUBJECT};
    assertFault(2, "--ttl-seconds is not from 1 to 31622400", plus(issue, "--ttl-seconds", "0"));
    assertFault(2, "blue", plus(issue, "--colour", "blue"));
    assertFault(
        2,
        "--sample-time is not an RFC 3339 date-time",
        plus(issue, "--result", "negative", "--sample-time", "9999-01-01T00:00:00Z"));
    assertFault(3, "its directory does not exist", plus(issue, "--png", keys + "/no/x.png"));
    assertFault(3, "nowhere does not exist", "verify", "--trust", "nowhere", "X");
    assertFault(3, "is not a directory", "verify", "--trust", picture.toString(), "X");
    assertFault(3, "is a directory", "verify", "--jsonl", keys);
    assertFault(2, "'nowhere' is not an http address", "status", "--url", "nowhere");
    assertFault(2, "see gongbei load --help", "load", "x.csv");
    final String data = directory.resolve("data").toString();
    final String header = "subject,colour,result,sampleTime,doses,lastDoseDate,flags\n";
    assertRow(
        data,
        "",
        "line 1: column subject, colour, result, sampleTime, doses, lastDoseDate, flags is"
            + " missing");
    assertRow(data, header.strip() + "," + header, "line 1: column subject is given twice");
    assertRow(
        data,
        header.replace("colour", "color"),
        "line 1: column 'color' is not one of subject,colour,result,sampleTime,doses,lastDoseDate,"
            + "flags,ground,until,next; did you mean colour?");
    assertRow(data, header.replace(",flags", ""), "line 1: column flags is missing");
    assertRow(
        data,
        header + SUBJECT + ",green,,,,,\n" + SUBJECT + ",green,,,two,,\n",
        "line 3: doses is not a whole number; the rows before it may be loaded");
    assertRow(data, header + SUBJECT + ",green,,,100,,\n", "line 2: doses is not from 0 to 99");
    assertRow(
        data,
        header + SUBJECT + ",green,,,,,,\n",
        "line 2: the row has 8 values for 7 columns: one too many after flags");
    assertRow(data, header + SUBJECT + ",blue,,,,,\n", "line 2: colour is not one of");
    assertRow(
        data,
        header + SUBJECT + ",green\n",
        "line 2: the row has 2 values for 7 columns: none for result, sampleTime, doses, lastDoseDate, flags");
    assertRow(
        data, header + SUBJECT + ",green,negative,,,,\n", "line 2: sampleTime goes with a result");
    assertRow(data, header + SUBJECT + ",green,,,1,1960-01-01,\n", "line 2: lastDoseDate is not");
    assertRow(data, header + "\"" + SUBJECT + ",green\n", "a quoted value does not end");
    final Path latin = directory.resolve("latin.csv");
    Files.write(latin, (header + "\u00ff").getBytes(StandardCharsets.ISO_8859_1));
    assertFault(1, "is not UTF-8", "load", latin.toString(), "--data", data, "--no-progress");
    final Path marked =
        Files.writeString(
            directory.resolve("marked.csv"), "\ufeff" + header + SUBJECT + ",green,,,,,\n");
    assertEquals(0, run("load", marked.toString(), "--data", data, "--no-progress"), err);
  }

  private static String[] plus(String[] arguments, String... more) {
    final List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of(more));
    return all.toArray(new String[0]);
  }

  private void assertRow(String data, String csv, String fault) throws Exception {
    final Path file = Files.writeString(directory.resolve("rows.csv"), csv);
    assertFault(1, fault, "load", file.toString(), "--data", data, "--no-progress");
  }

  private void assertFault(int exitCode, String fault, String... arguments) {
    assertEquals(exitCode, run(arguments), err);
    assertTrue(err.startsWith("gongbei: ") && err.contains(fault), err);
    assertEquals(1, err.lines().count(), err);
  }

  @Test
  void aFaultInTheConfigurationIsNamedByItsPlace() throws Exception {
    final Path config = directory.resolve("node.yaml");
    final Map<String, String> faults =
        Map.of(
            "a: b: c", "is not YAML: mapping values are not allowed here at line 1, column 5",
            "http: {host: ''}", "http.host is empty",
            "http: {host: 127.0.0.1, port: 70000}", "http.port is 70000, not from 0 to 65535",
            "role: captain", "role is not one of single, member, replica",
            "maxSubjects: 1.5", "maxSubjects is not a whole number",
            "reloadSeconds: fast", "reloadSeconds is not a whole number",
            "pipeline: {capacity: 3}", "pipeline.capacity is not a power of two",
            "pipeline: {waitStrategy: spin}",
                "pipeline.waitStrategy is not one of blocking, sleeping, yielding",
            "region: HK", "region is neither GD nor MO");
    for (final Map.Entry<String, String> fault : faults.entrySet()) {
      Files.writeString(config, fault.getKey() + "\n");
      assertFault(2, fault.getValue(), "serve", "--config", config.toString());
    }
  }

  @Test
  void aCertificateThatCanNotBeAnAnchorLeavesTheCodeDecoded() throws Exception {
    final JsonNode row = ownRow();
    final ObjectNode pem = (ObjectNode) JSON.readTree(question(row));
    pem.put(
        "certificate",
        "-----BEGIN CERTIFICATE-----\n"
            + row.get("certificate").textValue()
            + "\n-----END CERTIFICATE-----\n");
    final ObjectNode torn = (ObjectNode) JSON.readTree(question(row));
    torn.put("certificate", row.get("certificate").textValue().substring(0, 200));
    final ObjectNode malformed = torn.deepCopy();
    malformed.put("code", "HC1:X");
    final List<JsonNode> answers =
        verifyLines(
            List.of(
                pem.toString(),
                torn.toString(),
                malformed.toString(),
                pem + " {}",
                "{\"code\":\"X\",\"code\":\"Y\"}"));
    assertEquals("pass", answers.get(0).get("verdict").textValue());
    assertEquals("unknown-issuer", answers.get(1).get("reason").textValue());
    assertEquals("certificate", answers.get(1).get("field").textValue());
    assertEquals(answers.get(0).get("claims"), answers.get(1).get("claims"));
    assertEquals("base45", answers.get(2).get("field").textValue());
    assertEquals("line", answers.get(3).get("field").textValue(), "one object a line");
    assertEquals("line", answers.get(4).get("field").textValue(), "no key twice");
  }
}
