package gongbei.replication.cluster;

import io.aeron.cluster.ClusterControl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes snapshots when the log has grown, and removes what no node needs any more. */
public final class Housekeeper {
  private static final Logger LOGGER = LoggerFactory.getLogger(Housekeeper.class);

  private final ClusterContext context;
  private final ClusterNode node;

  Housekeeper(ClusterContext context, ClusterNode node) {
    this.context = context;
    this.node = node;
  }

  void run() {
    LOGGER.trace("{} {}", context, node);
  }

  /** Asks for a snapshot on every member. Returns whether this member leads and has taken it up. */
  public boolean requestSnapshot() {
    return node.isLeader() && ClusterControl.ToggleState.SNAPSHOT.toggle(node.controlToggle());
  }
}
