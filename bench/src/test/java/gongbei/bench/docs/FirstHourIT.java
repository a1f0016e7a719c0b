package gongbei.bench.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import gongbei.testing.BriefJvm;
import gongbei.testing.Document;
import gongbei.testing.Prerequisite;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page of the first hour, as it stands: its blocks are one script, in an empty directory and on
 * a network of its own, so that the ports are those of the page. The release that is upgraded from
 * is the same jar under another version: what differs between two releases is not tried here.
 */
final class FirstHourIT {
  private static final String PAGE = Document.FIRST_HOUR.path();
  private static final String EARLIER = "0.0.9";

  @TempDir private Path directory;

  /** Whether a command is of the page. */
  static boolean takes(DocumentedCommand command) {
    return command.page().equals(PAGE);
  }

  private static String script() throws IOException {
    return Pattern.compile("(?ms)^```sh\n(.*?)^```$")
        .matcher(Files.readString(DocumentedCommand.ROOT.resolve(PAGE)))
        .results()
        .map(block -> block.group(1))
        .collect(Collectors.joining("\n"));
  }

  /** Copies the jar under the version of an earlier release. */
  private Path earlier(Path jar) throws IOException {
    final Path copy = Files.copy(jar, directory.resolve("gongbei-" + EARLIER + ".jar"));
    try (FileSystem inside =
        FileSystems.newFileSystem(URI.create("jar:" + copy.toUri()), Map.of())) {
      final Path manifest = inside.getPath("META-INF", "MANIFEST.MF");
      final String text = Files.readString(manifest);
      final MatchResult version =
          Pattern.compile("(?m)^Implementation-Version: .*$")
              .matcher(text)
              .results()
              .findFirst()
              .orElseThrow();
      Files.writeString(
          manifest, text.replace(version.group(), "Implementation-Version: " + EARLIER));
    }
    return copy;
  }

  @Test
  void threeMembersAndTwoReplicasAreLoadedBackedUpBrokenRestoredAndUpgradedAsThePageSays()
      throws Exception {
    Prerequisite.require(
        Prerequisite.runs("unshare", "-n", "bash", "-c", "ip link set lo up && command -v curl"),
        "root, ip (iproute2) or curl is missing");
    final Path jar = DocumentedCommand.ROOT.resolve("verifier/target/gongbei.jar");
    final Path script = Files.writeString(directory.resolve("first-hour.sh"), script());
    final Path hour = Files.createDirectory(directory.resolve("hour"));
    final Path told = directory.resolve("told.txt");
    final ProcessBuilder builder =
        new ProcessBuilder(
                "unshare", "-n", "bash", "-c", "ip link set lo up; exec bash -x " + script)
            .directory(hour.toFile())
            .redirectErrorStream(true)
            .redirectOutput(told.toFile())
            .redirectInput(new File("/dev/null"));
    builder.environment().put("JAR", earlier(jar).toString());
    builder.environment().putAll(BriefJvm.ENVIRONMENT);
    builder.environment().put("NEXT_JAR", jar.toString());
    builder
        .environment()
        .put("BACKUP", DocumentedCommand.ROOT.resolve("verifier/packaging/gongbei-backup") + "");
    builder
        .environment()
        .put("PATH", Path.of(System.getProperty("java.home"), "bin") + ":" + System.getenv("PATH"));
    final Process process = builder.start();
    try {
      process.waitFor();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    assertEquals(0, process.exitValue(), () -> end(told));
    for (int id = 0; id < 5; id++) {
      final String log = Files.readString(hour.resolve(id + ".log"));
      assertFalse(log.contains("Exception"), log);
    }
  }

  private static String end(Path told) {
    try {
      final String text = Files.readString(told, StandardCharsets.UTF_8);
      return text.substring(Math.max(0, text.length() - 6_000));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
