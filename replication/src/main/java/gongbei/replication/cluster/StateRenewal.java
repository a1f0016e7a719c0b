package gongbei.replication.cluster;

import gongbei.replication.context.ClusterContext;
import gongbei.replication.machine.ReplicatedState;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a member take the others' state in the place of its own, which is another than its leader's
 * at the same place of the log. Nothing is answered until it is there. For the watch's thread.
 */
final class StateRenewal {
  private static final Logger LOGGER = LoggerFactory.getLogger(StateRenewal.class);

  private final ClusterContext context;
  private final ReplicatedState state;
  private final DataDirectory directory;
  private final MemberParts parts;
  private final MemberHealth health;
  private final Freshness freshness;

  StateRenewal(
      ClusterContext context,
      ReplicatedState state,
      DataDirectory directory,
      MemberParts parts,
      MemberHealth health,
      Freshness freshness) {
    this.context = context;
    this.state = state;
    this.directory = directory;
    this.parts = parts;
    this.health = health;
    this.freshness = freshness;
  }

  /**
   * Sets its own log aside and starts again without.
   *
   * @param difference between its state and its leader's
   */
  void run(String difference) {
    freshness.beginRenewal();
    if (context.members().size() < 2) {
      health.fail("its state is not what its own log says: " + difference);
      return;
    }
    LOGGER.error(
        "This member's state is not its leader's: {}: {}", difference, directory.settingAside());
    health.rebuilding(true);
    try {
      parts.log().fail("this member is taking the others' state");
      parts.close();
      state.reset();
      directory.setAside();
      freshness.forget();
      parts.open(false);
    } catch (IOException | RuntimeException e) {
      health.fail("it could not take the others' state: " + MemberHealth.describe(e));
    } finally {
      health.rebuilding(false);
    }
  }

  /** Notes that the others' state is there, once the map has been up to date. */
  void endWhereServed() {
    if (freshness.isRenewing() && freshness.hasServed()) {
      freshness.endRenewal();
      LOGGER.info("This member has taken the others' state, and answers again");
    }
  }
}
