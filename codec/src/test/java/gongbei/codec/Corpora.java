package gongbei.codec;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Test data of others, beside the project. A test whose data are absent is skipped. */
public final class Corpora {
  private static final Path ROOT = Path.of("..", "..", "shared", "corpora");

  private Corpora() {}

  /** A folder or file of them; with {@code CI=true} it must be there. */
  public static Path of(String first, String... more) {
    final Path path = ROOT.resolve(Path.of(first, more));
    if ("true".equals(System.getenv("CI"))) {
      assertTrue(Files.exists(path), path + " is missing");
    }
    assumeTrue(Files.exists(path), path + " is missing");
    return path;
  }
}
