package gongbei.verifier.cli.input;

import gongbei.codec.time.Rfc3339;
import gongbei.codec.trust.FileFault;
import gongbei.verifier.cli.exit.CommandException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;

/** What people type for codes and times. */
public final class CodeInput {
  /** The most characters of one line of input: a code, a certificate and their wrapping. */
  public static final int MAX_LINE_CHARACTERS = 256 * 1024;

  private static final int BYTE_ORDER_MARK = 0xFEFF;

  private CodeInput() {}

  /**
   * The second of an RFC 3339 date-time. What many write in its place is read too, as {@link
   * Rfc3339#lenient} has it; without an offset it is UTC.
   *
   * @throws IllegalArgumentException when the text is no date-time; the message follows its name
   */
  public static long epochSeconds(String text) {
    return Rfc3339.lenient(text, ZoneOffset.UTC).getEpochSecond();
  }

  /** Opens a file; one that can't be is a {@link CommandException} that says why. */
  public static InputStream open(Path file) {
    if (Files.isDirectory(file)) {
      throw CommandException.unreachable(file + " is a directory");
    }
    try {
      return Files.newInputStream(file);
    } catch (IOException e) {
      throw CommandException.unreachable(file + " " + FileFault.reasonOf(e));
    }
  }

  /** Opens lines of text: of a file, or of standard input where its name is {@code -}. */
  public static BufferedReader lines(String file) throws IOException {
    return withoutByteOrderMark(
        new BufferedReader(
            new InputStreamReader(
                file.equals("-") ? System.in : open(TypedText.path(file)),
                StandardCharsets.UTF_8)));
  }

  /** Steps over the mark that some editors put before UTF-8. */
  static BufferedReader withoutByteOrderMark(BufferedReader reader) throws IOException {
    reader.mark(1);
    if (reader.read() != BYTE_ORDER_MARK) {
      reader.reset();
    }
    return reader;
  }

  /** Reads one line; of one that is too long only a little more than the limit is kept. */
  public static boolean readLine(BufferedReader reader, StringBuilder line) throws IOException {
    line.setLength(0);
    int character = reader.read();
    if (character < 0) {
      return false;
    }
    while (character >= 0 && character != '\n') {
      if (line.length() <= MAX_LINE_CHARACTERS) {
        line.append((char) character);
      }
      character = reader.read();
    }
    return true;
  }

  /** This second. */
  public static long nowEpochSeconds() {
    return Instant.now().getEpochSecond();
  }
}
