package gongbei.verifier.cli.holder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.trust.KeyGeneration;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.testing.OneJdk;
import gongbei.verifier.TestNode;
import gongbei.verifier.cli.CommandRuns;
import gongbei.verifier.print.QrImage;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A clerk at a terminal: one holder looked at, changed and scanned. */
@OneJdk
final class HolderAndScanTest extends CommandRuns {
  private static final String SAMPLED = "2026-01-01T00:00:00Z";

  @TempDir private Path directory;
  private final InputStream inputBefore = System.in;
  private TestNode node;

  @BeforeEach
  void start() throws Exception {
    node = new TestNode();
    KeyGeneration.write(node.authority, "authority", directory.resolve("authority"));
  }

  @AfterEach
  void stop() {
    System.setIn(inputBefore);
    node.close();
  }

  private int set(Subject holder, String... more) {
    final List<String> arguments =
        new ArrayList<>(
            List.of(
                "holder",
                "set",
                "--url",
                node.http("/"),
                "--authority-keys",
                directory.resolve("authority").toString(),
                "--subject",
                holder.toHex()));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(new String[0]));
  }

  private JsonNode shown(Subject holder) throws Exception {
    assertEquals(
        0,
        run("holder", "show", "--url", node.http("/"), "--subject", holder.toHex(), "--json"),
        err);
    return TestNode.json(out);
  }

  private StatusRecord record(Subject holder) {
    final StatusRecord record = new StatusRecord();
    assertTrue(node.node.resources().statusMap().get(holder, record));
    return record;
  }

  @Test
  void aHolderIsShownInWordsAndAsJson() throws Exception {
    final String[] show = {
      "holder", "show", "--url", node.http("/"), "--subject", TestNode.RED.toHex()
    };
    assertEquals(0, run(show), err);
    final List<String> lines = out.lines().toList();
    assertEquals("subject        " + TestNode.RED.toHex(), lines.get(0));
    assertEquals("colour         red", lines.get(1));
    assertEquals("result         negative", lines.get(2));
    assertTrue(out.contains("flags          -\n"), out);
    final JsonNode shown = shown(TestNode.REVOKED);
    assertEquals("green", shown.path("colour").asText());
    assertEquals(2, shown.path("doses").intValue());
    assertTrue(shown.has("revokedBefore"), out);
    assertEquals(8, shown.path("version").longValue(), "of their last change");
    assertEquals(
        1, run("holder", "show", "--url", node.http("/"), "--subject", TestNode.UNKNOWN.toHex()));
    assertEquals("gongbei: unknown-subject: the map knows no such subject\n", err);
  }

  @Test
  void aColourHasItsGroundItsEndAndWhatFollows() throws Exception {
    final String until =
        Instant.now().plus(Duration.ofDays(3)).truncatedTo(ChronoUnit.MINUTES).toString();
    assertEquals(
        0,
        set(
            TestNode.GREEN,
            "--colour=red",
            "--ground=close-contact",
            "--until=" + until,
            "--next=yellow"),
        err);
    JsonNode shown = shown(TestNode.GREEN);
    assertEquals(until, shown.path("until").asText());
    assertEquals("yellow", shown.path("next").asText());
    assertEquals(0, set(TestNode.GREEN, "--doses", "3"), err);
    shown = shown(TestNode.GREEN);
    assertEquals(until, shown.path("until").asText(), "the end is no later for another dose");
    assertEquals("yellow", shown.path("next").asText());
    assertEquals(0, set(TestNode.GREEN, "--colour", "green", "--ground", "recovery"), err);
    assertFalse(shown(TestNode.GREEN).has("until"), out);
    assertEquals(1, set(TestNode.GREEN, "--colour=red", "--ground=close-contact"));
    assertTrue(err.startsWith("gongbei: until-missing: until "), err);
    assertEquals(1, set(TestNode.GREEN, "--colour=red", "--ground=because"));
    assertTrue(err.startsWith("gongbei: ground-unknown: ground "), err);
    assertEquals(1, set(TestNode.GREEN, "--colour=yellow", "--ground=area", "--until=" + until));
    assertTrue(err.startsWith("gongbei: second-signature-missing: "), err);
    assertEquals(
        1,
        set(
            TestNode.GREEN,
            "--colour=yellow",
            "--ground=area",
            "--until=" + until,
            "--second-keys=" + directory.resolve("authority")));
    assertTrue(err.startsWith("gongbei: same-authority: "), err);
  }

  @Test
  void theTableOfGroundsIsShownCheckedAndPut() throws Exception {
    assertEquals(0, run("grounds", "show", "--url", node.http("/")), err);
    assertTrue(out.startsWith("revision: 0\ngrounds:\n"), out);
    final Path file =
        Files.writeString(
            directory.resolve("grounds.yaml"), out.replace("revision: 0", "revision: 5"));
    assertEquals(0, run("grounds", "check", file.toString()), err);
    assertTrue(out.startsWith("revision 5, 9 grounds\n"), out);
    final String[] put = {
      "grounds",
      "put",
      file.toString(),
      "--url",
      node.http("/"),
      "--authority-keys",
      directory.resolve("authority").toString()
    };
    assertEquals(0, run(put), err);
    assertTrue(out.startsWith("revision 5, 9 grounds, in force, version "), out);
    assertEquals(1, run(put));
    assertTrue(err.contains(" is superseded: its revision must be over "), err);
    Files.writeString(file, Files.readString(file).replace("hourly: 100\n", "hourly: many\n"));
    assertEquals(1, run("grounds", "check", file.toString()));
    assertEquals(
        "gongbei: " + file + ": grounds[0].hourly is not a whole number from 0 to 1000000000\n",
        err);
    assertEquals(2, run("grounds"));
  }

  @Test
  void whatIsNotGivenStaysAsItIs() throws Exception {
    assertEquals(
        0,
        set(
            TestNode.GREEN,
            "--colour=yellow",
            "--last-dose-date=2025-03-01",
            "--flags=visitor,linked"),
        err);
    assertTrue(out.startsWith("applied, version "), out);
    StatusRecord record = record(TestNode.GREEN);
    assertEquals(StatusRecord.YELLOW, record.colour());
    assertEquals(StatusRecord.RESULT_NEGATIVE, record.result(), "the test is still there");
    assertTrue(record.sampleEpochMinutes() > 0);
    assertEquals(2, record.doses());
    assertEquals(20_148, record.lastDoseEpochDay());
    assertEquals(StatusRecord.VISITOR | StatusRecord.LINKED, record.flags());

    assertEquals(0, set(TestNode.GREEN, "--doses", "3", "--flags", "-"), err);
    record = record(TestNode.GREEN);
    assertEquals(StatusRecord.YELLOW, record.colour());
    assertEquals(3, record.doses());
    assertEquals(20_148, record.lastDoseEpochDay());
    assertEquals(0, record.flags());

    assertEquals(0, set(TestNode.GREEN, "--result", "none"), err);
    assertEquals(StatusRecord.RESULT_NONE, record(TestNode.GREEN).result());
    assertEquals(0, set(TestNode.UNTESTED, "--colour", "red"), err);
    assertEquals(StatusRecord.RED, record(TestNode.UNTESTED).colour());
    assertEquals(StatusRecord.RESULT_NONE, record(TestNode.UNTESTED).result());
  }

  @Test
  void aTestAloneAndARevocationAreChangesOfTheirOwn() throws Exception {
    assertEquals(0, set(TestNode.UNTESTED, "--result=positive", "--sample-time=" + SAMPLED), err);
    assertEquals(StatusRecord.RED, record(TestNode.UNTESTED).colour(), "positive makes red");
    assertEquals(1_767_225_600 / 60, record(TestNode.UNTESTED).sampleEpochMinutes());
    assertEquals(0, set(TestNode.GREEN, "--revoke-before", "now"), err);
    assertTrue(record(TestNode.GREEN).revokedBeforeEpochSeconds() > 1_767_225_600L);
    assertEquals(
        0, set(TestNode.RED, "--result", "negative", "--sample-time", SAMPLED, "--json"), err);
    assertEquals("superseded", TestNode.json(out).path("outcome").asText());
  }

  @Test
  void aNewHolderNeedsAColourAndWhatCantBeIsSaid() {
    assertEquals(1, set(TestNode.UNKNOWN, "--doses", "1"));
    assertEquals(
        "gongbei: unknown-subject: the map knows no such subject; a new holder needs --colour\n",
        err);
    assertEquals(0, set(TestNode.UNKNOWN, "--colour", "green", "--doses", "1"), err);
    assertEquals(1, record(TestNode.UNKNOWN).doses());
    assertEquals(2, set(TestNode.GREEN));
    assertEquals(2, set(TestNode.GREEN, "--colour", "red", "--revoke-before", "now"));
    assertEquals(1, set(TestNode.GREEN, "--colour", "blue"));
    assertTrue(err.startsWith("gongbei: invalid-field: colour "), err);
    assertEquals(1, set(TestNode.GREEN, "--result=negative", "--sample-time=2026-01-01T08:00"));
    assertTrue(err.contains("sampleTime"), err);
    assertEquals(2, run("holder", "show", "--url", node.http("/"), "--subject", "zz"));
    assertEquals("gongbei: --subject is not 32 hexadecimal digits\n", err);
    assertEquals(2, run("holder"));
  }

  private int scan(String... more) {
    final List<String> arguments =
        new ArrayList<>(List.of("scan", "--url", node.http("/"), "--checkpoint", "metro"));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(new String[0]));
  }

  @Test
  void codesAreJudgedByTheNodesMapAndRules() throws Exception {
    assertEquals(0, scan(node.code(TestNode.GREEN)), err);
    assertEquals("pass: ok, metro@1\n", out);
    assertEquals(1, scan(node.code(TestNode.GREEN), node.code(TestNode.RED), "GD1:BB8"), err);
    assertEquals(
        "pass: ok, metro@1\nrefuse: red, metro@1\nrefuse: malformed (cose), metro@1\n", out);
    assertEquals(1, scan("--json", node.code(TestNode.YELLOW)), err);
    assertEquals("hold", TestNode.json(out).path("verdict").asText());
    assertEquals(
        1, scan("--at", "2020-01-01T00:00:00Z", node.code(TestNode.GREEN)), "before it was issued");
    assertTrue(out.startsWith("refuse: not-yet-valid"), out);
  }

  @Test
  void codesComeFromAPictureAFileAndAsTheyAreTyped() throws Exception {
    final String green = node.code(TestNode.GREEN);
    final Path picture = Files.write(directory.resolve("code.png"), QrImage.png(green));
    assertEquals(0, scan("--image", picture.toString()), err);
    assertEquals("pass: ok, metro@1\n", out);
    final Path lines =
        Files.writeString(
            directory.resolve("lines"),
            green + "\r\n\n" + node.code(CodeFormat.GD1, TestNode.RED, 0, 60) + "\n");
    assertEquals(1, scan("--lines", lines.toString()), err);
    assertEquals("pass: ok, metro@1\nrefuse: red, metro@1\n", out);
    System.setIn(new ByteArrayInputStream((green + "\n").getBytes(StandardCharsets.US_ASCII)));
    assertEquals(0, scan("--lines", "-"), err);
    assertEquals("pass: ok, metro@1\n", out);
  }

  @Test
  void aScanThatCantBeAskedSaysWhy() throws Exception {
    assertEquals(2, scan());
    assertEquals("gongbei: give a CODE, --image or --lines\n", err);
    assertEquals(1, run("scan", "--url", node.http("/"), "--checkpoint", "moon", "X"));
    assertEquals("gongbei: unknown-checkpoint: checkpoint is of a kind without a ruleset\n", err);
    final Path none = Files.writeString(directory.resolve("no.png"), "no picture");
    assertEquals(1, scan("--image", none.toString()));
    assertTrue(err.contains("no.png: image "), err);
    assertFalse(err.contains("Exception"), err);
  }
}
