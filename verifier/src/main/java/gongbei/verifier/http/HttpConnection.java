package gongbei.verifier.http;

import gongbei.verifier.config.Limits;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.ArrayDeque;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the requests of one HTTP connection, one after the other in the order they came. For its
 * event loop.
 */
final class HttpConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger LOGGER = LoggerFactory.getLogger(HttpConnection.class);

  private final Routes routes;
  private final HttpServer.Context context;
  private final ArrayDeque<FullHttpRequest> waiting = new ArrayDeque<>();
  private boolean answering;
  private boolean ending;

  HttpConnection(Routes routes, HttpServer.Context context) {
    this.routes = routes;
    this.context = context;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (!context.admitConnection()) {
      end(ctx, Problem.busy("the node has no room for another connection"));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    context.releaseConnection();
    ending = true;
    waiting.forEach(FullHttpRequest::release);
    waiting.clear();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    if (ending) {
      return;
    }
    if (answering) {
      if (waiting.size() == Limits.MAX_HTTP_PIPELINED) {
        end(ctx, Problem.of(429, "too-many-requests", "too many requests without an answer"));
      } else {
        waiting.add(request.retain());
        ctx.channel().config().setAutoRead(false);
      }
      return;
    }
    answer(ctx, request);
  }

  private void answer(ChannelHandlerContext ctx, FullHttpRequest request) {
    final DecoderResult decoded = request.decoderResult();
    if (decoded.isFailure()) {
      end(ctx, problemOf(decoded.cause()));
      return;
    }
    answering = true;
    final boolean keepAlive = HttpUtil.isKeepAlive(request);
    final boolean head = request.method().equals(HttpMethod.HEAD);
    final int query = request.uri().indexOf('?');
    final HttpQuestion question =
        new HttpQuestion(
            request.method().name(),
            query < 0 ? request.uri() : request.uri().substring(0, query),
            request.headers(),
            ByteBufUtil.getBytes(request.content()));
    final var unused =
        routes
            .answer(question)
            .whenComplete(
                (answer, failure) -> {
                  final HttpAnswer given = failure == null ? answer : answerOf(failure);
                  if (ctx.executor().inEventLoop()) {
                    write(ctx, given, keepAlive, head);
                  } else {
                    ctx.executor().execute(() -> write(ctx, given, keepAlive, head));
                  }
                });
  }

  private static HttpAnswer answerOf(Throwable failure) {
    final Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof Problem problem) {
      return HttpAnswer.of(problem);
    }
    LOGGER.error("A request failed: {}", cause.toString());
    LOGGER.debug("The failure in full", cause);
    return HttpAnswer.of(Problem.of(500, "internal", "the node could not answer"));
  }

  private void write(
      ChannelHandlerContext ctx, HttpAnswer answer, boolean keepAlive, boolean head) {
    if (ending) {
      return;
    }
    final FullHttpResponse response = responseOf(answer, head);
    if (keepAlive) {
      final var unused = ctx.writeAndFlush(response, ctx.voidPromise());
    } else {
      ending = true;
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      final var unused = ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }
    answering = false;
    final FullHttpRequest next = waiting.poll();
    if (next != null && !ending) {
      try {
        answer(ctx, next);
      } finally {
        next.release();
      }
    } else if (next != null) {
      next.release();
    }
    if (waiting.isEmpty()) {
      ctx.channel().config().setAutoRead(true);
    }
  }

  private static FullHttpResponse responseOf(HttpAnswer answer, boolean head) {
    final FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(answer.status()),
            head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body()));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
    response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
    response.headers().set("X-Content-Type-Options", "nosniff");
    response.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    answer.headers().forEach((name, value) -> response.headers().set(name, value));
    return response;
  }

  /** Refuses what has come, and hangs up. */
  void end(ChannelHandlerContext ctx, Problem problem) {
    if (ending) {
      return;
    }
    ending = true;
    final FullHttpResponse response = responseOf(HttpAnswer.of(problem), false);
    response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    final var unused =
        ctx.writeAndFlush(response)
            .addListener(
                done -> {
                  // What the client is still sending is read for a moment, so that it sees the
                  // answer before the connection's reset.
                  final var unusedDelay =
                      ctx.executor().schedule(() -> hangUp(ctx), 200, TimeUnit.MILLISECONDS);
                });
  }

  private static void hangUp(ChannelHandlerContext ctx) {
    final var unused = ctx.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOGGER.debug("An HTTP connection failed", cause);
    final var unused = ctx.close();
  }

  private static Problem problemOf(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return Problem.of(414, "uri-too-long", "the request's first line is too long");
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return Problem.of(431, "headers-too-large", "the request's header fields are too large");
    }
    return Problem.of(400, "malformed-request", "the request is not HTTP/1.1");
  }
}
