package gongbei.verifier.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SubjectSecret;
import gongbei.testing.Patience;
import gongbei.testing.Prerequisite;
import gongbei.verifier.ServeCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What another user of the machine can see of a node that was started with no umask at all. */
final class PrivateStateTest {
  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  @TempDir private Path directory;
  private Process node;

  @AfterEach
  void stopNode() throws Exception {
    if (node != null && node.isAlive()) {
      node.destroyForcibly().waitFor();
    }
  }

  private static String modeOf(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private void start() throws Exception {
    final Instant from = Instant.now().minus(Duration.ofDays(1));
    KeyGeneration.write(
        new KeyGeneration().generate("GD", from, from.plus(Duration.ofDays(2))),
        "gd",
        directory.resolve("keys"));
    SubjectSecret.generate().write(directory.resolve("subject.secret"));
    Files.writeString(
        directory.resolve("node.yaml"),
        """
        dataDirectory: data
        maxSubjects: 100
        trustDirectory: keys
        signingKeyDirectory: keys
        subjectSecretFile: subject.secret
        http: {host: 127.0.0.1, port: 0}
        tcp: {host: 127.0.0.1, port: 0}
        replication: {logTermBytes: 1048576, segmentBytes: 1048576, feedBytes: 2097152,
          lowStorageBytes: 16777216}
        """);
    final List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "umask 0; exec \"$@\""));
    command.add("sh");
    command.addAll(ServeCommand.of(directory.resolve("node.yaml")));
    node =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("output").toFile())
            .start();
    Patience.await(
        "the node serves",
        () -> {
          final String said = Files.readString(directory.resolve("output"));
          assertTrue(node.isAlive(), said);
          return said.contains("is serving");
        });
  }

  /** The modes of the files of a directory by their names; directories below are ignored. */
  private static Map<String, String> modesIn(Path data) throws IOException {
    final Map<String, String> modes = new TreeMap<>();
    try (Stream<Path> files = Files.list(data)) {
      for (final Path file : files.filter(Files::isRegularFile).toList()) {
        modes.put(file.getFileName().toString(), modeOf(file));
      }
    }
    return modes;
  }

  /** What a command of somebody without rights ends with. */
  private static int asAnotherUser(String... command) throws Exception {
    final List<String> whole =
        new ArrayList<>(
            List.of(SETPRIV.toString(), "--reuid=65534", "--regid=65534", "--clear-groups"));
    whole.addAll(List.of(command));
    return new ProcessBuilder(whole)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  @Test
  void nobodyElseCanReadOrWriteTheStateOfANodeWhateverTheUmask() throws Exception {
    start();
    final Path data = directory.resolve("data");
    assertEquals("rwx------", modeOf(data));
    final Map<String, String> modes = modesIn(data);
    for (final String each :
        List.of("status.map", "status.lock", "audit.jsonl", "audit.jsonl.lock", "digest.key")) {
      assertEquals("rw-------", modes.get(each), each + " of " + modes);
    }
    final Path driver =
        SHARED_MEMORY.resolve(
            "gongbei-"
                + Integer.toHexString(data.toAbsolutePath().normalize().toString().hashCode())
                + "-0");
    final Path driverInUse = Files.exists(driver) ? driver : data.resolve("driver");
    assertEquals("rwx------", modeOf(driverInUse));
    if ("root".equals(System.getProperty("user.name"))) {
      Prerequisite.require(
          Files.isExecutable(SETPRIV), "util-linux, which has setpriv, is missing");
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
      assertEquals(0, asAnotherUser("/bin/cat", directory.resolve("node.yaml").toString()));
      assertNotEquals(0, asAnotherUser("/bin/ls", data.toString()));
      assertNotEquals(0, asAnotherUser("/bin/cat", data.resolve("status.map").toString()));
      assertNotEquals(0, asAnotherUser("/bin/ls", driverInUse.toString()));
      assertNotEquals(0, asAnotherUser("/bin/touch", data.resolve("trap").toString()));
      assertNotEquals(0, asAnotherUser("/bin/touch", driverInUse.resolve("trap").toString()));
    }
    node.destroy();
    assertTrue(node.waitFor(Patience.SECONDS, TimeUnit.SECONDS));
    final Map<String, String> after = modesIn(data);
    assertEquals("rw-------", after.get("status.stamp"), after.toString());
    assertTrue(Files.notExists(driver), "what was made for the driver is removed");
  }
}
