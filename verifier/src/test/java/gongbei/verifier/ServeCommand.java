package gongbei.verifier;

import gongbei.testing.BriefJvm;
import gongbei.verifier.cli.Gongbei;
import java.nio.file.Path;
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
    final List<String> command = BriefJvm.ofTheseClasses();
    command.addAll(List.of(Gongbei.class.getName(), "serve"));
    command.addAll(List.of(options));
    command.addAll(List.of("--config", config.toString()));
    return command;
  }
}
