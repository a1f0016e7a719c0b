package gongbei.codec.trust;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/** The {@code *.pem} files of a directory (RFC 7468). */
public final class PemFiles {
  private static final int MAX_FILES = 10_000;
  private static final int MAX_FILE_BYTES = 1 << 20;

  private PemFiles() {}

  /** The files with the times of their last change, in the order of their names. */
  public static Map<Path, FileTime> list(Path directory) throws TrustException {
    final Map<Path, FileTime> files = new TreeMap<>();
    try (Stream<Path> entries = Files.list(directory)) {
      for (final Path file : (Iterable<Path>) entries::iterator) {
        if (file.getFileName().toString().endsWith(".pem")) {
          files.put(file, Files.getLastModifiedTime(file));
        }
      }
    } catch (IOException e) {
      throw new TrustException(directory + " " + FileFault.reasonOf(e));
    }
    if (files.size() > MAX_FILES) {
      throw new TrustException(directory + " holds more than " + MAX_FILES + " files");
    }
    return files;
  }

  /** The blocks of a file whose type is the one asked for. */
  public static List<byte[]> read(Path file, String type) throws TrustException {
    final List<byte[]> blocks = new ArrayList<>();
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new TrustException(file + " is longer than " + MAX_FILE_BYTES + " bytes");
      }
      final String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
      try (PemReader reader = new PemReader(new StringReader(text))) {
        PemObject block;
        boolean isPem = false;
        while ((block = reader.readPemObject()) != null) {
          isPem = true;
          if (block.getType().equals(type)) {
            blocks.add(block.getContent());
          }
        }
        if (!isPem) {
          throw new TrustException(file + " is not PEM: no block begins in it");
        }
      }
      return blocks;
    } catch (FileSystemException e) {
      throw new TrustException(file + " " + FileFault.reasonOf(e));
    } catch (IOException | RuntimeException e) {
      throw new TrustException(file + " is not PEM: " + e.getMessage());
    }
  }
}
