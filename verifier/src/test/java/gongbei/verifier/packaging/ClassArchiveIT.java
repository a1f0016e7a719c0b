package gongbei.verifier.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.replication.map.Subject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The archive of a node's classes, made and taken as the page on running has it: it is used where
 * it fits, and where it does not a node starts as if there were none, and no word is said of it.
 */
final class ClassArchiveIT {
  private static final int TERMINATED = 143;
  private static final int LEAST_CLASSES = 4_000;
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  @TempDir private static Path directory;
  private static Path jar;
  private static Path archive;
  private static Installation installation;

  @BeforeAll
  static void makeTheArchive() throws Exception {
    jar = Files.copy(Path.of("target", "gongbei.jar"), directory.resolve("gongbei.jar"));
    archive = directory.resolve("gongbei.jsa");
    final String told =
        Command.run(
            directory,
            List.of(
                JAVA,
                "-XX:ArchiveClassesAtExit=" + archive,
                "-Xlog:disable",
                "-Xmx512m",
                "-jar",
                jar.toString(),
                "rehearse"));
    assertTrue(told.contains("a node was started, asked and stopped"), told);
    assertFalse(told.contains("[cds"), told);
    try (Stream<Path> left = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      assertEquals(0, left.filter(each -> each.toString().contains("gongbei-rehearsal-")).count());
    }
    installation = new Installation(Files.createDirectories(directory.resolve("etc")));
    installation.write(
        "node.yaml", installation.sample().replace("/var/lib/gongbei", installation.at("var")));
  }

  /** The command of a node with the options that are installed, but for a smaller heap. */
  private static List<String> serve(Path taken, String... options) throws Exception {
    final Path given =
        Files.writeString(
            directory.resolve("jvm.options"),
            Files.readString(Path.of("packaging", "jvm.options"))
                .replace("/usr/share/gongbei/gongbei.jsa", taken.toString())
                .replace("/var/lib/gongbei", directory.toString())
                .replace("2g", "256m"));
    final List<String> command = new ArrayList<>(List.of(JAVA, "@" + given));
    command.addAll(List.of(options));
    command.addAll(
        List.of("-jar", jar.toString(), "serve", "--config", installation.at("node.yaml")));
    return command;
  }

  /** Starts a node, scans at it, and stops it; returns all that it said. */
  private static String run(List<String> command) throws Exception {
    try (Command node = Command.start(directory.resolve("node.txt"), command)) {
      node.awaitTold("is serving");
      final Subject holder = new Subject(7, 7);
      installation.load(holder);
      installation.assertPasses(holder);
      node.terminate();
      assertEquals(TERMINATED, node.exitCode(), node::told);
      return node.told();
    }
  }

  private static void assertSilent(String told) {
    assertFalse(told.toLowerCase(Locale.ROOT).contains("archive"), told);
    assertFalse(told.contains("[warning]"), told);
    assertFalse(told.contains("[error]"), told);
    assertFalse(told.contains("warning:"), told);
  }

  @Test
  void aNodeTakesItsClassesFromTheArchive() throws Exception {
    final Path loaded = directory.resolve("loaded.txt");
    final String told = run(serve(archive, "-Xlog:class+load:file=" + loaded));
    assertSilent(told);
    assertTrue(told.contains("INFO  ServeCommand: Serving "), told);
    final List<String> lines = Files.readAllLines(loaded);
    final long ours =
        lines.stream()
            .filter(
                line -> line.contains(" gongbei.") && line.contains("shared objects file (top)"))
            .count();
    final long shared =
        lines.stream().filter(line -> line.contains("shared objects file (top)")).count();
    assertTrue(ours > 200, ours + " classes of the node came from the archive");
    assertTrue(shared > LEAST_CLASSES, shared + " classes came from the archive");
  }

  @Test
  void whereThereIsNoArchiveTheNodeStartsWithoutAWord() throws Exception {
    assertSilent(run(serve(directory.resolve("no-such.jsa"))));
  }

  @Test
  void anArchiveThatIsNoneIsPassedOverWithoutAWord() throws Exception {
    final Path other = directory.resolve("other.jsa");
    Files.writeString(other, "nonsense\n".repeat(1_000));
    assertSilent(run(serve(other)));
  }

  @Test
  void anArchiveOfAnotherJarIsPassedOverWithoutAWord() throws Exception {
    final FileTime before = Files.getLastModifiedTime(jar);
    Files.setLastModifiedTime(jar, FileTime.from(Instant.ofEpochSecond(1_700_000_000)));
    try {
      assertSilent(run(serve(archive)));
    } finally {
      Files.setLastModifiedTime(jar, before);
    }
  }
}
