package gongbei.verifier.http;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Hangs up on a connection whose request takes too long to come, or that is idle for too long. For
 * its event loop.
 */
final class RequestDeadline extends ChannelDuplexHandler {
  private static final int CHECK_MILLIS = 500;

  private final long requestNanos;
  private final long idleNanos;
  private Future<?> check;
  private long lastAnswerNanos;
  private long requestStartedNanos;
  private boolean inRequest;
  private int unanswered;

  RequestDeadline(int requestSeconds, int idleSeconds) {
    requestNanos = TimeUnit.SECONDS.toNanos(requestSeconds);
    idleNanos = TimeUnit.SECONDS.toNanos(idleSeconds);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    lastAnswerNanos = System.nanoTime();
    check =
        ctx.executor()
            .scheduleWithFixedDelay(
                () -> checkNow(ctx), CHECK_MILLIS, CHECK_MILLIS, TimeUnit.MILLISECONDS);
    super.channelActive(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    check.cancel(false);
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
    unanswered++;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise)
      throws Exception {
    lastAnswerNanos = System.nanoTime();
    unanswered = Math.max(0, unanswered - 1);
    super.write(ctx, message, promise);
  }

  private void checkNow(ChannelHandlerContext ctx) {
    final long nowNanos = System.nanoTime();
    final boolean late = inRequest && nowNanos - requestStartedNanos > requestNanos;
    final boolean idle = !inRequest && unanswered == 0 && nowNanos - lastAnswerNanos > idleNanos;
    if (late || idle) {
      final var unused = ctx.close();
    }
  }
}
