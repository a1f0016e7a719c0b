package gongbei.verifier.cli.holder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import gongbei.verifier.TestNode;
import gongbei.verifier.cli.Gongbei;
import gongbei.verifier.client.AuthorityClient;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gongbei appeals}, from the holder's side and the authority's. */
final class AppealsCommandTest {
  @TempDir private static Path directory;
  @AutoClose private static TestNode node;
  private static String keys;
  private static int subjects;

  @BeforeAll
  static void start() throws Exception {
    node = new TestNode();
    keys = directory.resolve("authority").toString();
    KeyGeneration.write(node.authority, "authority", Path.of(keys));
  }

  private static String run(int expected, String... arguments) {
    final StringWriter text = new StringWriter();
    final int exitCode =
        Gongbei.commandLine()
            .setOut(new PrintWriter(text))
            .setErr(new PrintWriter(text))
            .execute(arguments);
    assertEquals(expected, exitCode, text.toString());
    return text.toString();
  }

  private static Subject red() {
    final Subject subject = new Subject(30, ++subjects);
    node.node
        .resources()
        .log()
        .submit(StatusCommand.SetStatus.of(subject).colour(Colour.RED).build())
        .join();
    return subject;
  }

  private static String open(Subject subject) {
    final String opened =
        run(
            0,
            "appeals",
            "open",
            "--url",
            node.http(""),
            "--code",
            node.code(subject),
            "--reason",
            "later-test");
    assertTrue(opened.contains(" open  due "), opened);
    assertTrue(opened.contains("  reason later-test  subject " + subject.toHex()), opened);
    return opened.substring(0, opened.indexOf(' '));
  }

  private static int colourOf(Subject subject) {
    final StatusRecord status = new StatusRecord();
    node.node.resources().statusMap().get(subject, status);
    return status.colour();
  }

  private static String decide(int expected, String how, String appeal, String... more) {
    final String[] arguments = new String[7 + more.length];
    System.arraycopy(
        new String[] {"appeals", how, appeal, "--url", node.http(""), "--authority-keys", keys},
        0,
        arguments,
        0,
        7);
    System.arraycopy(more, 0, arguments, 7, more.length);
    return run(expected, arguments);
  }

  @Test
  void anAppealIsListedUntilItIsGrantedAndThenShownWithItsDecision() {
    final Subject holder = red();
    final String appeal = open(holder);
    assertTrue(
        run(0, "appeals", "list", "--url", node.http(""))
            .lines()
            .anyMatch(x -> x.startsWith(appeal + " ")));
    assertEquals("", run(0, "appeals", "list", "--url", node.http(""), "--of", "00000000000000ab"));
    decide(0, "grant", appeal);
    assertEquals(Colour.GREEN.number(), colourOf(holder));
    assertTrue(
        run(0, "appeals", "list", "--url", node.http(""))
            .lines()
            .noneMatch(x -> x.startsWith(appeal + " ")));
    final String shown = run(0, "appeals", "show", appeal, "--url", node.http(""));
    assertTrue(shown.startsWith(appeal + " granted "), shown);
    assertTrue(shown.contains("  decidedBy " + node.authority.issuerKey().kidHex()), shown);
    assertTrue(
        decide(1, "refuse", appeal, "--refusal", "not-over").contains("appeal-decided"), "once");
  }

  @Test
  void aGrantMayLeaveTheHolderYellowForATime() {
    final Subject holder = red();
    final String appeal = open(holder);
    assertTrue(decide(1, "grant", appeal, "--colour", "yellow").contains("until"));
    final String until = Instant.now().plus(3, ChronoUnit.DAYS).toString();
    decide(0, "grant", appeal, "--colour", "yellow", "--until", until);
    assertEquals(Colour.YELLOW.number(), colourOf(holder));
  }

  @Test
  void aRefusalNeedsAReasonOfTheTable() {
    final Subject holder = red();
    final String appeal = open(holder);
    run(2, "appeals", "refuse", appeal, "--url", node.http(""), "--authority-keys", keys);
    assertTrue(
        decide(1, "refuse", appeal, "--refusal", "because").contains("refusal is not one of"));
    assertTrue(decide(0, "refuse", appeal, "--refusal", "not-ours").contains("  refusal not-ours"));
    assertEquals(Colour.RED.number(), colourOf(holder));
    run(2, "appeals");
  }

  @Test
  void whyTellsTheChangesAndChecksTheirProofs() throws Exception {
    final Subject holder = new Subject(31, 1);
    final String put = "/v1/subjects/" + holder.toHex() + "/status";
    final AuthorityClient authority =
        new AuthorityClient(URI.create(node.http("/")), node.authority);
    authority.put(put, "{\"colour\":\"green\"}");
    authority.put(put, "{\"colour\":\"red\"}");
    open(holder);
    final String certificate = certificateOf(node.guangdong);
    final long deadline = System.nanoTime() + Patience.DURATION.toNanos();
    String told = why(0, "--code", node.code(holder), "--certificate", certificate);
    while (told.contains("not in a signed head yet")) {
      assertTrue(System.nanoTime() < deadline, told);
      told = why(0, "--code", node.code(holder), "--certificate", certificate);
    }
    final List<String> lines = told.lines().toList();
    assertEquals(6, lines.size(), told);
    assertTrue(lines.get(0).startsWith("red, version "), told);
    assertTrue(
        lines
            .get(1)
            .matches(
                "red since \\S+Z, ground registry, by "
                    + node.authority.issuerKey().kidHex()
                    + ", until \\S+Z, then green"),
        told);
    assertTrue(lines.get(2).contains("proven to be in the public log"), told);
    assertTrue(lines.get(3).startsWith("green since "), told);
    assertTrue(lines.get(5).startsWith("appeal "), told);
    assertTrue(why(0, "--subject", holder.toHex(), "--json").contains("\"checked\":true"));

    final Path saved = directory.resolve("saved");
    final String savedTold =
        why(0, "--code", node.code(holder), "--certificate", certificate, "--into", "" + saved);
    assertTrue(savedTold.contains("the proof of version "), savedTold);
    final String checked =
        run(
            0,
            "history",
            "proof",
            saved.toString(),
            "--certificate",
            certificate,
            "--subject",
            holder.toHex());
    assertTrue(checked.contains("\"colour\":\"red\""), checked);

    final String other = certificateOf(node.macau);
    assertTrue(
        why(1, "--subject", holder.toHex(), "--certificate", other).contains("head-key-unknown"));
    assertTrue(why(1, "--subject", TestNode.UNKNOWN.toHex()).contains("unknown-subject"));
    assertTrue(why(1, "--code", "HC1:X").contains("not a code of a region"));
    why(2, "--subject", "zz");
    why(2);
  }

  private static String certificateOf(SigningKey key) throws Exception {
    final Path keys = directory.resolve(key.issuerKey().kidHex());
    KeyGeneration.write(key, "region", keys);
    try (Stream<Path> files = Files.walk(keys)) {
      return files
          .filter(each -> each.toString().endsWith(".cert.pem"))
          .findFirst()
          .orElseThrow()
          .toString();
    }
  }

  private static String why(int expected, String... more) {
    final String[] arguments = new String[3 + more.length];
    arguments[0] = "why";
    arguments[1] = "--url";
    arguments[2] = node.http("");
    System.arraycopy(more, 0, arguments, 3, more.length);
    return run(expected, arguments);
  }
}
