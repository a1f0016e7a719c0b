package gongbei.verifier.cli;

/** Why a command ends without doing its work; the message is for the person who typed it. */
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CommandException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** What was asked for is refused. */
  static CommandException refused(String message) {
    return new CommandException(Gongbei.EXIT_REFUSED, message);
  }

  /** Usage or configuration error. */
  static CommandException usage(String message) {
    return new CommandException(Gongbei.EXIT_USAGE, message);
  }

  /** Something needed can't be reached or has failed. */
  static CommandException unreachable(String message) {
    return new CommandException(Gongbei.EXIT_UNREACHABLE, message);
  }

  /** Whoever read the output has gone: there is nobody to tell. */
  static CommandException unheard() {
    return new CommandException(Gongbei.EXIT_UNREACHABLE, "");
  }

  /** Whether there is anything to say, and anybody to say it to. */
  boolean isHeard() {
    return !getMessage().isEmpty();
  }

  int exitCode() {
    return exitCode;
  }
}
