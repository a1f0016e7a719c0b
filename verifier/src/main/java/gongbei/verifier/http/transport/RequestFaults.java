package gongbei.verifier.http.transport;

import gongbei.verifier.config.Limits;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;

/** What is wrong with how a request is framed and encoded, before anything is read in it. */
public final class RequestFaults {
  private static final String CHUNKED = "chunked";

  private RequestFaults() {}

  /** The fault for which a request is refused before its body is read; null where it has none. */
  public static Problem of(RequestHead head) {
    final HttpVersion version = head.request().protocolVersion();
    if (version.majorVersion() != 1) {
      return Problem.of(505, "http-version-not-supported", "the node speaks HTTP/1.1");
    }
    if (version.minorVersion() > 0 && head.hosts() != 1) {
      return Problem.of(400, "malformed-request", "the request has no Host, or more than one");
    }
    if (head.hasTransferEncoding()) {
      if (version.minorVersion() == 0) {
        return Problem.of(400, "malformed-request", "HTTP/1.0 has no Transfer-Encoding");
      }
      final List<String> codings = head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
      if (codings.size() > 1 || !codings.get(0).equalsIgnoreCase(CHUNKED)) {
        return Problem.of(
            501,
            "transfer-coding-not-supported",
            "Transfer-Encoding is not chunked alone, the only transfer coding known");
      }
    }
    final String expected = head.hasExpect() ? head.headers().get(HttpHeaderNames.EXPECT) : null;
    if (expected != null && !expected.equalsIgnoreCase(HttpHeaderValues.CONTINUE.toString())) {
      return Problem.of(417, "expectation-failed", "the only expectation known is 100-continue");
    }
    if (head.contentLength() > Limits.MAX_HTTP_BODY_BYTES) {
      return bodyTooLarge();
    }
    return null;
  }

  /**
   * Refuses a body that is not sent as it is (RFC 9110 §8.4): by 415, with what is taken in
   * Accept-Encoding (§12.5.3).
   */
  public static void requireIdentity(HttpHeaders headers) {
    for (final String coding : headers.getAll(HttpHeaderNames.CONTENT_ENCODING)) {
      if (!coding.isBlank()
          && !coding.strip().equalsIgnoreCase(HttpHeaderValues.IDENTITY.toString())) {
        throw Problem.ofHeader(
                415,
                "content-coding-not-supported",
                HttpHeaderNames.CONTENT_ENCODING.toString(),
                "is not identity: send the body as it is")
            .with("Accept-Encoding", HttpHeaderValues.IDENTITY.toString());
      }
    }
  }

  static Problem late() {
    return Problem.of(408, "request-timeout", "the request took too long to come");
  }

  static Problem uriTooLong() {
    return Problem.of(414, "uri-too-long", "the request's first line is too long");
  }

  static Problem bodyTooLarge() {
    return Problem.of(
        413, "body-too-large", "the body is longer than " + Limits.MAX_HTTP_BODY_BYTES + " bytes");
  }

  /** Why the decoder could not read a request. */
  static Problem ofUnreadable(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return uriTooLong();
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return Problem.of(431, "headers-too-large", "the request's header fields are too large");
    }
    if (cause instanceof StrictRequestDecoder.FoldedLineException) {
      return Problem.of(400, "malformed-request", cause.getMessage());
    }
    return Problem.of(400, "malformed-request", "the request is not HTTP/1.1");
  }
}
