package gongbei.replication.cluster;

import gongbei.replication.context.SteadyClock;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a member every {@value #MILLIS} ms: whether it is up to date, has diverged, waits for a
 * log that is gone, or is asked for something. For one thread.
 */
final class MemberWatch implements Runnable {
  /** How long after a look the next begins. */
  static final int MILLIS = 20;

  private static final Logger LOGGER = LoggerFactory.getLogger(MemberWatch.class);
  private static final int TURNS_A_LOOK = 10;
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final MemberParts parts;
  private final MemberHealth health;
  private final Freshness freshness;
  private final Repairs repairs;
  private final OperatorRequests requests;
  private long lookedNanos = System.nanoTime();
  private long turns;

  /**
   * What brings a member back by itself.
   *
   * @param renewal takes the others' state
   * @param recovery goes on after a full disk
   * @param rejoin joins a log anew
   */
  record Repairs(StateRenewal renewal, StorageRecovery recovery, LogRejoin rejoin) {}

  MemberWatch(
      MemberParts parts,
      MemberHealth health,
      Freshness freshness,
      Repairs repairs,
      OperatorRequests requests) {
    this.parts = parts;
    this.health = health;
    this.freshness = freshness;
    this.repairs = repairs;
    this.requests = requests;
  }

  @Override
  public void run() {
    try {
      look();
    } catch (IOException | RuntimeException e) {
      LOGGER.warn("The node's watch failed: {}", e.toString());
    }
  }

  private void look() throws IOException {
    final long now = SteadyClock.OF_CLUSTER.time();
    final StatusService service = parts.service();
    final Optional<String> divergence = service.divergence();
    if (divergence.isPresent() && !health.hasFailed()) {
      repairs.renewal().run(divergence.get());
      return;
    }
    if (renewWhereAhead()) {
      return;
    }
    service.fault().ifPresent(this::onBroken);
    repairs.recovery().runWhereThereIsRoom();
    failWhereBehind();
    // A thread's stack is not looked at with every turn.
    if (turns % TURNS_A_LOOK == 0) {
      rejoinWhereItsLogHasEnded();
    }
    requests.handOver().endStandingAside();
    noteFreshness(now);
    repairs.renewal().endWhereServed();
    parts.histories().look(parts.isLeader(), parts.log()::tell);
    if (++turns % TURNS_A_LOOK == 0) {
      requests.look();
    }
  }

  /**
   * Has a member that applied more than its leader's log has begin anew.
   *
   * <p>Aeron's election (1.51, {@code Election.onNewLeadershipTerm}) lets a member that has voted
   * in a term follow the leader of the term before once more. If that leader commits then, the one
   * of the later term goes on without what two members hold for committed, and those two can't join
   * its log with what they have applied: they would try for ever. The same is met where the data of
   * a majority was put back to an earlier state while this member ran.
   */
  private boolean renewWhereAhead() {
    if (!isOutOfTouch()) {
      health.resetAhead();
      return false;
    }
    if (!health.isAheadOfLeader()) {
      return false;
    }
    health.resetAhead();
    repairs.renewal().run("it has applied more than its leader's log has");
    return true;
  }

  private void onBroken(Throwable fault) {
    health.noteStorageFault(fault);
    health.onEnd("the state machine, by " + StatusService.describe(fault) + ",");
  }

  private void noteFreshness(long now) {
    if (parts.isInTouch()) {
      if (parts.service().appliedPosition() >= parts.commitPosition()) {
        freshness.noteUpToDate(now);
      } else {
        freshness.noteBehind(now, parts.appliedMillis());
      }
    }
    if (parts.isServing()) {
      freshness.noteServing();
    }
  }

  /**
   * A member that does not come into touch may need log that the others have removed: it fails, and
   * takes a snapshot of theirs when it is started again. Its map is left as it is meanwhile.
   */
  private void failWhereBehind() {
    final long nowNanos = System.nanoTime();
    if (!isOutOfTouch()) {
      lookedNanos = nowNanos;
      return;
    }
    if (nowNanos - lookedNanos > LOOK_NANOS) {
      if (parts.isBehind()) {
        health.fail("the other members no longer have the log that it lacks: start it again");
      }
      lookedNanos = System.nanoTime();
    }
  }

  /** A member that is in nobody's log joins the one that there is. */
  private void rejoinWhereItsLogHasEnded() {
    if (!isOutOfTouch()) {
      repairs.rejoin().reset();
    } else {
      repairs.rejoin().runWhereItWaitsWithoutEnd();
    }
  }

  /** Whether this member looks for its cluster, and is not about to end. */
  private boolean isOutOfTouch() {
    return parts.hasPeers() && health.isRunning() && !parts.isInTouch();
  }
}
