package gongbei.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Skips tests where something is missing that they need and that a JDK and Maven do not bring; with
 * {@code CI=true}, where everything has to be tested, fails them.
 */
public final class Prerequisite {
  private Prerequisite() {}

  /**
   * Goes on only where it is there.
   *
   * @param reason what is missing, as the list of skipped tests says it
   */
  public static void require(boolean isThere, String reason) {
    if (isThere) {
      return;
    }
    if ("true".equals(System.getenv("CI"))) {
      Assertions.fail(reason + " (with CI=true nothing is skipped)");
    }
    Assumptions.abort(reason);
  }

  /** Returns a path, and goes on only where something is there. */
  public static Path require(Path path) {
    require(Files.exists(path), path + " is missing");
    return path;
  }

  /** Whether a command is there and ends well. */
  public static boolean runs(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
