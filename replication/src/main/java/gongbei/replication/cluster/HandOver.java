package gongbei.replication.cluster;

import gongbei.replication.context.ClusterContext;
import java.util.concurrent.TimeUnit;

/**
 * Has a leader step down: it leaves its cluster and joins it again, the map untouched. It votes at
 * once, but is no candidate until another leads, or none has for a while. For the watch's thread.
 */
final class HandOver {
  private static final long STAND_ASIDE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final ClusterContext context;
  private final MemberParts parts;
  private final MemberHealth health;
  private boolean isStandingAside;
  private long standsAsideUntilNanos;

  HandOver(ClusterContext context, MemberParts parts, MemberHealth health) {
    this.context = context;
    this.parts = parts;
    this.health = health;
  }

  /**
   * Stops leading.
   *
   * @return one line for who asked; it opens with {@code done} where this member leads no more
   */
  String run() {
    if (context.members().size() < 2) {
      return "refused: there is no other member";
    }
    if (!parts.isLeader()) {
      return "refused: this member does not lead";
    }
    health.rebuilding(true);
    try {
      parts.leaveCluster();
      if (!parts.isSound() || health.hasFailed()) {
        return "refused: this member has failed";
      }
      parts.rejoinCluster(parts.nextMember());
      standsAsideUntilNanos = System.nanoTime() + STAND_ASIDE_NANOS;
      isStandingAside = true;
      return "done: this member leads no more";
    } catch (RuntimeException e) {
      health.fail("it could not join its cluster again: " + MemberHealth.describe(e));
      return "refused: " + health.failure().orElse("");
    } finally {
      health.rebuilding(false);
    }
  }

  /** Lets this member be a candidate again, once another leads or none has for a while. */
  void endStandingAside() {
    if (isStandingAside && (parts.isInTouch() || System.nanoTime() - standsAsideUntilNanos > 0)) {
      parts.appointNobody();
      isStandingAside = false;
    }
  }
}
