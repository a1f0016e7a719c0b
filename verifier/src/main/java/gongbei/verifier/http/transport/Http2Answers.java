package gongbei.verifier.http.transport;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;

/**
 * Makes the headers over HTTP/2 of answers to scans and displays, with the fields that {@link
 * ResponseWriter} writes over HTTP/1.1. For any thread.
 */
final class Http2Answers {
  private static final AsciiString NOSNIFF_NAME = AsciiString.cached("x-content-type-options");
  private static final AsciiString NOSNIFF = AsciiString.cached("nosniff");
  private static final AsciiString NO_STORE = AsciiString.cached("no-store");
  private static final AsciiString POLICY = AsciiString.cached("ratelimit-policy");
  private static final AsciiString RATE = AsciiString.cached("ratelimit");
  private static final AsciiString JSON = HttpHeaderValues.APPLICATION_JSON;

  private Http2Answers() {}

  /** The header of an answer to a scan or a display. */
  static Http2Headers headersOf(
      HttpResponseStatus status, int length, AsciiString date, RateLimit rate) {
    final AsciiString code = status.codeAsText();
    final AsciiString bytes = AsciiString.of(Integer.toString(length));
    return !rate.isBounded()
        ? ReadOnlyHttp2Headers.serverHeaders(
            false,
            code,
            HttpHeaderNames.CONTENT_TYPE,
            JSON,
            HttpHeaderNames.CONTENT_LENGTH,
            bytes,
            NOSNIFF_NAME,
            NOSNIFF,
            HttpHeaderNames.CACHE_CONTROL,
            NO_STORE,
            HttpHeaderNames.DATE,
            date)
        : ReadOnlyHttp2Headers.serverHeaders(
            false,
            code,
            HttpHeaderNames.CONTENT_TYPE,
            JSON,
            HttpHeaderNames.CONTENT_LENGTH,
            bytes,
            NOSNIFF_NAME,
            NOSNIFF,
            HttpHeaderNames.CACHE_CONTROL,
            NO_STORE,
            HttpHeaderNames.DATE,
            date,
            POLICY,
            AsciiString.of(rate.policyField()),
            RATE,
            AsciiString.of(rate.field()));
  }

  /** Whether a field changes with each answer, so that the table of fields is not for it. */
  static boolean isFleeting(CharSequence name) {
    return RATE.contentEquals(name);
  }
}
