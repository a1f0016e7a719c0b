package gongbei.replication.cluster;

import io.aeron.Aeron;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a member whose log ended while it was joining leave its cluster and join it again, the map
 * untouched. For the watch's thread.
 */
final class LogRejoin {
  private static final Logger LOGGER = LoggerFactory.getLogger(LogRejoin.class);

  private final MemberParts parts;
  private final MemberHealth health;
  private final LogWait wait;

  LogRejoin(MemberParts parts, MemberHealth health, LogWait wait) {
    this.parts = parts;
    this.health = health;
    this.wait = wait;
  }

  /** Forgets that the member has waited: it is in touch. */
  void reset() {
    wait.reset();
  }

  /** Looks whether the state machine waits for a log that has ended, and joins again if so. */
  void runWhereItWaitsWithoutEnd() {
    if (wait.isEndless(parts.serviceThread())) {
      wait.reset();
      run();
    }
  }

  /** Joins the log that there is now; a member whose state is not there yet fails. */
  private void run() {
    if (!parts.isSound()) {
      health.fail("the log that it was joining has ended meanwhile: start it again");
      return;
    }
    LOGGER.warn("The log that this member was joining has ended meanwhile: it joins again");
    health.rebuilding(true);
    try {
      parts.leaveCluster();
      parts.rejoinCluster(Aeron.NULL_VALUE);
    } catch (RuntimeException e) {
      health.fail("it could not join its cluster again: " + MemberHealth.describe(e));
    } finally {
      health.rebuilding(false);
    }
  }
}
