package gongbei.verifier.http.transport;

import gongbei.verifier.access.Caller;
import gongbei.verifier.http.api.Routes;
import gongbei.verifier.http.api.ScanResource;
import gongbei.verifier.http.guard.Admission;
import gongbei.verifier.http.guard.RateLimits;

import gongbei.codec.trust.TokenException;
import gongbei.verifier.config.Limits;
import gongbei.verifier.metrics.NodeMetrics;
import gongbei.verifier.net.ConnectionLimiter;
import gongbei.verifier.net.InputBudget;
import gongbei.verifier.tls.TlsEntry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the requests of one HTTP connection and answers them one after the other, in the order they
 * came. What can't be read is refused after the answers to what came before it, and then the
 * connection ends. For its event loop.
 */
public final class HttpConnection extends SimpleChannelInboundHandler<HttpObject> {
  private static final Logger LOGGER = LoggerFactory.getLogger(HttpConnection.class);
  private static final int ANSWER_BYTES = 512;
  private static final byte[] VERDICT_START =
      ascii("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ");
  private static final byte[] VERDICT_FIELDS =
      ascii("\r\nX-Content-Type-Options: nosniff\r\ncache-control: no-store\r\n");
  private static final byte[] LINE_END = ascii("\r\n");

  private final Routes routes;
  private final ScanReplies replies;
  private final BodyBudget bodies;
  private final ConnectionLimiter connections;
  private final NodeMetrics metrics;
  private final RequestDeadline deadline;
  private final HttpDate date;
  private final HttpDrain drain;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final ArrayDeque<PendingScan> scans = new ArrayDeque<>();
  private final ScanRequest scanRequest = new ScanRequest();
  private final ChannelFutureListener taken;
  private ChannelHandlerContext channel;
  private ChannelHandlerContext encoder;
  private ByteBuf verdicts;
  private boolean isTouched;
  private boolean isUnflushed;
  private final IncomingRequest incoming;
  private ConnectionLimiter.Place place;
  private InetAddress address;
  private Caller client;
  private boolean advancing;
  private boolean answering;
  private Problem lastWord;
  private boolean ending;
  private boolean isStopping;

  public HttpConnection(Shared shared, ScanReplies replies, RequestDeadline deadline) {
    this.routes = shared.routes();
    this.replies = replies;
    this.bodies = shared.bodies();
    this.incoming = new IncomingRequest(bodies);
    this.connections = shared.connections();
    this.metrics = shared.metrics();
    this.date = shared.routes().date();
    this.drain = shared.drain();
    this.deadline = deadline;
    this.taken = done -> deadline.answerIsTaken();
  }

  /** What the connections of a server share. */
  public record Shared(
      Routes routes,
      BodyBudget bodies,
      ConnectionLimiter connections,
      NodeMetrics metrics,
      HttpDrain drain) {}

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * A whole request that is not answered yet.
   *
   * @param isScan whether it may be one that is judged beside others
   */
  private record Waiting(
      Request question,
      Admission admission,
      boolean keepAlive,
      boolean isHttp10,
      boolean isScan) {}

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    channel = ctx;
    encoder = ctx.pipeline().context(HttpResponseEncoder.class);
    address = ((InetSocketAddress) ctx.channel().remoteAddress()).getAddress();
    place = connections.enter(address, deadline::idleSinceNanos, this::giveWay);
    switch (place.entry()) {
      case LET_IN -> drain.add(this);
      case NO_ROOM -> refuse(ctx, Problem.busy("the node has no room for another connection"));
      case NO_ROOM_FOR_ADDRESS ->
          refuse(
              ctx,
              Problem.of(
                  429, "too-many-connections", "this address has too many connections already"));
      case HANG_UP -> hangUp(ctx);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ending = true;
    if (place != null) {
      place.leave();
      drain.remove(this);
    }
    incoming.forget();
    forgetWaiting();
    forgetScans();
  }

  /** Ends for another's sake, once it is owed nothing. For any thread. */
  private void giveWay() {
    channel.executor().execute(this::endNowOrWhenIdle);
  }

  private void endNowOrWhenIdle() {
    if (answering || !waiting.isEmpty() || !scans.isEmpty()) {
      endWhenIdle();
    } else {
      hangUp(channel);
    }
  }

  /** Answers what was asked, takes nothing more, and ends. For any thread. */
  void stop() {
    channel.executor().execute(this::stopNow);
  }

  private void stopNow() {
    isStopping = true;
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
    flushVerdicts();
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    advance(ctx);
    flushVerdicts();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == TlsEntry.HANDSHAKE_BEGINS) {
      advance(ctx);
    } else if (event == InputBudget.NO_ROOM) {
      refuse(ctx, Problem.busy("the node has no room for more of a request's header"));
    } else if (event != RequestDeadline.REQUEST_IS_LATE) {
      ctx.fireUserEventTriggered(event);
    } else if (ending || !ctx.channel().isWritable()) {
      hangUp(ctx);
    } else {
      refuse(ctx, Problem.of(408, "request-timeout", "the request took too long to come"));
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
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
    final Problem fault = isStopping ? Problem.stopping() : routes.faultOf(request);
    if (fault != null) {
      refuse(ctx, fault);
      return;
    }
    final String path = path(request.uri());
    final Admission admission =
        routes.admit(client(ctx), request, path, HttpUtil.getContentLength(request, 0L));
    if (admission.problem() != null && HttpUtil.is100ContinueExpected(request)) {
      refuse(ctx, admission.problem());
      return;
    }
    incoming.begin(request, path, admission);
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
    final HttpRequest request = incoming.request();
    final Admission admission = incoming.admission();
    final boolean isHttp10 = request.protocolVersion().minorVersion() == 0;
    if (HttpUtil.isTransferEncodingChunked(request)) {
      routes.charge(admission, incoming.length());
    }
    final boolean isScan =
        routes.isScan(admission)
            && HttpUtil.isKeepAlive(request)
            && !isHttp10
            && incoming.length() <= Limits.MAX_EVENT_LOOP_BODY_BYTES
            && isJson(admission.caller(), request.headers())
            && !request.headers().contains(HttpHeaderNames.CONTENT_ENCODING)
            && !RequestSpans.mayBeAsked(request.headers());
    if (isScan
        && waiting.isEmpty()
        && mayScan()
        && scan(admission, incoming.body(), incoming.length())) {
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
                request.method().name(),
                incoming.path(),
                request.headers(),
                incoming.handOver(),
                client(ctx),
                ctx.executor()),
            admission,
            HttpUtil.isKeepAlive(request),
            isHttp10,
            isScan));
    deadline.requestIsWhole();
    if (waiting.size() > Limits.MAX_HTTP_PIPELINED) {
      refuse(ctx, Problem.of(429, "too-many-requests", "too many requests without an answer"));
    } else {
      advance(ctx);
    }
  }

  private static boolean isJson(Caller caller, HttpHeaders headers) {
    final String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
    return type == null ? caller.isNamed() : type.equalsIgnoreCase(Response.JSON);
  }

  private boolean mayScan() {
    return !answering
        && !ending
        && lastWord == null
        && scans.size() < Limits.MAX_HTTP_SCANS_IN_FLIGHT
        && channel.channel().isWritable();
  }

  /**
   * Has a code judged beside those before it, whose answers it waits for.
   *
   * @return false where the request is other than the commonest, and nothing was done
   */
  private boolean scan(Admission admission, byte[] json, int length) {
    if (!scanRequest.read(json, length) || !routes.scans().knows(scanRequest.checkpoint())) {
      return false;
    }
    final PendingScan pending = replies.take(this, admission.rate());
    scans.add(pending);
    deadline.answerIsOwed();
    if (!routes.scans().submit(scanRequest, replies, pending.id())) {
      pending.refuse(Response.of(ScanResource.shed()));
    }
    giveVerdicts();
    return true;
  }

  /** Takes an answer in; answers whether this is the first since the last flush. */
  boolean takeVerdict(PendingScan done) {
    if (ending) {
      replies.giveBack(done);
      return false;
    }
    giveVerdicts();
    if (scans.isEmpty() || !waiting.isEmpty()) {
      advance(channel);
    }
    final boolean isFirst = !isTouched;
    isTouched = true;
    return isFirst;
  }

  /** Writes the answers that have come, as far as none before them is missing. */
  private void giveVerdicts() {
    while (!scans.isEmpty() && scans.peek().isDone()) {
      final PendingScan scan = scans.remove();
      if (scan.isShed()) {
        scan.refuse(Response.of(ScanResource.shed()));
      }
      if (scan.refusal() == null) {
        writeVerdict(scan);
      } else {
        passVerdicts();
        final Response refusal = scan.refusal();
        final var unused =
            channel
                .write(
                    responseOf(
                        scan.rate() == null ? refusal : withRate(refusal, scan.rate()), false))
                .addListener(taken);
        isUnflushed = true;
      }
      replies.giveBack(scan);
      if (scans.isEmpty()) {
        deadline.answerIsGiven();
      }
    }
  }

  private void writeVerdict(PendingScan scan) {
    metrics.countHttpAnswer(HttpResponseStatus.OK.code());
    if (verdicts == null) {
      verdicts = channel.alloc().ioBuffer(ANSWER_BYTES);
    }
    verdicts.writeBytes(VERDICT_START);
    writeDecimal(verdicts, scan.answerBytes());
    verdicts.writeBytes(VERDICT_FIELDS);
    verdicts.writeBytes(date.line());
    if (scan.rate() != null) {
      ByteBufUtil.writeAscii(
          verdicts,
          "RateLimit-Policy: "
              + scan.rate().policyField()
              + "\r\nRateLimit: "
              + scan.rate().field()
              + "\r\n");
    }
    verdicts.writeBytes(LINE_END);
    verdicts.writeBytes(scan.answer(), 0, scan.answerBytes());
  }

  private static void writeDecimal(ByteBuf out, int number) {
    int divisor = 1;
    while (number / divisor >= 10) {
      divisor *= 10;
    }
    for (; divisor > 0; divisor /= 10) {
      out.writeByte('0' + number / divisor % 10);
    }
  }

  /** Hands the verdicts that are written out on, in front of what is written next. */
  private void passVerdicts() {
    if (verdicts != null) {
      final ByteBuf written = verdicts;
      verdicts = null;
      isUnflushed = true;
      final var unused = encoder.write(written).addListener(taken);
    }
  }

  /** Sends what verdicts there are. */
  void flushVerdicts() {
    isTouched = false;
    passVerdicts();
    if (isUnflushed) {
      isUnflushed = false;
      channel.flush();
    }
  }

  private void forgetScans() {
    for (final PendingScan scan : scans) {
      if (scan.isDone()) {
        replies.giveBack(scan);
      }
    }
    scans.clear();
    if (verdicts != null) {
      verdicts.release();
      verdicts = null;
    }
  }

  private Caller client(ChannelHandlerContext ctx) {
    if (client == null) {
      client = routes.callerOf(address, TlsEntry.peer(ctx.channel()));
    }
    return client;
  }

  /** The path of a request target in origin or absolute form (RFC 9112 §3.2). */
  private static String path(String target) {
    int start = 0;
    if (target.startsWith("http://") || target.startsWith("https://")) {
      start = target.indexOf('/', target.indexOf("//") + 2);
      if (start < 0) {
        return "/";
      }
    }
    final int query = target.indexOf('?', start);
    return target.substring(start, query < 0 ? target.length() : query);
  }

  /** Answers what can be answered now, and reads on only while the client takes its answers. */
  private void advance(ChannelHandlerContext ctx) {
    if (advancing || ending) {
      return;
    }
    advancing = true;
    while (!ending && !answering && ctx.channel().isWritable() && !waiting.isEmpty()) {
      if (!scanNext()) {
        if (!scans.isEmpty()) {
          break;
        }
        passVerdicts();
        answer(ctx, waiting.remove());
      }
    }
    advancing = false;
    if (ending) {
      return;
    }
    final boolean upToDate = !answering && waiting.isEmpty() && scans.isEmpty();
    if (upToDate && lastWord != null) {
      if (!TlsEntry.isAwaited(ctx.channel())) {
        flushVerdicts();
        end(ctx, responseOf(Response.of(lastWord), false));
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

  /** Has the next that waits judged beside those before it; false where it must wait for them. */
  private boolean scanNext() {
    final Waiting next = waiting.peek();
    final Request question = next.question();
    if (next.isScan()
        && mayScan()
        && scan(next.admission(), question.body(), question.body().length)) {
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
        routes
            .answer(asked.question(), admission, ctx.channel()::isActive)
            .whenComplete(
                (answer, failure) -> {
                  free(asked);
                  final Response plain = failure == null ? answer : answerOf(failure);
                  final Response given =
                      admission.rate() == null ? plain : withRate(plain, admission.rate());
                  if (ctx.executor().inEventLoop()) {
                    give(ctx, asked, given);
                  } else {
                    ctx.executor().execute(() -> give(ctx, asked, given));
                  }
                });
  }

  private static Response withRate(Response answer, RateLimits.Rate rate) {
    return answer.with("RateLimit-Policy", rate.policyField()).with("RateLimit", rate.field());
  }

  private static Response answerOf(Throwable failure) {
    final Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof Problem problem) {
      return Response.of(problem);
    }
    if (cause instanceof TokenException) {
      LOGGER.error("A key's token failed: {}", String.valueOf(cause.getCause()));
      return Response.of(Problem.of(503, "token-failed", cause.getMessage()));
    }
    LOGGER.error("A request failed: {}", cause.toString());
    LOGGER.debug("The failure in full", cause);
    return Response.of(Problem.of(500, "internal", "the node could not answer"));
  }

  private void give(ChannelHandlerContext ctx, Waiting asked, Response answer) {
    if (ending) {
      return;
    }
    answering = false;
    deadline.answerIsGiven();
    final FullHttpResponse response =
        responseOf(answer, asked.question().method().equals(HttpMethod.HEAD.name()));
    if (asked.keepAlive() && isStopping && isAllAsked()) {
      passVerdicts();
      end(ctx, response);
    } else if (asked.keepAlive()) {
      if (asked.isHttp10()) {
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
      }
      final var unused = ctx.writeAndFlush(response).addListener(taken);
      advance(ctx);
      flushVerdicts();
    } else {
      passVerdicts();
      ending = true;
      incoming.forget();
      forgetWaiting();
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      final var unused = ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }
  }

  /** Whether nothing that has come waits to be answered. */
  private boolean isAllAsked() {
    return waiting.isEmpty() && !incoming.isThere() && lastWord == null;
  }

  private FullHttpResponse responseOf(Response answer, boolean isHead) {
    metrics.countHttpAnswer(answer.status());
    final FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(answer.status()),
            isHead ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body()));
    if (answer.status() != HttpResponseStatus.NOT_MODIFIED.code()) {
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
      response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
    }
    response.headers().set(HttpHeaderNames.DATE, date.text());
    response.headers().set("X-Content-Type-Options", "nosniff");
    response.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    answer.headers().forEach((name, value) -> response.headers().set(name, value));
    return response;
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

  /** What a client is told in plain text that speaks it where TLS is spoken. */
  public static ByteBuf answerToPlainText(HttpDate date) {
    final Response answer =
        Response.of(Problem.of(400, "tls-required", "this port speaks TLS 1.3: use https"));
    final ByteBuf text = Unpooled.buffer();
    ByteBufUtil.writeAscii(
        text,
        "HTTP/1.1 400 Bad Request\r\nContent-Type: "
            + answer.contentType()
            + "\r\nContent-Length: "
            + answer.body().length
            + "\r\nDate: "
            + date.text()
            + "\r\nConnection: close\r\n\r\n");
    return text.writeBytes(answer.body());
  }
}
