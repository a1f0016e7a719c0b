package gongbei.verifier.node;

import gongbei.verifier.config.Limits;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.net.PacedSelect;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The threads of a node's servers. */
final class EventLoops {
  private EventLoops() {}

  /** Threads that one server has to itself, so that what one has to do holds no other up. */
  static EventLoopGroup of(
      String server, NodeConfig.Endpoint endpoint, NodeConfig.Pipeline pipeline) {
    final long paceNanos =
        TimeUnit.MICROSECONDS.toNanos(pipeline.gatherMicros()) / Limits.PASSES_A_GATHERING;
    return new MultiThreadIoEventLoopGroup(
        endpoint.eventLoops(),
        new DefaultThreadFactory("gongbei-" + server, true),
        NioIoHandler.newFactory(
            SelectorProvider.provider(), PacedSelect.each(paceNanos, LockSupport::parkNanos)));
  }
}
