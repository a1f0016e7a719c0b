package gongbei.verifier.ring;

/**
 * Which places of a ring buffer one worker answers: runs of width of them, every one of the other
 * workers having one before it has its next.
 *
 * @param ordinal which of the workers, from 0
 * @param workers how many there are
 * @param width places of a run
 */
record Stripe(int ordinal, int workers, int width) {
  /** Whether the event of a sequence is the worker's. */
  boolean contains(long sequence) {
    return sequence / width % workers == ordinal;
  }

  /** How many places follow a sequence in its run. */
  long after(long sequence) {
    return width - 1 - sequence % width;
  }

  /** How many places a sequence that is not the worker's is before its next run. */
  long until(long sequence) {
    final int runs = Math.floorMod(ordinal - (int) (sequence / width % workers), workers);
    return (long) runs * width - sequence % width;
  }

  /** Places from one run's begin to the next one's. */
  int cycle() {
    return workers * width;
  }
}
