package gongbei.verifier.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Runs commands in this process, for tests that extend it; keeps what the last of them printed. */
public abstract class CommandRuns {
  protected String out;
  protected String err;

  /** Runs a command and answers with its exit code. No command prints a stack trace. */
  protected final int run(String... arguments) {
    final StringWriter outText = new StringWriter();
    final StringWriter errText = new StringWriter();
    final CommandLine line = Gongbei.commandLine();
    line.setOut(new PrintWriter(outText));
    line.setErr(new PrintWriter(errText));
    final int exitCode = line.execute(arguments);
    out = outText.toString();
    err = errText.toString();
    assertFalse(err.contains("\tat "), err);
    return exitCode;
  }
}
