package gongbei.verifier.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import org.slf4j.LoggerFactory;

/**
 * What Jazzer calls, in a process of its own: {@code -Dgongbei.fuzz.target} names the parser. What
 * the process holds once it is warm and what it holds at the end are printed, so that what grows
 * with the inputs is seen.
 */
public final class Fuzz {
  private static final long WARM_EXECUTIONS = 20_000;
  private static FuzzTargets.Target target;
  private static long executions;
  private static Holdings warm;

  private Fuzz() {}

  /** Makes the target ready. */
  public static void fuzzerInitialize() {
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
    target = new FuzzTargets().of(System.getProperty("gongbei.fuzz.target"));
  }

  /** Takes one input. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    target.parser().take(input);
    if (++executions == WARM_EXECUTIONS) {
      warm = Holdings.now();
    }
  }

  /** Prints what is held more than when the process was warm. */
  public static void fuzzerTearDown() {
    if (warm != null) {
      System.err.println(warm.growth(Holdings.now()));
    }
  }
}
