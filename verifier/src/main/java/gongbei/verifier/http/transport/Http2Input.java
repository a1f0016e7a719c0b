package gongbei.verifier.http.transport;

import gongbei.verifier.config.Http2Limits;
import gongbei.verifier.config.Limits;
import gongbei.verifier.net.InputBudget;
import gongbei.verifier.net.PartialInput;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Stands before the codec of HTTP/2 and hands it whole frames alone (RFC 9113 §4.1), so that what a
 * connection holds of frames and header blocks that are not whole is counted, and the header fields
 * of its open streams with it. It bounds the frames that cost the node work and ask for nothing.
 * For its event loop.
 */
final class Http2Input extends ChannelInboundHandlerAdapter {
  private static final int LENGTH_BYTES = 3;
  private static final int FLAGS_AT = 4;
  private static final int HEADER_BYTES = Http2CodecUtil.FRAME_HEADER_LENGTH;
  private static final int PREFACE_BYTES = Http2CodecUtil.connectionPrefaceBuf().readableBytes();
  private static final long COUNT_NANOS = TimeUnit.SECONDS.toNanos(Http2Limits.COUNT_SECONDS);
  private static final int KILOBYTE_BITS = 10;

  private final InputBudget budget;
  private final LongSupplier nanoTime;
  private InputBudget.Share share;
  private PartialInput partial;
  private int prefaceLeft = PREFACE_BYTES;
  private boolean isBroken;
  private boolean isRefused;
  private long blockBytes;
  private long fieldBytes;
  private int continuations;
  private long partialSinceNanos;
  private boolean isPartial;
  private long countedSinceNanos;
  private int resets;
  private int pings;
  private int settings;
  private int others;
  private int othersLetIn;

  /**
   * What the handlers behind are told of a client that sends too much.
   *
   * @param what of which limit, in words for the client
   */
  record TooMuch(String what) {}

  Http2Input(InputBudget budget) {
    this(budget, System::nanoTime);
  }

  Http2Input(InputBudget budget, LongSupplier nanoTime) {
    this.budget = budget;
    this.nanoTime = nanoTime;
    countedSinceNanos = nanoTime.getAsLong();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    share =
        budget.open(
            ((InetSocketAddress) ctx.channel().remoteAddress()).getAddress(),
            Limits.OWN_HTTP_INPUT_BYTES);
    partial = new PartialInput(share);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    partial.clear();
    share.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    final ByteBuf in = (ByteBuf) message;
    try {
      if (prefaceLeft > 0 && !isRefused) {
        passPreface(ctx, in);
      }
      while (in.isReadable() && !isRefused) {
        if (!(partial.length() == 0 ? passWhole(ctx, in) : passHeld(ctx, in))) {
          refuse(ctx, "the budget for frames and header fields is used up");
        }
      }
    } finally {
      in.release();
    }
    watchPartial();
  }

  /** The preface is the codec's to compare. */
  private void passPreface(ChannelHandlerContext ctx, ByteBuf in) {
    final int bytes = Math.min(prefaceLeft, in.readableBytes());
    prefaceLeft -= bytes;
    ctx.fireChannelRead(in.readRetainedSlice(bytes));
  }

  /** Hands on the whole frames that begin what has come, and holds what follows them. */
  private boolean passWhole(ChannelHandlerContext ctx, ByteBuf in) {
    final int start = in.readerIndex();
    int whole = 0;
    while (in.readableBytes() - whole >= HEADER_BYTES && !isBroken) {
      final int frame = frameBytes(in, start + whole);
      if (frame > in.readableBytes() - whole) {
        break;
      }
      if (!isBroken && !count(ctx, in, start + whole, frame)) {
        return true;
      }
      whole += frame;
    }
    // What is no frame is the codec's to refuse.
    whole = isBroken ? in.readableBytes() : whole;
    if (whole > 0) {
      ctx.fireChannelRead(in.readRetainedSlice(whole));
    }
    return isHeld() && (!in.isReadable() || partial.add(ctx.alloc(), in, in.readableBytes()));
  }

  /** Goes on with the frame that is held, and hands it on once it is whole. */
  private boolean passHeld(ChannelHandlerContext ctx, ByteBuf in) {
    if (!partial.fill(ctx.alloc(), in, HEADER_BYTES)) {
      return false;
    }
    if (partial.length() < HEADER_BYTES) {
      return true;
    }
    final int frame = frameBytes(partial.bytes(), partial.bytes().readerIndex());
    if (!isBroken && !partial.fill(ctx.alloc(), in, frame)) {
      return false;
    }
    if (partial.length() < frame && !isBroken) {
      return true;
    }
    if (isBroken || count(ctx, partial.bytes(), partial.bytes().readerIndex(), frame)) {
      ctx.fireChannelRead(partial.take());
    }
    return isHeld();
  }

  private int frameBytes(ByteBuf in, int at) {
    final int payload = in.getUnsignedMedium(at);
    isBroken |= payload > Http2CodecUtil.MAX_FRAME_SIZE_LOWER_BOUND;
    return HEADER_BYTES + payload;
  }

  /** Counts a whole frame by its kind; false where it is one too many. */
  private boolean count(ChannelHandlerContext ctx, ByteBuf in, int at, int frame) {
    final byte type = in.getByte(at + LENGTH_BYTES);
    final boolean endsBlock = (in.getUnsignedByte(at + FLAGS_AT) & Http2Flags.END_HEADERS) != 0;
    if (type != Http2FrameTypes.CONTINUATION) {
      isPartial = false;
    }
    switch (type) {
      case Http2FrameTypes.DATA -> {
        return true;
      }
      case Http2FrameTypes.HEADERS -> {
        othersLetIn += Http2Limits.FRAMES_A_REQUEST;
        continuations = 0;
        blockBytes = endsBlock ? 0 : frame;
        return true;
      }
      case Http2FrameTypes.CONTINUATION -> {
        continuations++;
        blockBytes = endsBlock ? 0 : blockBytes + frame;
        return continuations <= Http2Limits.MAX_CONTINUATIONS
            || refuse(ctx, "a header goes on in over " + Http2Limits.MAX_CONTINUATIONS + " frames");
      }
      default -> {
        return countIdle(ctx, type);
      }
    }
  }

  /** Counts a frame that asks for nothing. */
  private boolean countIdle(ChannelHandlerContext ctx, byte type) {
    final long now = nanoTime.getAsLong();
    if (now - countedSinceNanos > COUNT_NANOS) {
      countedSinceNanos = now;
      resets = 0;
      pings = 0;
      settings = 0;
      others = 0;
      othersLetIn = 0;
    }
    return switch (type) {
      case Http2FrameTypes.RST_STREAM ->
          ++resets <= Http2Limits.MAX_RESETS
              || refuse(ctx, tooMany(Http2Limits.MAX_RESETS, "RST_STREAM"));
      case Http2FrameTypes.PING ->
          ++pings <= Http2Limits.MAX_PINGS || refuse(ctx, tooMany(Http2Limits.MAX_PINGS, "PING"));
      case Http2FrameTypes.SETTINGS ->
          ++settings <= Http2Limits.MAX_SETTINGS
              || refuse(ctx, tooMany(Http2Limits.MAX_SETTINGS, "SETTINGS"));
      default ->
          ++others - othersLetIn <= Http2Limits.MAX_OTHER_FRAMES
              || refuse(ctx, tooMany(Http2Limits.MAX_OTHER_FRAMES, "other"));
    };
  }

  private static String tooMany(int most, String kind) {
    return "over " + most + " " + kind + " frames in " + Http2Limits.COUNT_SECONDS + " s";
  }

  /** Takes nothing more, and says why; returns false. */
  private boolean refuse(ChannelHandlerContext ctx, String why) {
    if (!isRefused) {
      isRefused = true;
      blockBytes = 0;
      partial.clear();
      ctx.fireUserEventTriggered(new TooMuch(why));
    }
    return false;
  }

  private void watchPartial() {
    final boolean wasPartial = isPartial;
    isPartial = !isRefused && (partial.length() > 0 || blockBytes > 0 || prefaceLeft > 0);
    if (isPartial && !wasPartial) {
      partialSinceNanos = nanoTime.getAsLong();
    }
  }

  private boolean isHeld() {
    return partial.alsoHolds(blockBytes + fieldBytes);
  }

  /**
   * Counts the header fields of one more open stream.
   *
   * @return false where there is no room for them; nothing is counted then
   */
  boolean holdFields(int bytes) {
    fieldBytes += bytes;
    if (isHeld()) {
      return true;
    }
    freeFields(bytes);
    return false;
  }

  /** Gives back what a stream's header fields took. */
  void freeFields(int bytes) {
    fieldBytes -= bytes;
    final var unused = isHeld();
  }

  /** Lets in what a client sends as it takes an answer: window updates. */
  void answered(int bytes) {
    othersLetIn += Http2Limits.FRAMES_A_REQUEST * (bytes >> KILOBYTE_BITS);
  }

  /** Whether a frame or a header that began to come has taken longer than it may. */
  boolean isLate(long nowNanos, long mostNanos) {
    return isPartial && nowNanos - partialSinceNanos > mostNanos;
  }
}
