package gongbei.verifier.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.SequenceBarrier;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** By a clock of its own, in which events come at a steady rate. */
final class GatheringBarrierTest {
  private static final long MAX_NANOS = 1_000_000;
  private static final Stripe ONLY = new Stripe(0, 1, 64);

  private final List<Long> slept = new ArrayList<>();
  private long nowNanos = 5;
  private long eventNanos;

  /** As many events as have come by now, one every so many nanoseconds. */
  private long published() {
    return nowNanos / eventNanos - 1;
  }

  /**
   * Has a worker take what there is, over and over, for 20 ms; then what it slept does not count.
   */
  private long run(GatheringBarrier barrier) throws Exception {
    long next = 0;
    final long end = nowNanos + 20_000_000;
    while (nowNanos < end) {
      nowNanos = Math.max(nowNanos, (next + 1) * eventNanos);
      next = barrier.waitFor(next) + 1;
    }
    slept.clear();
    nowNanos = Math.max(nowNanos, (next + 1) * eventNanos);
    return next;
  }

  private GatheringBarrier barrier(Stripe stripe, long maxNanos, long eachNanos) {
    eventNanos = eachNanos;
    return new GatheringBarrier(new Published(), stripe, maxNanos, () -> nowNanos, this::sleep);
  }

  private void sleep(long nanos) {
    slept.add(nanos);
    nowNanos += nanos + 55_000;
  }

  @Test
  void whereEventsAreRareEachIsGivenAtOnce() throws Exception {
    final GatheringBarrier barrier = barrier(ONLY, MAX_NANOS, 500_000);
    final long next = run(barrier);
    assertEquals(next, barrier.waitFor(next));
    assertEquals(List.of(), slept);
  }

  @Test
  void whereSomeComeInTimeItWaitsForTheseThoughTheBatchIsNotFull() throws Exception {
    final GatheringBarrier barrier = barrier(ONLY, MAX_NANOS, 100_000);
    final long next = run(barrier);
    assertTrue(Math.abs(barrier.waitFor(next) - next - 10) <= 1);
    assertEquals(List.of(MAX_NANOS - 55_000), slept);
  }

  @Test
  void whereEventsComeFastItWaitsForThoseThatTheBatchLacksAndNoLonger() throws Exception {
    final GatheringBarrier barrier = barrier(ONLY, MAX_NANOS, 8_000);
    final long next = run(barrier);
    final long missing = ONLY.after(next);
    assertTrue(Math.abs(barrier.waitFor(next) - next - missing) <= 2);
    assertEquals(1, slept.size());
  }

  @Test
  void aFullBatchIsGivenAtOnceHoweverFastEventsCome() throws Exception {
    final GatheringBarrier barrier = barrier(ONLY, MAX_NANOS, 8_000);
    final long next = run(barrier);
    nowNanos += 64 * 8_000;
    final long there = published();
    assertEquals(there, barrier.waitFor(next));
    assertEquals(List.of(), slept);
  }

  @Test
  void whileAnotherWorkersPlacesAreFilledItSleepsUntilItsOwnAreNear() throws Exception {
    final Stripe second = new Stripe(1, 2, 64);
    final GatheringBarrier barrier = barrier(second, MAX_NANOS, 8_000);
    long next = run(barrier);
    while (second.contains(next) || second.until(next) != 60) {
      nowNanos += 8_000;
      next = published();
    }
    slept.clear();
    barrier.waitFor(next);
    assertTrue(Math.abs(slept.get(0) - (60 * 8_000 / 2 - 55_000)) <= 20_000);
    assertEquals(1, slept.size());
  }

  @Test
  void whereItsOwnPlacesAreNearWhatIsAnotherWorkersIsPassedOverAtOnce() throws Exception {
    final Stripe second = new Stripe(1, 2, 64);
    final GatheringBarrier barrier = barrier(second, MAX_NANOS, 8_000);
    long next = run(barrier);
    while (second.contains(next) || second.until(next) != 4) {
      nowNanos += 8_000;
      next = published();
    }
    slept.clear();
    assertEquals(next, barrier.waitFor(next));
    assertEquals(List.of(), slept);
  }

  @Test
  void withoutTimeToGatherItGivesWhatThereIs() throws Exception {
    final GatheringBarrier barrier = barrier(ONLY, 0, 8_000);
    final long next = run(barrier);
    assertEquals(next, barrier.waitFor(next));
    assertEquals(List.of(), slept);
  }

  @Test
  void runsOfPlacesGoToTheWorkersInTurn() {
    final Stripe second = new Stripe(1, 3, 4);
    assertEquals("....xxxx........xxxx....", drawn(second, 24));
    assertEquals(4, second.until(0));
    assertEquals(1, second.until(3));
    assertEquals(8, second.until(8));
    assertEquals(1, second.until(15));
    assertEquals(3, second.after(4));
    assertEquals(0, second.after(7));
    assertEquals(12, second.cycle());
  }

  private static String drawn(Stripe stripe, int places) {
    final StringBuilder drawn = new StringBuilder();
    for (int i = 0; i < places; i++) {
      drawn.append(stripe.contains(i) ? 'x' : '.');
    }
    return drawn.toString();
  }

  /** Gives what has been published by now. */
  private final class Published implements SequenceBarrier {
    @Override
    public long waitFor(long sequence) {
      return published();
    }

    @Override
    public long getCursor() {
      return -1;
    }

    @Override
    public boolean isAlerted() {
      return false;
    }

    @Override
    public void alert() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void clearAlert() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void checkAlert() throws AlertException {
      throw new UnsupportedOperationException();
    }
  }
}
