package gongbei.bench.corpora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.OneJdk;
import gongbei.testing.TestCorpora;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The conformance check against the test data of others. */
@OneJdk
final class CorporaTest {
  private int exitCode;
  private String err;

  private List<String> run(String... arguments) {
    final StringWriter out = new StringWriter();
    final StringWriter errors = new StringWriter();
    exitCode =
        new CommandLine(new CorporaCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(errors))
            .execute(arguments);
    err = errors.toString();
    return out.toString().lines().toList();
  }

  @Test
  void everyInputOfTheCorporaGetsTheAnswerThatItsCorpusCallsRight() {
    final List<String> lines = run(TestCorpora.require("").toString());
    final List<String> wrong =
        lines.stream()
            .filter(line -> !line.startsWith("right ") && !line.contains(": right "))
            .toList();
    assertEquals(List.of(), wrong);
    final List<String> totals = new ArrayList<>(lines.subList(lines.size() - 5, lines.size()));
    assertTrue(totals.get(0).startsWith("dgc: right 284 of 284"), totals.toString());
    assertTrue(totals.get(1).startsWith("dcc-pictures: right 190 of 190"), totals.toString());
    assertTrue(totals.get(2).startsWith("gdhcn: right 11 of 11"), totals.toString());
    assertTrue(totals.get(3).startsWith("real-world: right "), totals.toString());
    assertTrue(totals.get(4).startsWith("right "), totals.toString());
    assertEquals(0, exitCode);
  }

  @Test
  void aFolderWithoutTheCorporaIsNamedAndNothingIsCalledRight(@TempDir Path directory) {
    assertEquals(List.of(), run(directory.toString()));
    assertEquals(2, exitCode);
    assertTrue(err.startsWith(directory.resolve("dgc") + " is not a directory"), err);
  }
}
