package gongbei.verifier.cli.exit;

/** Why a command ends without doing its work; the message is for the person who typed it. */
public final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CommandException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** What was asked for is refused. */
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

  /** Whoever read the output has gone: there is nobody to tell. */
  public static CommandException unheard() {
    return new CommandException(ExitCode.UNREACHABLE, "");
  }

  /** Whether there is anything to say, and anybody to say it to. */
  public boolean isHeard() {
    return !getMessage().isEmpty();
  }

  public int exitCode() {
    return exitCode;
  }
}
