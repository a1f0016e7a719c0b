package gongbei.replication.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** A colour ends at its minute by itself, and what follows it ends too. */
final class LapseTest {
  private static final int GREEN = StatusRecord.GREEN;
  private static final int YELLOW = StatusRecord.YELLOW;
  private static final int RED = StatusRecord.RED;
  private static final int END = 28_000_000;
  private static final int WEEK = 7 * 24 * 60;

  private static StatusRecord record(int colour, int until, int next) {
    return new StatusRecord().colour(colour).untilEpochMinutes(until).next(next).version(1);
  }

  private static StatusRecord copy(StatusRecord of) {
    final StatusRecord copy = new StatusRecord();
    System.arraycopy(of.bytes(), 0, copy.bytes(), 0, StatusRecord.BYTES);
    return copy;
  }

  @Example
  void aColourLastsUntilTheMinuteOfItsEndAndNotInIt() {
    final StatusRecord red = record(RED, END, GREEN);
    assertEquals(RED, red.colourAt(END - 1));
    assertEquals(GREEN, red.colourAt(END));
    assertEquals(RED, copy(red).lapse(END * 60L - 1).colour(), "to the second");
    assertEquals(GREEN, copy(red).lapse(END * 60L).colour());
    assertEquals(0, copy(red).lapse(END * 60L).untilEpochMinutes());
    assertEquals(END, red.greenFromEpochMinutes());
  }

  @Example
  void whatFollowsLastsAWeekAndThenIsGreen() {
    final StatusRecord red = record(RED, END, YELLOW);
    assertEquals(YELLOW, red.colourAt(END));
    assertEquals(YELLOW, red.colourAt(END + WEEK - 1));
    assertEquals(GREEN, red.colourAt(END + WEEK));
    assertEquals(END + WEEK, red.greenFromEpochMinutes());
    final StatusRecord lapsed = copy(red).lapse(END * 60L);
    assertEquals(record(YELLOW, END + WEEK, GREEN), lapsed);
    assertEquals(GREEN, copy(red).lapse((END + WEEK) * 60L).colour());
  }

  @Example
  void aColourThatHasNoEndDoesNotLapse() {
    final StatusRecord red = record(RED, 0, GREEN);
    assertEquals(RED, red.colourAt(Long.MAX_VALUE));
    assertEquals(red, copy(red).lapse(Long.MAX_VALUE));
    assertEquals(Long.MAX_VALUE, red.greenFromEpochMinutes());
    assertEquals(0, record(GREEN, 0, GREEN).greenFromEpochMinutes());
  }

  @Example
  void aRecordWithAnEndThatNoneMayHaveIsNotSound() {
    assertTrue(record(RED, END, YELLOW).isSound());
    assertTrue(record(YELLOW, StatusRecord.MAX_UNTIL_EPOCH_MINUTES, GREEN).isSound());
    assertFalse(record(GREEN, END, GREEN).isSound(), "green has no end");
    assertFalse(record(RED, 0, YELLOW).isSound(), "nothing follows where nothing ends");
    assertFalse(record(YELLOW, END, YELLOW).isSound(), "what follows is better");
    assertFalse(record(RED, StatusRecord.MAX_UNTIL_EPOCH_MINUTES + 1, YELLOW).isSound());
    assertFalse(record(RED, -1, GREEN).isSound());
    assertFalse(record(3, END, GREEN).isSound());
    for (int bit = 4; bit < 8; bit++) {
      final StatusRecord spoilt = record(RED, END, YELLOW);
      spoilt.bytes()[0] |= (byte) (1 << bit);
      assertFalse(spoilt.isSound(), "bit " + bit);
    }
  }

  @Property
  void aRecordThatHasLapsedSaysOfEveryLaterTimeWhatItSaidBefore(
      @ForAll @IntRange(min = 1, max = 2) int colour,
      @ForAll @IntRange(max = 1) int next,
      @ForAll @IntRange(min = 1, max = StatusRecord.MAX_UNTIL_EPOCH_MINUTES) int until,
      @ForAll @LongRange(min = -20_000, max = 20_000) long first,
      @ForAll @LongRange(max = 20_000) long later) {
    Assume.that(next < colour);
    final StatusRecord record = record(colour, until, next);
    final long then = Math.max(0, until + first);
    final StatusRecord lapsed = copy(record).lapse(then * 60 + 59);
    assertTrue(lapsed.isSound());
    assertEquals(record.colourAt(then), lapsed.colour());
    assertEquals(record.colourAt(then + later), lapsed.colourAt(then + later));
    assertEquals(
        record.colourAt(then) == GREEN ? 0 : record.greenFromEpochMinutes(),
        lapsed.greenFromEpochMinutes());
    assertEquals(lapsed, copy(lapsed).lapse(then * 60), "and goes on from there");
  }
}
