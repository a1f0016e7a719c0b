package gongbei.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.bench.setup.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
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

  @ParameterizedTest
  @CsvSource({
    "load run --directory target/no-such --plan 1x1 --jar no.jar, 2, --jar no.jar does not exist",
    "load run --directory target/no-such --plan 1x1 --jar target, 2, --jar target is not a file",
    "load run --directory target/no-such --plan 1x1 --peer no.jar, 2, --peer no.jar does not exist",
    "soak --directory target/no-such --jar no.jar, 2, --jar no.jar does not exist",
    "mint-outage --jar no.jar, 2, --jar no.jar does not exist",
    "disk-full --jar no.jar, 2, --jar no.jar does not exist",
    "sealing-bench --jar no.jar, 2, --jar no.jar does not exist",
    "cluster-faults --jar no.jar, 2, --jar no.jar does not exist",
    "chaos --jar no.jar, 2, --jar no.jar does not exist",
    "restart-bench target/no-such --jar no.jar, 2, --jar no.jar does not exist",
    "restart-bench target/no-such --jar pom.xml, 2, was not loaded by why-bench",
    "why-bench target/no-such --loaded, 2, was not loaded by why-bench",
    "restarts --jar no.jar, 2, --jar no.jar does not exist",
    "load run --directory target/no-such --plan 1x1 --jar pom.xml, 3, residents does not exist",
    "report --data target/no-such, 3, target/no-such does not exist"
  })
  void whatIsNotThereIsRefusedInOneLine(String arguments, int exit, String said) {
    final StringWriter err = new StringWriter();
    final CommandLine line = Benchmarks.commandLine().setErr(new PrintWriter(err, true));
    assertEquals(exit, line.execute(arguments.split(" ", -1)), err::toString);
    assertTrue(err.toString().contains(said), err::toString);
    assertEquals(1, err.toString().lines().count(), err::toString);
  }

  @Test
  void aPortThatIsTakenIsRefusedInOneLineAndADefectIsNot() throws IOException {
    try (ServerSocket taken = new ServerSocket(0);
        ServerSocket second = new ServerSocket()) {
      final IOException fault =
          assertThrows(IOException.class, () -> second.bind(taken.getLocalSocketAddress()));
      assertTrue(Refusal.inOneLine(fault).orElseThrow().startsWith("a port can't be taken: "));
    }
    assertEquals(Optional.empty(), Refusal.inOneLine(new IllegalStateException("a defect")));
    assertEquals(Optional.empty(), Refusal.inOneLine(new IOException("the node hung up")));
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
