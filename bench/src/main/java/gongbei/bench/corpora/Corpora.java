package gongbei.bench.corpora;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * Holds Gongbei to the test data of others: what they say is right is what is expected, and it is
 * asked for as a user would ask, on the command line or over HTTP.
 */
final class Corpora {
  private Corpora() {}

  /**
   * Runs every input.
   *
   * @param folder holds {@code dgc}, {@code dcc-pictures}, {@code gdhcn} and {@code real-world}
   */
  static List<Outcome> run(Path folder) throws Exception {
    final Path scratch = Files.createTempDirectory("gongbei-corpora-");
    try {
      final List<Outcome> outcomes = new ArrayList<>();
      outcomes.addAll(new DgcCodes(folder, scratch).run());
      outcomes.addAll(new DccPictures(folder).run());
      outcomes.addAll(new GdhcnCodes(folder, scratch).run());
      outcomes.addAll(new RealWorldInputs(folder, scratch).run());
      return outcomes;
    } finally {
      delete(scratch);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (final Path file : files.sorted(Collections.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
