package gongbei.verifier.node;

import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.SleepingWaitStrategy;
import com.lmax.disruptor.WaitStrategy;
import com.lmax.disruptor.YieldingWaitStrategy;
import gongbei.verifier.config.NodeConfig;

/** How workers wait for their ring buffer, as a configuration names it. */
final class Waiting {
  private Waiting() {}

  static WaitStrategy by(NodeConfig.Wait wait) {
    return switch (wait) {
      case BLOCKING -> new BlockingWaitStrategy();
      case SLEEPING -> new SleepingWaitStrategy();
      case YIELDING -> new YieldingWaitStrategy();
    };
  }
}
