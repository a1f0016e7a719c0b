package gongbei.bench.setup;

import gongbei.codec.trust.FileFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.nio.file.FileSystemException;
import java.util.Optional;

/** Why a command can't do what it was asked for, said in one line. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A program that is not there is told by the JDK as a message alone. */
  private static final String NO_PROGRAM = "Cannot run program";

  /**
   * @param message one line, which names the option or the file and what to do
   */
  public Refusal(String message) {
    super(message);
  }

  /**
   * What is said of a fault of the machine or of what was asked: a file, a port, a program. Empty
   * for every other, which is a defect and wants its stack trace.
   */
  public static Optional<String> inOneLine(Throwable fault) {
    if (fault instanceof Refusal) {
      return Optional.of(fault.getMessage());
    }
    if (fault instanceof UncheckedIOException unchecked) {
      return inOneLine(unchecked.getCause());
    }
    if (fault instanceof FileSystemException file) {
      return Optional.of(file.getFile() + " " + FileFault.reasonOf(file));
    }
    if (fault instanceof BindException) {
      return Optional.of("a port can't be taken: " + fault.getMessage());
    }
    if (fault instanceof IOException
        && fault.getMessage() != null
        && fault.getMessage().startsWith(NO_PROGRAM)) {
      return Optional.of(fault.getMessage());
    }
    return Optional.empty();
  }
}
