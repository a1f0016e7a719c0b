/**
 * What every transport does with what it has decoded: a scan's admission to the pipeline, its
 * answer's way back to the event loop, and the end of connections when a server stops. It knows the
 * scan pipeline and Netty's event loops, no protocol. Start reading at {@link
 * gongbei.verifier.server.ScanAdmission}, then {@link gongbei.verifier.server.ReplyQueue}.
 */
package gongbei.verifier.server;
