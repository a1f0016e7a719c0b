package gongbei.verifier.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.BriefJvm;
import gongbei.testing.FreePorts;
import gongbei.testing.Prerequisite;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What keeps the jar's {@code serve} from starting: one line that names it, and exit code 3, or 2
 * for a usage or configuration error; never a trace, never 1, which is "refused".
 */
final class StartFailuresIT {
  private static final int CANNOT_BE_MEANT = 2;
  private static final int FAILED = 3;
  private static final int TERMINATED = 143;
  private static final Path JAR = Path.of("target", "gongbei.jar");
  private static final Pattern LOGGED = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT.*");

  @TempDir private Path directory;

  private static List<String> java(String home) {
    final List<String> command = BriefJvm.command(home);
    command.add("-Xmx256m");
    return command;
  }

  private List<String> serve(String home) {
    final List<String> command = new ArrayList<>(java(home));
    command.addAll(
        List.of(
            "-jar",
            JAR.toAbsolutePath().toString(),
            "serve",
            "--config",
            directory.resolve("node.yaml").toString()));
    return command;
  }

  private List<String> serve() {
    return serve(System.getProperty("java.home"));
  }

  /** A configuration that starts, but for one setting. */
  private void configure(String setting) throws IOException {
    final String key = setting.substring(0, setting.indexOf(':') + 1);
    final StringBuilder text = new StringBuilder();
    for (final String each :
        List.of(
            "http: {host: 127.0.0.1, port: 0}",
            "tcp: {host: 127.0.0.1, port: 0}",
            "dataDirectory: data",
            "maxSubjects: 1000")) {
      text.append(each.startsWith(key) ? "" : each + "\n");
    }
    Files.writeString(directory.resolve("node.yaml"), text + setting + "\n");
  }

  private Command start(List<String> command) throws IOException {
    return Command.start(directory.resolve("told.txt"), command);
  }

  private void assertRefused(List<String> command, int exitCode, String line) throws Exception {
    try (Command started = start(command)) {
      assertEquals(exitCode, started.exitCode(), started::told);
      final List<String> said =
          started.told().lines().filter(each -> !LOGGED.matcher(each).matches()).toList();
      assertEquals(1, said.size(), started::told);
      assertTrue(
          said.get(0)
              .replace(directory.toRealPath() + "/", "")
              .replace(directory + "/", "")
              .matches("gongbei: " + line),
          said.get(0));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "trustDirectory: absent          | 3 | absent does not exist",
        "signingKeyDirectory: absent     | 3 | absent does not exist",
        "authorityDirectory: absent      | 3 | absent does not exist",
        "rulesetDirectory: absent        | 3 | absent does not exist",
        "deviceFile: absent              | 3 | absent does not exist",
        "subjectSecretFile: absent       | 3 | absent does not exist",
        "paperFontFile: absent           | 3 | absent can't be read",
        "replication: {secretFile: absent} | 3 | absent does not exist",
        "access: {apiKeyFile: absent}  | 3 | absent does not exist",
        "dataDirectory: node.yaml    | 3 | node.yaml exists already",
        "dataDirectory: node.yaml/x  | 3 | node.yaml.* can't be used: Not a directory",
        "replication: {driverDirectory: node.yaml/x} | 3"
            + "| replication.driverDirectory: node.yaml can't be written",
        "replication: {driverDirectory: .} | 3"
            + "| replication.driverDirectory: .* must be empty, and has .*",
        "'http: {host: no.such.host.invalid, port: 0, allowPlainText: true, allowAnonymous: true}'"
            + "| 3 | can't listen on no.such.host.invalid:0: no host of that name is known",
        "'tcp: {host: 203.0.113.9, port: 0, allowPlainText: true, allowAnonymous: true}' | 3"
            + "| can't listen on 203.0.113.9:0: Cannot assign requested address",
        "'http: {host: 127.0.0.1, port: 0, allowAnonymous: true, tls: {certificateFile: absent.pem,"
            + " keyFile: absent.pem}}' | 3 | .*absent.pem does not exist",
        "dataDirectory: [            | 2 | node.yaml is not YAML: while parsing a flow node at .*",
        "unknown: 1                  | 2 | .*unknown.*"
      })
  void aConfigurationThatCanNotBeStartedIsRefusedInOneLine(
      String setting, int exitCode, String line) throws Exception {
    configure(setting);
    assertRefused(serve(), exitCode, line);
  }

  @Test
  void aMissingConfigurationIsRefusedInOneLine() throws Exception {
    assertRefused(serve(), CANNOT_BE_MEANT, "node.yaml does not exist");
  }

  @ParameterizedTest
  @CsvSource({"http", "tcp"})
  void aPortThatIsTakenIsNamed(String server) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      configure(server + ": {host: 127.0.0.1, port: " + taken.getLocalPort() + "}");
      assertRefused(
          serve(),
          FAILED,
          "can't listen on 127.0.0.1:" + taken.getLocalPort() + ": Address already in use");
    }
  }

  @Test
  void aMembersPortThatIsTakenIsNamed() throws Exception {
    final int port = FreePorts.inARow(24);
    configure(
        "role: member\nreplication: {memberId: 0, members: [{host: 127.0.0.1, basePort: "
            + port
            + "}, {host: 127.0.0.1, basePort: "
            + (port + 8)
            + "}, {host: 127.0.0.1, basePort: "
            + (port + 16)
            + "}]}");
    final List<DatagramSocket> taken = new ArrayList<>();
    try {
      for (int i = 0; i < 8; i++) {
        taken.add(
            new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port + i)));
      }
      assertRefused(
          serve(), FAILED, "can't listen on 127.0.0.1:[0-9]+ \\(UDP\\): Address already in use");
    } finally {
      taken.forEach(DatagramSocket::close);
    }
  }

  @Test
  void aDataDirectoryInUseIsNamedAndItsNodeGoesOn() throws Exception {
    configure("region: GD");
    try (Command first = Command.start(directory.resolve("first.txt"), serve())) {
      first.awaitTold("is serving");
      assertRefused(serve(), FAILED, "data is in use by another node");
      assertTrue(first.isAlive(), first::told);
      first.terminate();
      assertEquals(TERMINATED, first.exitCode(), first::told);
    }
  }

  @Test
  void aJavaRuntimeWithoutTheModulesIsNamed() throws Exception {
    final Path runtime = directory.resolve("runtime");
    Command.run(
        directory,
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "jlink").toString(),
            "--add-modules",
            "java.base",
            "--output",
            runtime.toString()));
    configure("region: GD");
    assertRefused(
        serve(runtime.toString()),
        FAILED,
        "the Java runtime [0-9.]+ can't run this: java.lang.NoClassDefFoundError: .*");
  }

  /** A command in a mount namespace of its own. */
  private List<String> withMounts(String mounts) {
    Prerequisite.require(
        System.getProperty("user.name").equals("root")
            && Files.isExecutable(Path.of("/usr/bin/unshare")),
        "not root, or no unshare, so that no small file system can be mounted");
    return List.of("unshare", "-m", "sh", "-c", mounts + "; exec \"$0\" \"$@\"");
  }

  private List<String> serveWithMounts(String mounts) throws IOException {
    Files.createDirectories(directory.resolve("data"));
    final List<String> command =
        new ArrayList<>(withMounts(mounts.replace("DATA", directory.resolve("data").toString())));
    command.addAll(serve());
    return command;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mount -t tmpfs -o ro none DATA | data.*Read-only file system",
        "mount -t tmpfs -o size=1m none DATA | data has [0-9]+ bytes of room left, .*: make room",
        "mount -t tmpfs -o size=200m none DATA | data has [0-9]+ bytes of room left, .*: make room"
      })
  void aDataDirectoryWithoutRoomOrReadOnlyIsNamed(String mounts, String line) throws Exception {
    configure("region: GD");
    assertRefused(serveWithMounts(mounts.strip()), FAILED, line);
  }

  @Test
  void aMapThatHasNoRoomIsNamed() throws Exception {
    configure("maxSubjects: 10000000");
    assertRefused(
        serveWithMounts("mount -t tmpfs -o size=400m none DATA"),
        FAILED,
        "data/status.map can't be used: Not enough space .*");
  }

  @Test
  void withoutRoomForTheDriversBuffersAnywhereTheLineSaysWhatToDo() throws Exception {
    configure("replication: {lowStorageBytes: 1048576}");
    assertRefused(
        serveWithMounts(
            "mount -t tmpfs -o size=16m none /dev/shm; mount -t tmpfs -o size=120m none DATA"),
        FAILED,
        "/dev/shm has room for 16 of the 136 MiB of the media driver's buffers, and .*data has"
            + " room for 1[0-9]+ of the 136 MiB of the media driver's buffers: make room"
            + " \\(a container: --shm-size 136m\\), or set replication.driverDirectory");
  }

  @ParameterizedTest
  @CsvSource({"size=16m", "size=40m", "size=64m", "ro"})
  void withTooLittleSharedMemoryTheNodeServesAndOneLineSaysWhereFrom(String option)
      throws Exception {
    configure("region: GD");
    try (Command node = start(serveWithMounts("mount -t tmpfs -o " + option + " none /dev/shm"))) {
      node.awaitTold("is serving");
      assertEquals(
          1,
          node.told()
              .lines()
              .filter(line -> line.contains("/data/driver, which is slower"))
              .count(),
          node::told);
      assertTrue(Files.exists(directory.resolve("data/driver/aeron/cnc.dat")), "it is there");
      node.terminate();
      assertEquals(TERMINATED, node.exitCode(), node::told);
      assertTrue(!node.told().contains("\tat "), node::told);
    }
    assertTrue(Files.notExists(directory.resolve("data/driver")), "removed at a clean end");
  }
}
