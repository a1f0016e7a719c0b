package gongbei.verifier.http.transport;

import gongbei.verifier.server.ClientDeadline;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Watches for a request that takes too long to come, and closes a connection that is idle, or does
 * not take its answers, for too long: {@link ClientDeadline}. For its event loop.
 */
public final class RequestDeadline extends ChannelInboundHandlerAdapter {
  /** What the handlers behind are told when a request has taken too long to come. */
  static final Object REQUEST_IS_LATE = new Object();

  private static final int CHECKS_A_DEADLINE = 4;

  private final long periodNanos;
  private final ClientDeadline deadline;
  private Future<?> check;

  public RequestDeadline(long requestMillis, long idleMillis) {
    periodNanos =
        TimeUnit.MILLISECONDS.toNanos(Math.min(requestMillis, idleMillis)) / CHECKS_A_DEADLINE;
    deadline =
        new ClientDeadline(
            TimeUnit.MILLISECONDS.toNanos(requestMillis),
            TimeUnit.MILLISECONDS.toNanos(idleMillis),
            System.nanoTime());
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    deadline.progress(System.nanoTime());
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
    deadline.messageComes(System.nanoTime());
    super.channelRead(ctx, message);
  }

  /** The request that was being read is whole. */
  void requestIsWhole() {
    deadline.messageIsWhole();
  }

  /** The node works on an answer. */
  void answerIsOwed() {
    deadline.answerIsOwed();
  }

  /** The node has answered, and what the client has sent meanwhile counts as sent now. */
  void answerIsGiven() {
    deadline.answerIsGiven(System.nanoTime());
  }

  /** An answer has been handed to the network. */
  void answerIsTaken() {
    deadline.progress(System.nanoTime());
  }

  /** Since when nothing has been asked and answered: {@link ClientDeadline#idleSinceNanos}. */
  long idleSinceNanos() {
    return deadline.idleSinceNanos();
  }

  private void checkNow(ChannelHandlerContext ctx) {
    switch (deadline.look(System.nanoTime())) {
      case MESSAGE -> {
        deadline.messageIsWhole();
        ctx.fireUserEventTriggered(REQUEST_IS_LATE);
      }
      case IDLE -> {
        final var unused = ctx.close();
      }
      case NOTHING -> {
        // It has its time.
      }
    }
  }
}
