package gongbei.bench.faults;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.aeron.protocol.DataHeaderFlyweight;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends datagrams that nobody with a secret made, at a rate, to the ports of a cluster's members: a
 * third of them random bytes, a third frames of Aeron's, a third with the header of a sealed
 * datagram whose sender is made up.
 */
final class DatagramFlood implements AutoCloseable {
  private static final int[] LENGTHS = {40, 64, 200, 600, 1_400};
  private static final int KINDS = 3;
  private static final int DIFFERENT = 512;
  private static final int BURST = 50;
  private static final int SEALED_HEADER = 0x0001_0001;
  private static final int INGRESS_STREAM = 101;

  private final List<InetSocketAddress> targets;
  private final int rate;
  private final ByteBuffer[] datagrams = new ByteBuffer[DIFFERENT];
  private final DatagramChannel channel;
  private final Thread thread = new Thread(this::run, "datagram-flood");
  private final long startNanos = System.nanoTime();
  private long sent;
  private IOException failure;
  private volatile boolean isStopping;

  /**
   * @param rate datagrams a second, of all targets together
   */
  DatagramFlood(List<InetSocketAddress> targets, int rate, long seed) throws IOException {
    this.targets = new ArrayList<>(targets);
    this.rate = rate;
    final SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < DIFFERENT; i++) {
      datagrams[i] = datagram(i, random);
    }
    channel = DatagramChannel.open();
    thread.start();
  }

  private static ByteBuffer datagram(int number, SplittableRandom random) {
    final int length = LENGTHS[random.nextInt(LENGTHS.length)];
    final byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    if (number % KINDS == 1) {
      final DataHeaderFlyweight header = new DataHeaderFlyweight();
      header.wrap(bytes);
      header
          .sessionId(number)
          .streamId(INGRESS_STREAM)
          .version(DataHeaderFlyweight.CURRENT_VERSION)
          .headerType(DataHeaderFlyweight.HDR_TYPE_DATA)
          .frameLength(length);
    } else if (number % KINDS == 2) {
      ByteBuffer.wrap(bytes).order(LITTLE_ENDIAN).putInt(0, SEALED_HEADER);
    }
    return ByteBuffer.allocateDirect(length).put(bytes).flip();
  }

  private void run() {
    try {
      while (!isStopping) {
        final long due = (System.nanoTime() - startNanos) * rate / TimeUnit.SECONDS.toNanos(1);
        final long until = Math.min(due, sent + BURST);
        while (sent < until) {
          final ByteBuffer datagram = datagrams[(int) (sent % DIFFERENT)];
          channel.send(datagram.duplicate(), targets.get((int) (sent % targets.size())));
          sent++;
        }
        if (sent >= due) {
          LockSupport.parkNanos(500_000);
        }
      }
    } catch (IOException e) {
      failure = e;
    }
  }

  /** Stops, and returns how many a second were sent. */
  long finish() throws IOException, InterruptedException {
    isStopping = true;
    thread.join();
    final long nanos = System.nanoTime() - startNanos;
    if (failure != null) {
      throw failure;
    }
    return sent * TimeUnit.SECONDS.toNanos(1) / nanos;
  }

  @Override
  public void close() throws IOException {
    isStopping = true;
    channel.close();
  }
}
