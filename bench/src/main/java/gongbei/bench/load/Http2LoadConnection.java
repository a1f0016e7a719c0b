package gongbei.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.collection.IntObjectHashMap;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * A connection of HTTP/2 by prior knowledge, as of a gateway, that asks {@code POST /v1/scans} on
 * many streams at a time. As much of HTTP/2 as a node speaks to it: answers whose header is one
 * frame. For one thread.
 */
final class Http2LoadConnection extends LoadConnection {
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final byte[] BODY_START =
      "{\"checkpoint\":\"metro/load\",\"code\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BODY_END = "\"}".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER_BYTES = Http2CodecUtil.FRAME_HEADER_LENGTH;
  private static final int USUAL_BYTES = 1_024;

  /** What is read of answers before the server is told that it may go on. */
  private static final int WINDOW_BYTES = 1 << 15;

  private static final int UNAVAILABLE = 503;

  private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();
  private final ByteBuf block = Unpooled.buffer();
  private final IntObjectHashMap<Asked> asked = new IntObjectHashMap<>();
  private final ArrayDeque<Asked> spare = new ArrayDeque<>();
  private final String authority;
  private final int most;
  private byte[] code = new byte[512];
  private int nextStream = 1;
  private int taken;

  /** A question on its way, and what has come of its answer. */
  private static final class Asked {
    private long id;
    private int status;
    private long retryAfterNanos;
    private int reason;
  }

  /**
   * Connects, and says the preface and its settings.
   *
   * @param most how many scans are on their way at most
   */
  Http2LoadConnection(InetSocketAddress server, int most) throws IOException {
    super(server, 2 * MAX_QUESTION_BYTES + most * USUAL_BYTES);
    this.most = most;
    authority = server.getHostString() + ":" + server.getPort();
    in.order(ByteOrder.BIG_ENDIAN);
    out.order(ByteOrder.BIG_ENDIAN);
    out.put(PREFACE.getBytes(StandardCharsets.US_ASCII));
    frame(0, Http2FrameTypes.SETTINGS, 0, 0);
  }

  private void frame(int length, int type, int flags, int stream) {
    out.putShort((short) (length >> 8)).put((byte) length).put((byte) type).put((byte) flags);
    out.putInt(stream);
  }

  @Override
  boolean hasRoom() {
    return asked.size() < most && super.hasRoom();
  }

  @Override
  void ask(long id, Questions questions) {
    final Asked question = spare.isEmpty() ? new Asked() : spare.pop();
    question.id = id;
    question.status = 0;
    question.reason = 0;
    final int stream = nextStream;
    nextStream += 2;
    asked.put(stream, question);
    final int length = questions.length();
    if (code.length < length) {
      code = new byte[2 * length];
    }
    questions.copyTo(code, 0);
    final int bodyLength = BODY_START.length + length + BODY_END.length;
    writeHeader(stream, bodyLength);
    frame(bodyLength, Http2FrameTypes.DATA, Http2Flags.END_STREAM, stream);
    out.put(BODY_START).put(code, 0, length).put(BODY_END);
  }

  private void writeHeader(int stream, int bodyLength) {
    block.clear();
    try {
      encoder.encodeHeaders(
          stream,
          new DefaultHttp2Headers(false)
              .method("POST")
              .scheme("http")
              .path("/v1/scans")
              .authority(authority)
              .add("content-type", "application/json")
              .add("accept", "application/json")
              .add("content-length", Integer.toString(bodyLength)),
          block);
    } catch (Http2Exception e) {
      throw new IllegalStateException(e);
    }
    final int length = block.readableBytes();
    frame(length, Http2FrameTypes.HEADERS, Http2Flags.END_HEADERS, stream);
    out.put(block.nioBuffer());
  }

  @Override
  void takeAnswers(Answers answers) throws IOException {
    while (in.remaining() >= HEADER_BYTES) {
      final int start = in.position();
      final int length = ((in.getShort(start) & 0xffff) << 8) | (in.get(start + 2) & 0xff);
      if (in.remaining() < HEADER_BYTES + length) {
        break;
      }
      final int type = in.get(start + 3);
      final int flags = in.get(start + 4);
      final int stream = in.getInt(start + 5) & Integer.MAX_VALUE;
      in.position(start + HEADER_BYTES);
      onFrame(type, flags, stream, length, answers);
      in.position(start + HEADER_BYTES + length);
    }
    if (taken >= WINDOW_BYTES && super.hasRoom()) {
      frame(Integer.BYTES, Http2FrameTypes.WINDOW_UPDATE, 0, 0);
      out.putInt(taken);
      taken = 0;
    }
  }

  private void onFrame(int type, int flags, int stream, int length, Answers answers)
      throws IOException {
    final Asked question = asked.get(stream);
    switch (type) {
      case Http2FrameTypes.HEADERS -> takeHeader(question, stream, length);
      case Http2FrameTypes.DATA -> {
        taken += length;
        question.reason =
            question.status == 200
                ? VerdictReason.of(in, in.position(), in.position() + length)
                : 0;
      }
      case Http2FrameTypes.SETTINGS -> {
        if ((flags & Http2Flags.ACK) == 0) {
          frame(0, Http2FrameTypes.SETTINGS, Http2Flags.ACK, 0);
        }
        return;
      }
      case Http2FrameTypes.RST_STREAM -> throw new IOException("the server resets a stream");
      case Http2FrameTypes.GO_AWAY -> throw new IOException("the server goes away");
      default -> {
        return;
      }
    }
    if ((flags & Http2Flags.END_STREAM) != 0) {
      asked.remove(stream);
      if (question.status == UNAVAILABLE) {
        answers.onShed(question.id, question.retryAfterNanos);
      } else {
        answers.onAnswer(question.id, question.reason);
      }
      spare.push(question);
    }
  }

  private void takeHeader(Asked question, int stream, int length) throws IOException {
    final ByteBuf fields =
        Unpooled.wrappedBuffer(in.slice(in.position(), length).order(ByteOrder.BIG_ENDIAN));
    try {
      final Http2Headers header = decoder.decodeHeaders(stream, fields);
      question.status = Integer.parseInt(header.status().toString());
      if (question.status == UNAVAILABLE) {
        question.retryAfterNanos =
            TimeUnit.SECONDS.toNanos(Long.parseLong(header.get("retry-after").toString()));
      }
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
  }
}
