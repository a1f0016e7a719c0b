package gongbei.bench.faults;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.bench.setup.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Writes how a run with faults came out, and says what the command ends with. */
final class FaultReport {
  private static final int MAX_WRONG = 40;

  private FaultReport() {}

  /** What the run is on, in a line. */
  private static String machine() {
    final ObjectNode machine = Machine.describe();
    return String.format(
        Locale.ROOT,
        "%s, %d cores, %d GiB, %s %s, JDK %s; nodes, load and checks share them.",
        machine.path("processor").asText(),
        machine.path("cores").asInt(),
        machine.path("memoryGib").asInt(),
        machine.path("system").asText(),
        machine.path("architecture").asText(),
        machine.path("jdk").asText());
  }

  /** Adds to a report what the run is on, and what was wrong. */
  static void judged(StringBuilder text, List<String> wrong) {
    text.append(machine()).append("\n\n");
    text.append(wrong.isEmpty() ? "Nothing was wrong." : "**Wrong:**").append('\n');
    wrong.stream().limit(MAX_WRONG).forEach(each -> text.append("- ").append(each).append('\n'));
  }

  /**
   * Prints a report, writes it where it is asked for, and deletes the run's files where nothing was
   * wrong.
   *
   * @param report the report's file, or null
   * @return what the command ends with
   */
  static int conclude(String text, Path report, Path directory, List<String> wrong)
      throws IOException {
    System.out.print(text);
    if (report != null) {
      Files.writeString(report, text);
    }
    if (wrong.isEmpty()) {
      ClusterFixture.delete(directory);
      return 0;
    }
    System.out.println("What the nodes said is in " + directory);
    return 1;
  }
}
