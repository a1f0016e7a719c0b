package gongbei.bench.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.bench.Benchmarks;
import gongbei.replication.context.MemberAddress;
import gongbei.testing.Document;
import gongbei.testing.FreePorts;
import gongbei.testing.Patience;
import gongbei.testing.Prerequisite;
import gongbei.verifier.cli.Gongbei;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Every command that the documentation shows: run here as it stands there, by the jars as they are
 * built, or by what {@link #ELSEWHERE} names. A command that nobody runs fails this test.
 */
final class DocumentedCommandsIT {
  private static final Path GONGBEI = DocumentedCommand.ROOT.resolve("verifier/target/gongbei.jar");
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  /**
   * Commands that other tests run, or that only a machine of its own can: which, and who or why. A
   * path with {@code #} names a test that is looked for.
   */
  private static final Map<String, String> ELSEWHERE = new LinkedHashMap<>();

  static {
    ELSEWHERE.put("mvn -DskipTests.*|mvn verify", ".ci/run#mvn -B -ntp verify");
    ELSEWHERE.put("mvn -Duser\\.language=tr .*", ".ci/run#-Duser.language=tr");
    ELSEWHERE.put(
        "mvn .*-Dtest=ManySeeds .*",
        "codec/src/testing/java/gongbei/testing/ManySeeds.java#gongbei.seeds");
    ELSEWHERE.put(
        "verifier/packaging/image-root .*|chown -R 9700.*",
        "verifier/src/test/java/gongbei/verifier/packaging/ContainerIT.java#image-root");
    ELSEWHERE.put(
        ".*-Dtest=SimulationTest.*",
        "replication/src/test/java/gongbei/replication/cluster/SimulationTest.java"
            + "#gongbei.simulations");
    ELSEWHERE.put(
        ".*-Dtest=FixedBaseEngineTest.*",
        "codec/src/test/java/gongbei/codec/signature/FixedBaseEngineTest.java#differential");
    ELSEWHERE.put(
        ".*-Dtest=FuzzTest.*",
        "verifier/src/test/java/gongbei/verifier/fuzz/FuzzTest.java#gongbei.fuzz");
    ELSEWHERE.put(
        "mvn -pl verifier(/client)? -am test -Dtest='?(ReadmeTest|RulesetTest)\\b.*",
        ".ci/run#mvn -B -ntp verify");
    ELSEWHERE.put("mvn spotless:apply", "pom.xml#spotless-maven-plugin");
    ELSEWHERE.put(
        "mvn .*-Dtest=StressTest.*",
        "bench/stress/src/test/java/gongbei/bench/stress/StressTest.java#gongbei.stressMode");
    ELSEWHERE.put(
        "java -cp .*examples/java/Scan\\.java .*",
        "verifier/src/test/java/gongbei/verifier/conformance/DeviceExamplesTest.java#Scan.java");
    ELSEWHERE.put(
        "javadoc .*", "verifier/src/test/java/gongbei/verifier/vendor/ClientJarIT.java#javadoc");
    ELSEWHERE.put(
        "java -XX:(ArchiveClassesAtExit|SharedArchiveFile)=.*|mv gongbei\\.jsa\\.new gongbei\\.jsa",
        "verifier/src/test/java/gongbei/verifier/packaging/ClassArchiveIT.java"
            + "#ArchiveClassesAtExit");
    ELSEWHERE.put("mvn -Pmutation .*", "pom.xml#<id>mutation</id>");
    ELSEWHERE.put("mvn validate", "verifier/pom.xml#what-is-shipped");
    ELSEWHERE.put(
        "gcc .*scan\\.c.*|\\./scan .*|python3 .*scan\\.py .*",
        "verifier/src/test/java/gongbei/verifier/conformance/DeviceExamplesTest.java#gcc");
    ELSEWHERE.put(
        "unzip -p .*device-words\\.json",
        "verifier/src/test/java/gongbei/verifier/vendor/ClientJarIT.java#device-words.json");
    ELSEWHERE.put(
        "gongbei translate .*",
        "verifier/src/test/java/gongbei/verifier/cli/code/CrossingCommandsTest.java#\"translate\"");
    ELSEWHERE.put(
        "gongbei (keygen|apikey|device) .*(next|apikeys|--file=devices).*|gongbei apikey revoke"
            + " --file apikeys ID",
        "verifier/src/test/java/gongbei/verifier/node/RotationDrillTest.java#\"keygen\"");
    ELSEWHERE.put(
        "podman .*", "verifier/src/test/java/gongbei/verifier/packaging/ContainerIT.java#podman");
    ELSEWHERE.put(
        "gongbei revocations import .*dgc-batches.*",
        "verifier/src/test/java/gongbei/verifier/cli/revocation/RevocationsCommandTest.java"
            + "#\"dgc-batches\"");
    ELSEWHERE.put(
        "curl --http2-prior-knowledge",
        "verifier/src/test/java/gongbei/verifier/http/transport/Http2Test.java"
            + "#--http2-prior-knowledge");
    ELSEWHERE.put("docker .*", "#an engine for images is needed");
    ELSEWHERE.put(
        "systemctl .*|jcmd PID Thread\\.print", "#by hand, on a machine that systemd runs");
    ELSEWHERE.put("perf record|jcmd PID .*", "#by hand, where time goes");
  }

  /** Pages whose scripts (blocks of {@code bash}) are run whole, as they stand, and by whom. */
  private static final Map<Document, String> SCRIPTS =
      Map.of(
          Document.SUBJECTS,
          "verifier/src/test/java/gongbei/verifier/reference/SubjectsPageTest.java",
          Document.SIGNED_CHANGES,
          "verifier/src/test/java/gongbei/verifier/reference/SignedChangePageTest.java");

  /** Arguments in the place of what a page leaves to the reader, and of what would take hours. */
  private static final Map<String, List<String>> SMALL = new LinkedHashMap<>();

  static {
    SMALL.put("log-bench", List.of("log-bench", "DIR", "3000"));
    SMALL.put("why-bench", List.of("why-bench", "--help"));
    SMALL.put("rules-bench", List.of("rules-bench", "--help"));
    SMALL.put("restart-bench", List.of("restart-bench", "--help"));
    SMALL.put(
        "replica-bench",
        List.of("replica-bench", "DIR", "5000", "1", "200", "--base-port", "PORT"));
    SMALL.put("sealing-bench", List.of("sealing-bench", "--help"));
    SMALL.put("cluster-faults", List.of("cluster-faults", "no-such-scenario"));
    SMALL.put("corpora", List.of("corpora", "--help"));
    SMALL.put("simulate", List.of("simulate", "--help"));
    SMALL.put("report", List.of("report", "--help"));
    SMALL.put("faces", List.of("faces", "--help"));
    SMALL.put("chaos", List.of("chaos", "--help"));
    SMALL.put("restarts", List.of("restarts", "--help"));
    SMALL.put("soak", List.of("soak", "--help"));
    SMALL.put("disk-full", List.of("disk-full", "--help"));
    SMALL.put("mint-outage", List.of("mint-outage", "--help"));
    SMALL.put("load", List.of("load", "--help"));
    SMALL.put("idle", List.of("idle", "--help"));
  }

  /** The pages whose consoles one reader types into one shell, in this order. */
  private static final List<Document> SESSION =
      List.of(Document.START_CODES, Document.START_NODE, Document.START_ACCESS);

  @TempDir private Path directory;

  /** Whether the jar itself has listed a benchmark of JMH's. */
  private boolean jmhRanAsJar;

  private static boolean isInSession(DocumentedCommand command) throws IOException {
    return SESSION.stream().anyMatch(page -> command.page().equals(page.path()))
        && command.isConsole()
        && DocumentedSessions.takes(command)
        && !InstallationIT.takes(command)
        && elsewhere(command) == null;
  }

  /** Whether a text names a command of {@code gongbei}, for the reader to complete. */
  private static boolean isNamed(DocumentedCommand command) {
    return !command.isConsole()
        && !FirstHourIT.takes(command)
        && command.text().matches("gongbei [a-z].*")
        && elsewhere(command) == null;
  }

  /** Each is there with each option that the text gives it, and answers {@code --help}. */
  @TestFactory
  Stream<DynamicTest> commandsThatAreNamedAreThere() throws Exception {
    return DocumentedCommand.all().stream()
        .filter(DocumentedCommandsIT::isNamed)
        .map(command -> DynamicTest.dynamicTest(command.toString(), () -> requireThere(command)));
  }

  private static void requireThere(DocumentedCommand command) {
    CommandLine line = Gongbei.commandLine();
    final List<String> path = new ArrayList<>();
    for (final String word : command.text().substring("gongbei ".length()).split("[ =]+", -1)) {
      if (line.getSubcommands().containsKey(word) && !word.equals("help")) {
        line = line.getSubcommands().get(word);
        path.add(word);
      } else if (word.startsWith("--")) {
        assertTrue(line.getCommandSpec().optionsMap().containsKey(word), word);
      }
    }
    assertTrue(!path.isEmpty(), command::toString);
    path.add("--help");
    final StringWriter told = new StringWriter();
    assertEquals(
        0,
        Gongbei.commandLine()
            .setOut(new PrintWriter(told))
            .setErr(new PrintWriter(told))
            .execute(path.toArray(new String[0])),
        told::toString);
  }

  private static String elsewhere(DocumentedCommand command) {
    for (final Map.Entry<String, String> each : ELSEWHERE.entrySet()) {
      if (command.text().matches(each.getKey())) {
        return each.getValue();
      }
    }
    return null;
  }

  @Test
  void everyCommandIsRunSomewhere() throws Exception {
    final List<String> missing = new ArrayList<>();
    final List<String> list = new ArrayList<>();
    for (final DocumentedCommand command : DocumentedCommand.all()) {
      final String where;
      if (command.isBenchmark() && !command.text().contains("&&")) {
        where = "benchmarksRun";
      } else if (isInSession(command)) {
        where = "theConsoleOfTheFirstPagesDoesWhatItShows";
      } else if (FirstHourIT.takes(command)) {
        where = "FirstHourIT";
      } else if (InstallationIT.takes(command)) {
        where = "InstallationIT";
      } else if (isNamed(command)) {
        where = "commandsThatAreNamedAreThere";
      } else {
        where = elsewhere(command);
      }
      if (where == null) {
        missing.add(command.toString());
      } else {
        list.add(command + "  <- " + where);
      }
    }
    Files.write(Path.of("target", "documented-commands.txt"), list);
    assertEquals(List.of(), missing, "commands of the documentation that no test runs");
  }

  @Test
  void everyScriptIsRunByTheTestOfItsPage() throws Exception {
    final Set<String> pages = new TreeSet<>();
    for (final Path page : Document.all()) {
      if (Document.read(page).contains("\n```bash\n")) {
        pages.add(DocumentedCommand.ROOT.relativize(page).toString());
      }
    }
    assertEquals(
        SCRIPTS.keySet().stream()
            .map(Document::path)
            .collect(Collectors.toCollection(TreeSet::new)),
        pages);
    for (final Map.Entry<Document, String> each : SCRIPTS.entrySet()) {
      final String test = Files.readString(DocumentedCommand.ROOT.resolve(each.getValue()));
      assertTrue(
          test.contains("new ReferencePage(Document." + each.getKey() + ")")
              && test.contains("ReferencePage.run("),
          each.getValue());
    }
  }

  @Test
  void whoIsNamedElsewhereIsThere() throws Exception {
    for (final String where : ELSEWHERE.values()) {
      final String[] parts = where.split("#", 2);
      if (!parts[0].isEmpty()) {
        final String text = Files.readString(DocumentedCommand.ROOT.resolve(parts[0]));
        assertTrue(text.contains(parts[1]), where);
      }
    }
  }

  /** A run of a process: what it ended with and what it wrote. */
  private record Ended(int code, String text) {}

  private static Ended run(Path directory, List<String> command)
      throws IOException, InterruptedException {
    final Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    final String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), text);
  }

  /**
   * Each command line of the benchmarks' jar: JMH's are listed with their options, so that each
   * names a benchmark there is and no option there is not; of the others the options are parsed.
   * What only says something is run here, what does something by the jar, and of JMH's the first.
   */
  @TestFactory
  Stream<DynamicTest> benchmarksRun() throws Exception {
    final Map<String, DocumentedCommand> distinct = new LinkedHashMap<>();
    for (final DocumentedCommand command : DocumentedCommand.all()) {
      if (command.isBenchmark() && !command.text().contains("&&")) {
        distinct.putIfAbsent(command.text(), command);
      }
    }
    return distinct.values().stream()
        .map(command -> DynamicTest.dynamicTest(command.toString(), () -> benchmarkRuns(command)));
  }

  private void benchmarkRuns(DocumentedCommand command) throws Exception {
    final String text = command.text();
    assertTrue(text.matches("java (-Xm[sx]\\S+ )*-jar bench/target/benchmarks\\.jar .*"), text);
    final List<String> words = new ArrayList<>();
    final var matcher = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)").matcher(text);
    while (matcher.find()) {
      words.add(
          Stream.of(matcher.group(1), matcher.group(2), matcher.group(3))
              .filter(Objects::nonNull)
              .findFirst()
              .orElseThrow());
    }
    final int jar = words.indexOf("bench/target/benchmarks.jar");
    final List<String> arguments = words.subList(jar + 1, words.size());
    final List<String> small = SMALL.get(arguments.get(0));
    if (small == null) {
      final boolean isHelp = arguments.contains("-h");
      final List<String> asked = isHelp ? List.of("-h") : with(arguments, "-l");
      final Ended ended = jmhRanAsJar || isHelp ? runHere(asked) : runJar(words.get(jar), asked);
      assertEquals(0, ended.code(), ended.text());
      if (!isHelp) {
        jmhRanAsJar = true;
        assertTrue(ended.text().contains("gongbei.bench."), ended.text());
      }
      return;
    }
    requireParses(arguments);
    final List<String> own = new ArrayList<>();
    for (final String word : small) {
      own.add(
          switch (word) {
            case "DIR" -> Files.createTempDirectory(directory, "bench").toString();
            case "PORT" -> "" + FreePorts.inARow(MemberAddress.PORTS);
            default -> word;
          });
    }
    final Ended ended = small.contains("DIR") ? runJar(words.get(jar), own) : runHere(own);
    if (arguments.get(0).equals("cluster-faults")) {
      assertEquals(2, ended.code(), ended.text());
      assertTrue(ended.text().contains("is no scenario: all-killed"), ended.text());
    } else {
      assertEquals(0, ended.code(), ended.text());
    }
  }

  private static Ended runJar(String jar, List<String> arguments)
      throws IOException, InterruptedException {
    final List<String> command = new ArrayList<>(List.of(JAVA, "-jar", jar));
    command.addAll(arguments);
    return run(DocumentedCommand.ROOT, command);
  }

  /** Runs what the jar's main method runs; some of it writes to the process's own outputs. */
  private static Ended runHere(List<String> arguments) {
    final ByteArrayOutputStream told = new ByteArrayOutputStream();
    final PrintStream outBefore = System.out;
    final PrintStream errBefore = System.err;
    try (PrintStream out = new PrintStream(told, true, StandardCharsets.UTF_8)) {
      System.setOut(out);
      System.setErr(out);
      final PrintWriter writer = new PrintWriter(out, true, StandardCharsets.UTF_8);
      final int code =
          Benchmarks.commandLine()
              .setOut(writer)
              .setErr(writer)
              .execute(arguments.toArray(new String[0]));
      writer.flush();
      return new Ended(code, told.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(outBefore);
      System.setErr(errBefore);
    }
  }

  private static void requireParses(List<String> arguments) {
    final List<String> parsed = new ArrayList<>();
    for (final String argument : arguments) {
      parsed.add(argument.matches("N|RATE") ? "1000" : argument);
    }
    Benchmarks.commandLine().parseArgs(parsed.toArray(new String[0]));
  }

  private static List<String> with(List<String> arguments, String more) {
    final List<String> all = new ArrayList<>(arguments);
    all.add(more);
    return all;
  }

  /** One reader's shell, from the first command to the last, on ports of its own. */
  @Test
  void theConsoleOfTheFirstPagesDoesWhatItShows() throws Exception {
    final List<DocumentedCommand> commands = new ArrayList<>();
    for (final Document page : SESSION) {
      for (final DocumentedCommand command : DocumentedCommand.all()) {
        if (command.page().equals(page.path()) && isInSession(command)) {
          commands.add(command);
        }
      }
    }
    assertTrue(commands.size() > 30, commands::toString);
    Prerequisite.require(
        Prerequisite.runs("bash", "-c", "command -v curl && command -v file"),
        "curl or file is missing, which the pages' commands use");
    try (DocumentedSessions session = new DocumentedSessions(GONGBEI, directory, Instant.now())) {
      for (final DocumentedCommand command : commands) {
        session.run(command);
      }
      assertTrue(session.waitForEnd(Patience.SECONDS, TimeUnit.SECONDS), "the shell ends");
    }
  }
}
