package gongbei.verifier.cli;

import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_FOOTER;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** The examples that each command's help ends with, from {@code examples.txt}. */
final class HelpExamples {
  private static final String RESOURCE = "/gongbei/examples.txt";

  private HelpExamples() {}

  /** Ends the help of each command, at whatever depth, with its examples, each on a line. */
  static CommandLine shownBy(CommandLine line) {
    final Map<String, List<String>> examples = all();
    final Map<String, CommandLine.IHelpSectionRenderer> sections =
        new HashMap<>(line.getHelpSectionMap());
    sections.put(
        SECTION_KEY_FOOTER,
        help -> told(examples.getOrDefault(help.commandSpec().qualifiedName(), List.of())));
    return line.setHelpSectionMap(sections);
  }

  /** They are not wrapped as other text is: a line is there to be copied. */
  private static String told(List<String> examples) {
    if (examples.isEmpty()) {
      return "";
    }
    final StringBuilder text = new StringBuilder("\nExamples:\n");
    examples.forEach(each -> text.append("  ").append(each).append('\n'));
    return text.toString();
  }

  /** The examples of each command by its whole name, in the order of the file. */
  static Map<String, List<String>> all() {
    final Map<String, List<String>> all = new LinkedHashMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                HelpExamples.class.getResourceAsStream(RESOURCE), StandardCharsets.UTF_8))) {
      List<String> section = new ArrayList<>();
      String line;
      while ((line = lines.readLine()) != null) {
        if (line.startsWith("[")) {
          section = new ArrayList<>();
          all.put(line.substring(1, line.length() - 1), section);
        } else if (!line.isBlank() && !line.startsWith("#")) {
          section.add(line);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }
}
