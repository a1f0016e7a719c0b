package gongbei.verifier.client;

import gongbei.verifier.limits.ClientLimits;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What a server's clock says, by the messages that carry its time. Of the last {@link
 * ClientLimits#DEVICE_CLOCK_SAMPLES} measurements the one with the shortest round trip counts, for
 * it can be wrong by no more than half of that. For any thread.
 */
final class ServerClock {
  private final Deque<Sample> samples = new ArrayDeque<>();

  /**
   * One measurement.
   *
   * @param offsetMillis the server's clock less this one's
   * @param roundTripNanos from the question to the answer
   */
  private record Sample(long offsetMillis, long roundTripNanos) {}

  /** Takes a server's time that came in answer to something. */
  synchronized void measured(
      long sentMillis, long roundTripNanos, long serverMillis, long receivedMillis) {
    if (samples.size() == ClientLimits.DEVICE_CLOCK_SAMPLES) {
      samples.removeFirst();
    }
    samples.addLast(
        new Sample(
            serverMillis - (sentMillis + (receivedMillis - sentMillis) / 2), roundTripNanos));
  }

  private synchronized Sample best() {
    Sample best = new Sample(0, Long.MAX_VALUE);
    for (final Sample sample : samples) {
      if (sample.roundTripNanos() < best.roundTripNanos()) {
        best = sample;
      }
    }
    return best;
  }

  /** The server's clock less this one's, in milliseconds; 0 before any measurement. */
  long offsetMillis() {
    return best().offsetMillis();
  }

  /** The shortest round trip, in nanoseconds; {@link Long#MAX_VALUE} before any measurement. */
  long roundTripNanos() {
    return best().roundTripNanos();
  }
}
