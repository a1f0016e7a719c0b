package gongbei.bench.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/**
 * Begins TLS handshakes at a steady rate, each on a new connection, and goes on with none. A
 * connection is closed once {@value #HELD} later ones are there.
 */
final class TlsHandshakeFlood implements AutoCloseable {
  private static final int HELD = 500;

  private final AtomicLong sent = new AtomicLong();
  private final Thread thread;
  private volatile boolean isDone;

  /** Begins at once. */
  TlsHandshakeFlood(int port, int perSecond) throws IOException, NoSuchAlgorithmException {
    final byte[] hello = clientHello();
    thread = new Thread(() -> flood(port, perSecond, hello), "hellos");
    thread.start();
  }

  private static byte[] clientHello() throws IOException, NoSuchAlgorithmException {
    final SSLEngine engine = SSLContext.getDefault().createSSLEngine();
    engine.setUseClientMode(true);
    final ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), hello);
    final byte[] bytes = new byte[hello.position()];
    hello.flip().get(bytes);
    return bytes;
  }

  private void flood(int port, int perSecond, byte[] hello) {
    final ArrayDeque<Socket> held = new ArrayDeque<>();
    final long startedNanos = System.nanoTime();
    try {
      while (!isDone) {
        final long due =
            (System.nanoTime() - startedNanos) * perSecond / TimeUnit.SECONDS.toNanos(1);
        if (sent.get() >= due) {
          TimeUnit.MILLISECONDS.sleep(1);
          continue;
        }
        final Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        held.add(socket);
        socket.getOutputStream().write(hello);
        sent.incrementAndGet();
        if (held.size() > HELD) {
          held.remove().close();
        }
      }
      for (final Socket each : held) {
        each.close();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How many were begun. */
  long sent() {
    return sent.get();
  }

  @Override
  public void close() {
    isDone = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
