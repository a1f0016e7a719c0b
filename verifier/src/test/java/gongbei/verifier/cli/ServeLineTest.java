package gongbei.verifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** A node that starts describes no other command, and says the same as where all are. */
final class ServeLineTest {
  private static String said(CommandLine line, String... arguments) {
    final StringWriter said = new StringWriter();
    final int exitCode =
        line.setOut(new PrintWriter(said)).setErr(new PrintWriter(said)).execute(arguments);
    return exitCode + "\n" + said;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve",
        "serve --help",
        "serve --nonsense",
        "serve --config no-such.yaml",
        "serve --config no-such.yaml --role king"
      })
  void itSaysTheSame(String typed) {
    final String[] arguments = typed.split(" ", -1);
    final CommandLine alone = Gongbei.commandLineFor(arguments);
    assertEquals(
        Set.of("serve"),
        alone.getSubcommands().values().stream()
            .map(CommandLine::getCommandName)
            .collect(Collectors.toSet()));
    final String expected = said(Gongbei.commandLine(), arguments);
    assertFalse(expected.isBlank());
    assertEquals(expected, said(alone, arguments));
  }

  @ParameterizedTest
  @ValueSource(strings = {"status --help", "--help", "serv", "--version"})
  void whatIsNotOfServeIsOfAll(String typed) {
    final String[] arguments = typed.split(" ", -1);
    assertEquals(
        Gongbei.commandLine().getSubcommands().keySet(),
        Gongbei.commandLineFor(arguments).getSubcommands().keySet());
  }
}
