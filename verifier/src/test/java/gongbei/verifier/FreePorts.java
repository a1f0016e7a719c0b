package gongbei.verifier;

import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.concurrent.ThreadLocalRandom;

/** Ports of the loopback that nobody has at the moment, for members of a cluster. */
public final class FreePorts {
  private static final int FIRST = 20_000;
  private static final int STRIDE = 8;
  private static final int STRIDES = 400;

  private FreePorts() {}

  /** The first of so many free UDP ports in a row. */
  public static int udp(int count) throws SocketException {
    int port = FIRST + ThreadLocalRandom.current().nextInt(STRIDES) * STRIDE;
    int free = 0;
    while (free < count) {
      try (DatagramSocket socket =
          new DatagramSocket(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port + free))) {
        free += socket.isBound() ? 1 : 0;
      } catch (BindException e) {
        port += free + 1;
        free = 0;
      }
    }
    return port;
  }
}
