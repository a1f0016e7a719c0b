package gongbei.verifier.reference;

import gongbei.testing.Document;
import gongbei.testing.Patience;
import gongbei.testing.Prerequisite;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page of the reference: its blocks, its tables, and its scripts as they stand there. */
public final class ReferencePage {
  private final String text;

  public ReferencePage(Document page) {
    text = page.text();
  }

  String text() {
    return text;
  }

  /** The blocks of a language, in their order. */
  public List<String> blocks(String language) {
    final List<String> blocks = new ArrayList<>();
    final Matcher block = Pattern.compile("(?ms)^```" + language + "\\n(.*?)^```$").matcher(text);
    while (block.find()) {
      blocks.add(block.group(1));
    }
    return blocks;
  }

  /** The rows of the table whose first line opens so, each by its cells without their marks. */
  List<List<String>> table(String opening) {
    final List<List<String>> rows = new ArrayList<>();
    final int start = text.indexOf("\n" + opening);
    if (start < 0) {
      throw new AssertionError("no table opens with " + opening);
    }
    for (final String line : text.substring(start + 1).split("\n", -1)) {
      if (!line.startsWith("|")) {
        break;
      }
      final List<String> cells = new ArrayList<>();
      for (final String cell : line.substring(2, line.length() - 2).split(" \\| ", -1)) {
        cells.add(cell.replace("`", ""));
      }
      rows.add(cells);
    }
    return rows.subList(2, rows.size());
  }

  /** What a script prints; it must end well. */
  static String run(Path directory, String script) throws IOException, InterruptedException {
    final Process process =
        new ProcessBuilder("bash", "-euo", "pipefail", "-c", script)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(Patience.SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new AssertionError(script + " failed: " + said);
    }
    return said;
  }

  /** Goes on only where programs are there. */
  static void require(String... programs) throws IOException, InterruptedException {
    for (final String program : programs) {
      final boolean isThere =
          new ProcessBuilder("sh", "-c", "command -v " + program).start().waitFor() == 0;
      Prerequisite.require(isThere, program + " is missing, which the reference's scripts use");
    }
  }
}
