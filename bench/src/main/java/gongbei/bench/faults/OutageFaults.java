package gongbei.bench.faults;

import gongbei.bench.setup.NodeProcess;
import java.io.IOException;
import java.util.List;

/**
 * Kills one node after the other, as by kill -9: each comes back a while later, and the next one
 * goes when it is ready again and has been for a while. For one thread.
 */
final class OutageFaults {
  private static final int DOWN_MILLIS = 4_000;
  private static final int REST_MILLIS = 5_000;
  private static final int LOOK_MILLIS = 500;

  private final List<NodeProcess> nodes;
  private int kills;
  private boolean isDown;
  private boolean isStarting;
  private long nextMillis;

  OutageFaults(List<NodeProcess> nodes) {
    this.nodes = nodes;
  }

  /** How many have been killed. */
  int kills() {
    return kills;
  }

  /** Does what is due. */
  void tick(long nowMillis) throws IOException, InterruptedException {
    if (nowMillis < nextMillis) {
      return;
    }
    if (isDown) {
      last().start();
      isDown = false;
      isStarting = true;
      nextMillis = nowMillis + LOOK_MILLIS;
    } else if (isStarting) {
      isStarting = last().status() == null;
      nextMillis = nowMillis + (isStarting ? LOOK_MILLIS : REST_MILLIS);
    } else {
      kills++;
      last().kill();
      isDown = true;
      nextMillis = nowMillis + DOWN_MILLIS;
    }
  }

  /** Brings the last one back that was killed. */
  void end() throws IOException, InterruptedException {
    if (isDown) {
      last().start();
    }
    if (isDown || isStarting) {
      ClusterFixture.awaitReady(last());
    }
    isDown = false;
    isStarting = false;
  }

  private NodeProcess last() {
    return nodes.get((kills - 1) % nodes.size());
  }
}
