package gongbei.replication.wire;

import java.util.Arrays;

/**
 * Tells a sequence that was not seen before from one that was, as RFC 4303 §3.4.3 does; what is
 * older than the window counts as seen. For one thread.
 */
final class ReplayWindow {
  /** How far back sequences are told apart; the last word's worth of them may count as seen. */
  static final int BITS = 4_096;

  private static final int MASK = BITS / Long.SIZE - 1;

  private final long[] words = new long[BITS / Long.SIZE];
  private long highest;

  /** Starts after a sequence: it and all before it count as seen. */
  ReplayWindow(long highest) {
    this.highest = highest;
    Arrays.fill(words, -1L);
    words[word(highest)] = -1L >>> (Long.SIZE - 1 - (highest & (Long.SIZE - 1)));
  }

  boolean isNew(long sequence) {
    if (sequence > highest) {
      return true;
    }
    return sequence >= highest - BITS + Long.SIZE && (words[word(sequence)] & bit(sequence)) == 0;
  }

  void add(long sequence) {
    if (sequence > highest) {
      final long block = highest >>> 6;
      final long moved = Math.min(words.length, (sequence >>> 6) - block);
      for (long i = 1; i <= moved; i++) {
        words[(int) (block + i) & MASK] = 0;
      }
      highest = sequence;
    }
    words[word(sequence)] |= bit(sequence);
  }

  private static int word(long sequence) {
    return (int) (sequence >>> 6) & MASK;
  }

  private static long bit(long sequence) {
    return 1L << sequence;
  }
}
