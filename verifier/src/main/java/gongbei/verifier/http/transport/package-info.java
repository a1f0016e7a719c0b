/**
 * How requests come and responses go: decoding, deadlines, the budget of bodies, the order of
 * answers on a connection, and a scan's way past the resources. It knows Netty and the way of a
 * verdict back ({@code server}), no role and no resource. Start reading at {@link
 * gongbei.verifier.http.transport.HttpConnection}, then {@link
 * gongbei.verifier.http.transport.RequestHandler}, which is what it asks of the rest. Over HTTP/2
 * {@link gongbei.verifier.http.transport.Http2Preface} puts other handlers in its place: {@link
 * gongbei.verifier.http.transport.Http2Input} bounds frames, and {@link
 * gongbei.verifier.http.transport.Http2Session} asks the same of the same.
 */
package gongbei.verifier.http.transport;
