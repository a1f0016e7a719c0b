package gongbei.verifier.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Region;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SubjectSecret;
import gongbei.codec.trust.TrustList;
import gongbei.verifier.audit.AuditException.Reason;
import gongbei.verifier.cli.Gongbei;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An audit log that is closed at a size and goes on in another file, as one chain. */
final class AuditRotationTest {
  private static final long NOW = 1_800_000_000L;
  private static final int FILE_BYTES = 2_000;
  private static final int RECEIPTS = 20;
  private static final SigningKey KEY =
      new KeyGeneration()
          .generate("MO", Instant.ofEpochSecond(NOW - 10), Instant.ofEpochSecond(NOW + 1_000));
  private static final TrustList TRUST = new TrustList(List.of(KEY.issuerKey()));

  @TempDir private Path directory;

  private static Receipt receipt(int number) {
    final byte[] digest = new byte[32];
    digest[0] = (byte) number;
    digest[1] = (byte) (number >> 8);
    return new Receipt(
        Region.GUANGDONG, Region.MACAU, digest, digest, "gd-to-mo@1", Receipt.TRANSLATED);
  }

  private Path file() {
    return directory.resolve("audit.jsonl");
  }

  private AuditLog open(long maxBytes) throws AuditException {
    return AuditLog.ofFile(file(), Region.MACAU, new AuditRoom(maxBytes, 0, FILE_BYTES));
  }

  /** Writes so many receipts, one a second, each with its head. */
  private static void write(AuditLog log, int from, int to) throws AuditException {
    for (int i = from; i < to; i++) {
      log.append(List.of(receipt(i)), KEY, NOW + i);
    }
  }

  /** All files, the oldest first. */
  private List<Path> files() throws Exception {
    final List<Path> files = new ArrayList<>(new AuditFiles(file()).closed());
    files.add(file());
    return files;
  }

  private List<Path> written() throws Exception {
    try (AuditLog log = open(Long.MAX_VALUE)) {
      write(log, 0, RECEIPTS);
    }
    assertTrue(files().size() > 3, files().toString());
    return files();
  }

  private static AuditException assertFault(Reason reason, List<Path> files) {
    final AuditException e =
        assertThrows(AuditException.class, () -> AuditCheck.check(files, TRUST, false, null));
    assertEquals(reason, e.reason(), e.getMessage());
    return e;
  }

  @Test
  void everyFileIsAboutItsSizeAndAllTogetherAreOneChain() throws Exception {
    final List<Path> files = written();
    for (final Path closed : files.subList(0, files.size() - 1)) {
      assertTrue(Files.size(closed) >= FILE_BYTES, closed.toString());
      assertTrue(Files.size(closed) < 2 * FILE_BYTES, closed.toString());
      assertEquals(
          "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(closed)));
    }
    final AuditCheck.Summary summary = AuditCheck.check(files, TRUST, false, null);
    assertEquals(RECEIPTS, summary.receipts());
    assertEquals(RECEIPTS, summary.heads());
    assertEquals(0, summary.firstNumber());
    final String early = AuditCheck.check(files.subList(0, 1), TRUST, false, null).lastDigestHex();
    AuditCheck.check(files, TRUST, false, early);
  }

  @Test
  void aFileThatIsMissingSwappedOrChangedIsFoundAndNamed() throws Exception {
    final List<Path> files = written();
    for (int i = 0; i < files.size(); i++) {
      final List<Path> missing = new ArrayList<>(files);
      final Path removed = missing.remove(i);
      if (i == files.size() - 1) {
        // Only who has seen a later head can tell that the end is missing.
        final String head = AuditCheck.check(files, TRUST, false, null).lastDigestHex();
        assertEquals(
            Reason.MISSING_HEAD,
            assertThrows(AuditException.class, () -> AuditCheck.check(missing, TRUST, false, head))
                .reason());
      } else {
        assertFault(Reason.TAMPERED_RECEIPT, missing);
      }
      if (i > 0) {
        final List<Path> swapped = new ArrayList<>(files);
        Collections.swap(swapped, i, i - 1);
        assertFault(Reason.TAMPERED_RECEIPT, swapped);
      }
      final String whole = Files.readString(removed);
      Files.writeString(removed, whole.replaceFirst("\"translated\"", "\"refused\""));
      final AuditException changed = assertFault(Reason.TAMPERED_RECEIPT, files);
      assertTrue(changed.getMessage().startsWith(removed + ": line "), changed.getMessage());
      Files.writeString(removed, whole.substring(0, whole.length() - 20));
      assertTrue(assertFault(Reason.UNSIGNED_END, files).getMessage().contains("" + removed));
      Files.writeString(removed, whole);
    }
  }

  @Test
  void aFileByItselfIsAnExcerptAndIsSaidToNeedTheOneBefore() throws Exception {
    final List<Path> last = List.of(file());
    written();
    final AuditException alone = assertFault(Reason.TAMPERED_RECEIPT, last);
    assertEquals(
        "line 1 goes on from another file: name that one before it, or check an excerpt",
        alone.getMessage());
    final AuditCheck.Summary excerpt = AuditCheck.check(last, TRUST, true, null);
    assertTrue(excerpt.firstNumber() > 0);
    final Path forged =
        Files.writeString(
            directory.resolve("forged.jsonl"),
            Files.readString(file()) + Files.readAllLines(file()).get(0) + "\n");
    assertEquals(
        Reason.TAMPERED_RECEIPT,
        assertThrows(
                AuditException.class, () -> AuditCheck.check(List.of(forged), TRUST, true, null))
            .reason(),
        "a file begins once");
  }

  @Test
  void aRestartGoesOnWithTheChainAlsoWhereTheProcessDiedBetweenTwoFiles() throws Exception {
    written();
    try (AuditLog log = open(Long.MAX_VALUE)) {
      write(log, RECEIPTS, RECEIPTS + 2);
    }
    assertEquals(RECEIPTS + 2, AuditCheck.check(files(), TRUST, false, null).receipts());
    // What kill -9 leaves after the one file was closed and before the next had a line.
    final Path closed = new AuditFiles(file()).closedUnder(999, NOW + 2 * RECEIPTS);
    Files.move(file(), closed);
    try (AuditLog log = open(Long.MAX_VALUE)) {
      write(log, RECEIPTS + 2, RECEIPTS + 3);
    }
    assertEquals(RECEIPTS + 3, AuditCheck.check(files(), TRUST, false, null).receipts());
  }

  @Test
  void closedFilesThatAreMovedAwayGiveTheirRoomBackToARunningNode() throws Exception {
    final Path away = Files.createDirectories(directory.resolve("away"));
    try (AuditLog log = open(4 * FILE_BYTES)) {
      AuditException full = null;
      int written = 0;
      while (full == null) {
        try {
          log.requireRoom(1);
          write(log, written, written + 1);
          written++;
        } catch (AuditException e) {
          full = e;
        }
      }
      assertEquals(Reason.FULL, full.reason());
      assertTrue(full.getMessage().contains("(translation.auditMebibytes)"), full.getMessage());
      assertTrue(
          full.getMessage()
              .endsWith("of them in files that are closed: move those away, or raise it"),
          full.getMessage());
      for (final Path closed : new AuditFiles(file()).closed()) {
        Files.move(closed, away.resolve(closed.getFileName()));
      }
      log.requireRoom(1);
      write(log, written, written + 6);
      final List<Path> all = new ArrayList<>();
      try (var moved = Files.list(away)) {
        moved.sorted().forEach(all::add);
      }
      all.addAll(files());
      assertEquals(written + 6, AuditCheck.check(all, TRUST, false, null).receipts());
    }
  }

  @Test
  void whereAFileCanNotBeClosedItIsGoneOnWith() throws Exception {
    try (AuditLog log = open(Long.MAX_VALUE)) {
      int written = 0;
      while (log.bytes() < FILE_BYTES) {
        write(log, written, ++written);
      }
      final Path inTheWay = new AuditFiles(file()).closedUnder(log.lines() - 1, NOW + written);
      Files.createDirectories(inTheWay.resolve("not-empty"));
      write(log, written, ++written);
      assertEquals(written, AuditCheck.check(file(), TRUST, false, null).receipts());
      write(log, written, ++written);
      Files.delete(inTheWay.resolve("not-empty"));
      Files.delete(inTheWay);
      assertEquals(written, AuditCheck.check(files(), TRUST, false, null).receipts());
      assertEquals(2, files().size(), "the next name was free");
    }
  }

  private static int run(StringWriter said, String... arguments) {
    final PrintWriter both = new PrintWriter(said, true);
    return Gongbei.commandLine().setOut(both).setErr(both).execute(arguments);
  }

  @Test
  void theCommandsTakeAllFiles() throws Exception {
    KeyGeneration.write(KEY, "mo", directory.resolve("keys"));
    final List<String> all = written().stream().map(Path::toString).toList();
    final List<String> verify = new ArrayList<>(List.of("audit", "verify"));
    verify.addAll(all);
    verify.addAll(List.of("--trust", directory.resolve("keys").toString()));
    final StringWriter said = new StringWriter();
    assertEquals(0, run(said, verify.toArray(new String[0])), said::toString);
    assertTrue(said.toString().startsWith("whole: " + RECEIPTS + " receipts, "), said::toString);
    final List<String> export = new ArrayList<>(List.of("audit", "export"));
    export.addAll(all);
    final Path part = directory.resolve("part.jsonl");
    export.addAll(List.of("--from", "3", "--to", "20", "--out", part.toString()));
    assertEquals(0, run(said, export.toArray(new String[0])), said::toString);
    assertTrue(AuditCheck.check(part, TRUST, true, null).receipts() > 5);
    verify.remove(2);
    assertEquals(1, run(said, verify.toArray(new String[0])), said::toString);
    assertTrue(said.toString().contains("tampered-receipt: "), said::toString);
  }

  @Test
  void aNodeClosesItsFileAtAQuarterOfAllAtTheLatest() throws Exception {
    final Instant now = Instant.now();
    KeyGeneration.write(
        new KeyGeneration().generate("GD", now.minusSeconds(60), now.plusSeconds(3_600)),
        "gd",
        directory.resolve("keys"));
    SubjectSecret.generate().write(directory.resolve("secret"));
    final Path config =
        Files.writeString(
            directory.resolve("node.yaml"),
            "maxSubjects: 1000\nsigningKeyDirectory: keys\ntrustDirectory: keys\n"
                + "subjectSecretFile: secret\nhttp: {port: 0}\ntcp: {port: 0}\n"
                + "translation: {auditFile: audit/audit.jsonl, auditMebibytes: 1}\n");
    final Path written = directory.resolve("audit/audit.jsonl");
    try (Node node = Node.start(NodeConfig.read(config))) {
      final AuditLog audit = node.resources().translation().orElseThrow().audit();
      final SigningKey key = node.resources().signingKeys().orElseThrow().all().get(0);
      final List<Receipt> many = Collections.nCopies(100, receipt(1));
      while (new AuditFiles(written).closed().isEmpty()) {
        assertFalse(audit.bytes() > 512 << 10, "the file is closed in time");
        audit.append(many, key, now.getEpochSecond());
      }
    }
    final Path closed = new AuditFiles(written).closed().get(0);
    assertTrue(Files.size(closed) >= 256 << 10, closed.toString());
  }
}
