package gongbei.verifier.conformance;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that does what a test has it do, well or badly, connection by connection. */
final class FakeServer implements AutoCloseable {
  private static final int CORRELATION_AT = 12;

  private final ServerSocket listening;
  private final Script script;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);

  /** What is done with one connection. */
  interface Script {
    /**
     * @param ordinal which connection it is, from 1
     */
    void serve(Connection connection, int ordinal) throws IOException, InterruptedException;
  }

  FakeServer(Script script) throws IOException {
    this(0, script);
  }

  FakeServer(int port, Script script) throws IOException {
    this.listening = new ServerSocket();
    listening.setReuseAddress(true);
    listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    this.script = script;
    daemon(this::accept);
  }

  private static void daemon(Runnable task) {
    final Thread thread = new Thread(task, "fake-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (true) {
      try {
        final Socket socket = listening.accept();
        sockets.add(socket);
        final int ordinal = accepted.incrementAndGet();
        daemon(() -> serve(socket, ordinal));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket, int ordinal) {
    try (socket) {
      socket.setTcpNoDelay(true);
      script.serve(new Connection(socket, closed), ordinal);
    } catch (IOException | InterruptedException e) {
      // The client has gone, or the test is over.
    }
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), listening.getLocalPort());
  }

  int accepted() {
    return accepted.get();
  }

  @Override
  public void close() throws IOException {
    listening.close();
    closed.countDown();
    for (final Socket socket : sockets) {
      socket.close();
    }
  }

  /** One connection, frame by frame. */
  static final class Connection {
    private final Socket socket;
    private final DataInputStream input;
    private final CountDownLatch closed;

    Connection(Socket socket, CountDownLatch closed) throws IOException {
      this.socket = socket;
      this.closed = closed;
      this.input = new DataInputStream(socket.getInputStream());
    }

    byte[] read() throws IOException {
      final int length = Integer.reverseBytes(input.readInt());
      final byte[] frame = new byte[4 + length];
      ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).putInt(length);
      input.readFully(frame, 4, length);
      return frame;
    }

    void write(String hex) throws IOException {
      socket.getOutputStream().write(HexFormat.of().parseHex(hex));
    }

    /** Writes an example as the answer to a question, with its correlation id. */
    void answer(byte[] question, String example) throws IOException {
      final byte[] frame = HexFormat.of().parseHex(example);
      System.arraycopy(question, CORRELATION_AT, frame, CORRELATION_AT, Long.BYTES);
      socket.getOutputStream().write(frame);
    }

    /** Reads Hello and says Welcome. */
    void welcome() throws IOException {
      read();
      write(ScannerVectors.shipped().example("welcome").frame());
    }

    /** Says nothing until the test ends; what the client says is not read. */
    void staySilent() throws InterruptedException {
      closed.await();
    }

    /** Answers Pings with Pong and scans with a pass, until the client goes. */
    void behave() throws IOException {
      final ScannerVectors vectors = ScannerVectors.shipped();
      while (true) {
        final byte[] question = read();
        switch (DeviceSocket.template(question)) {
          case 3 -> answer(question, vectors.example("verdict-pass").frame());
          case 8 -> answer(question, vectors.example("pong").frame());
          default -> {
            return;
          }
        }
      }
    }
  }
}
