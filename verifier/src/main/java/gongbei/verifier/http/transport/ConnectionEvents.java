package gongbei.verifier.http.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.EventExecutor;

/**
 * Carries events over an HTTP/1.1 connection, whose end is the end of the response (RFC 9112 §6.3),
 * so that HTTP/1.0 has it too.
 */
final class ConnectionEvents implements EventWire {
  private final ChannelHandlerContext channel;

  ConnectionEvents(ChannelHandlerContext channel) {
    this.channel = channel;
  }

  @Override
  public EventExecutor executor() {
    return channel.executor();
  }

  @Override
  public boolean isWritable() {
    return channel.channel().isWritable();
  }

  @Override
  public void send(ByteBuf bytes) {
    final var unused = channel.writeAndFlush(new DefaultHttpContent(bytes));
  }

  @Override
  public void end() {
    final var unused =
        channel
            .writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
            .addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void cut() {
    final var unused = channel.close();
  }
}
