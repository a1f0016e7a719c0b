package gongbei.verifier.conformance;

import gongbei.verifier.client.tls.ClientTls;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.protocol.ArrayBuffer;
import gongbei.verifier.protocol.GoodbyeCode;
import gongbei.verifier.protocol.GoodbyeDecoder;
import gongbei.verifier.protocol.HelloEncoder;
import gongbei.verifier.protocol.MessageHeaderDecoder;
import gongbei.verifier.protocol.MessageHeaderEncoder;
import gongbei.verifier.protocol.WelcomeDecoder;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.MutableDirectBuffer;

/** A connection that sends bytes as they are, right or wrong, and receives frames. */
final class DeviceSocket implements AutoCloseable {
  private static final int LENGTH_BYTES = 4;
  private static final int CONNECT_MILLIS = 5_000;

  /** How an answer of an HTTP server opens, read as a frame's length. */
  private static final int HTTP = 'H' | 'T' << 8 | 'T' << 16 | 'P' << 24;

  private final Socket socket;
  private final DataInputStream input;

  /**
   * @param tls null speaks plain text
   */
  DeviceSocket(ClientTls tls, InetSocketAddress server, int answerMillis) throws IOException {
    socket = tls == null ? new Socket() : tls.connect(server, CONNECT_MILLIS);
    try {
      if (tls == null) {
        socket.setTcpNoDelay(true);
        socket.connect(server, CONNECT_MILLIS);
      }
      socket.setSoTimeout(answerMillis);
      input = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** The frame of a Hello. */
  static byte[] hello(String deviceId, byte[] credential) {
    final ArrayBuffer buffer = new ArrayBuffer(new byte[256 + credential.length]);
    final HelloEncoder hello =
        new HelloEncoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, new MessageHeaderEncoder());
    hello.deviceId(deviceId).putCredential(credential, 0, credential.length);
    return framed(buffer, hello.encodedLength());
  }

  /** The frame of a message that was encoded behind the place of its length. */
  static byte[] framed(MutableDirectBuffer buffer, int encodedLength) {
    final int length = MessageHeaderEncoder.ENCODED_LENGTH + encodedLength;
    buffer.putInt(0, length, ByteOrder.LITTLE_ENDIAN);
    final byte[] frame = new byte[LENGTH_BYTES + length];
    buffer.getBytes(0, frame);
    return frame;
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** Sets how long {@link #receive} waits. */
  void waitMillis(int answerMillis) throws SocketException {
    socket.setSoTimeout(answerMillis);
  }

  /**
   * The next frame, its length prefix included.
   *
   * @return null where the connection was closed
   * @throws SocketTimeoutException when none came in time
   */
  byte[] receive() throws IOException {
    final int length;
    try {
      length = Integer.reverseBytes(input.readInt());
    } catch (EOFException e) {
      return null;
    } catch (SocketException e) {
      return null;
    }
    if (length == HTTP) {
      throw new IOException("this port speaks HTTP, not the protocol of devices");
    }
    if (length < MessageHeaderDecoder.ENCODED_LENGTH
        || length > ClientLimits.MAX_DEVICE_ANSWER_BYTES) {
      throw new IOException("a frame of " + length + " bytes");
    }
    final ByteBuffer frame =
        ByteBuffer.allocate(LENGTH_BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
    frame.putInt(length);
    input.readFully(frame.array(), LENGTH_BYTES, length);
    return frame.array();
  }

  /** The template id of a frame, or 0 of none. */
  static int template(byte[] frame) {
    return frame == null
        ? 0
        : new MessageHeaderDecoder().wrap(new ArrayBuffer(frame), LENGTH_BYTES).templateId();
  }

  /** Says Hello; the frame that comes back. */
  byte[] greet(byte[] hello) throws IOException {
    send(hello);
    return receive();
  }

  /** What a Welcome holds. */
  static WelcomeDecoder welcome(byte[] frame) {
    return new WelcomeDecoder()
        .wrapAndApplyHeader(new ArrayBuffer(frame), LENGTH_BYTES, new MessageHeaderDecoder());
  }

  /** The reason of a Goodbye, or null where the frame is another. */
  static GoodbyeCode goodbye(byte[] frame) {
    return template(frame) == GoodbyeDecoder.TEMPLATE_ID
        ? new GoodbyeDecoder()
            .wrapAndApplyHeader(new ArrayBuffer(frame), LENGTH_BYTES, new MessageHeaderDecoder())
            .reason()
        : null;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
