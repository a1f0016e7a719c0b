package gongbei.verifier.cli.revocation;

import gongbei.codec.file.FileContent;
import gongbei.codec.trust.FileFault;
import gongbei.verifier.config.Limits;
import gongbei.verifier.revocation.RevocationException;
import gongbei.verifier.revocation.RevocationFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Reads revocation lists as they are published, of one file or of all files of a directory
 * together: as a whole or not at all.
 */
final class RevocationReader {
  private static final int SHA256_DIGITS = 64;

  private final RevocationFormat format;
  private final GatheredLists into;
  private final GatewayBatches batches;
  private final PartitionedLists partitions;

  /**
   * @param signers who must have signed batches; none where anybody may have
   * @param now the time that lists must not be over at, in epoch seconds
   */
  RevocationReader(
      RevocationFormat format, GatheredLists into, List<X509CertificateHolder> signers, long now) {
    this.format = format;
    this.into = into;
    batches = new GatewayBatches(into, signers, now);
    partitions = new PartitionedLists(into, now);
  }

  /**
   * Reads lists.
   *
   * @param isDelta whether lists that were imported before stay
   * @throws RevocationException which file and field is at fault
   */
  void read(Path from, boolean isDelta) throws RevocationException {
    final List<Path> files = files(from);
    if (files.isEmpty()) {
      throw new RevocationException(from.toString(), "directory", "has no file of such lists");
    }
    for (final Path file : files) {
      final byte[] bytes = bytes(file);
      try {
        take(file, bytes);
      } catch (RevocationException e) {
        throw e.in(file.toString());
      }
    }
    try {
      if (format == RevocationFormat.DGC_BATCHES) {
        batches.end(isDelta);
      } else if (format == RevocationFormat.DGC_PARTITIONS) {
        partitions.end();
      }
    } catch (RevocationException e) {
      throw e.in(from.toString());
    }
  }

  private static List<Path> files(Path from) throws RevocationException {
    if (!Files.isDirectory(from)) {
      return List.of(from);
    }
    try (Stream<Path> all = Files.walk(from)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !file.getFileName().toString().startsWith("."))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new RevocationException(from.toString(), "directory", FileFault.reasonOf(e));
    }
  }

  private static byte[] bytes(Path file) throws RevocationException {
    try {
      return FileContent.read(file, Limits.MAX_REVOCATION_FILE_BYTES).orThrow();
    } catch (IOException e) {
      throw new RevocationException(file.toString(), "file", FileFault.reasonOf(e));
    }
  }

  private void take(Path file, byte[] bytes) throws RevocationException {
    final String name = file.getFileName().toString();
    switch (format) {
      case DGC_BATCHES -> batches.take(withoutEnding(name), bytes);
      case DGC_PARTITIONS -> takePart(name.toLowerCase(Locale.ROOT), file.toString(), bytes);
      case SHC_CRL -> CardLists.take(bytes, into);
      case DENYLIST -> Denylist.take(bytes, into);
    }
  }

  private static String withoutEnding(String name) {
    final int dot = name.lastIndexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  private void takePart(String name, String source, byte[] bytes) throws RevocationException {
    if (name.endsWith(".gz") || name.endsWith(".tgz")) {
      for (final byte[] slice : TarReader.files(bytes)) {
        partitions.takeSlice(slice);
      }
    } else if (name.length() == SHA256_DIGITS && name.matches("[0-9a-f]+")) {
      partitions.takeSlice(bytes);
    } else {
      partitions.takeJson(source, bytes);
    }
  }
}
