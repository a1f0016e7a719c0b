package gongbei.verifier.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.transparency.EntryBlinding;
import gongbei.codec.transparency.HistoryEntry;
import gongbei.codec.transparency.TransparencyException.Reason;
import gongbei.replication.history.HistoryFault;
import gongbei.testing.Document;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tables of the page on the history against what they are tables of. */
final class HistoryPageTest {
  private static final Pattern FIELD =
      Pattern.compile("(?m)^\\| ([0-9]+) \\| `([a-z]+)` \\| ([0-9]+) \\|");

  private static List<String> names(String section, String from) {
    return Pattern.compile("(?m)^\\| `([a-z-]+)` \\|")
        .matcher(section.substring(section.indexOf(from)))
        .results()
        .map(row -> row.group(1))
        .toList();
  }

  @Test
  void everyReasonHasItsRowInItsOrder() {
    final List<String> reasons = Stream.of(Reason.values()).map(Reason::wireName).toList();
    assertEquals(
        reasons,
        names(Document.HISTORY.section("By command line"), "| reason |")
            .subList(0, reasons.size()));
  }

  @Test
  void everyFaultOfANodeHasItsRow() {
    assertEquals(
        Stream.of(HistoryFault.values())
            .filter(fault -> fault != HistoryFault.NONE)
            .map(HistoryFault::wireName)
            .toList(),
        names(Document.HISTORY.section("What a node keeps"), "| `gongbei_history_fault` |"));
  }

  @Test
  void fieldsOfAnEntryStandWhereThePageSays() {
    int end = 0;
    final List<MatchResult> rows =
        FIELD.matcher(Document.HISTORY.section("Entries")).results().toList();
    assertEquals(11, rows.size());
    for (final MatchResult row : rows) {
      assertEquals(end, Integer.parseInt(row.group(1)), row.group(2));
      end += Integer.parseInt(row.group(3));
    }
    assertEquals(HistoryEntry.BYTES, end);
    final HistoryEntry entry =
        new HistoryEntry(
            ByteBuffer.allocate(HistoryEntry.BYTES)
                .put(new byte[HistoryEntry.TAG_BYTES])
                .putLong(1)
                .putLong(2)
                .putLong(3)
                .putInt(4)
                .putInt(5)
                .putShort((short) 6)
                .put((byte) 7)
                .put((byte) 8)
                .put(HistoryEntry.status(1, 2, 0))
                .put(HistoryEntry.status(2, 1, 1))
                .array());
    assertEquals(
        List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L),
        List.of(
            entry.maskedPrevious(),
            entry.authority(),
            entry.secondAuthority(),
            entry.epochSeconds(),
            entry.untilEpochMinutes(),
            (long) entry.ground(),
            (long) entry.kind(),
            (long) entry.outcome()));
    assertEquals(List.of(1, 2), List.of(entry.colourBefore(), entry.resultBefore()));
    assertEquals(
        List.of(2, 1, 1), List.of(entry.colourAfter(), entry.resultAfter(), entry.nextColour()));
    assertTrue(entry.wasKnown() && entry.isKnown());
  }

  @Test
  void aTagIsMadeAsThePageSays() throws Exception {
    final byte[] subject = new byte[EntryBlinding.SUBJECT_BYTES];
    Arrays.fill(subject, (byte) 9);
    final MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    sha256.update("gongbei history entry 1".getBytes(StandardCharsets.US_ASCII));
    sha256.update(subject);
    final ByteBuffer made =
        ByteBuffer.wrap(sha256.digest(ByteBuffer.allocate(Long.BYTES).putLong(77).array()));
    final byte[] entry = new byte[HistoryEntry.BYTES];
    final EntryBlinding blinding = new EntryBlinding().of(subject, 0, 77);
    blinding.tag(entry, 0);
    assertEquals(
        made.slice(0, HistoryEntry.TAG_BYTES),
        ByteBuffer.wrap(entry).slice(0, HistoryEntry.TAG_BYTES));
    assertEquals(made.getLong(HistoryEntry.TAG_BYTES) ^ 5, blinding.mask(5));
  }
}
