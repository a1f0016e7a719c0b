package gongbei.verifier.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Patience;
import gongbei.testing.Prerequisite;
import gongbei.verifier.TestNode;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import gongbei.verifier.tcp.DeviceFile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example in C, compiled with every warning an error and with the sanitizers. */
final class CExampleTest {
  private static final Path GENERATED = Path.of("target", "generated-sources", "sbe-c");

  @TempDir private static Path directory;
  private static Path program;
  private static TestNode node;
  private String out;
  private String err;

  @BeforeAll
  static void compile() throws Exception {
    Prerequisite.require(hasCompiler(), "gcc is missing, so that the example in C can't be tested");
    program = directory.resolve("scan");
    final Process gcc =
        new ProcessBuilder(
                "gcc",
                "-std=c11",
                "-O1",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-fsanitize=address,undefined",
                "-fno-sanitize-recover=all",
                "-isystem",
                GENERATED.toString(),
                Path.of("examples", "c", "scan.c").toString(),
                "-o",
                program.toString())
            .redirectErrorStream(true)
            .start();
    final String told = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, gcc.waitFor(), told);
    node = new TestNode();
  }

  private static boolean hasCompiler() throws InterruptedException {
    try {
      return new ProcessBuilder("gcc", "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @AfterAll
  static void stop() {
    if (node != null) {
      node.close();
    }
  }

  private int run(String... arguments) throws Exception {
    final List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    final ProcessBuilder builder = new ProcessBuilder(command);
    final Path outFile = Files.createTempFile(directory, "out", "");
    final Path errFile = Files.createTempFile(directory, "err", "");
    final Process scan =
        builder.redirectOutput(outFile.toFile()).redirectError(errFile.toFile()).start();
    assertTrue(scan.waitFor(Patience.SECONDS, TimeUnit.SECONDS), "it hangs");
    out = Files.readString(outFile);
    err = Files.readString(errFile);
    return scan.exitValue();
  }

  private int scan(InetSocketAddress server, String checkpoint, String code) throws Exception {
    return run("127.0.0.1", Integer.toString(server.getPort()), "gate-c", "-", checkpoint, code);
  }

  @Test
  void aCodePassesOrDoesNotAndTheExitCodeSaysWhich() throws Exception {
    assertEquals(0, scan(node.tcpAddress(), "metro", node.code(TestNode.GREEN)), err);
    assertEquals("pass: ok\n", out);
    assertEquals(1, scan(node.tcpAddress(), "metro/line-3", node.code(TestNode.RED)), err);
    assertEquals("refuse: red\n", out);
    assertEquals(1, scan(node.tcpAddress(), "metro", node.code(TestNode.YELLOW)), err);
    assertEquals("hold: yellow\n", out);
    assertEquals(1, scan(node.tcpAddress(), "metro", "GD1:BB8"), err);
    assertEquals("refuse: malformed, cose\n", out);
    assertEquals(1, scan(node.tcpAddress(), "moon", "X"), err);
    assertEquals("rejected: 1\n", out);
  }

  @Test
  void whatIsTypedWronglyAndAServerThatIsNotThereAreTold() throws Exception {
    assertEquals(2, run("127.0.0.1"));
    assertEquals(2, run("127.0.0.1", "1", "gate", "/no/such/file", "metro", "X"));
    assertEquals(2, scan(node.tcpAddress(), "metro", "X".repeat(9_000)));
    final int gone;
    try (ServerSocket socket = new ServerSocket(0)) {
      gone = socket.getLocalPort();
    }
    assertEquals(3, run("127.0.0.1", Integer.toString(gone), "gate", "-", "metro", "X"));
    assertTrue(err.contains("Connection refused"), err);
    assertEquals(3, run("no-such-host.invalid", "9700", "gate", "-", "metro", "X"));
  }

  @Test
  void onlyAnEnrolledDeviceIsServed() throws Exception {
    final Path devices = directory.resolve("devices");
    final Path credential = directory.resolve("gate-1.credential");
    Files.writeString(
        credential,
        HexFormat.of().formatHex(new DeviceFile(devices).enrol("gate-1", false).orElseThrow()));
    final Path wrong = Files.writeString(directory.resolve("wrong"), "00".repeat(32) + "\n");
    Files.writeString(
        directory.resolve("node.yaml"),
        "deviceFile: devices\nmaxSubjects: 100\n"
            + "http: {host: 127.0.0.1, port: 0}\ntcp: {host: 127.0.0.1, port: 0}\n");
    try (Node guarded = Node.start(NodeConfig.read(directory.resolve("node.yaml")))) {
      final String port = Integer.toString(guarded.tcpPort());
      assertEquals(1, run("127.0.0.1", port, "gate-1", credential.toString(), "metro", "X"), err);
      assertEquals("refuse: unsupported-format, prefix\n", out);
      assertEquals(3, run("127.0.0.1", port, "gate-1", wrong.toString(), "metro", "X"));
      assertTrue(err.contains("bad credential"), err);
      assertEquals(3, run("127.0.0.1", port, "gate-2", credential.toString(), "metro", "X"));
      new DeviceFile(devices).revoke("gate-1");
      final long deadlineNanos = System.nanoTime() + Patience.NANOS;
      while (!err.contains("revoked")) {
        assertTrue(System.nanoTime() < deadlineNanos, err);
        run("127.0.0.1", port, "gate-1", credential.toString(), "metro", "X");
      }
    }
  }

  @Test
  void aServerThatAnswersByteByByteIsUnderstoodAndABusyOneIsAskedAgain() throws Exception {
    final ScannerVectors vectors = ScannerVectors.shipped();
    try (FakeServer dribbling =
        new FakeServer(
            (connection, ordinal) -> {
              connection.read();
              final String welcome = vectors.example("welcome").frame();
              for (int i = 0; i < welcome.length(); i += 2) {
                connection.write(welcome.substring(i, i + 2));
                TimeUnit.MILLISECONDS.sleep(1);
              }
              connection.answer(connection.read(), vectors.example("busy").frame());
              final byte[] second = connection.read();
              connection.answer(second, vectors.example("group-findings").frame());
              connection.answer(second, vectors.example("verdict-pass").frame());
              connection.read();
            })) {
      assertEquals(0, scan(dribbling.address(), "metro", "X"), err);
      assertEquals("pass: ok\n", out);
    }
  }

  @Test
  void whateverAServerSendsItEndsWithAReasonInTime() throws Exception {
    for (final ScannerVectors.Stream stream : ScannerVectors.shipped().streams()) {
      try (FakeServer server =
          new FakeServer(
              (connection, ordinal) -> {
                connection.read();
                for (final String piece : stream.pieces()) {
                  connection.write(piece);
                }
              })) {
        final int exitCode = scan(server.address(), "metro", "X");
        assertTrue(exitCode == 3 || exitCode == 0 || exitCode == 1, stream.name() + " " + err);
        assertEquals(exitCode == 3, out.isEmpty(), stream.name());
        assertTrue(exitCode != 3 || err.startsWith("scan: "), stream.name() + " " + err);
      }
    }
    try (FakeServer silent = new FakeServer((connection, ordinal) -> TimeUnit.SECONDS.sleep(60))) {
      assertEquals(3, scan(silent.address(), "metro", "X"));
      assertTrue(err.contains("does not answer within 5000 ms"), err);
    }
  }
}
