/**
 * The HTTP/1.1 server of a node, put together from its parts: how requests come and go ({@code
 * transport}), who may ask what and how often ({@code guard}), and what is answered ({@code api}).
 * It knows all three, and they know one another in that order only. Start reading at {@link
 * gongbei.verifier.http.HttpServer}.
 */
package gongbei.verifier.http;
