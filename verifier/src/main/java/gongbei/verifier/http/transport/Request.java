package gongbei.verifier.http.transport;

import gongbei.verifier.access.Caller;
import gongbei.verifier.config.Limits;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.concurrent.Executor;

/**
 * One whole HTTP request.
 *
 * @param path without the query, which no operation takes
 * @param client who the connection's client is before they show a key
 * @param connection runs what the answer needs on the connection's event loop
 * @param nonce of its signature, where it has been found to be an authority's; else null
 * @param caller who asks, by their key or certificate where they have shown one
 */
public record Request(
    String method,
    String path,
    HttpHeaders headers,
    byte[] body,
    Caller client,
    Executor connection,
    SignatureNonce nonce,
    Caller caller) {
  public Request(
      String method,
      String path,
      HttpHeaders headers,
      byte[] body,
      Caller client,
      Executor connection) {
    this(method, path, headers, body, client, connection, null, client);
  }

  /** The languages that the client prefers, as in Accept-Language; may be empty. */
  public String languages() {
    final String languages = headers.get(HttpHeaderNames.ACCEPT_LANGUAGE, "");
    return languages.length() <= Limits.MAX_LANGUAGES_CHARACTERS ? languages : "";
  }

  /** The same, known to be signed. */
  public Request signed(SignatureNonce by) {
    return new Request(method, path, headers, body, client, connection, by, caller);
  }

  /** The same, known to be from a caller. */
  public Request from(Caller admitted) {
    return new Request(method, path, headers, body, client, connection, nonce, admitted);
  }
}
