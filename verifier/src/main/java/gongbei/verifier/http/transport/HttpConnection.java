package gongbei.verifier.http.transport;

import gongbei.verifier.access.Caller;
import gongbei.verifier.config.Limits;
import gongbei.verifier.net.ConnectionLimiter;
import gongbei.verifier.net.InputBudget;
import gongbei.verifier.server.Drain;
import gongbei.verifier.tls.TlsEntry;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the requests of one HTTP connection and answers them one after the other, in the order they
 * came. What can't be read is refused after the answers to what came before it, and then the
 * connection ends. For its event loop.
 */
public final class HttpConnection extends SimpleChannelInboundHandler<HttpObject>
    implements QuickAnswers.Connection, Drain.Connection {
  private static final Logger LOGGER = LoggerFactory.getLogger(HttpConnection.class);
  private final Shared shared;
  private final RequestHandler handler;
  private final BodyBudget bodies;
  private final RequestDeadline deadline;
  private final ResponseWriter writer;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final QuickAnswers quickAnswers;
  private final ChannelFutureListener taken;
  private ChannelHandlerContext channel;
  private final IncomingRequest incoming;
  private ConnectionEntry entry;
  private InetAddress address;
  private Caller client;
  private boolean advancing;
  private boolean answering;
  private Problem lastWord;
  private boolean ending;
  private boolean isStopping;
  private Optional<EventResponse> events = Optional.empty();

  public HttpConnection(Shared shared, QuickReplies replies, RequestDeadline deadline) {
    this.shared = shared;
    this.handler = shared.handler();
    this.bodies = shared.bodies();
    this.incoming = new IncomingRequest(bodies);
    this.writer = shared.writer();
    this.deadline = deadline;
    this.quickAnswers = new QuickAnswers(replies, writer, deadline, this);
    this.taken = done -> deadline.answerIsTaken();
  }

  /** What the connections of a server share. */
  public record Shared(
      RequestHandler handler,
      BodyBudget bodies,
      ConnectionLimiter connections,
      ResponseWriter writer,
      Drain drain) {}

  /**
   * A whole request that is not answered yet.
   *
   * @param quick what it may be that is done beside others
   */
  private record Waiting(
      Request question,
      Admission admission,
      boolean keepAlive,
      boolean isHttp10,
      QuickWork quick) {}

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    channel = ctx;
    quickAnswers.channelActive(ctx);
    address = ((InetSocketAddress) ctx.channel().remoteAddress()).getAddress();
    entry = new ConnectionEntry(shared, address, deadline::idleSinceNanos, this::giveWay, this);
    if (entry.isToHangUp()) {
      hangUp(ctx);
    } else {
      entry.problem().ifPresent(problem -> refuse(ctx, problem));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    leave();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    leave();
  }

  /** Gives everything back: the connection has ended, or goes on as another protocol's. */
  private void leave() {
    ending = true;
    if (entry != null) {
      entry.leave();
    }
    incoming.forget();
    forgetWaiting();
    quickAnswers.forget();
    events.ifPresent(EventResponse::end);
  }

  /** Whether the connection was let in and takes requests, of whatever protocol. */
  boolean isTakingRequests() {
    return !ending && lastWord == null;
  }

  /** Ends for another's sake, once it is owed nothing. For any thread. */
  private void giveWay() {
    channel.executor().execute(this::endNowOrWhenIdle);
  }

  private void endNowOrWhenIdle() {
    if (answering || !waiting.isEmpty() || !quickAnswers.isEmpty()) {
      endWhenIdle();
    } else {
      hangUp(channel);
    }
  }

  /** Answers what was asked, takes nothing more, and ends. For any thread. */
  @Override
  public void stop() {
    channel.executor().execute(this::stopNow);
  }

  private void stopNow() {
    isStopping = true;
    events.ifPresent(EventResponse::end);
    if (ending || lastWord != null) {
      return;
    }
    if (incoming.isThere()) {
      refuse(channel, Problem.stopping());
    } else {
      endWhenIdle();
    }
  }

  /** Closes the connection after a while in which nothing was asked, and nothing is owed. */
  private void endWhenIdle() {
    final var unused =
        channel
            .executor()
            .schedule(
                () -> {
                  if (ending || lastWord != null) {
                    return;
                  }
                  endNowOrWhenIdle();
                },
                Limits.HTTP_STOP_GRACE_MILLIS,
                TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    quickAnswers.flush();
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    advance(ctx);
    quickAnswers.flush();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == TlsEntry.HANDSHAKE_BEGINS) {
      advance(ctx);
    } else if (event == InputBudget.NO_ROOM) {
      refuse(ctx, Problem.busy("the budget for request headers is used up"));
    } else if (event != RequestDeadline.REQUEST_IS_LATE) {
      ctx.fireUserEventTriggered(event);
    } else if (ending || !ctx.channel().isWritable()) {
      hangUp(ctx);
    } else {
      refuse(ctx, RequestFaults.late());
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
    events.ifPresent(EventResponse::end);
    if (ending || lastWord != null) {
      return;
    }
    if (message.decoderResult().isFailure()) {
      refuse(ctx, RequestFaults.ofUnreadable(message.decoderResult().cause()));
      return;
    }
    if (message instanceof HttpRequest request) {
      begin(ctx, request);
    }
    if (message instanceof HttpContent content && incoming.isThere()) {
      take(ctx, content);
    }
  }

  /** Finds who asks and whether they may: before a byte of the body has room. */
  private void begin(ChannelHandlerContext ctx, HttpRequest request) {
    final RequestHead head = new RequestHead(request);
    final Problem fault = isStopping ? Problem.stopping() : handler.faultOf(head);
    if (fault != null) {
      refuse(ctx, fault);
      return;
    }
    final Admission admission = handler.admit(client(ctx), head);
    if (admission.problem().isPresent() && head.isContinueExpected()) {
      refuse(ctx, admission.problem().get());
      return;
    }
    incoming.begin(head, admission);
    advance(ctx);
  }

  private void take(ChannelHandlerContext ctx, HttpContent content) {
    final boolean isLast = content instanceof LastHttpContent;
    final Problem fault = incoming.take(content.content(), isLast);
    if (fault != null) {
      refuse(ctx, fault);
    } else if (isLast) {
      wholeRequest(ctx);
    }
  }

  private void wholeRequest(ChannelHandlerContext ctx) {
    final RequestHead head = incoming.head();
    final Admission admission = incoming.admission();
    if (head.isChunked()) {
      admission.charge(incoming.length());
    }
    final QuickWork quick = QuickWork.of(head, admission, incoming.length());
    if (quick != QuickWork.NONE
        && waiting.isEmpty()
        && mayScan()
        && quickAnswers.begin(
            quick, admission, head.languages(), incoming.body(), incoming.length())) {
      incoming.forget();
      deadline.requestIsWhole();
      return;
    }
    final Problem fault = incoming.reserve();
    if (fault != null) {
      refuse(ctx, fault);
      return;
    }
    waiting.add(
        new Waiting(
            new Request(
                head.method(),
                head.path(),
                head.headers(),
                incoming.handOver(),
                client(ctx),
                ctx.executor()),
            admission,
            head.isKeepAlive(),
            head.isHttp10(),
            quick));
    deadline.requestIsWhole();
    if (waiting.size() > Limits.MAX_HTTP_PIPELINED) {
      refuse(
          ctx,
          Problem.of(429, "too-many-requests", "too many pipelined requests without a response"));
    } else {
      advance(ctx);
    }
  }

  private boolean mayScan() {
    return !answering && !ending && lastWord == null && quickAnswers.hasRoom();
  }

  @Override
  public boolean isEnding() {
    return ending;
  }

  @Override
  public void verdictIsIn(boolean wasLast) {
    if (wasLast || !waiting.isEmpty()) {
      advance(channel);
    }
  }

  private Caller client(ChannelHandlerContext ctx) {
    if (client == null) {
      client = handler.callerOf(address, TlsEntry.peer(ctx.channel()));
    }
    return client;
  }

  /** Answers what can be answered now, and reads on only while the client takes its answers. */
  private void advance(ChannelHandlerContext ctx) {
    if (advancing || ending) {
      return;
    }
    advancing = true;
    while (!ending && !answering && ctx.channel().isWritable() && !waiting.isEmpty()) {
      if (!scanNext()) {
        if (!quickAnswers.isEmpty()) {
          break;
        }
        quickAnswers.pass();
        answer(ctx, waiting.remove());
      }
    }
    advancing = false;
    if (ending) {
      return;
    }
    final boolean upToDate = !answering && waiting.isEmpty() && quickAnswers.isEmpty();
    if (upToDate && lastWord != null) {
      if (!TlsEntry.isAwaited(ctx.channel())) {
        quickAnswers.flush();
        end(ctx, writer.responseOf(Response.of(lastWord), false));
      }
    } else if (upToDate && incoming.isContinueAwaited()) {
      incoming.continueIsSaid();
      final var unused =
          ctx.writeAndFlush(
              new DefaultFullHttpResponse(
                  HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
    }
    ctx.channel()
        .config()
        .setAutoRead(lastWord != null || (waiting.isEmpty() && ctx.channel().isWritable()));
  }

  /** Has the next that waits done beside those before it; false where it must wait for them. */
  private boolean scanNext() {
    final Waiting next = waiting.peek();
    final Request question = next.question();
    if (next.quick() != QuickWork.NONE
        && mayScan()
        && quickAnswers.begin(
            next.quick(),
            next.admission(),
            question.languages(),
            question.body(),
            question.body().length)) {
      waiting.remove();
      free(next);
      return true;
    }
    return false;
  }

  private void answer(ChannelHandlerContext ctx, Waiting asked) {
    answering = true;
    deadline.answerIsOwed();
    final Admission admission = asked.admission();
    final var unused =
        admission
            .answer(asked.question(), ctx.channel()::isActive)
            .whenComplete(
                (answer, failure) -> {
                  free(asked);
                  final Response given =
                      ResponseWriter.withRate(
                          failure == null ? answer : ResponseWriter.responseOf(failure),
                          admission.rate());
                  if (ctx.executor().inEventLoop()) {
                    give(ctx, asked, given);
                  } else {
                    ctx.executor().execute(() -> give(ctx, asked, given));
                  }
                });
  }

  private void give(ChannelHandlerContext ctx, Waiting asked, Response answer) {
    if (ending) {
      answer.events().ifPresent(EventSource::end);
      return;
    }
    if (answer.events().isPresent()) {
      begin(ctx, answer, answer.events().get());
      return;
    }
    answering = false;
    deadline.answerIsGiven();
    final FullHttpResponse response =
        writer.responseOf(answer, asked.question().method().equals(HttpMethod.HEAD.name()));
    if (asked.keepAlive() && isStopping && isAllAsked()) {
      quickAnswers.pass();
      end(ctx, response);
    } else if (asked.keepAlive()) {
      if (asked.isHttp10()) {
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
      }
      final var unused = ctx.writeAndFlush(response).addListener(taken);
      advance(ctx);
      quickAnswers.flush();
    } else {
      quickAnswers.pass();
      ending = true;
      incoming.forget();
      forgetWaiting();
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      final var unused = ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }
  }

  /** Goes on with events until the connection ends; what else was asked is not answered. */
  private void begin(ChannelHandlerContext ctx, Response answer, EventSource source) {
    quickAnswers.pass();
    ending = true;
    incoming.forget();
    forgetWaiting();
    events = Optional.of(new EventResponse(new ConnectionEvents(ctx), source));
    final var unused = ctx.writeAndFlush(writer.headOf(answer));
    // What the client sends, or that it has gone, is seen while it is sent events.
    ctx.channel().config().setAutoRead(true);
    events.get().begin();
  }

  /** Whether nothing that has come waits to be answered. */
  private boolean isAllAsked() {
    return waiting.isEmpty() && !incoming.isThere() && lastWord == null;
  }

  /** Takes nothing more, answers what came before, then says why and ends the connection. */
  private void refuse(ChannelHandlerContext ctx, Problem problem) {
    lastWord = problem;
    incoming.forget();
    deadline.requestIsWhole();
    advance(ctx);
  }

  /** Gives a last answer, and ends the connection without cutting it off. */
  private void end(ChannelHandlerContext ctx, FullHttpResponse response) {
    ending = true;
    response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    final var unused =
        ctx.writeAndFlush(response).addListener(done -> TlsEntry.shutdownOutput(ctx.channel()));
    // What the client is still sending is read and dropped for a while: a connection closed on
    // unread bytes is reset, and the client might never see the answer.
    final var unusedDelay =
        ctx.executor()
            .schedule(() -> hangUp(ctx), Limits.HTTP_LINGER_MILLIS, TimeUnit.MILLISECONDS);
    ctx.channel().config().setAutoRead(true);
  }

  private void free(Waiting asked) {
    bodies.free(asked.admission().caller().id(), asked.question().body().length);
  }

  private void forgetWaiting() {
    waiting.forEach(this::free);
    waiting.clear();
  }

  private static void hangUp(ChannelHandlerContext ctx) {
    final var unused = ctx.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOGGER.debug("An HTTP connection failed", cause);
    hangUp(ctx);
  }
}
