package gongbei.verifier.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Region;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TokenException;
import gongbei.codec.trust.TokenKey;
import gongbei.codec.trust.TrustList;
import gongbei.verifier.audit.AuditException.Reason;
import gongbei.verifier.config.Limits;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AuditLogTest {
  private static final long NOW = 1_800_000_000L;
  private static final SigningKey KEY = key("MO");
  private static final SigningKey OTHER = key("GD");
  private static final TrustList TRUST = new TrustList(List.of(KEY.issuerKey(), OTHER.issuerKey()));

  @TempDir private Path directory;

  private static SigningKey key(String region) {
    return new KeyGeneration()
        .generate(region, Instant.ofEpochSecond(NOW - 10), Instant.ofEpochSecond(NOW + 10));
  }

  private static Receipt receipt(int number) {
    final byte[] digest = new byte[32];
    digest[0] = (byte) number;
    return new Receipt(
        Region.GUANGDONG, Region.MACAU, digest, digest, "gd-to-mo@1", Receipt.TRANSLATED);
  }

  private Path written(int batches) throws AuditException {
    final Path file = directory.resolve("audit.jsonl");
    try (AuditLog log = AuditLog.ofFile(file, Region.MACAU)) {
      for (int i = 0; i < batches; i++) {
        log.append(List.of(receipt(2 * i), receipt(2 * i + 1)), KEY, NOW);
      }
    }
    return file;
  }

  private static void assertFault(Reason reason, Path file) {
    assertFault(reason, file, TRUST, false, null);
  }

  private static AuditException assertFault(
      Reason reason, Path file, TrustList trust, boolean excerpt, String head) {
    final AuditException e =
        assertThrows(AuditException.class, () -> AuditCheck.check(file, trust, excerpt, head));
    assertEquals(reason, e.reason(), e.getMessage());
    return e;
  }

  @Test
  void aFileThatIsAppendedToAlreadyIsRefused() throws Exception {
    final Path file = written(1);
    try (AuditLog log = AuditLog.ofFile(file, Region.MACAU)) {
      final AuditException refusal =
          assertThrows(AuditException.class, () -> AuditLog.ofFile(file, Region.MACAU));
      assertEquals(Reason.UNREADABLE, refusal.reason());
      assertTrue(refusal.getMessage().endsWith("is in use by another node"));
      AuditCheck.check(file, TRUST, false, null);
      assertThrows(
          AuditException.class, () -> AuditLog.ofFile(file, Region.MACAU), "after a reading, too");
      assertEquals(4, log.append(List.of(receipt(9)), KEY, NOW));
    }
    AuditLog.ofFile(file, Region.MACAU).close();
  }

  @Test
  void aTokenThatDoesNotSignLeavesTheLogAsItWas() throws Exception {
    final Path file = directory.resolve("audit.jsonl");
    final SigningKey other = key("MO");
    final SigningKey silent =
        new SigningKey(
            other.issuerKey(),
            other.certificate(),
            new TokenKey(null, new Provider("none", "1", "") {}));
    try (AuditLog log = AuditLog.ofFile(file, Region.MACAU)) {
      assertThrows(TokenException.class, () -> log.append(List.of(receipt(1)), silent, NOW));
      assertEquals(0, log.lines());
      assertEquals(List.of(), log.recent());
      assertEquals(1, log.append(List.of(receipt(1), receipt(2)), KEY, NOW));
      assertThrows(TokenException.class, () -> log.append(List.of(receipt(3)), silent, NOW));
      assertEquals(4, log.append(List.of(receipt(4)), KEY, NOW));
      assertEquals(6, log.recent().size());
    }
    final AuditCheck.Summary summary = AuditCheck.check(file, TRUST, false, null);
    assertEquals(3, summary.receipts());
    assertEquals(2, summary.heads());
  }

  @Test
  void aLogThatWasLeftAloneIsWholeAndGoneOnWithAfterARestart() throws Exception {
    final Path file = written(2);
    final AuditCheck.Summary first = AuditCheck.check(file, TRUST, false, null);
    assertEquals(4, first.receipts());
    assertEquals(2, first.heads());
    assertEquals("MO", first.region());
    try (AuditLog log = AuditLog.ofFile(file, Region.MACAU)) {
      assertEquals(7, log.append(List.of(receipt(9)), KEY, NOW));
    }
    final AuditCheck.Summary second = AuditCheck.check(file, TRUST, false, first.lastDigestHex());
    assertEquals(5, second.receipts());
    assertEquals(0, second.firstNumber());
    assertEquals(8, second.lastNumber());
  }

  @Test
  void aLogThatHasAllItMayHaveStaysAsItIsAndWhole() throws Exception {
    final Path file = directory.resolve("audit.jsonl");
    try (AuditLog log = AuditLog.ofFile(file, Region.MACAU, new AuditRoom(4_096, 0))) {
      log.requireRoom(1);
      log.append(List.of(receipt(0)), KEY, NOW);
      int written = 1;
      AuditException full = null;
      while (full == null) {
        try {
          log.append(List.of(receipt(written)), KEY, NOW);
          written++;
        } catch (AuditException e) {
          full = e;
        }
      }
      assertEquals(Reason.FULL, full.reason());
      assertTrue(full.getMessage().contains("bytes of 4096 (translation.auditMebibytes)"));
      assertTrue(log.bytes() <= 4_096);
      assertEquals(log.bytes(), Files.size(file));
      assertEquals(
          Reason.FULL, assertThrows(AuditException.class, () -> log.requireRoom(1)).reason());
      assertEquals(written, AuditCheck.check(file, TRUST, false, null).receipts());
    }
    try (AuditLog more = AuditLog.ofFile(file, Region.MACAU, new AuditRoom(8_192, 0))) {
      more.requireRoom(1);
      more.append(List.of(receipt(77)), KEY, NOW);
      AuditCheck.check(file, TRUST, false, null);
    }
  }

  @Test
  void whatOthersNeedOfItsDiskIsLeftToThem() throws Exception {
    final Path file = directory.resolve("audit.jsonl");
    final long free = Files.getFileStore(directory).getUsableSpace();
    final AuditRoom leavingAll =
        AuditRoom.beside(Long.MAX_VALUE, file, Optional.of(directory), 2 * free);
    try (AuditLog log = AuditLog.ofFile(file, Region.MACAU, leavingAll)) {
      final AuditException refusal = assertThrows(AuditException.class, () -> log.requireRoom(1));
      assertEquals(Reason.FULL, refusal.reason());
      assertTrue(refusal.getMessage().contains(2 * free + " of them for the log"));
    }
    assertEquals(0, AuditRoom.beside(1, file, Optional.empty(), 7).leaveFreeBytes());
    assertEquals(
        0,
        AuditRoom.beside(1, Path.of("/proc/none/audit.jsonl"), Optional.of(directory), 7)
            .leaveFreeBytes());
  }

  @Test
  void everyLineThatIsChangedRemovedSwappedOrPutInIsFound() throws Exception {
    final Path file = written(3);
    final List<String> lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i++) {
      final List<String> changed = new ArrayList<>(lines);
      changed.set(i, lines.get(i).replaceFirst("2027", "2026"));
      assertTrue(!changed.equals(lines), lines.get(i));
      assertNotWhole(changed);
      final List<String> removed = new ArrayList<>(lines);
      removed.remove(i);
      assertNotWhole(removed);
      final List<String> doubled = new ArrayList<>(lines);
      doubled.add(i, lines.get(i));
      assertNotWhole(doubled);
      if (i > 0) {
        final List<String> swapped = new ArrayList<>(lines);
        Collections.swap(swapped, i, i - 1);
        assertNotWhole(swapped);
      }
    }
  }

  private void assertNotWhole(List<String> lines) throws Exception {
    final Path file = directory.resolve("forged.jsonl");
    Files.write(file, lines);
    assertThrows(
        AuditException.class, () -> AuditCheck.check(file, TRUST, false, null), lines.toString());
  }

  @Test
  void eachFaultHasItsReasonAndItsPlace() throws Exception {
    final Path file = written(1);
    final String whole = Files.readString(file);
    final AuditException tampered =
        assertFault(
            Reason.TAMPERED_RECEIPT,
            Files.writeString(
                file, whole.replace("\"outcome\":\"translated\"", "\"outcome\":\"x\"")),
            TRUST,
            false,
            null);
    assertEquals(2, tampered.line());
    assertEquals("previous", tampered.field());
    assertFault(Reason.MALFORMED_LINE, Files.writeString(file, "{\n" + whole));
    assertFault(Reason.MALFORMED_LINE, Files.writeString(file, "x".repeat(3_000)));
    assertFault(
        Reason.UNSIGNED_END,
        Files.writeString(file, whole.substring(0, whole.lastIndexOf('\n', whole.length() - 2))));
    assertFault(Reason.UNSIGNED_END, Files.writeString(file, whole.substring(0, 300)));
    Files.writeString(file, whole);
    assertFault(Reason.UNKNOWN_KEY, file, TrustList.EMPTY, false, null);
    assertFault(Reason.UNKNOWN_KEY, file, new TrustList(List.of(OTHER.issuerKey())), false, null);
    assertFault(Reason.MISSING_HEAD, file, TRUST, false, "00".repeat(32));
    assertFault(Reason.UNREADABLE, directory.resolve("nowhere"), TRUST, false, null);
    final int signature = whole.indexOf("\"signature\":\"") + 15;
    final char other = whole.charAt(signature) == 'A' ? 'B' : 'A';
    assertFault(
        Reason.BAD_SIGNATURE,
        Files.writeString(
            file, whole.substring(0, signature) + other + whole.substring(signature + 1)));
  }

  @Test
  void aLogOfWhichNothingHasBeenWrittenIsWholeButHasNoHead() throws Exception {
    final Path file = directory.resolve("audit.jsonl");
    AuditLog.ofFile(file, Region.MACAU).close();
    assertEquals("", Files.readString(file), "as a node leaves it that has translated nothing");
    final String whole = Files.readString(written(1));
    final String opening = whole.lines().findFirst().orElseThrow() + "\n";
    for (final String text : List.of(opening, "")) {
      final AuditCheck.Summary summary =
          AuditCheck.check(Files.writeString(file, text), TRUST, false, null);
      assertTrue(summary.isEmpty());
      assertEquals(0, summary.receipts());
      assertEquals("", summary.lastDigestHex());
      assertFault(Reason.MISSING_HEAD, file, TRUST, false, "00".repeat(32));
    }
    assertFault(
        Reason.UNSIGNED_END,
        Files.writeString(file, whole.lines().limit(2).collect(Collectors.joining("\n")) + "\n"));
    assertFault(Reason.TAMPERED_RECEIPT, Files.writeString(file, "{\"kind\":\"else\",\"n\":0}\n"));
  }

  @Test
  void aHeadOfAnotherRegionsKeyIsNotBelieved() throws Exception {
    final Path file = directory.resolve("audit.jsonl");
    try (AuditLog log = AuditLog.ofFile(file, Region.MACAU)) {
      log.append(List.of(receipt(1)), OTHER, NOW);
    }
    assertEquals("kid", assertFault(Reason.UNKNOWN_KEY, file, TRUST, false, null).field());
  }

  @Test
  void whatWasCutOffInTheMiddleOfABatchIsTakenOffWhenTheLogIsOpened() throws Exception {
    final Path file = written(2);
    final String whole = Files.readString(file);
    Files.writeString(file, whole.substring(0, whole.length() - 40));
    try (AuditLog log = AuditLog.ofFile(file, Region.MACAU)) {
      assertEquals(4, log.append(List.of(receipt(7)), KEY, NOW));
    }
    assertEquals(3, AuditCheck.check(file, TRUST, false, null).receipts());
  }

  @Test
  void aLogThatWasChangedOrIsAnothersIsNotGoneOnWith() throws Exception {
    final Path file = written(2);
    assertEquals(
        Reason.MALFORMED_LINE,
        assertThrows(AuditException.class, () -> AuditLog.ofFile(file, Region.GUANGDONG)).reason());
    Files.writeString(file, Files.readString(file).replaceFirst("2027", "2026"));
    assertEquals(
        Reason.TAMPERED_RECEIPT,
        assertThrows(AuditException.class, () -> AuditLog.ofFile(file, Region.MACAU)).reason());
  }

  @Test
  void anExportedPartCanBeCheckedByItself() throws Exception {
    final Path file = written(4);
    final StringWriter part = new StringWriter();
    assertEquals(6, AuditExport.copy(List.of(file), 4, 8, part));
    final Path copy = Files.writeString(directory.resolve("part.jsonl"), part.toString());
    final AuditCheck.Summary summary = AuditCheck.check(copy, TRUST, true, null);
    assertEquals(4, summary.firstNumber());
    assertEquals(9, summary.lastNumber());
    assertFault(Reason.TAMPERED_RECEIPT, copy, TRUST, false, null);
    assertEquals(
        Reason.MISSING_HEAD,
        assertThrows(
                AuditException.class,
                () -> AuditExport.copy(List.of(file), 99, 100, new StringWriter()))
            .reason());
  }

  @Test
  void inMemoryOnlyTheLastLinesAreKeptAndTheyAreAnExcerpt() throws Exception {
    try (AuditLog log = AuditLog.inMemory(Region.MACAU)) {
      for (int i = 0; i < Limits.MAX_AUDIT_LINES_SHOWN; i++) {
        log.append(List.of(receipt(i)), KEY, NOW);
      }
      assertEquals(Limits.MAX_AUDIT_LINES_SHOWN, log.recent().size());
      final Path copy = Files.write(directory.resolve("recent.jsonl"), log.recent());
      assertEquals(
          Limits.MAX_AUDIT_LINES_SHOWN / 2, AuditCheck.check(copy, TRUST, true, null).receipts());
    }
  }
}
