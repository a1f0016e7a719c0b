package gongbei.verifier.cli.exit;

/** The exit codes of a command; the help of {@code gongbei} lists them. */
public final class ExitCode {
  /** Success, and every code passes. */
  public static final int OK = 0;

  /** A code was refused or held, or the request was refused. */
  public static final int REFUSED = 1;

  /** Usage or configuration error. */
  public static final int USAGE = 2;

  /** Something can't be reached, or has failed. */
  public static final int UNREACHABLE = 3;

  private ExitCode() {}
}
