package gongbei.verifier.cli.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.Colour;
import gongbei.codec.model.Region;
import gongbei.codec.transparency.HistoryEntry;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.ChangeOrigin;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.command.StatusCommand.SetStatus;
import gongbei.replication.history.HistoryLog;
import gongbei.replication.history.HistorySettings;
import gongbei.replication.log.LocalCommandLog;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.testing.Prerequisite;
import gongbei.verifier.TestNode;
import gongbei.verifier.cli.CommandRuns;
import gongbei.verifier.cli.Gongbei;
import gongbei.verifier.cli.exit.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HistoryCommandsTest extends CommandRuns {
  private static final long NOW = 1_700_000_000;
  private static final long AUTHORITY = 0xA1;
  private static final int GROUND = 1;

  private final SigningKey key =
      new KeyGeneration()
          .generate(
              CodeFormat.GD1.issuer(),
              Instant.ofEpochSecond(NOW - 1_000),
              Instant.ofEpochSecond(NOW * 2));
  private long now = NOW;
  @TempDir private Path directory;

  private String certificate(SigningKey of) throws IOException {
    final Path file = directory.resolve(of.issuerKey().kidHex() + ".der");
    Files.write(file, of.certificate());
    return file.toString();
  }

  /** A node's history of changes, signed, as it is when the node has stopped. */
  private String history(String name, List<StatusCommand> changes) throws IOException {
    final Path of = directory.resolve(name);
    try (StatusMap map = StatusMap.inMemory(10_000);
        HistoryLog log =
            HistoryLog.open(
                new HistorySettings(Region.GUANGDONG)
                    .directory(of)
                    .epochSeconds(() -> now)
                    .keys(() -> Optional.of(key)));
        LocalCommandLog commands =
            new LocalCommandLog(map, new YieldingIdleStrategy(), () -> NOW * 1_000, log)) {
      for (int from = 0; from < changes.size(); from += 100) {
        commands.submit(changes.subList(from, Math.min(changes.size(), from + 100))).join();
      }
    }
    return of.toString();
  }

  private static List<StatusCommand> green(int count, int first) {
    final List<StatusCommand> changes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      changes.add(SetStatus.of(new Subject(1, first + i)).colour(Colour.GREEN).build());
    }
    return changes;
  }

  private static List<StatusCommand> red(int count, int first) {
    final List<StatusCommand> changes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      changes.add(
          SetStatus.of(new Subject(1, first + i))
              .colour(Colour.RED)
              .origin(ChangeOrigin.of(AUTHORITY, GROUND))
              .build());
    }
    return changes;
  }

  private static List<StatusCommand> all(List<StatusCommand> first, List<StatusCommand> then) {
    return Stream.concat(first.stream(), then.stream()).toList();
  }

  private int watch(String place, String... more) throws IOException {
    final List<String> arguments =
        new ArrayList<>(
            List.of(
                "history", "watch", place, "--once", "--certificate", certificate(key), "--state"));
    arguments.add(directory.resolve("state.json").toString());
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  @Test
  void whatANodeServesIsCheckedAndSavedAndCheckedAgainWithoutTheNode() throws Exception {
    final String saved = directory.resolve("saved").toString();
    final String certificate;
    try (TestNode node = new TestNode()) {
      node.node.resources().history().orElseThrow().log().frontier();
      certificate = certificate(node.guangdong);
      assertEquals(
          ExitCode.OK,
          run(
              "history",
              "verify",
              node.http("/"),
              "--certificate",
              certificate,
              "--save",
              saved,
              "--json"),
          () -> err);
      final JsonNode summary = TestNode.json(out);
      assertEquals(node.node.resources().statusMap().version(), summary.path("size").asLong());
      assertEquals(summary.path("size"), summary.path("entries"));
      assertEquals(
          ExitCode.OK,
          run(
              "history",
              "prove",
              node.http("/"),
              "--certificate",
              certificate,
              "--version-number",
              "3",
              "--into",
              directory.resolve("proof").toString()),
          () -> err);
    }
    assertEquals(
        ExitCode.OK, run("history", "verify", saved, "--certificate", certificate), () -> err);
    final Path bundle;
    try (Stream<Path> files = Files.walk(Path.of(saved).resolve("tile/entries"))) {
      bundle = files.filter(Files::isRegularFile).findAny().orElseThrow();
    }
    flip(bundle, 2 + HistoryEntry.BYTES + 2 + 5);
    assertEquals(ExitCode.REFUSED, run("history", "verify", saved, "--certificate", certificate));
    assertTrue(err.contains("entry-tampered") && err.contains("version 2"), err);
    checkProof(directory.resolve("proof"), certificate);
  }

  /** In a namespace of its own, which has no network, not even a loopback that is up. */
  private static void checkProofWithoutNetwork(Path proof, String certificate) throws Exception {
    final List<String> alone = List.of("unshare", "--user", "--map-root-user", "--net");
    Prerequisite.require(
        isRun(alone, "true"), "unshare (util-linux) can't make a namespace without a network");
    final List<String> command = new ArrayList<>(alone);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Gongbei.class.getName(),
            "history",
            "proof",
            proof.toString(),
            "--certificate",
            certificate));
    final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(ExitCode.OK, process.waitFor(), said);
    assertTrue(said.contains("in the history: "), said);
  }

  private static boolean isRun(List<String> within, String command) throws Exception {
    final List<String> all = new ArrayList<>(within);
    all.add(command);
    try {
      return new ProcessBuilder(all).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private void checkProof(Path proof, String certificate) throws Exception {
    checkProofWithoutNetwork(proof, certificate);
    assertEquals(
        ExitCode.OK,
        run(
            "history",
            "proof",
            proof.toString(),
            "--certificate",
            certificate,
            "--subject",
            TestNode.RED.toHex(),
            "--json"),
        () -> err);
    assertEquals("red", TestNode.json(out).path("colour").asText());
    assertEquals(
        ExitCode.REFUSED,
        run(
            "history",
            "proof",
            proof.toString(),
            "--certificate",
            certificate,
            "--subject",
            TestNode.GREEN.toHex()));
    assertTrue(err.contains("other-holder"), err);
    flip(proof.resolve("entry"), 20);
    assertEquals(
        ExitCode.REFUSED, run("history", "proof", proof.toString(), "--certificate", certificate));
    assertTrue(err.contains("proof-invalid"), err);
  }

  private static void flip(Path file, int at) throws IOException {
    final byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void aNodesOwnFilesAreCheckedToo() throws Exception {
    final String history = history("one", green(700, 0));
    assertEquals(ExitCode.OK, run("history", "verify", history, "--certificate", certificate(key)));
    assertTrue(out.contains("700 entries from version 1"), out);
    flip(Path.of(history).resolve("entries-0000000000000000"), 300 * HistoryEntry.BYTES);
    assertEquals(
        ExitCode.REFUSED, run("history", "verify", history, "--certificate", certificate(key)));
    assertTrue(err.contains("segment-tampered"), err);
  }

  @Test
  void whatCantBeCheckedIsSaidByItsExitCode() throws Exception {
    final String other =
        certificate(
            new KeyGeneration()
                .generate(
                    "MO", Instant.ofEpochSecond(NOW - 1_000), Instant.ofEpochSecond(NOW * 2)));
    final String history = history("one", green(3, 0));
    assertEquals(ExitCode.REFUSED, run("history", "verify", history, "--certificate", other));
    assertTrue(err.contains("head-key-unknown"), err);
    assertEquals(
        ExitCode.UNREACHABLE,
        run("history", "verify", directory + "/none", "--certificate", certificate(key)));
    assertEquals(ExitCode.UNREACHABLE, run("history", "verify", history, "--certificate", "none"));
    assertEquals(ExitCode.USAGE, run("history", "verify", history));
    assertEquals(ExitCode.USAGE, run("history"));
    assertEquals(ExitCode.USAGE, watch(history, "--interval", "0"));
    assertEquals(
        ExitCode.REFUSED,
        run(
            "history",
            "prove",
            history,
            "--certificate",
            certificate(key),
            "--version-number",
            "4",
            "--into",
            directory.resolve("proof").toString()));
    assertTrue(err.contains("versions 1 to 3"), err);
  }

  @Test
  void aMonitorFollowsAHistoryThatGoesOn() throws Exception {
    assertEquals(ExitCode.OK, watch(history("one", green(300, 0))), () -> out + err);
    assertEquals(
        ExitCode.OK, watch(history("more", all(green(300, 0), green(400, 300)))), () -> out + err);
    assertTrue(err.contains("watched up to version 700"), err);
    assertEquals("", out);
  }

  @Test
  void aForkIsFoundWhicheverOfTheTwoIsLonger() throws Exception {
    now = Instant.now().getEpochSecond();
    final String one = history("one", green(300, 0));
    final String longer = history("longer", all(green(200, 0), green(200, 5_000)));
    final String shorter = history("shorter", all(green(200, 0), green(50, 5_000)));
    assertEquals(ExitCode.OK, watch(one), () -> out + err);
    assertEquals(ExitCode.REFUSED, watch(longer, "--json"));
    assertEquals("fork", TestNode.json(out).path("finding").asText());
    final String evidence = Files.readString(directory.resolve("state.json.fork-400"));
    assertTrue(
        evidence.contains(Files.readString(Path.of(one).resolve("checkpoint")))
            && evidence.contains(Files.readString(Path.of(longer).resolve("checkpoint"))));
    assertEquals(ExitCode.OK, watch(shorter), "a member that is a little behind is none yet");
    assertEquals(ExitCode.REFUSED, watch(history("on", green(400, 0))));
    assertTrue(out.startsWith("fork: "), out);
  }

  @Test
  void twoHeadsOfOneSizeAndAHeadThatGoesBackAreFound() throws Exception {
    assertEquals(ExitCode.OK, watch(history("one", green(300, 0))), () -> out + err);
    assertEquals(ExitCode.REFUSED, watch(history("other", green(300, 1))));
    assertTrue(out.startsWith("fork: "), out);
    now = NOW + 3_600;
    assertEquals(ExitCode.REFUSED, watch(history("before", green(100, 0))));
    assertTrue(out.startsWith("rolled-back: "), out);
  }

  @Test
  void massChangesAreReportedByAuthorityAndGroundOnceAndAgainWhenTheyHaveDoubled()
      throws Exception {
    final List<StatusCommand> before = green(100, 0);
    assertEquals(ExitCode.OK, watch(history("a", before)), () -> out + err);
    final List<StatusCommand> some = all(before, red(30, 1_000));
    assertEquals(ExitCode.REFUSED, watch(history("b", some), "--most-an-hour", "20", "--json"));
    final JsonNode finding = TestNode.json(out);
    assertEquals("mass-change", finding.path("finding").asText());
    assertEquals("00000000000000a1", finding.path("authority").asText());
    assertEquals(String.valueOf(GROUND), finding.path("ground").asText());
    assertEquals("30", finding.path("holders").asText());
    assertEquals("colour", finding.path("effect").asText());
    final List<StatusCommand> more = all(some, red(5, 2_000));
    assertEquals(ExitCode.OK, watch(history("c", more), "--most-an-hour", "20"), () -> out + err);
    final List<StatusCommand> most = all(more, red(40, 3_000));
    assertEquals(ExitCode.REFUSED, watch(history("d", most), "--most-an-hour", "20"));
    assertTrue(out.contains("made 75 holders yellow or red"), out);
    assertFalse(out.contains("fork"), out);
  }

  private static List<StatusCommand> known(int count, int doses, int flags) {
    final List<StatusCommand> changes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      changes.add(
          SetStatus.of(new Subject(1, i))
              .doses(doses)
              .flags(flags)
              .origin(ChangeOrigin.of(AUTHORITY, GROUND))
              .build());
    }
    return changes;
  }

  private static List<StatusCommand> revoked(int count) {
    final List<StatusCommand> changes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      changes.add(
          new StatusCommand.Revoke(new Subject(1, i), NOW, ChangeOrigin.of(AUTHORITY, GROUND)));
    }
    return changes;
  }

  @Test
  void whoIsStoppedInMassesWithoutAColourIsReportedByWhatWasDone() throws Exception {
    List<StatusCommand> all = known(30, 3, 0);
    assertEquals(ExitCode.OK, watch(history("a", all)), () -> out + err);
    int round = 0;
    for (final Map.Entry<String, List<StatusCommand>> each :
        List.of(
            Map.entry("taken", known(30, 2, 0)),
            Map.entry("revoked", revoked(30)),
            Map.entry("deceased", known(30, 2, StatusRecord.DECEASED)))) {
      all = all(all, each.getValue());
      final String history = history("more-" + round++, all);
      assertEquals(ExitCode.REFUSED, watch(history, "--most-an-hour", "20", "--json"), err);
      final JsonNode finding = TestNode.json(out);
      assertEquals("mass-change", finding.path("finding").asText());
      assertEquals(each.getKey(), finding.path("effect").asText());
      assertEquals("30", finding.path("holders").asText());
      assertEquals("00000000000000a1", finding.path("authority").asText());
      assertEquals(String.valueOf(GROUND), finding.path("ground").asText());
    }
    assertTrue(out.contains("made 30 holders said to be dead on ground"), out);
  }
}
