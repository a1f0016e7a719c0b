package gongbei.verifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Names of files that the locale's character set can't hold. The commands go through a shell, for
 * the JVM of the tests may itself be in such a locale.
 */
final class PathsInOtherLocalesTest {
  private static final String REMEDY = "set LC_ALL=C.UTF-8";

  @TempDir private Path directory;

  @BeforeAll
  static void needsAShell() {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "no shell");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve --config DIR",
        "verify --trust DIR GD1:X",
        "verify --jsonl DIR",
        "verify --image DIR",
        "load DIR --data x",
        "keygen --region GD --out DIR",
        "audit verify DIR --trust x",
        "device list --file DIR",
        "cluster restore --from DIR --data x",
      })
  void inAsciiAChinesePathIsNamedWithTheRemedy(String command) throws Exception {
    final List<String> words = new ArrayList<>();
    for (final String word : command.split(" ", -1)) {
      words.add(word.replace("DIR", "\u4fe1\u4efb/\u5217\u8868"));
    }
    assertEquals(2, run("C", "", words), err());
    assertEquals(1, err().lines().count(), err());
    assertTrue(
        err().startsWith("gongbei: '\u4fe1\u4efb/\u5217\u8868' can't be read in this locale"),
        err());
    assertTrue(err().contains(REMEDY), err());
  }

  @Test
  void inUtf8TheSamePathIsOne() throws Exception {
    final Path keys = directory.resolve("\u4fe1\u4efb");
    assertEquals(
        0,
        run("C.UTF-8", "", List.of("keygen", "--region", "GD", "--out", keys.toString())),
        err());
    assertEquals(
        1, run("C.UTF-8", "", List.of("verify", "--trust", keys.toString(), "GD1:X")), err());
    assertEquals("", err());
    assertEquals(
        3, run("C.UTF-8", "", List.of("verify", "--trust", keys + "\u7121", "GD1:X")), err());
    assertEquals("gongbei: " + keys + "\u7121 does not exist\n", err());
  }

  @Test
  void aRelativePathInADirectoryThatCanNotBeReadIsNamedWithTheRemedy() throws Exception {
    assertEquals(
        2,
        run(
            "C",
            "mkdir '\u7cb5' && cd '\u7cb5' && echo 'http: {port: 0}' > node.yaml && ",
            List.of("serve", "--config", "node.yaml")),
        err());
    assertEquals(1, err().lines().count(), err());
    assertTrue(err().contains("'node.yaml' is relative to a directory"), err());
    assertTrue(err().contains(REMEDY), err());
  }

  @Test
  void aPathWithinAConfigurationIsNamedWithTheRemedy() throws Exception {
    final Path config =
        Files.writeString(
            directory.resolve("node.yaml"), "http: {port: 0}\ntrustDirectory: \u4fe1\u4efb\n");
    assertEquals(2, run("C", "", List.of("serve", "--config", config.toString())), err());
    assertEquals(1, err().lines().count(), err());
    assertTrue(err().contains("trustDirectory is '\u4fe1\u4efb', which can't be"), err());
    assertTrue(err().contains(REMEDY), err());
  }

  /** Runs a command by a script in UTF-8, whatever the locale of these tests. */
  private int run(String locale, String before, List<String> arguments) throws Exception {
    final StringBuilder script =
        new StringBuilder("cd '" + directory + "' && " + before + "exec \"$@\"");
    for (final String argument : arguments) {
      script.append(" '").append(argument).append('\'');
    }
    final Path file =
        Files.write(
            directory.resolve("run.sh"),
            script.append('\n').toString().getBytes(StandardCharsets.UTF_8));
    try (GongbeiProcess process = new GongbeiProcess(directory)) {
      process.environment(Map.of("LC_ALL", locale)).through("/bin/sh", file.toString());
      return process.run();
    }
  }

  private String err() {
    try {
      return Files.readString(directory.resolve("err"), StandardCharsets.UTF_8);
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }
}
