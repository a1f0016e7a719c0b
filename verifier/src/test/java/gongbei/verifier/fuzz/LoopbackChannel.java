package gongbei.verifier.fuzz;

import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** A channel without a socket, whose other end seems to be on the loopback. */
public final class LoopbackChannel extends EmbeddedChannel {
  private static final int PORT = 1_024;

  /** Makes one with these handlers. */
  public LoopbackChannel(ChannelHandler... handlers) {
    super(handlers);
  }

  @Override
  protected SocketAddress remoteAddress0() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT);
  }
}
