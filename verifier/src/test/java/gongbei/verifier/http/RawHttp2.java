package gongbei.verifier.http;

import gongbei.testing.Patience;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Speaks HTTP/2 frame by frame, right or wrong. */
public final class RawHttp2 implements AutoCloseable {
  public static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PING = 6;
  public static final int GOAWAY = 7;
  public static final int WINDOW_UPDATE = 8;
  public static final int CONTINUATION = 9;
  public static final int END_STREAM = 1;
  public static final int ACK = 1;
  public static final int END_HEADERS = 4;
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  private final Socket socket;
  private final DataInputStream input;
  private final OutputStream output;
  private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();
  private final Map<Integer, Begun> begun = new HashMap<>();
  private final Map<Integer, Answer> answers = new HashMap<>();

  /** A frame as it came. */
  public record Frame(int type, int flags, int stream, byte[] payload) {
    /** The error code of a RST_STREAM or GOAWAY. */
    public int error() {
      return intAt(type == GOAWAY ? 4 : 0);
    }

    /** The last stream of a GOAWAY. */
    public int lastStream() {
      return intAt(0);
    }

    private int intAt(int at) {
      return Unpooled.wrappedBuffer(payload).getInt(at);
    }
  }

  /**
   * An answer as it came.
   *
   * @param reset the error code of the RST_STREAM that it ended by; -1 where it ended by itself
   */
  public record Answer(int status, Map<String, String> headers, String body, int reset) {}

  /** An answer that has not ended. */
  private static final class Begun {
    private int status;
    private final Map<String, String> headers = new TreeMap<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  }

  /** Connects, and says nothing. */
  public RawHttp2(int port) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** Speaks over a connection that is there. */
  public RawHttp2(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(Patience.MILLIS);
    socket.setTcpNoDelay(true);
    input = new DataInputStream(socket.getInputStream());
    output = socket.getOutputStream();
  }

  /** Connects, and says the preface and its settings. */
  public static RawHttp2 begun(int port, byte... settings) throws IOException {
    final RawHttp2 client = new RawHttp2(port);
    client.sendPreface();
    client.send(SETTINGS, 0, 0, settings);
    return client;
  }

  /** A setting, as the payload of SETTINGS has it. */
  public static byte[] setting(int id, int value) {
    return ByteBufUtil.getBytes(Unpooled.buffer().writeShort(id).writeInt(value));
  }

  public RawHttp2 sendPreface() throws IOException {
    output.write(PREFACE.getBytes(StandardCharsets.US_ASCII));
    return this;
  }

  public RawHttp2 send(int type, int flags, int stream, byte... payload) throws IOException {
    output.write(frame(type, flags, stream, payload));
    return this;
  }

  /** Sends bytes as they are. */
  public RawHttp2 send(byte[] bytes) throws IOException {
    output.write(bytes);
    return this;
  }

  public static byte[] frame(int type, int flags, int stream, byte... payload) {
    return ByteBufUtil.getBytes(
        Unpooled.buffer()
            .writeMedium(payload.length)
            .writeByte(type)
            .writeByte(flags)
            .writeInt(stream)
            .writeBytes(payload));
  }

  /** A header block of names and values in turn. */
  public byte[] block(String... fields) throws IOException {
    final Http2Headers headers = new DefaultHttp2Headers(false);
    for (int i = 0; i < fields.length; i += 2) {
      headers.add(fields[i], fields[i + 1]);
    }
    final ByteBuf block = Unpooled.buffer();
    try {
      encoder.encodeHeaders(1, headers, block);
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
    return ByteBufUtil.getBytes(block);
  }

  /** Sends a header of names and values in turn. */
  public RawHttp2 headers(int stream, int flags, String... fields) throws IOException {
    return send(HEADERS, END_HEADERS | flags, stream, block(fields));
  }

  /** Sends a GET. */
  public RawHttp2 get(int stream, String path) throws IOException {
    return headers(
        stream,
        END_STREAM,
        ":method",
        "GET",
        ":scheme",
        "http",
        ":path",
        path,
        ":authority",
        "localhost");
  }

  /** Sends the header of a POST of JSON. */
  public RawHttp2 post(int stream, String path) throws IOException {
    return postWith(stream, path, "content-type", "application/json");
  }

  /** Sends the header of a POST with more fields: names and values by turns. */
  public RawHttp2 postWith(int stream, String path, String... more) throws IOException {
    final List<String> fields =
        new ArrayList<>(
            List.of(
                ":method", "POST", ":scheme", "http", ":path", path, ":authority", "localhost"));
    fields.addAll(List.of(more));
    return headers(stream, 0, fields.toArray(new String[0]));
  }

  /** Sends a whole POST of JSON. */
  public RawHttp2 post(int stream, String path, String body) throws IOException {
    return post(stream, path).send(DATA, END_STREAM, stream, body.getBytes(StandardCharsets.UTF_8));
  }

  /** The next frame. */
  public Frame read() throws IOException {
    final int length = (input.readUnsignedByte() << 16) | input.readUnsignedShort();
    final int type = input.readUnsignedByte();
    final int flags = input.readUnsignedByte();
    final int stream = input.readInt() & Integer.MAX_VALUE;
    return new Frame(type, flags, stream, input.readNBytes(length));
  }

  /** Reads until a stream has its answer; those of others are kept. */
  public Answer answer(int stream) throws IOException {
    while (!answers.containsKey(stream)) {
      take(read());
    }
    return answers.remove(stream);
  }

  /** Reads on to a frame of a type. */
  public Frame next(int type) throws IOException {
    while (true) {
      final Frame frame = read();
      take(frame);
      if (frame.type() == type) {
        return frame;
      }
    }
  }

  private void take(Frame frame) throws IOException {
    switch (frame.type()) {
      case HEADERS -> takeHeaders(frame);
      case DATA -> {
        begun.get(frame.stream()).body.write(frame.payload());
        takeMore(frame);
      }
      case RST_STREAM -> end(frame.stream(), frame.error());
      default -> {
        // Of the connection.
      }
    }
    if (frame.type() <= HEADERS && (frame.flags() & END_STREAM) != 0) {
      end(frame.stream(), -1);
    }
  }

  /** Lets the server send as much again as it has sent. */
  private void takeMore(Frame frame) throws IOException {
    if (frame.payload().length > 0) {
      final byte[] more = ByteBufUtil.getBytes(Unpooled.buffer().writeInt(frame.payload().length));
      send(WINDOW_UPDATE, 0, 0, more);
      if ((frame.flags() & END_STREAM) == 0) {
        send(WINDOW_UPDATE, 0, frame.stream(), more);
      }
    }
  }

  private void takeHeaders(Frame frame) throws IOException {
    final Begun answer = begun.computeIfAbsent(frame.stream(), any -> new Begun());
    try {
      decoder
          .decodeHeaders(frame.stream(), Unpooled.wrappedBuffer(frame.payload()))
          .forEach(
              field -> {
                if (field.getKey().toString().equals(":status")) {
                  answer.status = Integer.parseInt(field.getValue().toString());
                } else {
                  answer.headers.put(field.getKey().toString(), field.getValue().toString());
                }
              });
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
  }

  private void end(int stream, int reset) {
    final Begun answer = begun.getOrDefault(stream, new Begun());
    begun.remove(stream);
    answers.putIfAbsent(
        stream,
        new Answer(
            answer.status, answer.headers, answer.body.toString(StandardCharsets.UTF_8), reset));
  }

  /** Whether the server has hung up after what is still read. */
  public boolean isAtEnd() throws IOException {
    try {
      while (true) {
        take(read());
      }
    } catch (EOFException | SocketException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
