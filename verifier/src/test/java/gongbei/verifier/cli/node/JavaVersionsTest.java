package gongbei.verifier.cli.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gongbei.testing.Document;
import gongbei.verifier.cli.GongbeiProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of the Java that it runs on, and what that Java says. */
final class JavaVersionsTest {
  /** The first Java that warns of sun.misc.Unsafe (JEP 498). */
  private static final int WARNS = 24;

  private static final String SETTING = "-Dsun.misc.unsafe.memory.access=allow";

  @TempDir private Path directory;

  private static int feature() {
    return Runtime.version().feature();
  }

  @Test
  void onlyALaterJavaThanWasTestedIsWarnedOf() {
    assertEquals(Optional.empty(), JavaVersions.warning(17));
    assertEquals(Optional.empty(), JavaVersions.warning(25));
    assertEquals(
        Optional.of(
            "This is Java 26. A node is tested on Java 17 and 25; a later one may need"
                + " --sun-misc-unsafe-memory-access=allow in JDK_JAVA_OPTIONS"),
        JavaVersions.warning(26));
  }

  @Test
  void commandsThatStartNoNodeAreQuiet() throws Exception {
    try (GongbeiProcess process = new GongbeiProcess(directory)) {
      assertEquals(0, process.run("--version"));
      assertEquals("", process.err());
      assertEquals(1, process.run("verify", "GD1:X"));
      assertEquals("", process.err());
      final String keys = directory.resolve("keys").toString();
      assertEquals(0, process.run("keygen", "--region", "GD", "--out", keys));
      assertEquals("", process.err());
    }
  }

  @Test
  void aNodePrintsNoWarningButTheOneThatIsDocumented() throws Exception {
    final List<String> warnings = warnings(serve());
    if (feature() < WARNS) {
      assertEquals(List.of(), warnings);
      return;
    }
    assertEquals(4, warnings.size(), warnings::toString);
    final String page = Document.RUNNING.text();
    assertTrue(page.contains(warnings.get(0)), warnings.get(0));
    assertTrue(warnings.get(0).contains("sun.misc.Unsafe"), warnings.get(0));
  }

  @Test
  void withTheOptionsThatAreShippedANodeIsQuiet() throws Exception {
    assertTrue(
        Files.readAllLines(Path.of("packaging", "jvm.options")).contains(SETTING),
        "the unit's and the image's options have " + SETTING);
    assertTrue(Document.RUNNING.text().contains(SETTING));
    assertEquals(List.of(), warnings(serve(SETTING)));
  }

  @Test
  void aJavaThatRefusesWhatALibraryNeedsIsNamedInOneLine() throws Exception {
    assumeTrue(feature() >= WARNS, "Java " + feature() + " can't be told to refuse Unsafe");
    try (GongbeiProcess process = new GongbeiProcess(directory)) {
      process.options("--sun-misc-unsafe-memory-access=deny");
      assertEquals(3, process.run("serve", "--config", config().toString()), process.err());
      assertEquals(1, process.err().lines().count(), process.err());
      assertTrue(process.err().startsWith("gongbei: this Java, " + feature()), process.err());
      assertTrue(process.err().contains("--sun-misc-unsafe-memory-access=allow"), process.err());
    }
  }

  private Path config() throws Exception {
    return Files.writeString(
        directory.resolve("node.yaml"), "http: {port: 0}\ntcp: {port: 0}\nmaxSubjects: 1000\n");
  }

  private String serve(String... options) throws Exception {
    try (GongbeiProcess process = new GongbeiProcess(directory).options(options)) {
      process.start(false, "serve", "--config", config().toString());
      process.awaitServing();
      process.process().destroy();
      process.exitCode();
      return process.err();
    }
  }

  private static List<String> warnings(String text) {
    return text.lines().filter(line -> line.contains("WARN")).toList();
  }
}
