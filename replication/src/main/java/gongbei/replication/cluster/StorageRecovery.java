package gongbei.replication.cluster;

import gongbei.replication.context.ClusterContext;
import gongbei.replication.context.StorageRoom;
import gongbei.replication.machine.ReplicatedState;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a member whose disk was full go on when there is room: its parts are closed and opened again,
 * as a restart would. The state stays where all that was recorded is applied to it, and is made
 * anew from snapshot and log where a change was applied in part. For the watch's thread, but for
 * the count.
 */
final class StorageRecovery {
  private static final Logger LOGGER = LoggerFactory.getLogger(StorageRecovery.class);
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ReplicatedState state;
  private final MemberParts parts;
  private final MemberHealth health;
  private final Freshness freshness;
  private final StorageRoom room;
  private long lookedNanos = System.nanoTime();
  private final AtomicLong recoveries = new AtomicLong();

  StorageRecovery(
      ClusterContext context,
      ReplicatedState state,
      MemberParts parts,
      MemberHealth health,
      Freshness freshness) {
    this.state = state;
    this.parts = parts;
    this.health = health;
    this.freshness = freshness;
    this.room = StorageRoom.of(context);
  }

  /** How often the member went on. For any thread. */
  long recoveries() {
    return recoveries.get();
  }

  /** Goes on where the member has failed by a full disk that has room again. */
  void runWhereThereIsRoom() {
    if (!health.isStorageFault() || System.nanoTime() - lookedNanos < LOOK_NANOS) {
      return;
    }
    if (room.isThere()) {
      run();
    }
    lookedNanos = System.nanoTime();
  }

  private void run() {
    LOGGER.info("There is room on the disk again: this node opens its log");
    final boolean isSound;
    health.rebuilding(true);
    try {
      parts.close();
      // Only now nothing is applied any more.
      isSound = parts.isSound();
      if (!isSound) {
        freshness.beginRebuild();
        state.reset();
      }
      health.recovered();
    } finally {
      health.rebuilding(false);
    }
    try {
      parts.open(isSound);
      recoveries.incrementAndGet();
      LOGGER.info("This node's log is open again");
    } catch (IOException | RuntimeException e) {
      health.noteStorageFault(e);
      health.fail("its log could not be opened again: " + MemberHealth.describe(e));
    }
  }
}
