package gongbei.verifier.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.replication.map.Subject;
import gongbei.testing.BriefJvm;
import gongbei.testing.Prerequisite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar on a Java runtime of the listed modules alone, which has no compiler. */
final class JavaRuntimeIT {
  private static final int TERMINATED = 143;
  private static final String JAR = Path.of("target", "gongbei.jar").toAbsolutePath().toString();

  @TempDir private static Path directory;
  private static Path runtime;

  private static String tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  private static Set<String> listed() throws IOException {
    return Files.readAllLines(Path.of("packaging", "runtime-modules")).stream()
        .filter(line -> !line.startsWith("#") && !line.isBlank())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @BeforeAll
  static void linkTheRuntime() throws Exception {
    Prerequisite.require(
        Files.isExecutable(Path.of(tool("jlink"))), "jlink is missing: this is no whole JDK");
    runtime = directory.resolve("runtime");
    Command.run(
        directory,
        List.of(
            tool("jlink"),
            "--add-modules",
            String.join(",", listed()),
            "--output",
            runtime.toString()));
  }

  private static List<String> gongbei(String... arguments) {
    final List<String> command = BriefJvm.command(runtime.toString());
    command.addAll(List.of("-Xmx512m", "-jar", JAR));
    command.addAll(List.of(arguments));
    return command;
  }

  @Test
  void theListHasEveryModuleThatTheJarNamesAndNoCompiler() throws Exception {
    final String named =
        Command.run(
            directory,
            List.of(
                tool("jdeps"),
                "-J" + BriefJvm.FIRST_COMPILER,
                "--ignore-missing-deps",
                "--multi-release",
                "17",
                "--print-module-deps",
                JAR));
    final Set<String> missing =
        Stream.of(named.strip().lines().reduce((first, last) -> last).orElseThrow().split(",", -1))
            .collect(Collectors.toCollection(TreeSet::new));
    missing.removeAll(listed());
    assertEquals(Set.of(), missing);
    final String there =
        Command.run(directory, List.of(runtime.resolve("bin/java").toString(), "--list-modules"));
    assertTrue(there.contains("java.compiler@"), "types of libraries: " + there);
    assertFalse(there.contains("jdk.compiler"), there);
  }

  @Test
  void aNodeStartsScansAndStopsOnARuntimeWithoutACompiler() throws Exception {
    final Installation installation =
        new Installation(Files.createDirectories(directory.resolve("etc")));
    installation.write(
        "node.yaml", installation.sample().replace("/var/lib/gongbei", installation.at("var")));
    final Subject holder = new Subject(7, 7);
    try (Command node =
        Command.start(
            directory.resolve("node.txt"),
            gongbei("serve", "--config", installation.at("node.yaml")))) {
      node.awaitTold("is serving");
      installation.load(holder);
      installation.assertPasses(holder);
      node.terminate();
      assertEquals(TERMINATED, node.exitCode(), node::told);
      assertFalse(node.told().contains("\tat "), node::told);
    }
  }

  @Test
  void commandsRunOnARuntimeWithoutACompiler() throws Exception {
    final String keys = directory.resolve("keys").toString();
    Command.run(directory, gongbei("keygen", "--region", "GD", "--out", keys));
    final String picture = directory.resolve("code.png").toString();
    Command.run(
        directory,
        gongbei(
            "issue",
            "--keys",
            keys,
            "--format",
            "GD1",
            "--ttl-seconds",
            "3600",
            "--png",
            picture,
            "--subject",
            "00112233445566778899aabbccddeeff"));
    final String told =
        Command.run(directory, gongbei("verify", "--trust", keys, "--image", picture));
    assertTrue(told.contains("pass: ok, GD1 by GD"), told);
  }
}
