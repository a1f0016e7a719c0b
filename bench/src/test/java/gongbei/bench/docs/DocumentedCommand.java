package gongbei.bench.docs;

import gongbei.testing.Document;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command that a page of the documentation shows.
 *
 * @param page from the project's root
 * @param line where it stands, from 1
 * @param isConsole whether it stands behind a prompt, with what it prints below it
 * @param text the command, its lines joined, without a comment at its end
 * @param shown what it prints, where that is shown
 */
record DocumentedCommand(
    String page, int line, boolean isConsole, String text, List<String> shown) {
  /** The project's root. */
  static final Path ROOT = Document.root();

  private static final Pattern INLINE =
      Pattern.compile(
          "`((?:java|mvn|gongbei(?= [a-z])|docker|podman|curl|perf|jcmd|systemctl|gcc|runuser|JAZZER_FUZZ=1"
              + " mvn) [^`]+)`");

  /** All of them, page by page. */
  static List<DocumentedCommand> all() throws IOException {
    final List<DocumentedCommand> all = new ArrayList<>();
    for (final Path page : Document.all()) {
      read(page, all);
    }
    return all;
  }

  private static void read(Path page, List<DocumentedCommand> into) throws IOException {
    final String name = ROOT.relativize(page).toString();
    final List<String> lines = Files.readAllLines(page);
    String block = "";
    for (int i = 0; i < lines.size(); i++) {
      final String line = lines.get(i);
      if (line.startsWith("```")) {
        block = block.isEmpty() ? line.substring(3) + " " : "";
      } else if (block.startsWith("sh ")
          || (block.startsWith("console ") && line.startsWith("$ "))) {
        final boolean isConsole = block.startsWith("console ");
        final StringBuilder text = new StringBuilder(isConsole ? line.substring(2) : line);
        final int first = i + 1;
        while (text.toString().endsWith("\\")) {
          i++;
          text.setLength(text.length() - 1);
          text.append(lines.get(i).strip());
        }
        final String command = text.toString().replaceAll("\\s+#\\s.*$", "").strip();
        if (!command.isEmpty()) {
          into.add(new DocumentedCommand(name, first, isConsole, command, shown(lines, i + 1)));
        }
      } else if (block.isEmpty()) {
        final Matcher inline = INLINE.matcher(line);
        while (inline.find()) {
          into.add(new DocumentedCommand(name, i + 1, false, inline.group(1), List.of()));
        }
      }
    }
  }

  private static List<String> shown(List<String> lines, int from) {
    final List<String> shown = new ArrayList<>();
    for (int i = from; i < lines.size(); i++) {
      final String line = lines.get(i);
      if (line.startsWith("$ ") || line.startsWith("```")) {
        break;
      }
      if (!line.isBlank()) {
        shown.add(line);
      }
    }
    return shown;
  }

  /** Whether it runs the benchmarks' jar. */
  boolean isBenchmark() {
    return text.contains("bench/target/benchmarks.jar");
  }

  @Override
  public String toString() {
    return page + ":" + line + " " + text;
  }
}
