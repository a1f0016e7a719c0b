package gongbei.testing;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How tests start a JVM that lives for seconds: what compiles and collects well then costs more
 * than it gains.
 */
public final class BriefJvm {
  /** The first compiler alone: for a JVM whose collector somebody else chooses. */
  public static final String FIRST_COMPILER = "-XX:TieredStopAtLevel=1";

  /** Its options. */
  public static final List<String> OPTIONS = List.of(FIRST_COMPILER, "-XX:+UseSerialGC");

  /** The environment that has every JVM below a process live so. */
  public static final Map<String, String> ENVIRONMENT =
      Map.of("JAVA_TOOL_OPTIONS", String.join(" ", OPTIONS));

  private BriefJvm() {}

  /** The beginning of a command: this JDK's launcher with the options. */
  public static List<String> command() {
    return command(System.getProperty("java.home"));
  }

  /** The same of the JDK at a path. */
  public static List<String> command(String home) {
    final List<String> command = new ArrayList<>();
    command.add(Path.of(home, "bin", "java").toString());
    command.addAll(OPTIONS);
    return command;
  }

  /** The beginning of a command that runs this process's classes, with all that it may open. */
  public static List<String> ofTheseClasses() {
    final List<String> command = command();
    for (final String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (argument.startsWith("--add-") || argument.startsWith("--enable-native")) {
        command.add(argument);
      }
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    return command;
  }
}
