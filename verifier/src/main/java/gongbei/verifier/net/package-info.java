/**
 * What every server needs of the network: connections, rates and unfinished input within bounds, by
 * address. It knows Netty's buffers and no protocol. Start reading at {@link
 * gongbei.verifier.net.ConnectionLimiter}.
 */
package gongbei.verifier.net;
