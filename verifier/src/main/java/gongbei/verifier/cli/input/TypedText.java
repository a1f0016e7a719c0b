package gongbei.verifier.cli.input;

import gongbei.codec.trust.FileFault;
import gongbei.verifier.cli.exit.CommandException;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;

/**
 * What was typed, where the locale's character set can't hold it. Java reads arguments and writes
 * files' names by that set (of {@code LC_ALL=C} it is ASCII), and puts other characters in place of
 * those that it lacks: another file would be meant.
 */
public final class TypedText {
  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
  private static final char REPLACEMENT = '\uFFFD';

  private TypedText() {}

  /**
   * Sees that every argument came through whole.
   *
   * @throws CommandException naming the first that did not, and what to do
   */
  public static void requireWhole(String[] arguments) {
    final Charset charset = FileFault.nameCharset();
    final List<byte[]> typed = typed();
    final int before = typed.size() - arguments.length;
    for (int i = 0; i < arguments.length; i++) {
      if (before < 0) {
        requireWhole(arguments[i], arguments[i].indexOf(REPLACEMENT) < 0, charset);
      } else {
        final byte[] bytes = typed.get(before + i);
        requireWhole(
            new String(bytes, StandardCharsets.UTF_8),
            Arrays.equals(bytes, arguments[i].getBytes(charset)),
            charset);
      }
    }
  }

  private static void requireWhole(String argument, boolean whole, Charset charset) {
    if (!whole) {
      throw CommandException.usage(
          "'"
              + argument
              + "' can't be read in this locale"
              + (charset.equals(StandardCharsets.UTF_8)
                  ? ", whose character set is UTF-8: it is not UTF-8"
                  : FileFault.localeRemedy()));
    }
  }

  /** The process's arguments, the JVM's own first, as Linux has them; elsewhere none. */
  private static List<byte[]> typed() {
    final List<byte[]> arguments = new ArrayList<>();
    try {
      final byte[] all = Files.readAllBytes(COMMAND_LINE);
      int start = 0;
      for (int i = 0; i < all.length; i++) {
        if (all[i] == 0) {
          arguments.add(Arrays.copyOfRange(all, start, i));
          start = i + 1;
        }
      }
      return arguments;
    } catch (IOException e) {
      return List.of();
    }
  }

  /** The path of an argument. */
  public static Path path(String text) {
    final Path path;
    try {
      path = Path.of(text);
    } catch (InvalidPathException e) {
      throw new CommandLine.TypeConversionException("'" + text + "' " + FileFault.reasonOf(e));
    }
    if (!path.isAbsolute() && !isWorkingDirectoryKnown()) {
      throw new CommandLine.TypeConversionException(
          "'"
              + text
              + "' is relative to a directory whose name can't be read in this locale"
              + FileFault.localeRemedy());
    }
    return path;
  }

  private static boolean isWorkingDirectoryKnown() {
    final String directory = System.getProperty("user.dir");
    if (directory.indexOf('?') < 0 && directory.indexOf(REPLACEMENT) < 0) {
      return true;
    }
    try {
      return Files.isDirectory(Path.of(directory));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
