/**
 * What every transport does with what it has decoded: a scan's and a display's admission to their
 * pipelines, the answer's way back to the event loop, and the end of connections when a server
 * stops. It knows the pipelines and Netty's event loops, no protocol. Start reading at {@link
 * gongbei.verifier.server.ScanAdmission}, then {@link gongbei.verifier.server.ReplyQueue}.
 */
package gongbei.verifier.server;
