package gongbei.verifier.oversight;

import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.verifier.config.Limits;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.LongHashSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the colours of a map's records as they were at a version, while the map goes on to change.
 *
 * <p>A record that has not changed since counts as it stands. Of one that has, the first change
 * says what it was before ({@link #onChange}), and whether that is missing is known from the walk
 * through the map, which sees each record once: it is where the walk came by after the change. The
 * walk may see a change before it is told, so it is over when all that it can have seen was told.
 */
final class Recount {
  private static final Logger LOGGER = LoggerFactory.getLogger(Recount.class);
  private static final long NONE = -1;
  private static final long RETRY_MILLIS = 10_000;
  private static final int FIRST_CAPACITY = 64;
  private static final float LOAD_FACTOR = 0.6f;

  private final StatusMap map;
  private final long baseVersion;
  private final InForce counted = new InForce();
  private final LongHashSet seenLate = new LongHashSet(FIRST_CAPACITY);

  /** By holder, what the first change since the version found. */
  private final Long2LongHashMap changed = new Long2LongHashMap(FIRST_CAPACITY, LOAD_FACTOR, NONE);

  private final Thread walk;
  private long newestSeen;
  private volatile boolean isStopped;
  private volatile boolean isGivenUp;
  private volatile long seenVersion = Long.MAX_VALUE;

  /**
   * @param baseVersion the version that the map is at
   * @param hour the hour, since 1970, before which ends have come
   * @param onGivenUp is told, after a while, where more has changed meanwhile than there is room to
   *     remember
   */
  Recount(StatusMap map, long baseVersion, int hour, Consumer<Recount> onGivenUp) {
    this.map = map;
    this.baseVersion = baseVersion;
    counted.advance((long) hour * InForce.HOUR_MINUTES);
    walk = new Thread(() -> walk(onGivenUp), "gongbei-oversight");
    walk.setDaemon(true);
  }

  /** Walks through the map on a thread of its own. */
  void start() {
    walk.start();
  }

  private void walk(Consumer<Recount> onGivenUp) {
    try {
      map.forEachEntry(this::see, new StatusRecord());
      seenVersion = Math.max(map.version(), newestSeen);
    } catch (EndedException e) {
      LOGGER.debug("The recount of colours was stopped");
    }
    if (isGivenUp && !isStopped) {
      LOGGER.info("The recount of colours is postponed: too much changes at the moment");
      try {
        Thread.sleep(RETRY_MILLIS);
        onGivenUp.accept(this);
      } catch (InterruptedException e) {
        LOGGER.debug("The node stops");
      }
    }
  }

  private void see(byte[] subject, StatusRecord record) {
    if (isStopped || isGivenUp) {
      throw new EndedException();
    }
    if (record.version() <= baseVersion) {
      counted.add(InForce.packed(record), 1);
    } else {
      newestSeen = Math.max(newestSeen, record.version());
      seenLate.add(keyOf(subject));
      if (seenLate.size() > Limits.MAX_RECOUNT_CHANGES) {
        isGivenUp = true;
      }
    }
  }

  /**
   * Takes a change of a holder who was known.
   *
   * @param previousVersion the version that wrote the record before
   * @param before what that record counts as: see {@link InForce#packed}
   */
  void onChange(byte[] subject, long previousVersion, long before) {
    if (previousVersion <= baseVersion && !isGivenUp) {
      changed.put(keyOf(subject), before);
      isGivenUp = changed.size() > Limits.MAX_RECOUNT_CHANGES;
    }
  }

  /** Two of 126 million holders have the same one by a chance of one in two thousand. */
  private static long keyOf(byte[] subject) {
    return StatusMap.stir(word(subject, 0)) ^ word(subject, Long.BYTES);
  }

  private static long word(byte[] bytes, int offset) {
    return ByteBuffer.wrap(bytes).getLong(offset);
  }

  /**
   * Whether the walk is over, and all that it can have seen was told.
   *
   * @param toldVersion the last version that was told
   */
  boolean isDone(long toldVersion) {
    return !isGivenUp && seenVersion <= toldVersion;
  }

  /** What the records count as at the base version; for once, when done. */
  InForce counted() {
    final LongHashSet.LongIterator late = seenLate.iterator();
    while (late.hasNext()) {
      final long before = changed.get(late.nextValue());
      if (before != NONE) {
        counted.add(before, 1);
      }
    }
    return counted;
  }

  /** Asks the walk to end. */
  void stop() {
    isStopped = true;
    walk.interrupt();
  }

  /** Waits until the walk has ended, after which it touches the map no more. */
  void join() {
    boolean isInterrupted = false;
    while (walk.isAlive()) {
      try {
        walk.join();
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the walk. */
  private static final class EndedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
