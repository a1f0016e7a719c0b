package gongbei.verifier.client;

import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.protocol.ArrayBuffer;
import gongbei.verifier.protocol.MessageHeaderDecoder;
import gongbei.verifier.protocol.MessageHeaderEncoder;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;

/**
 * A socket that carries frames of the scanner protocol: a length of four bytes, little-endian, and
 * a message of SBE. One thread at a time may encode and send, another may receive.
 */
final class FrameConnection implements AutoCloseable {
  private static final int LENGTH_BYTES = DeviceMessages.LENGTH_BYTES;
  private static final int BUFFER_BYTES = 1 << 16;

  private final Socket socket;
  private final InputStream input;
  private final OutputStream output;
  private final MessageHeaderEncoder headerOut = new MessageHeaderEncoder();
  private final byte[] frameBytes = new byte[LENGTH_BYTES + ClientLimits.MAX_FRAME_BYTES];
  private final ArrayBuffer frame = new ArrayBuffer(frameBytes);

  /**
   * Connects, by TLS where the context has it.
   *
   * @throws IOException when the server can't be reached
   */
  FrameConnection(DeviceClient.Context context) throws IOException {
    socket = connect(context);
    try {
      // A handshake of TLS may come with the first bytes.
      socket.setSoTimeout(context.answerMillis());
      input = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
      output = socket.getOutputStream();
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static Socket connect(DeviceClient.Context context) throws IOException {
    if (context.tls() != null) {
      return context.tls().connect(context.resolved(), context.connectMillis());
    }
    final Socket plain = new Socket();
    try {
      plain.setTcpNoDelay(true);
      plain.connect(context.resolved(), context.connectMillis());
      return plain;
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }

  /**
   * Encodes a message, to be sent next.
   *
   * @param id its correlation id, or the first of a batch's
   * @return the bytes that it takes, its header counted
   * @throws IndexOutOfBoundsException where it is longer than any frame
   */
  int encode(DeviceMessages.Message message, long id) {
    return MessageHeaderEncoder.ENCODED_LENGTH + message.encode(frame, headerOut, id);
  }

  /** Sends the message that was encoded last, of so many bytes. */
  void send(int length) throws IOException {
    frame.putInt(0, length, ByteOrder.LITTLE_ENDIAN);
    output.write(frameBytes, 0, LENGTH_BYTES + length);
    output.flush();
  }

  /** Has {@link #receive()} wait for as long as it takes. */
  void waitWithoutEnd() throws IOException {
    socket.setSoTimeout(0);
  }

  /** Receives the next message; {@link #waitWithoutEnd} comes before. */
  ArrayBuffer receive() throws IOException {
    return receive(to -> input.readNBytes(to, 0, to.length));
  }

  /**
   * Receives the next message.
   *
   * @param deadlineNanos until when, as {@link System#nanoTime}
   * @throws SocketTimeoutException where it is not whole by then
   */
  ArrayBuffer receive(long deadlineNanos) throws IOException {
    return receive(to -> readUntil(to, deadlineNanos));
  }

  /** Reads into all of an array; fewer bytes mean the end. */
  private interface Reading {
    int read(byte[] to) throws IOException;
  }

  private static ArrayBuffer receive(Reading reading) throws IOException {
    final byte[] prefix = new byte[LENGTH_BYTES];
    readFully(reading, prefix);
    final int length = new ArrayBuffer(prefix).getInt(0, ByteOrder.LITTLE_ENDIAN);
    if (length < MessageHeaderDecoder.ENCODED_LENGTH
        || length > ClientLimits.MAX_DEVICE_ANSWER_BYTES) {
      throw new IOException("the server's frame is of " + length + " bytes");
    }
    final byte[] bytes = new byte[length];
    readFully(reading, bytes);
    final ArrayBuffer message = new ArrayBuffer(bytes);
    final int schema = new MessageHeaderDecoder().wrap(message, 0).schemaId();
    if (schema != MessageHeaderDecoder.SCHEMA_ID) {
      throw new IOException("the server speaks another protocol, of schema " + schema);
    }
    return message;
  }

  private static void readFully(Reading reading, byte[] to) throws IOException {
    if (reading.read(to) < to.length) {
      throw new IOException("the connection was closed");
    }
  }

  private int readUntil(byte[] to, long deadlineNanos) throws IOException {
    int read = 0;
    while (read < to.length) {
      final long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
      if (millis <= 0) {
        throw new SocketTimeoutException();
      }
      socket.setSoTimeout((int) millis);
      final int more = input.read(to, read, to.length - read);
      if (more < 0) {
        return read;
      }
      read += more;
    }
    return read;
  }

  /** Closes it at once, with what was written and not sent thrown away. */
  void abort() throws IOException {
    // Without it a writer that waits for a peer that does not read would hold up the closing.
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
