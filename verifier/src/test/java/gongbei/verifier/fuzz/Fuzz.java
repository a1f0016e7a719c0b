package gongbei.verifier.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import org.slf4j.LoggerFactory;

/** What Jazzer calls, in a process of its own: {@code -Dgongbei.fuzz.target} names the parser. */
public final class Fuzz {
  private static FuzzTargets.Target target;

  private Fuzz() {}

  /** Makes the target ready. */
  public static void fuzzerInitialize() {
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
    target = new FuzzTargets().of(System.getProperty("gongbei.fuzz.target"));
  }

  /** Takes one input. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    target.parser().take(input);
  }
}
