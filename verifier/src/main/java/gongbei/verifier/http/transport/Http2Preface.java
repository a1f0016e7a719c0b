package gongbei.verifier.http.transport;

import gongbei.verifier.net.InputBudget;
import gongbei.verifier.server.DeadlineRounds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpResponseEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Looks at the first bytes of a connection, plain or decrypted: a client that begins by the preface
 * of HTTP/2 (RFC 9113 §3.4) gets its handlers in place of those of HTTP/1.1. No method of HTTP/1.1
 * begins so. By ALPN both come here: a client that was offered {@code h2} and chose it begins by
 * the preface. For its event loop.
 */
public final class Http2Preface extends ChannelInboundHandlerAdapter {
  private static final byte[] BEGINNING = "PRI".getBytes(StandardCharsets.US_ASCII);

  private final HttpConnection.Shared shared;
  private final QuickReplies replies;
  private final InputBudget input;
  private final DeadlineRounds rounds;
  private final long requestMillis;
  private final long idleMillis;
  private int seen;

  /**
   * Watches one connection.
   *
   * @param input what counts frames that are not whole, and the header fields of open streams
   * @param rounds those of the connection's event loop
   * @param requestMillis how long a request may take to come
   * @param idleMillis how long a connection may be idle
   */
  public Http2Preface(
      HttpConnection.Shared shared,
      QuickReplies replies,
      InputBudget input,
      DeadlineRounds rounds,
      long requestMillis,
      long idleMillis) {
    this.shared = shared;
    this.replies = replies;
    this.input = input;
    this.rounds = rounds;
    this.requestMillis = requestMillis;
    this.idleMillis = idleMillis;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    final ByteBuf bytes = (ByteBuf) message;
    final int before = seen;
    int at = bytes.readerIndex();
    while (seen < BEGINNING.length && at < bytes.writerIndex()) {
      if (bytes.getByte(at++) != BEGINNING[seen]) {
        goOn(ctx, before, bytes);
        return;
      }
      seen++;
    }
    if (seen == BEGINNING.length) {
      if (ctx.pipeline().get(HttpConnection.class).isTakingRequests()) {
        begin(ctx.pipeline());
      }
      goOn(ctx, before, bytes);
    } else {
      bytes.release();
    }
  }

  /** Hands on what was held back, and what has come, and stands aside. */
  private static void goOn(ChannelHandlerContext ctx, int held, ByteBuf bytes) {
    ctx.pipeline().remove(ctx.handler());
    if (held > 0) {
      ctx.fireChannelRead(Unpooled.wrappedBuffer(BEGINNING, 0, held));
    }
    ctx.fireChannelRead(bytes);
  }

  private void begin(ChannelPipeline pipeline) {
    pipeline.remove(HttpConnection.class);
    pipeline.remove(HttpResponseEncoder.class);
    pipeline.remove(StrictRequestDecoder.class);
    pipeline.remove(RequestDeadline.class);
    final Http2Input frames = new Http2Input(input);
    final Http2Session session =
        new Http2Session(
            shared,
            replies,
            frames,
            rounds,
            TimeUnit.MILLISECONDS.toNanos(requestMillis),
            TimeUnit.MILLISECONDS.toNanos(idleMillis));
    pipeline.addLast(frames).addLast(Http2Codec.of(session));
  }
}
