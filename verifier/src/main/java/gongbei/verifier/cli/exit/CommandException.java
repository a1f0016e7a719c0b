package gongbei.verifier.cli.exit;

/** Ends a command that has failed, with its exit code and a message for the terminal. */
public final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CommandException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** The request is refused. */
  public static CommandException refused(String message) {
    return new CommandException(ExitCode.REFUSED, message);
  }

  /** Usage or configuration error. */
  public static CommandException usage(String message) {
    return new CommandException(ExitCode.USAGE, message);
  }

  /** Something needed can't be reached or has failed. */
  public static CommandException unreachable(String message) {
    return new CommandException(ExitCode.UNREACHABLE, message);
  }

  /** The reader of the output has gone: there is no message. */
  public static CommandException unheard() {
    return new CommandException(ExitCode.UNREACHABLE, "");
  }

  /** Whether there is a message and somebody to read it. */
  public boolean isHeard() {
    return !getMessage().isEmpty();
  }

  public int exitCode() {
    return exitCode;
  }
}
