package gongbei.verifier.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.testing.BriefJvm;
import gongbei.testing.OneJdk;
import gongbei.testing.Patience;
import gongbei.testing.Prerequisite;
import gongbei.verifier.TestNode;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import gongbei.verifier.tcp.DeviceFile;
import gongbei.verifier.vendor.ClientClassPath;
import java.io.File;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The examples of a device, one in each language, as processes: against a node, and against what
 * the conformance vectors have a server send. That in C is compiled with every warning an error and
 * with the sanitizers.
 */
@OneJdk
final class DeviceExamplesTest {
  private static final Path EXAMPLES = Path.of("client", "examples");
  private static final String CREDENTIAL =
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

  @TempDir private static Path directory;
  @AutoClose private static TestNode node;
  private static final Map<Language, List<String>> COMMANDS = new EnumMap<>(Language.class);
  private String out;
  private String err;

  enum Language {
    C,
    PYTHON,
    JAVA
  }

  @BeforeAll
  static void start() throws Exception {
    node = new TestNode();
  }

  /** How an example is begun; skips the test, and says why, where a machine can't begin it. */
  private static List<String> command(Language language) throws Exception {
    if (!COMMANDS.containsKey(language)) {
      COMMANDS.put(
          language,
          switch (language) {
            case C -> c();
            case PYTHON -> python();
            case JAVA -> java();
          });
    }
    return COMMANDS.get(language);
  }

  private static List<String> c() throws Exception {
    Prerequisite.require(
        Prerequisite.runs("gcc", "--version"),
        "gcc is missing, so that the example in C can't be tested");
    final Path program = directory.resolve("scan");
    final Process gcc =
        new ProcessBuilder(
                "gcc",
                "-std=c11",
                "-O1",
                "-Wall",
                "-Wextra",
                "-Wpedantic",
                "-Werror",
                "-fsanitize=address,undefined",
                "-fno-sanitize-recover=all",
                EXAMPLES.resolve("c").resolve("scan.c").toString(),
                "-o",
                program.toString())
            .redirectErrorStream(true)
            .start();
    final String told = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, gcc.waitFor(), told);
    return List.of(program.toString());
  }

  private static List<String> python() throws Exception {
    Prerequisite.require(
        Prerequisite.runs("python3", "-c", "import sys; sys.exit(sys.version_info < (3, 8))"),
        "python3 is missing, or older than 3.8, so that the example in Python can't be tested");
    // -I: neither the environment nor the user's own packages; -S: nothing but the standard
    // library.
    return List.of(
        "python3", "-I", "-S", "-W", "error", EXAMPLES.resolve("python/scan.py").toString());
  }

  private static List<String> java() throws Exception {
    final Path classes = Files.createDirectories(directory.resolve("classes"));
    final String classPath = ClientClassPath.ofClasses();
    ClientClassPath.compile(classPath, classes, EXAMPLES.resolve("java").resolve("Scan.java"));
    final List<String> command = BriefJvm.command();
    command.addAll(List.of("-cp", classes + File.pathSeparator + classPath, "Scan"));
    return command;
  }

  private int run(Language language, String... arguments) throws Exception {
    final List<String> command = new ArrayList<>(command(language));
    command.addAll(List.of(arguments));
    final Path outFile = Files.createTempFile(directory, "out", "");
    final Path errFile = Files.createTempFile(directory, "err", "");
    final ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(outFile.toFile())
            .redirectError(errFile.toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().remove("JDK_JAVA_OPTIONS");
    final Process scan = builder.start();
    try {
      assertTrue(scan.waitFor(Patience.SECONDS, TimeUnit.SECONDS), "it hangs");
    } finally {
      scan.destroyForcibly();
    }
    out = Files.readString(outFile);
    err = Files.readString(errFile);
    return scan.exitValue();
  }

  private int scan(Language language, InetSocketAddress server, String checkpoint, String code)
      throws Exception {
    return run(
        language, "127.0.0.1", Integer.toString(server.getPort()), "gate-x", "-", checkpoint, code);
  }

  @ParameterizedTest
  @EnumSource(Language.class)
  void aCodePassesOrDoesNotAndTheExitCodeSaysWhich(Language language) throws Exception {
    assertEquals(0, scan(language, node.tcpAddress(), "metro", node.code(TestNode.GREEN)), err);
    assertEquals("pass: ok\n", out);
    assertEquals(
        1, scan(language, node.tcpAddress(), "metro/line-3", node.code(TestNode.RED)), err);
    assertEquals("refuse: red\n", out);
    assertEquals(1, scan(language, node.tcpAddress(), "metro", node.code(TestNode.YELLOW)), err);
    assertEquals("hold: yellow\n", out);
    assertEquals(1, scan(language, node.tcpAddress(), "metro", "GD1:BB8"), err);
    assertEquals("refuse: malformed, cose\n", out);
    assertEquals(1, scan(language, node.tcpAddress(), "moon", "X"), err);
    assertEquals("rejected: 1\n", out);
  }

  @ParameterizedTest
  @EnumSource(Language.class)
  void whatIsTypedWronglyAndAServerThatIsNotThereAreTold(Language language) throws Exception {
    assertEquals(2, run(language, "127.0.0.1"));
    assertEquals(2, run(language, "127.0.0.1", "1", "gate", "/no/such/file", "metro", "X"));
    for (final String id : List.of("", "gate 1", "閘口", "x".repeat(65))) {
      assertEquals(2, run(language, "127.0.0.1", "1", id, "-", "metro", "X"), id);
      assertTrue(err.contains("deviceId is not 1 to 64 letters, digits and"), err);
    }
    final int gone;
    try (ServerSocket socket = new ServerSocket(0)) {
      gone = socket.getLocalPort();
    }
    assertEquals(3, run(language, "127.0.0.1", Integer.toString(gone), "gate", "-", "metro", "X"));
    assertTrue(err.contains("Connection refused"), err);
    assertEquals(3, run(language, "no-such-host.invalid", "9700", "gate", "-", "metro", "X"));
  }

  @ParameterizedTest
  @EnumSource(Language.class)
  void onlyAnEnrolledDeviceIsServed(Language language) throws Exception {
    final Path own = Files.createDirectories(directory.resolve(language.name()));
    final Path devices = own.resolve("devices");
    final Path credential = own.resolve("gate-1.credential");
    Files.writeString(
        credential,
        HexFormat.of().formatHex(new DeviceFile(devices).enrol("gate-1", false).orElseThrow())
            + "\n");
    final Path wrong = Files.writeString(own.resolve("wrong"), "00".repeat(32) + "\n");
    Files.writeString(
        own.resolve("node.yaml"),
        "deviceFile: devices\nmaxSubjects: 100\n"
            + "http: {host: 127.0.0.1, port: 0}\ntcp: {host: 127.0.0.1, port: 0}\n");
    try (Node guarded = Node.start(NodeConfig.read(own.resolve("node.yaml")))) {
      final String port = Integer.toString(guarded.tcpPort());
      assertEquals(
          1, run(language, "127.0.0.1", port, "gate-1", credential.toString(), "metro", "X"), err);
      assertEquals("refuse: unsupported-format, prefix\n", out);
      assertEquals(3, run(language, "127.0.0.1", port, "gate-1", wrong.toString(), "metro", "X"));
      assertTrue(badCredential(), err);
      assertEquals(
          3, run(language, "127.0.0.1", port, "gate-2", credential.toString(), "metro", "X"));
      assertTrue(badCredential(), err);
      new DeviceFile(devices).revoke("gate-1");
      final long deadlineNanos = System.nanoTime() + Patience.NANOS;
      while (!err.toLowerCase(Locale.ROOT).contains("revoked")) {
        assertTrue(System.nanoTime() < deadlineNanos, err);
        run(language, "127.0.0.1", port, "gate-1", credential.toString(), "metro", "X");
      }
    }
  }

  private boolean badCredential() {
    return err.toLowerCase(Locale.ROOT).replace('_', ' ').contains("bad credential");
  }

  @ParameterizedTest
  @EnumSource(Language.class)
  void whatItSendsIsWhatTheVectorsHave(Language language) throws Exception {
    final ScannerVectors vectors = ScannerVectors.shipped();
    final Path credential =
        Files.writeString(directory.resolve("credential-" + language), CREDENTIAL + "\n");
    final BlockingQueue<String> sent = new LinkedBlockingQueue<>();
    try (FakeServer server =
        new FakeServer(
            (connection, ordinal) -> {
              sent.add(HexFormat.of().formatHex(connection.read()));
              connection.write(vectors.example("welcome").frame());
              final byte[] question = connection.read();
              sent.add(HexFormat.of().formatHex(question));
              connection.answer(question, vectors.example("verdict-pass").frame());
              sent.add(HexFormat.of().formatHex(connection.read()));
            })) {
      assertEquals(
          0,
          run(
              language,
              "127.0.0.1",
              Integer.toString(server.address().getPort()),
              "gate-7",
              credential.toString(),
              "metro/line-3",
              "GD1:BB8"),
          err);
      assertEquals(vectors.example("hello").frame(), sent.poll(Patience.SECONDS, TimeUnit.SECONDS));
      final String scan = sent.poll(Patience.SECONDS, TimeUnit.SECONDS);
      if (language == Language.JAVA) {
        // Its numbers are those of whatever it asked before.
        assertEquals(withoutNumber(vectors.example("scan").frame()), withoutNumber(scan));
      } else {
        assertEquals(vectors.example("scan").frame(), scan);
      }
      assertEquals(
          vectors.example("goodbye-normal").frame(), sent.poll(Patience.SECONDS, TimeUnit.SECONDS));
    }
  }

  private static String withoutNumber(String frame) {
    return frame.substring(0, 24) + frame.substring(40);
  }

  /** What an example says to a frame of the vectors. */
  private static String words(ScannerVectors.Example example) {
    final JsonNode fields = example.fields();
    final String field = fields.path("field").asText("");
    return fields.path("verdict").asText().toLowerCase(Locale.ROOT)
        + ": "
        + fields.path("reason").asText().toLowerCase(Locale.ROOT).replace('_', '-')
        + (field.isEmpty() ? "" : ", " + field)
        + (fields.path("stale").asText().equals("YES") ? " (old data)" : "")
        + "\n";
  }

  @ParameterizedTest
  @EnumSource(
      value = Language.class,
      names = {"C", "PYTHON"})
  void everyVerdictRejectionAndGoodbyeOfTheVectorsIsUnderstood(Language language) throws Exception {
    int verdicts = 0;
    for (final ScannerVectors.Example example : ScannerVectors.shipped().examples()) {
      if (!List.of("Verdict", "Rejected", "Goodbye").contains(example.message())) {
        continue;
      }
      try (FakeServer server =
          new FakeServer(
              (connection, ordinal) -> {
                connection.welcome();
                final byte[] question = connection.read();
                if (example.message().equals("Goodbye")) {
                  connection.write(example.frame());
                } else {
                  connection.answer(question, example.frame());
                  connection.read();
                }
              })) {
        final int exitCode = scan(language, server.address(), "metro", "X");
        switch (example.message()) {
          case "Verdict" -> {
            verdicts++;
            assertEquals(words(example), out, example.name());
            assertEquals(out.startsWith("pass") ? 0 : 1, exitCode, example.name());
          }
          case "Rejected" -> {
            assertEquals(1, exitCode, example.name());
            assertTrue(out.matches("rejected: [1-3]\n"), out);
          }
          default -> {
            assertEquals(3, exitCode, example.name());
            assertTrue(err.contains("the server said goodbye: reason "), err);
          }
        }
      }
    }
    assertTrue(verdicts >= 17, verdicts + " verdicts");
  }

  @ParameterizedTest
  @EnumSource(Language.class)
  void aServerThatAnswersByteByByteIsUnderstoodAndABusyOneIsAskedAgain(Language language)
      throws Exception {
    final ScannerVectors vectors = ScannerVectors.shipped();
    try (FakeServer dribbling =
        new FakeServer(
            (connection, ordinal) -> {
              connection.read();
              final String welcome = vectors.example("welcome").frame();
              for (int i = 0; i < welcome.length(); i += 2) {
                connection.write(welcome.substring(i, i + 2));
                // So that most bytes are read by themselves.
                TimeUnit.MILLISECONDS.sleep(1);
              }
              connection.answer(connection.read(), vectors.example("busy").frame());
              final byte[] second = connection.read();
              connection.answer(second, vectors.example("group-findings").frame());
              connection.answer(second, vectors.example("verdict-pass").frame());
              connection.read();
            })) {
      assertEquals(0, scan(language, dribbling.address(), "metro", "X"), err);
      assertEquals("pass: ok\n", out);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Language.class,
      names = {"C", "PYTHON"})
  void whateverAServerSendsItEndsWithAReasonInTime(Language language) throws Exception {
    for (final ScannerVectors.Stream stream : ScannerVectors.shipped().streams()) {
      try (FakeServer server =
          new FakeServer(
              (connection, ordinal) -> {
                connection.read();
                for (final String piece : stream.pieces()) {
                  connection.write(piece);
                }
              })) {
        final int exitCode = scan(language, server.address(), "metro", "X");
        assertTrue(exitCode == 3 || exitCode == 0 || exitCode == 1, stream.name() + " " + err);
        assertEquals(exitCode == 3, out.isEmpty(), stream.name());
        assertTrue(exitCode != 3 || err.startsWith("scan: "), stream.name() + " " + err);
      }
    }
    try (FakeServer silent = new FakeServer((connection, ordinal) -> connection.staySilent())) {
      assertEquals(3, scan(language, silent.address(), "metro", "X"));
      assertTrue(err.contains("does not answer within 5000 ms"), err);
    }
    assertEquals(2, scan(language, node.tcpAddress(), "metro", "X".repeat(9_000)), err);
    assertTrue(err.contains("code is over 4296 characters"), err);
  }
}
