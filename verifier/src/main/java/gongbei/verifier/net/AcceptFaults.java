package gongbei.verifier.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells in one line why a listening channel can't take connections, as when the process is out of
 * file descriptors. It stands last in that channel's pipeline, behind Netty's acceptor, which then
 * pauses for a second.
 */
public final class AcceptFaults extends ChannelInboundHandlerAdapter {
  private static final Logger LOGGER = LoggerFactory.getLogger(AcceptFaults.class);

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOGGER.warn("No connection can be taken at {}: {}", ctx.channel(), cause.toString());
    LOGGER.debug("The failure in full", cause);
  }
}
