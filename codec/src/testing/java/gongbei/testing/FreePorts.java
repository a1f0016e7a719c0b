package gongbei.testing;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Finds ports of the loopback that nobody has, neither over UDP nor over TCP, for what can't take
 * port 0. They come in blocks. A test process holds the last port of each block that it has had,
 * over TCP, until it ends, so that no other test process takes the block before its ports are
 * bound. All lie below the ports that the system gives by itself.
 */
public final class FreePorts {
  private static final int LOWEST = 20_000;
  private static final int BLOCK = 32;
  private static final int BLOCKS = 390;
  private static final ServerSocket[] HELD = new ServerSocket[BLOCKS];

  /** Processes begin apart, so that they seldom meet. */
  private static int next = (int) (ProcessHandle.current().pid() * 31 % BLOCKS);

  private FreePorts() {}

  /**
   * Returns the first of so many free ports in a row.
   *
   * @param count at most 31
   */
  public static synchronized int inARow(int count) {
    if (count >= BLOCK) {
      throw new IllegalArgumentException(count + " ports are more than a block has");
    }
    for (int i = 0; i < BLOCKS; i++) {
      final int block = next;
      next = (next + 1) % BLOCKS;
      final int first = LOWEST + block * BLOCK;
      if (isHeld(block) && areFree(first, count)) {
        return first;
      }
    }
    throw new IllegalStateException("no " + count + " ports in a row are free");
  }

  private static boolean isHeld(int block) {
    if (HELD[block] == null) {
      try {
        HELD[block] =
            new ServerSocket(
                LOWEST + block * BLOCK + BLOCK - 1, 1, InetAddress.getLoopbackAddress());
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }

  private static boolean areFree(int first, int count) {
    for (int port = first; port < first + count; port++) {
      if (!isFree(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isFree(InetSocketAddress address) {
    try {
      new DatagramSocket(address).close();
      new ServerSocket(address.getPort(), 1, address.getAddress()).close();
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
