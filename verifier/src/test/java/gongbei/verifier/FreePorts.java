package gongbei.verifier;

import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.concurrent.ThreadLocalRandom;

/** UDP ports of the loopback that nobody has. */
public final class FreePorts {
  private static final int LOWEST = 20_000;
  private static final int SPREAD = 3_200;

  private FreePorts() {}

  /** The first of so many in a row. */
  public static int inARow(int count) throws SocketException {
    int port = LOWEST + ThreadLocalRandom.current().nextInt(SPREAD);
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
