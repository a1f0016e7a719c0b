package gongbei.verifier.cli.node;

import java.util.Optional;
import org.slf4j.LoggerFactory;

/** Which Java a node runs on. The libraries under it reach into the JDK, which changes. */
public final class JavaVersions {
  /** The oldest, for which the byte code is made. */
  static final int OLDEST = 17;

  /** The newest that every change is tested on. */
  static final int NEWEST = 25;

  private JavaVersions() {}

  /** Warns where a node is about to start on a Java that it was not tested on. */
  public static void warnOfUntested() {
    warning(Runtime.version().feature())
        .ifPresent(LoggerFactory.getLogger(JavaVersions.class)::warn);
  }

  /** What there is to say of a version of Java. */
  static Optional<String> warning(int feature) {
    return feature <= NEWEST
        ? Optional.empty()
        : Optional.of("This is Java " + feature + ". " + supported());
  }

  /**
   * Says what is wrong where a library met a JDK that it can't live with.
   *
   * @param fault the fault of a class that could not be loaded or initialised
   */
  public static String refusal(LinkageError fault) {
    Throwable cause = fault;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    return "this Java, "
        + Runtime.version()
        + ", refuses what a library needs ("
        + cause.getMessage()
        + "). "
        + supported();
  }

  /** Says what is wrong where a class of the JDK is missing, as in a runtime without its module. */
  public static String refusalWithoutModules(NoClassDefFoundError fault) {
    return "the Java runtime " + System.getProperty("java.version") + " can't run this: " + fault;
  }

  private static String supported() {
    return "A node is tested on Java "
        + OLDEST
        + " and "
        + NEWEST
        + "; a later one may need --sun-misc-unsafe-memory-access=allow in JDK_JAVA_OPTIONS";
  }
}
