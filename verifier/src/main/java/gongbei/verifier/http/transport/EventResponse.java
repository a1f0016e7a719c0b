package gongbei.verifier.http.transport;

import gongbei.verifier.config.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A response that goes on with events until its connection ends. The end of the connection is the
 * end of the response (RFC 9112 §6.3), so that HTTP/1.0 has it too. For its event loop, but for
 * {@link #event}.
 */
final class EventResponse implements EventSink {
  private static final String HEARTBEAT = ":\n\n";

  private final ChannelHandlerContext channel;
  private final EventSource source;
  private Future<?> ticks;
  private int seconds;
  private boolean hasEnded;

  EventResponse(ChannelHandlerContext channel, EventSource source) {
    this.channel = channel;
    this.source = source;
  }

  /** Sends the head, and events from now on. */
  void begin(HttpResponse head) {
    final var unused = channel.writeAndFlush(head);
    // What the client sends, or that it has gone, is seen while it is sent events.
    channel.channel().config().setAutoRead(true);
    source.begin(this);
    ticks = channel.executor().scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.SECONDS);
  }

  private void tick() {
    seconds++;
    if (seconds >= Limits.EVENT_STREAM_SECONDS) {
      end();
      return;
    }
    if (seconds % Limits.EVENT_HEARTBEAT_SECONDS == 0) {
      write(HEARTBEAT);
    }
    source.tick();
  }

  @Override
  public void event(String name, String data) {
    channel.executor().execute(() -> write("event: " + name + "\ndata: " + data + "\n\n"));
  }

  private void write(String text) {
    if (hasEnded) {
      return;
    }
    if (!channel.channel().isWritable()) {
      end();
      final var unused = channel.close();
      return;
    }
    final ByteBuf bytes = ByteBufUtil.writeUtf8(channel.alloc(), text);
    final var unused = channel.writeAndFlush(new DefaultHttpContent(bytes));
  }

  /** Ends the response and its connection. */
  void end() {
    if (hasEnded) {
      return;
    }
    hasEnded = true;
    if (ticks != null) {
      ticks.cancel(false);
    }
    source.end();
    final var unused =
        channel
            .writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
            .addListener(ChannelFutureListener.CLOSE);
  }
}
