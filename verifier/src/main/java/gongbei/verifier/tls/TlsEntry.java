package gongbei.verifier.tls;

import gongbei.verifier.config.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Stands first in a connection's pipeline and makes way for the TLS handshake when its first byte
 * has come; a client that speaks plain text is told so in plain text. What has not shaken hands in
 * time is closed. For its event loop.
 */
public final class TlsEntry extends ByteToMessageDecoder {
  /** What the handlers behind are told once what they write is encrypted. */
  public static final Object HANDSHAKE_BEGINS = new Object();

  private static final int HANDSHAKE_RECORD = 22;
  private static final AttributeKey<ServerTls> SERVER = AttributeKey.valueOf("gongbei-tls");

  private final ServerTls tls;
  private final long timeoutMillis;
  private final Supplier<ByteBuf> answerToPlainText;
  private Future<?> timeout;
  private boolean refused;

  /**
   * @param answerToPlainText what a client that does not speak TLS is answered with
   */
  public TlsEntry(ServerTls tls, long timeoutMillis, Supplier<ByteBuf> answerToPlainText) {
    this.tls = tls;
    this.timeoutMillis = timeoutMillis;
    this.answerToPlainText = answerToPlainText;
  }

  /** Whether what is written to a channel now would be plain text though TLS is to come. */
  public static boolean isAwaited(Channel channel) {
    return channel.pipeline().get(TlsEntry.class) != null;
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
      ctx.channel().attr(SERVER).set(tls);
      final SslHandler handler = new SslHandler(tls.newEngine());
      handler.setHandshakeTimeoutMillis(timeoutMillis);
      ctx.pipeline().replace(this, "tls", handler);
      ctx.pipeline().fireUserEventTriggered(HANDSHAKE_BEGINS);
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
}
