package gongbei.codec.transparency;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By what an entry says that its change stopped the holder. */
final class EffectTest {
  private static final int SET_STATUS = 1;
  private static final int KIND = 50;
  private static final int OUTCOME = 51;
  private static final int BEFORE = 52;
  private static final int AFTER = 53;

  private static byte status(int colour, int result, boolean isMarked) {
    final byte status = HistoryEntry.status(colour, result, 0);
    return isMarked ? HistoryEntry.marked(status) : status;
  }

  private static HistoryEntry entry(int kind, byte before, byte after)
      throws TransparencyException {
    final byte[] bytes = new byte[HistoryEntry.BYTES];
    bytes[KIND] = (byte) kind;
    bytes[BEFORE] = before;
    bytes[AFTER] = after;
    return HistoryEntry.of(bytes, 1);
  }

  /** Colours and results before and after, and whether either status is marked. */
  @ParameterizedTest
  @CsvSource({
    "1, 0, 1, false, 0, 1, false,",
    "1, 0, 1, false, 2, 1, false, COLOUR",
    "1, 1, 0, false, 2, 0, false, COLOUR",
    "1, 2, 0, false, 0, 0, false,",
    "1, 0, 1, false, 0, 0, false, TAKEN",
    "2, 0, 1, false, 2, 2, false, COLOUR",
    "1, 0, 0, true, 0, 0, false, TAKEN",
    "1, 2, 0, true, 0, 0, false, TAKEN",
    "1, 0, 0, true, 1, 0, false, COLOUR",
    "3, 0, 0, false, 0, 0, false, REVOKED",
    "1, 0, 0, false, 0, 0, true, DECEASED",
    "1, 2, 0, true, 0, 0, true, DECEASED",
    "1, 0, 0, true, 2, 0, true, DECEASED"
  })
  void theFirstOfWhatItDidCounts(
      int kind,
      int colourBefore,
      int resultBefore,
      boolean isTaken,
      int colourAfter,
      int resultAfter,
      boolean isDead,
      Effect effect)
      throws TransparencyException {
    assertEquals(
        Optional.ofNullable(effect),
        entry(
                kind,
                status(colourBefore, resultBefore, isTaken),
                status(colourAfter, resultAfter, isDead))
            .effect());
  }

  @Test
  void whatWasRefusedStoppedNobody() throws TransparencyException {
    final HistoryEntry entry = entry(SET_STATUS, status(0, 0, false), status(2, 0, true));
    entry.bytes()[OUTCOME] = 1;
    assertEquals(Optional.empty(), entry.effect());
  }

  @Test
  void aMarkChangesNothingElseOfAStatus() throws TransparencyException {
    final HistoryEntry entry = entry(SET_STATUS, status(1, 2, true), status(2, 1, true));
    assertEquals(1, entry.colourBefore());
    assertEquals(2, entry.resultBefore());
    assertEquals(2, entry.colourAfter());
    assertEquals(1, entry.resultAfter());
    assertEquals(0, entry.nextColour());
  }
}
