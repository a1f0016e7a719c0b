package gongbei.verifier.cli.revocation;

import gongbei.verifier.config.Limits;
import gongbei.verifier.revocation.RevocationException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Reads the files of a tar archive (POSIX.1-1988) that is deflated by gzip, within bounds. */
final class TarReader {
  private static final int BLOCK_BYTES = 512;
  private static final int SIZE_AT = 124;
  private static final int SIZE_DIGITS = 12;
  private static final int TYPE_AT = 156;

  private TarReader() {}

  /** Returns the contents of the regular files of an archive. */
  static List<byte[]> files(byte[] archive) throws RevocationException {
    final List<byte[]> files = new ArrayList<>();
    long total = 0;
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(archive))) {
      for (byte[] head = in.readNBytes(BLOCK_BYTES);
          head.length == BLOCK_BYTES && head[0] != 0;
          head = in.readNBytes(BLOCK_BYTES)) {
        final int size = size(head);
        total += size + BLOCK_BYTES;
        if (total > Limits.MAX_REVOCATION_FILE_BYTES) {
          throw new RevocationException(
              "", "archive", "is of over " + Limits.MAX_REVOCATION_FILE_BYTES + " bytes");
        }
        final byte[] file = in.readNBytes(size);
        if (file.length < size) {
          throw new RevocationException("", "archive", "is cut short");
        }
        in.skipNBytes((BLOCK_BYTES - size % BLOCK_BYTES) % BLOCK_BYTES);
        if (head[TYPE_AT] == '0' || head[TYPE_AT] == 0) {
          files.add(file);
        }
      }
    } catch (IOException e) {
      throw new RevocationException("", "archive", "is no tar archive of gzip: " + e.getMessage());
    }
    return files;
  }

  private static int size(byte[] head) throws RevocationException {
    final String digits =
        new String(head, SIZE_AT, SIZE_DIGITS, StandardCharsets.US_ASCII)
            .replace('\0', ' ')
            .strip();
    try {
      final int size = Integer.parseInt(digits, 8);
      if (size >= 0 && size <= Limits.MAX_REVOCATION_FILE_BYTES) {
        return size;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new RevocationException("", "archive", "has a file of no length that can be read");
  }
}
