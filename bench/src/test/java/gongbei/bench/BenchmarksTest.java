package gongbei.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class BenchmarksTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ScanBenchmark -prof gc",
        "HttpBenchmark -rf json -rff load",
        "-h",
        "-p engine=fixed-base report",
        ""
      })
  void whatBeginsWithNoSubcommandIsAllForJmh(String line) {
    final String[] arguments = line.isEmpty() ? new String[0] : line.split(" ", -1);
    final CommandLine.ParseResult parsed = Benchmarks.commandLine().parseArgs(arguments);
    assertFalse(parsed.hasSubcommand());
    assertEquals(List.of(arguments), parsed.unmatched());
  }

  @Test
  void aSubcommandTakesItsOwnArgumentsAndNoOthers() {
    final CommandLine.ParseResult parsed =
        Benchmarks.commandLine().parseArgs("chaos", "--seed", "1");
    assertEquals("chaos", parsed.subcommand().commandSpec().name());
    assertThrows(
        CommandLine.UnmatchedArgumentException.class,
        () -> Benchmarks.commandLine().parseArgs("chaos", "--sede", "1"));
  }

  @ParameterizedTest
  @CsvSource({"--no-such-option, no-such-option", "NoSuchBenchmark, no benchmark or subcommand"})
  void whatNobodyUnderstandsIsRefusedInOneLine(String argument, String said) {
    final StringWriter err = new StringWriter();
    final CommandLine line = Benchmarks.commandLine().setErr(new PrintWriter(err, true));
    assertEquals(2, line.execute(argument));
    assertTrue(err.toString().contains(said), err::toString);
    assertEquals(1, err.toString().lines().count(), err::toString);
  }

  @Test
  void helpListsTheSubcommands() {
    final StringWriter out = new StringWriter();
    final CommandLine line = Benchmarks.commandLine().setOut(new PrintWriter(out, true));
    assertEquals(0, line.execute("--help"));
    line.getSubcommands().keySet().forEach(name -> assertTrue(out.toString().contains(name), name));
  }

  @Test
  void everySubcommandSaysWhatItDoes() {
    Benchmarks.commandLine()
        .getSubcommands()
        .forEach(
            (name, each) ->
                assertTrue(each.getCommandSpec().usageMessage().description().length > 0, name));
  }
}
