package gongbei.verifier.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.SequenceBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class GatheringBarrierTest {
  private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Stripe ONLY = new Stripe(0, 1, 64);

  private final Published published = new Published();

  @Test
  void anEventThatIsAloneIsGivenAtOnce() throws Exception {
    final GatheringBarrier barrier = new GatheringBarrier(published, ONLY, 1_000_000);
    Thread.sleep(20);
    published.upTo(0);
    assertEquals(0, barrier.waitFor(0));
    assertEquals(1, published.asked);
  }

  @Test
  void whereEventsComeFastItLooksAgainForThoseThatTheBatchLacks() throws Exception {
    final GatheringBarrier barrier = new GatheringBarrier(published, ONLY, LONG_NANOS);
    published.upTo(6_399, 6_409, 6_463);
    assertEquals(6_399, barrier.waitFor(0));
    assertEquals(6_463, barrier.waitFor(6_400));
    assertEquals(3, published.asked);
  }

  @Test
  void aFullBatchIsGivenAtOnceHoweverFastEventsCome() throws Exception {
    final GatheringBarrier barrier = new GatheringBarrier(published, ONLY, LONG_NANOS);
    published.upTo(6_399, 6_463, 6_600);
    assertEquals(6_399, barrier.waitFor(0));
    assertEquals(6_463, barrier.waitFor(6_400));
    assertEquals(6_600, barrier.waitFor(6_464));
    assertEquals(3, published.asked);
  }

  @Test
  void whatIsAnotherWorkersIsPassedOverAtOnce() throws Exception {
    final GatheringBarrier barrier =
        new GatheringBarrier(published, new Stripe(1, 2, 64), LONG_NANOS);
    published.upTo(6_399, 6_409);
    assertEquals(6_399, barrier.waitFor(0));
    assertEquals(6_409, barrier.waitFor(6_400));
    assertEquals(2, published.asked);
  }

  @Test
  void withoutTimeToGatherItGivesWhatThereIs() throws Exception {
    final GatheringBarrier barrier = new GatheringBarrier(published, ONLY, 0);
    published.upTo(6_399, 6_409);
    assertEquals(6_399, barrier.waitFor(0));
    assertEquals(6_409, barrier.waitFor(6_400));
    assertEquals(2, published.asked);
  }

  @Test
  void runsOfPlacesGoToTheWorkersInTurn() {
    final Stripe second = new Stripe(1, 3, 4);
    assertEquals("....xxxx........xxxx....", drawn(second, 24));
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

  /** Answers as if so much were published, one number after the other. */
  private static final class Published implements SequenceBarrier {
    private long[] sequences = {};
    private int asked;

    void upTo(long... each) {
      sequences = each;
    }

    @Override
    public long waitFor(long sequence) {
      return sequences[asked++];
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
