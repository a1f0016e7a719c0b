package gongbei.verifier.http.transport;

import gongbei.verifier.config.Http2Limits;
import gongbei.verifier.config.Limits;
import gongbei.verifier.tls.TlsEntry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Netty's codec of HTTP/2 (RFC 9113) by this node's limits, for one {@link Http2Session}. For its
 * event loop.
 */
final class Http2Codec extends Http2ConnectionHandler {
  private final Http2Session session;
  private boolean isBroken;

  private Http2Codec(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings,
      Http2Session session) {
    super(decoder, encoder, settings);
    this.session = session;
    gracefulShutdownTimeoutMillis(Limits.HTTP_LINGER_MILLIS);
  }

  /** Makes the codec of a connection. */
  static Http2Codec of(Http2Session session) {
    return new Builder(session).build();
  }

  /** Gives Netty's codec its limits. */
  private static final class Builder
      extends AbstractHttp2ConnectionHandlerBuilder<Http2Codec, Builder> {
    private final Http2Session session;

    Builder(Http2Session session) {
      this.session = session;
      final Http2Connection connection = new DefaultHttp2Connection(true);
      // Every stream is as good as any other: no tree of priorities is kept for clients.
      connection
          .remote()
          .flowController(
              new DefaultHttp2RemoteFlowController(
                  connection, new UniformStreamByteDistributor(connection)));
      connection.addListener(session);
      connection(connection);
      frameListener(session);
      initialSettings(
          new Http2Settings()
              .maxConcurrentStreams(Http2Limits.MAX_STREAMS)
              .maxHeaderListSize(Limits.MAX_HTTP_HEADER_BYTES)
              .headerTableSize(Http2Limits.HEADER_TABLE_BYTES)
              .initialWindowSize(Http2Limits.STREAM_WINDOW_BYTES));
      headerSensitivityDetector((name, value) -> Http2Answers.isFleeting(name));
      encoderEnforceMaxQueuedControlFrames(Http2Limits.MAX_FRAMES_QUEUED);
      encoderEnforceMaxRstFramesPerWindow(Http2Limits.MAX_FAULTS, Http2Limits.COUNT_SECONDS);
      decoderEnforceMaxConsecutiveEmptyDataFrames(Http2Limits.MAX_EMPTY_FRAMES);
      decoderEnforceMaxRstFramesPerWindow(Http2Limits.MAX_RESETS, Http2Limits.COUNT_SECONDS);
    }

    @Override
    protected Http2Codec build() {
      return super.build();
    }

    @Override
    protected Http2Codec build(
        Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
      return new Http2Codec(decoder, encoder, settings, session);
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    super.handlerAdded(ctx);
    decoder()
        .flowController()
        .incrementWindowSize(
            connection().connectionStream(),
            Http2Limits.WINDOW_BYTES
                - decoder().flowController().windowSize(connection().connectionStream()));
    session.begin(this, ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    try {
      super.channelInactive(ctx);
    } finally {
      session.end();
    }
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
    try {
      super.handlerRemoved0(ctx);
    } finally {
      session.end();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof Http2Input.TooMuch tooMuch) {
      refuse(ctx, tooMuch.what());
    } else {
      super.userEventTriggered(ctx, event);
    }
  }

  /** Tells the client that it asks too much, and why, and ends the connection. */
  void refuse(ChannelHandlerContext ctx, String why) {
    onError(ctx, false, Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "%s", why));
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (isBroken) {
      in.skipBytes(in.readableBytes());
    } else {
      super.decode(ctx, in, out);
    }
  }

  /**
   * Says what is wrong, and ends the connection without cutting it off: what follows a fault is
   * read and dropped for a while, for a connection closed on unread bytes is reset, and the client
   * might never learn why.
   */
  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx, boolean outbound, Throwable cause, Http2Exception fault) {
    if (isBroken) {
      return;
    }
    isBroken = true;
    final Http2Error error = fault == null ? Http2Error.INTERNAL_ERROR : fault.error();
    final String why = fault == null ? "the node could not go on" : fault.getMessage();
    final var unused =
        goAway(
                ctx,
                connection().remote().lastStreamCreated(),
                error.code(),
                ByteBufUtil.writeUtf8(ctx.alloc(), why),
                ctx.newPromise())
            .addListener(done -> TlsEntry.shutdownOutput(ctx.channel()));
    ctx.flush();
    final var unusedDelay =
        ctx.executor()
            .schedule(
                () -> {
                  final var unusedEnd = ctx.close();
                },
                Limits.HTTP_LINGER_MILLIS,
                TimeUnit.MILLISECONDS);
  }

  /** Takes no more streams than there are, and ends once they have. */
  void drain(ChannelHandlerContext ctx) {
    gracefulShutdownTimeoutMillis(-1);
    goAway(ctx, connection().remote().lastStreamCreated());
    endWhenDone(ctx);
  }

  /** Says that the last stream which is answered is a given one; a greater number may follow. */
  void goAway(ChannelHandlerContext ctx, int lastStream) {
    final var unused =
        goAway(
            ctx, lastStream, Http2Error.NO_ERROR.code(), ctx.alloc().buffer(0), ctx.newPromise());
  }

  /** Ends the connection once no stream is open, or soon. */
  void endWhenDone(ChannelHandlerContext ctx) {
    try {
      close(ctx, ctx.newPromise());
    } catch (Exception e) {
      final var unused = ctx.close();
    }
  }
}
