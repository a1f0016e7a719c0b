package gongbei.verifier.http.transport;

import gongbei.verifier.net.ConnectionLimiter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Watches for a request that takes too long to come, and for a connection that is idle, or does not
 * take its answers, for too long. While the node itself owes an answer no time runs. For its event
 * loop.
 */
public final class RequestDeadline extends ChannelInboundHandlerAdapter {
  /** What the handlers behind are told when a request has taken too long to come. */
  static final Object REQUEST_IS_LATE = new Object();

  private static final int CHECKS_A_DEADLINE = 4;

  private final long requestNanos;
  private final long idleNanos;
  private Future<?> check;
  private volatile long progressNanos = System.nanoTime();
  private long requestStartedNanos;
  private boolean inRequest;
  private volatile boolean answerOwed;

  public RequestDeadline(long requestMillis, long idleMillis) {
    requestNanos = TimeUnit.MILLISECONDS.toNanos(requestMillis);
    idleNanos = TimeUnit.MILLISECONDS.toNanos(idleMillis);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    progressNanos = System.nanoTime();
    final long periodNanos = Math.min(requestNanos, idleNanos) / CHECKS_A_DEADLINE;
    check =
        ctx.executor()
            .scheduleWithFixedDelay(
                () -> checkNow(ctx), periodNanos, periodNanos, TimeUnit.NANOSECONDS);
    super.channelActive(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    if (check != null) {
      check.cancel(false);
    }
    super.channelInactive(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    if (!inRequest) {
      inRequest = true;
      requestStartedNanos = System.nanoTime();
    }
    super.channelRead(ctx, message);
  }

  /** The request that was being read is whole. */
  void requestIsWhole() {
    inRequest = false;
  }

  /** The node works on an answer. */
  void answerIsOwed() {
    answerOwed = true;
  }

  /** The node has answered, and what the client has sent meanwhile counts as sent now. */
  void answerIsGiven() {
    final long now = System.nanoTime();
    answerOwed = false;
    progressNanos = now;
    requestStartedNanos = now;
  }

  /**
   * Since when nothing has been asked and answered here, by {@link System#nanoTime}; {@link
   * ConnectionLimiter#NOT_IDLE} while an answer is owed. For any thread.
   */
  long idleSinceNanos() {
    return answerOwed ? ConnectionLimiter.NOT_IDLE : progressNanos;
  }

  /** An answer has been handed to the network. */
  void answerIsTaken() {
    progressNanos = System.nanoTime();
  }

  private void checkNow(ChannelHandlerContext ctx) {
    if (answerOwed) {
      return;
    }
    final long nowNanos = System.nanoTime();
    if (inRequest && nowNanos - requestStartedNanos > requestNanos) {
      inRequest = false;
      ctx.fireUserEventTriggered(REQUEST_IS_LATE);
    } else if (nowNanos - progressNanos > idleNanos && !inRequest) {
      final var unused = ctx.close();
    }
  }
}
