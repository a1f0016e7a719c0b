package gongbei.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.bench.Benchmarks;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class LoadRunTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--in-flight 2 | --in-flight goes with --mint, --http or --http2",
        "--http --in-flight 0 | --in-flight is not 1 or more",
        "--peer-plan 1x1 | --peer-plan goes with --peer",
        "--returning | --scan-connections and --returning go with --mint",
        "--http --http2 | --http and --http2 are two ways",
        "--mint --http2 | --http2 is for scans",
        "--scan-after-millis 2 | --scan-after-millis is '2', not LEAST-MOST in milliseconds",
        "--scan-after-millis 20-10 | --scan-after-millis is '20-10', not LEAST-MOST",
        "--scan-after-millis 0-30001 | --scan-after-millis is '0-30001', not LEAST-MOST in"
            + " milliseconds, at most 30000",
        "--node-cores 0 | --node-cores and --generator-cores go together",
        "--generator-cores 0 | --node-cores and --generator-cores go together",
        "--node-cores x --generator-cores 0 | 'x' is no list of cores",
        "--node-cores 0 --generator-cores 9999 | --generator-cores names core 9999",
      })
  void whatDoesNotGoTogetherOrIsNotThereIsRefusedInOneLine(String options, String said) {
    final List<String> line =
        new ArrayList<>(
            List.of("load", "run", "--directory", directory.toString(), "--plan", "1x1"));
    line.addAll(List.of(options.split(" ", -1)));
    assertRefused(line, "load run: " + said);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 9_999})
  void aTableByCoresLeavesTheGeneratorOneOrIsRefused(int count) {
    assertRefused(
        List.of("load", "cores", "--directory", directory.toString(), "--counts", "" + count),
        "load cores: --counts has " + count + ", and the generator needs a core besides");
  }

  private static void assertRefused(List<String> line, String said) {
    final StringWriter err = new StringWriter();
    final CommandLine command = Benchmarks.commandLine().setErr(new PrintWriter(err, true));
    assertEquals(2, command.execute(line.toArray(new String[0])));
    assertTrue(err.toString().contains(said), err::toString);
    assertEquals(1, err.toString().lines().count(), err::toString);
  }
}
