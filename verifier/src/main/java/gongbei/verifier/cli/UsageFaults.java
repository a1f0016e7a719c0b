package gongbei.verifier.cli;

import gongbei.verifier.cli.input.NearestName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Says in one line what is wrong with arguments, and what was likely meant. */
final class UsageFaults {
  private UsageFaults() {}

  /** The line, without its end. */
  static String told(CommandLine.ParameterException fault) {
    final CommandSpec command = fault.getCommandLine().getCommandSpec();
    return "gongbei: " + said(fault) + "; see " + command.qualifiedName() + " --help";
  }

  private static String said(CommandLine.ParameterException fault) {
    if (fault instanceof CommandLine.UnmatchedArgumentException unmatched
        && !unmatched.getUnmatched().isEmpty()) {
      return unknown(fault.getCommandLine(), unmatched.getUnmatched().get(0), fault.getMessage());
    }
    return plain(fault.getMessage());
  }

  private static String unknown(CommandLine line, String typed, String message) {
    final CommandSpec command = line.getCommandSpec();
    if (typed.startsWith("-")) {
      final String name = typed.replaceFirst("=.*", "");
      return "unknown option " + name + meant(name, optionsOf(command));
    }
    if (line.getSubcommands().isEmpty()) {
      return plain(message);
    }
    return "unknown command '" + typed + "'" + meant(typed, line.getSubcommands().keySet());
  }

  private static List<String> optionsOf(CommandSpec command) {
    final List<String> names = new ArrayList<>();
    command.options().forEach(option -> names.add(option.longestName()));
    return names;
  }

  private static String meant(String typed, Collection<String> names) {
    return NearestName.of(typed, names).map(name -> "; did you mean " + name + "?").orElse("");
  }

  private static String plain(String message) {
    final String fault = message.startsWith("Error: ") ? message.substring(7) : message;
    return fault.replaceAll("\\s+", " ");
  }
}
