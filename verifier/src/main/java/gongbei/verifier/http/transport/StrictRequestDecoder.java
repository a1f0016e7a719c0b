package gongbei.verifier.http.transport;

import gongbei.verifier.config.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * Reads requests, and marks as unreadable those whose header goes on in a folded line (RFC 9112
 * §5.2): two that read it otherwise would see different requests. For its event loop.
 */
public class StrictRequestDecoder extends HttpRequestDecoder {
  private boolean isInBody;
  private boolean isAfterLineEnd;
  private boolean isFolded;

  public StrictRequestDecoder() {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(Limits.MAX_HTTP_LINE_BYTES)
            .setMaxHeaderSize(Limits.MAX_HTTP_HEADER_BYTES));
  }

  /** What is wrong with a request that has a folded line. */
  static final class FoldedLineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FoldedLineException() {
      super("a header field goes on in a folded line", null, false, false);
    }
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    final int start = in.readerIndex();
    final int before = out.size();
    super.decode(ctx, in, out);
    if (!isInBody) {
      // One call reads of a header alone, never of the body behind it.
      look(in, start, in.readerIndex());
    }
    for (int i = before; i < out.size(); i++) {
      if (out.get(i) instanceof HttpRequest request) {
        if (isFolded && request.decoderResult().isSuccess()) {
          request.setDecoderResult(DecoderResult.failure(new FoldedLineException()));
        }
        isInBody = true;
        isFolded = false;
        isAfterLineEnd = false;
      }
      if (out.get(i) instanceof LastHttpContent) {
        isInBody = false;
      }
    }
  }

  private void look(ByteBuf in, int start, int end) {
    int at = start;
    while (at < end) {
      if (isAfterLineEnd) {
        final byte first = in.getByte(at);
        isFolded |= first == ' ' || first == '\t';
      }
      final int length = in.bytesBefore(at, end - at, (byte) '\n');
      isAfterLineEnd = length >= 0;
      at = length < 0 ? end : at + length + 1;
    }
  }
}
