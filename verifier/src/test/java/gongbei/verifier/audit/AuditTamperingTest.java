package gongbei.verifier.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.model.Region;
import gongbei.codec.signature.CodeSigner;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.verifier.audit.AuditException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What somebody who can write an audit log's file does to it: first without care, then with every
 * number and every link of the chain computed anew, but without the key.
 */
final class AuditTamperingTest {
  private static final long NOW = 1_800_000_000L;
  private static final SigningKey KEY = key("MO");
  private static final SigningKey OTHER_REGION = key("GD");
  private static final SigningKey THIEF = key("MO");
  private static final TrustList TRUST =
      new TrustList(List.of(KEY.issuerKey(), OTHER_REGION.issuerKey()));

  @TempDir private Path directory;
  private List<String> lines;
  private List<String> neighbours;

  private static SigningKey key(String region) {
    return new KeyGeneration()
        .generate(region, Instant.ofEpochSecond(NOW - 10), Instant.ofEpochSecond(NOW + 10));
  }

  /** Lines 0 start, 1 and 2 receipts, 3 head, 4 and 5 receipts, 6 head, 7 and 8, 9 head. */
  @BeforeEach
  void write() throws Exception {
    lines = log("own.jsonl", 1);
    neighbours = log("neighbour.jsonl", 101);
  }

  private List<String> log(String name, int first) throws Exception {
    final Path file = directory.resolve(name);
    try (AuditLog log = AuditLog.ofFile(file, Region.MACAU)) {
      for (int i = 0; i < 3; i++) {
        log.append(List.of(receipt(first + 2 * i), receipt(first + 2 * i + 1)), KEY, NOW);
      }
    }
    return Files.readAllLines(file);
  }

  private static Receipt receipt(int number) {
    final byte[] digest = new byte[32];
    digest[0] = (byte) number;
    return new Receipt(
        Region.GUANGDONG, Region.MACAU, digest, digest, "gd-to-mo@1", Receipt.TRANSLATED);
  }

  private void assertRefused(Reason reason, int line, String field, List<String> forged)
      throws Exception {
    final AuditException refusal =
        assertThrows(AuditException.class, () -> check(forged, null), forged::toString);
    assertEquals(
        reason + " " + line + " " + field,
        refusal.reason() + " " + refusal.line() + " " + refusal.field(),
        refusal.getMessage());
  }

  private AuditCheck.Summary check(List<String> forged, String head) throws Exception {
    final Path file = directory.resolve("forged.jsonl");
    Files.write(file, forged);
    return AuditCheck.check(file, TRUST, false, head);
  }

  /** The same lines numbered and chained anew; signatures stay as they are. */
  private static List<String> chained(List<String> of) throws Exception {
    return chained(of, null);
  }

  /** The same, each head signed by a key, or not where there is none. */
  private static List<String> chained(List<String> of, SigningKey by) throws Exception {
    final List<String> chain = new ArrayList<>();
    for (final String line : of) {
      final ObjectNode node = (ObjectNode) AuditLines.read(line);
      node.put("n", chain.size());
      if (!chain.isEmpty()) {
        node.put("previous", AuditLines.hex(AuditLines.digest(chain.get(chain.size() - 1))));
      }
      if (by != null && node.has("signature")) {
        final byte[] signed =
            AuditLines.signedByHead(
                chain.size(), node.get("previous").textValue(), node.get("at").textValue());
        node.put("kid", by.issuerKey().kidHex());
        node.put(
            "signature",
            Base64.getEncoder().encodeToString(new CodeSigner(by).sign(signed, 0, signed.length)));
      }
      chain.add(node.toString());
    }
    return chain;
  }

  private static List<String> edited(List<String> of, int line) {
    final List<String> edited = new ArrayList<>(of);
    edited.set(line, of.get(line).replace("gd-to-mo@1", "gd-to-mo@2"));
    return edited;
  }

  private static List<String> without(List<String> of, int line) {
    final List<String> shorter = new ArrayList<>(of);
    shorter.remove(line);
    return shorter;
  }

  private static List<String> swapped(List<String> of, int line) {
    final List<String> swapped = new ArrayList<>(of);
    Collections.swap(swapped, line, line + 1);
    return swapped;
  }

  /** The first lines of one log and the rest of another. */
  private static List<String> spliced(List<String> head, List<String> tail, int from) {
    final List<String> spliced = new ArrayList<>(head.subList(0, from));
    spliced.addAll(tail.subList(from, tail.size()));
    return spliced;
  }

  @Test
  void theChainOfALogThatIsWholeIsWhatThisTestComputes() throws Exception {
    assertEquals(lines, chained(lines));
    assertEquals(6, check(lines, null).receipts());
    assertEquals(6, check(chained(lines, KEY), null).receipts());
  }

  @Test
  void aReceiptThatIsEditedBreaksTheChainOrTheHeadAfterIt() throws Exception {
    assertRefused(Reason.TAMPERED_RECEIPT, 5, "previous", edited(lines, 4));
    assertRefused(Reason.BAD_SIGNATURE, 7, "signature", chained(edited(lines, 4)));
  }

  @Test
  void aReceiptThatIsDroppedIsMissed() throws Exception {
    assertRefused(Reason.TAMPERED_RECEIPT, 5, "n", without(lines, 4));
    assertRefused(Reason.BAD_SIGNATURE, 6, "signature", chained(without(lines, 4)));
  }

  @Test
  void receiptsThatChangePlacesAreFound() throws Exception {
    assertRefused(Reason.TAMPERED_RECEIPT, 5, "n", swapped(lines, 4));
    assertRefused(Reason.BAD_SIGNATURE, 7, "signature", chained(swapped(lines, 4)));
  }

  @Test
  void aHeadThatIsDroppedTakesItsReceiptsOutOfNoOthersCare() throws Exception {
    assertRefused(Reason.TAMPERED_RECEIPT, 7, "n", without(lines, 6));
    assertRefused(Reason.BAD_SIGNATURE, 9, "signature", chained(without(lines, 6)));
  }

  @Test
  void anEndThatIsCutOffIsToldByTheHeadThatSomebodyHasSeen() throws Exception {
    assertRefused(Reason.UNSIGNED_END, 9, "kind", lines.subList(0, 9));
    final String seen = check(lines, null).lastDigestHex();
    final List<String> cut = lines.subList(0, 7);
    assertEquals(4, check(cut, null).receipts(), "whole by itself");
    assertEquals(
        Reason.MISSING_HEAD, assertThrows(AuditException.class, () -> check(cut, seen)).reason());
  }

  @Test
  void aNeighboursReceiptsOfTheSameKeyCanNotBePutIn() throws Exception {
    assertRefused(Reason.TAMPERED_RECEIPT, 4, "previous", spliced(lines, neighbours, 4));
    assertRefused(Reason.BAD_SIGNATURE, 7, "signature", chained(spliced(lines, neighbours, 4)));
    final String seen = check(lines, null).lastDigestHex();
    assertEquals(6, check(neighbours, null).receipts(), "whole by itself");
    assertEquals(
        Reason.MISSING_HEAD,
        assertThrows(AuditException.class, () -> check(neighbours, seen)).reason(),
        "a neighbour's log in the place of this one");
  }

  @Test
  void aForgedChainSignedByAnotherKeyIsNotBelieved() throws Exception {
    assertRefused(Reason.UNKNOWN_KEY, 4, "kid", chained(edited(lines, 1), THIEF));
    assertRefused(Reason.UNKNOWN_KEY, 4, "kid", chained(edited(lines, 1), OTHER_REGION));
    final List<String> claimed = new ArrayList<>();
    for (final String line : chained(edited(lines, 1), THIEF)) {
      claimed.add(line.replace(THIEF.issuerKey().kidHex(), KEY.issuerKey().kidHex()));
    }
    assertRefused(Reason.BAD_SIGNATURE, 4, "signature", chained(claimed));
  }

  @Test
  void aLogThatWasTamperedWithIsNotGoneOnWith() throws Exception {
    final Path file = directory.resolve("own.jsonl");
    Files.write(file, edited(lines, 4));
    assertEquals(
        Reason.TAMPERED_RECEIPT,
        assertThrows(AuditException.class, () -> AuditLog.ofFile(file, Region.MACAU)).reason());
  }
}
