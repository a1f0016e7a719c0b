package gongbei.verifier.net;

import gongbei.replication.context.HostName;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells in one line why a listening channel can't take connections, as when the process is out of
 * file descriptors. It stands last in that channel's pipeline, behind Netty's acceptor, which then
 * pauses for a second.
 */
public final class AcceptFaults extends ChannelInboundHandlerAdapter {
  private static final Logger LOGGER = LoggerFactory.getLogger(AcceptFaults.class);

  /** Why a server can't listen where it was told to, for people to read. */
  public static IOException cantListen(InetSocketAddress address, Exception cause) {
    return new IOException(
        "can't listen on "
            + HostName.withPort(address.getHostString(), address.getPort())
            + ": "
            + (address.isUnresolved() ? "no host of that name is known" : cause.getMessage()),
        cause);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOGGER.warn("No connection can be taken at {}: {}", ctx.channel(), cause.toString());
    LOGGER.debug("The failure in full", cause);
  }
}
