package gongbei.verifier.cli.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.model.CodeKind;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.map.Subject;
import gongbei.verifier.TestNode;
import gongbei.verifier.cli.CommandRuns;
import gongbei.verifier.translate.Region;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** translate, link and audit, as they are typed. */
final class CrossingCommandsTest extends CommandRuns {
  private static final Subject LEI = new Subject(11, 12);
  private static final SigningKey GUANGDONG_KEY = Region.key("GD");
  private static final SigningKey MACAU_KEY = Region.key("MO");

  @TempDir private Path directory;

  @Test
  void aCodeIsTranslatedByANodeAndALinkIsMadeAndWithdrawn() throws Exception {
    final Path keys = directory.resolve("keys");
    try (Region guangdong = new Region(CodeFormat.GD1, GUANGDONG_KEY, MACAU_KEY, directory);
        Region macau = new Region(CodeFormat.MO1, MACAU_KEY, GUANGDONG_KEY, directory)) {
      KeyGeneration.write(macau.authority, "authority", keys);
      final String url = macau.url().toString();
      assertEquals(
          0, run("translate", "--url", url, "--target", "MO", guangdong.code(LEI, 0)), err);
      assertTrue(out.startsWith("MO1:"), out);
      assertEquals(
          1,
          run(
              "translate",
              "--require-link",
              "--url",
              url,
              "--target",
              "MO",
              guangdong.code(LEI, 0)));
      assertEquals("gongbei: unlinked: subject is linked to no one of this region\n", err);
      final String own = new Subject(5, 5).toHex();
      final String[] link = {
        "link",
        "--node-region",
        "MO",
        "--url",
        url,
        "--authority-keys",
        keys.toString(),
        "--other",
        LEI.toHex(),
        "--subject",
        own,
        "--other-document",
        "home-return-permit",
        "--document",
        "macau-bir"
      };
      assertEquals(0, run(link), err);
      assertTrue(out.startsWith("applied, version "), out);
      assertEquals(
          0,
          run(
              "translate",
              "--json",
              "--require-link",
              "--url",
              url,
              "--target",
              "MO",
              guangdong.code(LEI, 0)),
          err);
      assertFalse(TestNode.json(out).has("holder"), out);
      assertEquals(
          0,
          run(
              "link",
              "--node-region",
              "MO",
              "--url",
              url,
              "--authority-keys",
              keys.toString(),
              "--other",
              LEI.toHex(),
              "--withdraw"),
          err);
      link[link.length - 1] = "passport";
      assertEquals(1, run(link));
      assertTrue(err.contains("not-in-table"), err);
    }
    assertEquals(3, run("translate", "--url", "http://127.0.0.1:1", "--target", "MO", "GD1:X"));
    assertEquals(2, run("translate", "--url", "http://127.0.0.1:1", "--target", "HK", "GD1:X"));
    assertEquals(2, run("translate", "--target", "MO", "GD1:X"));
  }

  @Test
  void aCodeIsTranslatedHereAndItsReceiptsAreCheckedAndCopied() throws Exception {
    final Path own = directory.resolve("macau");
    final Path other = directory.resolve("guangdong");
    final Path secret = directory.resolve("secret/subject.secret");
    final String audit = directory.resolve("audit.jsonl").toString();
    KeyGeneration.write(MACAU_KEY, "mo", own);
    KeyGeneration.write(GUANGDONG_KEY, "gd", other);
    assertEquals(0, run("keygen", "--subject-secret", "--out", secret.getParent().toString()));
    assertEquals(
        0,
        run(
            "issue",
            "--keys",
            other.toString(),
            "--format",
            "GD1",
            "--subject",
            LEI.toHex(),
            "--colour",
            "yellow"));
    final String code = out.strip();
    for (int i = 0; i < 3; i++) {
      assertEquals(
          0,
          run(
              "translate",
              "--keys",
              own.toString(),
              "--trust",
              other.toString(),
              "--secret",
              secret.toString(),
              "--target",
              "MO",
              "--audit",
              audit,
              "--json",
              code),
          err);
    }
    assertEquals("yellow", TestNode.json(out).path("colour").asText());
    final HealthCode decoded = new HealthCode();
    final byte[] text =
        TestNode.json(out).path("code").asText().getBytes(StandardCharsets.US_ASCII);
    assertTrue(decoded.wrap(text, 0, text.length));
    assertEquals(CodeKind.TRANSLATED, decoded.region().kind());
    assertEquals("GD", decoded.region().origin());

    assertEquals(0, run("audit", "verify", audit, "--trust", own.toString()), err);
    assertTrue(out.startsWith("whole: 3 receipts, 0 lookups, 3 signed heads"), out);
    assertEquals(0, run("audit", "verify", "--json", audit, "--trust", own.toString()), err);
    final String head = TestNode.json(out).path("head").asText();
    assertEquals(0, run("audit", "verify", audit, "--trust", own.toString(), "--head", head), err);
    final String part = directory.resolve("part.jsonl").toString();
    assertEquals(0, run("audit", "export", audit, "--from", "3", "--out", part), err);
    assertEquals(0, run("audit", "verify", part, "--excerpt", "--trust", own.toString()), err);
    assertEquals(1, run("audit", "verify", part, "--trust", own.toString()));
    assertEquals(1, run("audit", "verify", audit, "--trust", other.toString()));
    assertTrue(err.startsWith("gongbei: unknown-key: line 3: kid"), err);
    assertEquals(3, run("audit", "export", audit, "--out", part));
    final Path forged = Path.of(audit);
    Files.writeString(forged, Files.readString(forged).replaceFirst("translated", "unlinked"));
    assertEquals(1, run("audit", "verify", audit, "--trust", own.toString()));
    assertTrue(err.startsWith("gongbei: tampered-receipt: line 2"), err);
    assertEquals(3, run("audit", "verify", "nowhere", "--trust", own.toString()));
    assertEquals(2, run("audit"));
    final String empty = Files.writeString(directory.resolve("empty.jsonl"), "").toString();
    assertEquals(0, run("audit", "verify", empty, "--trust", own.toString()), err);
    assertEquals("empty: no receipt, no lookup and no signed head has been written yet\n", out);
    assertEquals(0, run("audit", "verify", empty, "--trust", own.toString(), "--json"), err);
    assertTrue(out.contains("\"receipts\":0") && out.contains("\"head\":null"), out);
    assertEquals(1, run("audit", "verify", empty, "--trust", own.toString(), "--head", head));
  }
}
