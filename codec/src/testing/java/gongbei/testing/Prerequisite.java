package gongbei.testing;

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
}
