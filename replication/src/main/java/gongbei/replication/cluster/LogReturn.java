package gongbei.replication.cluster;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a member that has applied more than its leader's log go back to that log.
 *
 * <p>Aeron's election (1.51, {@code Election.onNewLeadershipTerm}) lets a member that has voted in
 * a term follow the leader of the term before once more. If that leader commits then, the one of
 * the later term cuts off what two members held for committed, and those two can't join its log
 * until they have forgotten what they applied: they would try for ever. For the watch's thread.
 */
final class LogReturn {
  private static final Logger LOGGER = LoggerFactory.getLogger(LogReturn.class);

  /** How long the member is given after one return to come into touch. */
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final MemberParts parts;
  private final MemberHealth health;
  private final Reopening reopening;
  private long returnedNanos = System.nanoTime() - PAUSE_NANOS;

  LogReturn(MemberParts parts, MemberHealth health, Reopening reopening) {
    this.parts = parts;
    this.health = health;
    this.reopening = reopening;
  }

  /** Goes back where the member that is out of touch was refused for being ahead. */
  void runWhereItIsAhead() {
    if (health.isAheadOfLeader() && System.nanoTime() - returnedNanos >= PAUSE_NANOS) {
      run();
      returnedNanos = System.nanoTime();
    }
  }

  private void run() {
    LOGGER.error(
        "This member has applied more than its leader's log has, as after an election that two"
            + " members won: it goes back to what is in that log");
    parts.log().fail("this member is going back to its leader's log");
    try {
      reopening.run();
      LOGGER.info("This member follows its leader's log again");
    } catch (IOException | RuntimeException e) {
      health.fail("its log could not be opened again: " + MemberHealth.describe(e));
    }
  }
}
