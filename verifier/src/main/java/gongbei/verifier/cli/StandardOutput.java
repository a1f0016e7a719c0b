package gongbei.verifier.cli;

import gongbei.verifier.cli.exit.CommandException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Standard output, of which a failure ends the command. {@link java.io.PrintStream} and {@link
 * java.io.PrintWriter} keep such failures to themselves: a full device would pass for success, and
 * a command whose reader has gone would work on for nobody.
 */
final class StandardOutput extends OutputStream {
  private final OutputStream stream;

  StandardOutput() {
    this(new FileOutputStream(FileDescriptor.out));
  }

  StandardOutput(OutputStream stream) {
    this.stream = stream;
  }

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    try {
      stream.write(bytes, offset, length);
    } catch (IOException e) {
      throw fault(e);
    }
  }

  @Override
  public void flush() {
    try {
      stream.flush();
    } catch (IOException e) {
      throw fault(e);
    }
  }

  /** A reader that has seen enough, as {@code head} does, needs no message. */
  private static CommandException fault(IOException e) {
    return "Broken pipe".equals(e.getMessage())
        ? CommandException.unheard()
        : CommandException.unreachable("standard output can't be written: " + e.getMessage());
  }
}
