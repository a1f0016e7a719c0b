package gongbei.verifier.http.transport;

import gongbei.verifier.server.ClientDeadline;
import gongbei.verifier.server.DeadlineRounds;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Watches for a request that takes too long to come, and closes a connection that is idle, or does
 * not take its answers, for too long: {@link ClientDeadline}. For its event loop.
 */
public final class RequestDeadline extends ChannelInboundHandlerAdapter
    implements DeadlineRounds.Watched {
  /** What the handlers behind are told when a request has taken too long to come. */
  static final Object REQUEST_IS_LATE = new Object();

  private static final int CHECKS_A_DEADLINE = 4;

  private final DeadlineRounds rounds;
  private final ClientDeadline deadline;
  private ChannelHandlerContext context;
  private Runnable leaving = () -> {};

  /**
   * @param rounds those of the connection's event loop
   */
  public RequestDeadline(DeadlineRounds rounds, long requestMillis, long idleMillis) {
    this.rounds = rounds;
    deadline =
        new ClientDeadline(
            TimeUnit.MILLISECONDS.toNanos(requestMillis),
            TimeUnit.MILLISECONDS.toNanos(idleMillis),
            System.nanoTime());
  }

  /** What looks after all connections of an event loop that have these deadlines. */
  public static DeadlineRounds roundsOn(EventExecutor loop, long requestMillis, long idleMillis) {
    return DeadlineRounds.on(
        loop,
        TimeUnit.MILLISECONDS.toNanos(Math.min(requestMillis, idleMillis)) / CHECKS_A_DEADLINE);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    deadline.progress(System.nanoTime());
    context = ctx;
    leaving = rounds.add(this);
    super.channelActive(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    leaving.run();
    super.channelInactive(ctx);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    leaving.run();
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

  @Override
  public void look(long nowNanos) {
    switch (deadline.look(nowNanos)) {
      case MESSAGE -> {
        deadline.messageIsWhole();
        context.fireUserEventTriggered(REQUEST_IS_LATE);
      }
      case IDLE -> {
        final var unused = context.close();
      }
      case NOTHING -> {
        // It has its time.
      }
    }
  }
}
