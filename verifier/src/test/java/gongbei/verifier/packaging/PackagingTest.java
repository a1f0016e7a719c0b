package gongbei.verifier.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Prerequisite;
import gongbei.verifier.cli.Gongbei;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node is installed with: the unit, the container file, the JVM's options. */
final class PackagingTest {
  private static final Path PACKAGING = Path.of("packaging");
  private static final Set<String> INSTRUCTIONS =
      Set.of(
          "FROM",
          "RUN",
          "COPY",
          "USER",
          "WORKDIR",
          "VOLUME",
          "EXPOSE",
          "STOPSIGNAL",
          "ENV",
          "HEALTHCHECK",
          "ENTRYPOINT",
          "CMD");

  @TempDir private Path directory;

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static String run(String... command) throws Exception {
    final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    final String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), told);
    return told;
  }

  /** The instructions of the container file, each in one line, without comments. */
  private static List<String> instructions() throws IOException {
    return Files.readString(PACKAGING.resolve("Containerfile"))
        .replaceAll("(?m)^#.*\n", "")
        .replaceAll("\\\\\n\\s*", "")
        .lines()
        .filter(line -> !line.isBlank())
        .toList();
  }

  @Test
  void theJvmTakesEveryOption() throws Exception {
    final String told = run(java(), "@" + PACKAGING.resolve("jvm.options"), "-Xms64m", "-version");
    assertTrue(told.contains("version"), told);
    assertFalse(told.toLowerCase(java.util.Locale.ROOT).contains("warning"), told);
  }

  @Test
  void systemdFindsNoFaultInTheUnitAndLittleExposure() throws Exception {
    Prerequisite.require(
        Files.isExecutable(Path.of("/usr/bin/systemd-analyze")),
        "systemd-analyze is missing, so that the unit can't be checked");
    final Path unit =
        Files.writeString(
            directory.resolve("gongbei.service"),
            Files.readString(PACKAGING.resolve("gongbei.service"))
                .replace("/usr/bin/java", java()));
    assertEquals("", run("systemd-analyze", "verify", "--man=no", unit.toString()));
    final String told = run("systemd-analyze", "security", "--offline=yes", unit.toString());
    final MatchResult exposure =
        Pattern.compile("exposure level for \\S+: ([0-9.]+)")
            .matcher(told)
            .results()
            .findFirst()
            .orElseThrow();
    assertTrue(Double.parseDouble(exposure.group(1)) <= 2.0, told);
  }

  @Test
  void theContainerFileCopiesWhatThereIsAndEndsWithoutASuperuser() throws Exception {
    final List<String> instructions = instructions();
    final String script = Files.readString(PACKAGING.resolve("image-root"));
    String user = "root";
    for (final String line : instructions) {
      final String[] words = line.split("\\s+", -1);
      assertTrue(INSTRUCTIONS.contains(words[0]), line);
      if (words[0].equals("COPY")) {
        final String source = words[words.length - 2];
        assertTrue(script.contains("$directory/" + source.replace("/", "")), source);
      }
      user = words[0].equals("USER") ? words[1] : user;
    }
    assertTrue(user.matches("[1-9][0-9]*:[1-9][0-9]*"), user);
  }

  @Test
  void theHealthCheckIsACommandThatThereIs() throws Exception {
    final String check =
        instructions().stream()
            .filter(line -> line.startsWith("HEALTHCHECK"))
            .findFirst()
            .orElseThrow();
    final String arguments = check.substring(check.indexOf(".jar\", ") + 7, check.lastIndexOf(']'));
    Gongbei.commandLine().parseArgs(arguments.replaceAll("[\",]", "").split(" "));
  }
}
