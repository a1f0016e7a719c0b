package gongbei.verifier.tls;

import gongbei.verifier.config.Limits;
import gongbei.verifier.net.InputBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;

/**
 * Stands first in a connection's pipeline and makes way for the TLS handshake when its first byte
 * has come; a client that speaks plain text is told so in plain text. What the handshake costs is
 * done on {@link Handshakes}' threads; whoever may not begin one is told by an alert. What has not
 * shaken hands in time is closed. For its event loop.
 */
public final class TlsEntry extends ByteToMessageDecoder {
  /** What the handlers behind are told once what they write is encrypted. */
  public static final Object HANDSHAKE_BEGINS = new Object();

  private static final String RECORDS = "tls-records";
  private static final String TLS = "tls";
  private static final int HANDSHAKE_RECORD = 22;
  private static final AttributeKey<ServerTls> SERVER = AttributeKey.valueOf("gongbei-tls");

  /**
   * An alert (RFC 8446 §6), fatal, internal_error: there is no room, through no fault of theirs.
   */
  private static final byte[] NO_ROOM = {21, 3, 3, 0, 2, 2, 80};

  private final Server server;
  private final long timeoutMillis;
  private final Supplier<ByteBuf> answerToPlainText;
  private Future<?> timeout;
  private boolean refused;

  /**
   * What the connections of a server share.
   *
   * @param tls what is shown to clients
   * @param handshakes where handshakes are done
   * @param input what counts the records that are not whole
   * @param protocols what ALPN (RFC 7301) offers, the best first; none for no ALPN
   */
  public record Server(
      ServerTls tls, Handshakes handshakes, InputBudget input, List<String> protocols) {
    public Server {
      protocols = List.copyOf(protocols);
    }
  }

  /**
   * Waits for the first byte.
   *
   * @param timeoutMillis how long a client may take for it, and then for its handshake
   * @param answerToPlainText what a client that does not speak TLS is answered with
   */
  public TlsEntry(Server server, long timeoutMillis, Supplier<ByteBuf> answerToPlainText) {
    this.server = server;
    this.timeoutMillis = timeoutMillis;
    this.answerToPlainText = answerToPlainText;
  }

  /** Whether what is written to a channel now would be plain text though TLS is to come. */
  public static boolean isAwaited(Channel channel) {
    return channel.pipeline().get(TlsEntry.class) != null;
  }

  /** Whether a channel's handshake is under way, so that what is written waits for its end. */
  public static boolean isShaking(Channel channel) {
    final SslHandler handler = channel.pipeline().get(SslHandler.class);
    return handler != null && !handler.handshakeFuture().isDone();
  }

  /**
   * Who the client of a channel is by its certificate; nobody where there is no TLS, no certificate
   * or no name in it.
   */
  public static Optional<TlsPeer> peer(Channel channel) {
    final SslHandler handler = channel.pipeline().get(SslHandler.class);
    return handler == null
        ? Optional.empty()
        : channel.attr(SERVER).get().peer(handler.engine().getSession());
  }

  /**
   * Ends what a channel writes, in TLS by its close_notify; what the client sends is still read.
   */
  public static void shutdownOutput(Channel channel) {
    final SslHandler handler = channel.pipeline().get(SslHandler.class);
    if (handler == null) {
      final var unused = ((SocketChannel) channel).shutdownOutput();
    } else {
      final var unused = handler.closeOutbound();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    timeout =
        ctx.executor()
            .schedule(
                () -> {
                  final var unused = ctx.close();
                },
                timeoutMillis,
                TimeUnit.MILLISECONDS);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    timeout.cancel(false);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    timeout.cancel(false);
    super.channelInactive(ctx);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (refused) {
      in.skipBytes(in.readableBytes());
    } else if (in.getUnsignedByte(in.readerIndex()) == HANDSHAKE_RECORD) {
      ctx.channel().attr(SERVER).set(server.tls());
      begin(ctx, in);
    } else {
      refused = true;
      in.skipBytes(in.readableBytes());
      final Channel channel = ctx.channel();
      final var unused =
          ctx.writeAndFlush(answerToPlainText.get())
              .addListener(
                  done -> {
                    final var unusedEnd = ((SocketChannel) channel).shutdownOutput();
                  });
      final var unusedDelay =
          ctx.executor()
              .schedule(
                  () -> {
                    final var unusedClose = ctx.close();
                  },
                  Limits.HTTP_LINGER_MILLIS,
                  TimeUnit.MILLISECONDS);
    }
  }

  /** A step of a handshake may end after its connection has: its fault is nobody's then. */
  private static final class Handler extends SslHandler {
    Handler(SSLEngine engine, Executor steps) {
      super(engine, steps);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
      if (!ctx.isRemoved()) {
        super.exceptionCaught(ctx, cause);
      }
    }
  }

  private void begin(ChannelHandlerContext ctx, ByteBuf in) {
    final Handshakes handshakes = server.handshakes();
    if (!handshakes.begin(((InetSocketAddress) ctx.channel().remoteAddress()).getAddress())) {
      refused = true;
      in.skipBytes(in.readableBytes());
      final var unused =
          ctx.writeAndFlush(Unpooled.wrappedBuffer(NO_ROOM))
              .addListener(ChannelFutureListener.CLOSE);
      return;
    }
    final TlsRecords records = TlsRecords.of(server.input(), ctx);
    final SslHandler handler =
        new Handler(server.tls().newEngine(server.protocols()), handshakes.executor());
    handler.setHandshakeTimeoutMillis(timeoutMillis);
    final var unused =
        handler
            .handshakeFuture()
            .addListener(
                done -> {
                  handshakes.end();
                  records.handshakeIsOver(ctx);
                });
    ctx.pipeline().addAfter(ctx.name(), RECORDS, records);
    ctx.pipeline().addAfter(RECORDS, TLS, handler);
    ctx.pipeline().remove(this);
    ctx.pipeline().fireUserEventTriggered(HANDSHAKE_BEGINS);
  }
}
