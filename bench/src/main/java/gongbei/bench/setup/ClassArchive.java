package gongbei.bench.setup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The classes of a node as they are in memory, beside its jar: an installed node has such an
 * archive, and so have nodes that are measured. For one thread.
 */
public final class ClassArchive {
  private ClassArchive() {}

  /** Names the archive of a jar. */
  public static Path of(Path jar) {
    return jar.resolveSibling(
        jar.getFileName().toString().replaceFirst("[.]jar$", "") + "-classes.jsa");
  }

  /**
   * Makes the archive of a jar, as the package and the image do, where it is not as new as the jar.
   *
   * @throws IOException when it can't be made; the message says why
   */
  public static void make(Path jar) throws IOException, InterruptedException {
    final Path archive = of(jar);
    if (Files.exists(archive)
        && Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) > 0) {
      return;
    }
    final Path fresh = archive.resolveSibling(archive.getFileName() + ".new");
    final Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:ArchiveClassesAtExit=" + fresh,
                "-Xlog:disable",
                "-Xmx512m",
                "-jar",
                jar.toString(),
                "rehearse")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (process.waitFor() != 0 || !Files.exists(fresh)) {
      throw new IOException(jar + " rehearse failed, with " + process.exitValue());
    }
    Files.move(fresh, archive, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The options of a JVM that takes a jar's archive; none where there is none. */
  static List<String> options(Path jar) {
    return Files.exists(of(jar))
        ? List.of("-XX:SharedArchiveFile=" + of(jar), "-Xlog:disable")
        : List.of();
  }
}
