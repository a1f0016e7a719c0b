package gongbei.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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

  @Test
  void everySubcommandSaysWhatItDoes() {
    Benchmarks.commandLine()
        .getSubcommands()
        .forEach(
            (name, each) ->
                assertTrue(each.getCommandSpec().usageMessage().description().length > 0, name));
  }
}
