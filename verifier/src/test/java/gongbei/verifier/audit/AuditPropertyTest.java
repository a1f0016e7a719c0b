package gongbei.verifier.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.model.Region;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/** That an audit log says what its receipts say, and shows whatever is done to it. */
final class AuditPropertyTest {
  private static final long NOW = 1_800_000_000L;
  private static final SigningKey KEY =
      new KeyGeneration()
          .generate("MO", Instant.ofEpochSecond(NOW - 10), Instant.ofEpochSecond(NOW + 10));
  private static final TrustList TRUST = new TrustList(List.of(KEY.issuerKey()));

  /** What base64 does not tell apart: the last digits of a head's signature, and what closes it. */
  private static final int LOOSE_BYTES = 6;

  private Path directory;
  private Path file;

  @BeforeProperty
  void makeDirectory() throws IOException {
    directory = Files.createTempDirectory("audit");
    file = directory.resolve("audit.jsonl");
  }

  @AfterProperty
  void removeDirectory() throws IOException {
    Files.deleteIfExists(file);
    Files.deleteIfExists(directory.resolve("audit.jsonl.lock"));
    Files.deleteIfExists(directory.resolve("excerpt.jsonl"));
    Files.delete(directory);
  }

  @Provide
  Arbitrary<List<List<Receipt>>> batches() {
    final Arbitrary<byte[]> digests = Arbitraries.bytes().array(byte[].class).ofSize(32);
    final Arbitrary<String> texts =
        Arbitraries.strings()
            .withCharRange(' ', '~')
            .withChars("粤澳\"\\")
            .ofMinLength(1)
            .ofMaxLength(40);
    return Combinators.combine(
            Arbitraries.of(Region.class),
            Arbitraries.of(Region.class),
            digests,
            digests.injectNull(0.3),
            texts,
            texts)
        .as(Receipt::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4);
  }

  private void write(List<List<Receipt>> batches) throws AuditException, IOException {
    Files.deleteIfExists(file);
    for (final List<Receipt> batch : batches) {
      try (AuditLog log = AuditLog.ofFile(file, Region.MACAU)) {
        log.append(batch, KEY, NOW);
      }
    }
  }

  @Property(tries = 50)
  void aLogSaysWhatItsReceiptsSay(@ForAll("batches") List<List<Receipt>> batches)
      throws AuditException, IOException {
    write(batches);
    final AuditCheck.Summary summary = AuditCheck.check(file, TRUST, false, null);
    assertEquals("MO", summary.region());
    assertEquals(batches.stream().mapToInt(List::size).sum(), summary.receipts());
    assertEquals(batches.size(), summary.heads());
    assertEquals(Files.size(file), summary.bytes());
    assertEquals(
        summary.lastNumber(),
        AuditCheck.check(file, TRUST, false, summary.lastDigestHex()).lastNumber());
    final List<JsonNode> said =
        Files.readAllLines(file).stream()
            .map(AuditPropertyTest::node)
            .filter(line -> line.path("kind").asText().equals(AuditLines.RECEIPT))
            .toList();
    int next = 0;
    for (final List<Receipt> batch : batches) {
      for (final Receipt receipt : batch) {
        final JsonNode line = said.get(next++);
        assertEquals(receipt.from().wireName(), line.path("from").textValue());
        assertEquals(receipt.to().wireName(), line.path("to").textValue());
        assertEquals(AuditLines.hex(receipt.source()), line.path("source").textValue());
        assertEquals(
            receipt.target() == null ? null : AuditLines.hex(receipt.target()),
            line.path("target").textValue());
        assertEquals(receipt.table(), line.path("table").textValue());
        assertEquals(receipt.outcome(), line.path("outcome").textValue());
      }
    }
  }

  private static JsonNode node(String line) {
    try {
      return AuditLines.read(line);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Property(tries = 50)
  void aPartOfALogCanBeCheckedByItself(
      @ForAll("batches") List<List<Receipt>> batches,
      @ForAll @DoubleRange(max = 1) double from,
      @ForAll @DoubleRange(max = 1) double to)
      throws AuditException, IOException {
    write(batches);
    final AuditCheck.Summary whole = AuditCheck.check(file, TRUST, false, null);
    final long first = Math.round(from * whole.lastNumber());
    final long last = first + Math.round(to * (whole.lastNumber() - first));
    final StringWriter copy = new StringWriter();
    final long lines = AuditExport.copy(List.of(file), first, last, copy);
    final Path excerpt = directory.resolve("excerpt.jsonl");
    Files.writeString(excerpt, copy.toString());
    final AuditCheck.Summary part = AuditCheck.check(excerpt, TRUST, true, null);
    assertEquals(first, part.firstNumber());
    assertEquals(first + lines - 1, part.lastNumber());
    assertTrue(part.lastNumber() >= last);
  }

  @Property(tries = 150)
  void aChangedByteIsFound(
      @ForAll("batches") List<List<Receipt>> batches,
      @ForAll @DoubleRange(max = 1) double where,
      @ForAll @IntRange(min = 1, max = 255) int change)
      throws AuditException, IOException {
    write(batches);
    final byte[] bytes = Files.readAllBytes(file);
    final int at = (int) (where * (bytes.length - 1 - LOOSE_BYTES));
    final byte was = bytes[at];
    bytes[at] ^= (byte) change;
    Files.write(file, bytes);
    assertThrows(
        AuditException.class,
        () -> AuditCheck.check(file, TRUST, false, null),
        () ->
            "byte " + at + " was " + was + " in " + new String(bytes, StandardCharsets.ISO_8859_1));
  }

  @Property(tries = 50)
  void aLineThatIsGoneOrDoubledOrMovedIsFound(
      @ForAll("batches") List<List<Receipt>> batches,
      @ForAll @DoubleRange(max = 1) double where,
      @ForAll @IntRange(max = 2) int change)
      throws AuditException, IOException {
    write(batches);
    final List<String> lines = new ArrayList<>(Files.readAllLines(file));
    final int at = (int) (where * (lines.size() - 2));
    switch (change) {
      case 0 -> lines.remove(at);
      case 1 -> lines.add(at, lines.get(at));
      default -> lines.add(at, lines.remove(at + 1));
    }
    Files.write(file, lines);
    assertThrows(AuditException.class, () -> AuditCheck.check(file, TRUST, false, null));
  }
}
