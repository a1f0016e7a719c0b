package gongbei.verifier;

import gongbei.verifier.cli.Gongbei;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command that starts a node of the classes under test as a process of its own. */
public final class ServeCommand {
  private ServeCommand() {}

  /**
   * {@code gongbei serve OPTIONS --config CONFIG}, by this JDK, with what this JVM was let open.
   *
   * @param options what {@code serve} is given besides, such as {@code --json}
   */
  public static List<String> of(Path config, String... options) {
    final List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // It lives for seconds: what a compiler would win by then is less than what it costs.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    for (final String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (argument.startsWith("--add-") || argument.startsWith("--enable-native")) {
        command.add(argument);
      }
    }
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), Gongbei.class.getName(), "serve"));
    command.addAll(List.of(options));
    command.addAll(List.of("--config", config.toString()));
    return command;
  }
}
