package gongbei.verifier.http.transport;

import gongbei.verifier.config.Limits;
import gongbei.verifier.net.InputBudget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Reads requests, and counts what a connection holds of a first line, header fields, chunk sizes
 * and trailers that are not whole yet: the bytes, and what a field costs besides, for one of three
 * bytes takes some two hundred. Where there is no room it reads no more, and tells those behind so.
 * For its event loop.
 */
public final class BudgetedRequestDecoder extends StrictRequestDecoder {
  private final InputBudget budget;
  private InputBudget.Share share;
  private long head;
  private boolean isRefused;

  public BudgetedRequestDecoder(InputBudget budget) {
    this.budget = budget;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (isRefused) {
      in.skipBytes(in.readableBytes());
      return;
    }
    final int start = in.readerIndex();
    final int before = out.size();
    super.decode(ctx, in, out);
    if (out.size() > before) {
      head = 0;
      share(ctx).hold(0);
      return;
    }
    head += heldOf(in, start);
    // The rest of a line stays in the buffer that it was read into.
    if (!share(ctx).hold(head + (in.isReadable() ? in.capacity() : 0))) {
      isRefused = true;
      head = 0;
      share.hold(0);
      in.skipBytes(in.readableBytes());
      ctx.fireUserEventTriggered(InputBudget.NO_ROOM);
    }
  }

  private static long heldOf(ByteBuf in, int start) {
    final int end = in.readerIndex();
    int lines = 0;
    for (int at = start; at < end; at++) {
      lines += in.getByte(at) == '\n' ? 1 : 0;
    }
    return end - start + (long) lines * Limits.HTTP_FIELD_BYTES;
  }

  private InputBudget.Share share(ChannelHandlerContext ctx) {
    if (share == null) {
      share =
          budget.open(
              ((InetSocketAddress) ctx.channel().remoteAddress()).getAddress(),
              Limits.OWN_HTTP_INPUT_BYTES);
    }
    return share;
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
    if (share != null) {
      share.close();
    }
    super.handlerRemoved0(ctx);
  }
}
