package gongbei.verifier.cli.history;

import gongbei.codec.transparency.Proof;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The files of a directory that {@link ProofCommand} checks. */
final class SavedProof {
  private SavedProof() {}

  /**
   * Writes an entry, its proof and the head that it leads to.
   *
   * @param note the signed head
   */
  static void write(Path into, String note, byte[] entry, Proof proof) throws IOException {
    Files.createDirectories(into);
    write(into.resolve(ProofCommand.HEAD), note.getBytes(StandardCharsets.UTF_8));
    write(into.resolve(ProofCommand.ENTRY), entry);
    write(into.resolve(ProofCommand.PROOF), proof.toBytes());
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    Files.write(
        file,
        bytes,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }
}
