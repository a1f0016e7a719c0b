package gongbei.codec.trust;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads small files of text that people and their editors write. */
public final class TextFile {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private TextFile() {}

  /**
   * The text of a file in UTF-8, without the mark that some editors put before it.
   *
   * @throws java.nio.charset.CharacterCodingException where it is not UTF-8
   */
  public static String read(Path file) throws IOException {
    final String text =
        StandardCharsets.UTF_8
            .newDecoder()
            .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
            .toString();
    return text.isEmpty() || text.charAt(0) != BYTE_ORDER_MARK ? text : text.substring(1);
  }

  /** The same, line by line. */
  public static List<String> lines(Path file) throws IOException {
    return read(file).lines().toList();
  }
}
