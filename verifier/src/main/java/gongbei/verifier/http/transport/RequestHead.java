package gongbei.verifier.http.transport;

import gongbei.verifier.config.Limits;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.Map;

/**
 * The first line and the header fields of a request, read in one pass: every request is looked at
 * for some ten fields of which a scan has three, and ten lookups cost the event loop more than one
 * walk. For one thread.
 */
public final class RequestHead {
  /** The field of W3C Trace Context. */
  static final AsciiString TRACEPARENT = AsciiString.cached("traceparent");

  private static final AsciiString IDEMPOTENCY_KEY = AsciiString.cached("idempotency-key");
  private static final AsciiString ANYTHING = AsciiString.cached("*/*");

  private final HttpRequest request;
  private final String path;
  private int hosts;
  private String host;
  private boolean hasOrigin;
  private boolean hasAuthorization;
  private boolean hasConnection;
  private boolean hasContentEncoding;
  private boolean hasContentLength;
  private boolean hasExpect;
  private boolean hasTraceparent;
  private boolean hasTransferEncoding;
  private boolean hasIdempotencyKey;
  private boolean takesJson = true;
  private String contentType;
  private String languages = "";

  /** Reads the header of a request. */
  public RequestHead(HttpRequest request) {
    this.request = request;
    this.path = path(request.uri());
    final Iterator<Map.Entry<CharSequence, CharSequence>> fields =
        request.headers().iteratorCharSequence();
    while (fields.hasNext()) {
      final Map.Entry<CharSequence, CharSequence> field = fields.next();
      read(field.getKey(), field.getValue());
    }
  }

  private void read(CharSequence name, CharSequence value) {
    switch (name.length()) {
      case 4 -> {
        if (is(HttpHeaderNames.HOST, name)) {
          hosts++;
          host = host == null ? value.toString() : host;
        }
      }
      case 6 -> {
        hasOrigin |= is(HttpHeaderNames.ORIGIN, name);
        takesJson &= !is(HttpHeaderNames.ACCEPT, name) || isJson(value);
        hasExpect |= is(HttpHeaderNames.EXPECT, name);
      }
      case 10 -> hasConnection |= is(HttpHeaderNames.CONNECTION, name);
      case 11 -> hasTraceparent |= is(TRACEPARENT, name);
      case 12 -> {
        if (contentType == null && is(HttpHeaderNames.CONTENT_TYPE, name)) {
          contentType = value.toString();
        }
      }
      case 13 -> hasAuthorization |= is(HttpHeaderNames.AUTHORIZATION, name);
      case 14 -> hasContentLength |= is(HttpHeaderNames.CONTENT_LENGTH, name);
      case 15 -> {
        hasIdempotencyKey |= is(IDEMPOTENCY_KEY, name);
        if (is(HttpHeaderNames.ACCEPT_LANGUAGE, name)
            && value.length() <= Limits.MAX_LANGUAGES_CHARACTERS) {
          languages = value.toString();
        }
      }
      case 16 -> hasContentEncoding |= is(HttpHeaderNames.CONTENT_ENCODING, name);
      case 17 -> hasTransferEncoding |= is(HttpHeaderNames.TRANSFER_ENCODING, name);
      default -> {
        // No field that is looked at for every request.
      }
    }
  }

  private static boolean is(AsciiString known, CharSequence name) {
    return known.contentEqualsIgnoreCase(name);
  }

  private static boolean isJson(CharSequence accepted) {
    return ANYTHING.contentEquals(accepted)
        || HttpHeaderValues.APPLICATION_JSON.contentEquals(accepted);
  }

  /** The path of a request target in origin or absolute form (RFC 9112 §3.2). */
  private static String path(String target) {
    int start = 0;
    if (target.startsWith("http://") || target.startsWith("https://")) {
      start = target.indexOf('/', target.indexOf("//") + 2);
      if (start < 0) {
        return "/";
      }
    }
    final int query = target.indexOf('?', start);
    return target.substring(start, query < 0 ? target.length() : query);
  }

  /** The request as it was decoded. */
  public HttpRequest request() {
    return request;
  }

  /** All header fields. */
  public HttpHeaders headers() {
    return request.headers();
  }

  /** The method, as {@code POST}. */
  public String method() {
    return request.method().name();
  }

  /** The path, without the query, which no operation takes. */
  public String path() {
    return path;
  }

  /** The first Host, or null. */
  public String host() {
    return host;
  }

  /** How many Host fields there are. */
  int hosts() {
    return hosts;
  }

  /** Whether there is an Origin. */
  public boolean hasOrigin() {
    return hasOrigin;
  }

  /** Whether there is an Authorization. */
  public boolean hasAuthorization() {
    return hasAuthorization;
  }

  boolean hasContentEncoding() {
    return hasContentEncoding;
  }

  boolean hasExpect() {
    return hasExpect;
  }

  boolean hasIdempotencyKey() {
    return hasIdempotencyKey;
  }

  /** Whether Accept, where there is one, plainly takes JSON. */
  boolean takesJson() {
    return takesJson;
  }

  boolean hasTraceparent() {
    return hasTraceparent;
  }

  boolean hasTransferEncoding() {
    return hasTransferEncoding;
  }

  /** The first Content-Type, or null. */
  String contentType() {
    return contentType;
  }

  /** Whether the body's length was told before it came. */
  boolean hasContentLength() {
    return hasContentLength;
  }

  /** The body's length as Content-Length tells it, or 0. */
  public long contentLength() {
    return hasContentLength ? HttpUtil.getContentLength(request, 0L) : 0L;
  }

  /** The languages that the client prefers, as in Accept-Language; may be empty. */
  String languages() {
    return languages;
  }

  boolean isChunked() {
    return hasTransferEncoding && HttpUtil.isTransferEncodingChunked(request);
  }

  /** Whether the client waits to be told that it may send the body. */
  boolean isContinueExpected() {
    return hasExpect && HttpUtil.is100ContinueExpected(request);
  }

  boolean isHttp10() {
    return request.protocolVersion().minorVersion() == 0;
  }

  boolean isKeepAlive() {
    return hasConnection
        ? HttpUtil.isKeepAlive(request)
        : request.protocolVersion().isKeepAliveDefault();
  }
}
