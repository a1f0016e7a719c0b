package gongbei.verifier.tls;

import gongbei.verifier.config.Limits;
import gongbei.verifier.net.InputBudget;
import gongbei.verifier.net.PartialInput;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import java.net.InetSocketAddress;

/**
 * Stands before the handler of TLS and hands it whole records alone (RFC 8446 §5.1), so that what a
 * connection holds of one that is not whole is counted. Until the handshake is over it counts all
 * that it has handed on, which the handler may still hold, and reads no more of it than a handshake
 * has. For its event loop.
 */
final class TlsRecords extends ChannelDuplexHandler {
  private static final int HEADER_BYTES = 5;
  private static final int LENGTH_OFFSET = 3;
  private static final int MAX_RECORD_BYTES = HEADER_BYTES + (1 << 14) + 2_048;

  private final InputBudget.Share share;
  private final PartialInput partial;
  private long handshakeBytes;
  private boolean isShaking = true;
  private boolean isBroken;
  private boolean isPaused;

  private TlsRecords(InputBudget.Share share) {
    this.share = share;
    this.partial = new PartialInput(share);
  }

  /** Counts what a connection holds in a server's budget. */
  static TlsRecords of(InputBudget budget, ChannelHandlerContext connection) {
    final InetSocketAddress address = (InetSocketAddress) connection.channel().remoteAddress();
    return new TlsRecords(budget.open(address.getAddress(), Limits.OWN_TLS_INPUT_BYTES));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    final ByteBuf in = (ByteBuf) message;
    try {
      while (in.isReadable()) {
        if (!(partial.length() == 0 ? passWhole(ctx, in) : passHeld(ctx, in))) {
          final var unused = ctx.close();
          return;
        }
      }
    } finally {
      in.release();
    }
  }

  /** Hands on the whole records that begin what has come, and holds what follows them. */
  private boolean passWhole(ChannelHandlerContext ctx, ByteBuf in) {
    int whole = 0;
    while (in.readableBytes() - whole >= HEADER_BYTES) {
      final int record = recordBytes(in, in.readerIndex() + whole);
      if (record > in.readableBytes() - whole) {
        break;
      }
      whole += record;
    }
    // What is no TLS is the handler's to refuse.
    whole = isBroken ? in.readableBytes() : whole;
    if (whole > 0 && !pass(ctx, in.readRetainedSlice(whole))) {
      return false;
    }
    return !in.isReadable() || partial.add(ctx.alloc(), in, in.readableBytes());
  }

  /** Goes on with the record that is held, and hands it on once it is whole. */
  private boolean passHeld(ChannelHandlerContext ctx, ByteBuf in) {
    if (!partial.fill(ctx.alloc(), in, HEADER_BYTES)) {
      return false;
    }
    if (partial.length() < HEADER_BYTES) {
      return true;
    }
    final int record = recordBytes(partial.bytes(), partial.bytes().readerIndex());
    if (!isBroken && !partial.fill(ctx.alloc(), in, record)) {
      return false;
    }
    return (partial.length() < record && !isBroken) || pass(ctx, partial.take());
  }

  private int recordBytes(ByteBuf in, int at) {
    final int record = HEADER_BYTES + in.getUnsignedShort(at + LENGTH_OFFSET);
    isBroken |= record > MAX_RECORD_BYTES;
    return record;
  }

  private boolean pass(ChannelHandlerContext ctx, ByteBuf records) {
    if (isShaking) {
      handshakeBytes += records.readableBytes();
      if (handshakeBytes > Limits.MAX_TLS_HANDSHAKE_BYTES + Limits.MAX_TLS_READ_AHEAD_BYTES
          || !partial.alsoHolds(handshakeBytes)) {
        records.release();
        return false;
      }
      // What comes with the end of a handshake, as a first request does, waits in the socket.
      if (handshakeBytes > Limits.MAX_TLS_HANDSHAKE_BYTES && !isPaused) {
        isPaused = true;
        ctx.channel().config().setAutoRead(false);
      }
    }
    ctx.fireChannelRead(records);
    return true;
  }

  /** The handler of TLS asks for more until its handshake is over, whatever has come. */
  @Override
  public void read(ChannelHandlerContext ctx) throws Exception {
    if (!isPaused) {
      super.read(ctx);
    }
  }

  /** The handshake is over: what was handed on is the handler's no more. */
  void handshakeIsOver(ChannelHandlerContext ctx) {
    isShaking = false;
    handshakeBytes = 0;
    partial.alsoHolds(0);
    if (isPaused) {
      isPaused = false;
      ctx.channel().config().setAutoRead(true);
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    partial.clear();
    share.close();
  }
}
