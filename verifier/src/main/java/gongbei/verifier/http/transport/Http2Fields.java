package gongbei.verifier.http.transport;

import gongbei.verifier.config.Limits;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/**
 * Turns a header of HTTP/2 into the request that HTTP/1.1 would have brought, and a response into a
 * header of HTTP/2 (RFC 9113 §8.3, §8.2.2), so that what lies behind knows no difference.
 */
final class Http2Fields {
  private static final Set<AsciiString> OF_CONNECTIONS =
      Set.of(
          HttpHeaderNames.CONNECTION,
          HttpHeaderNames.TRANSFER_ENCODING,
          HttpHeaderNames.UPGRADE,
          AsciiString.cached("keep-alive"),
          AsciiString.cached("proxy-connection"));
  private static final AsciiString TRAILERS = AsciiString.cached("trailers");

  private Http2Fields() {}

  /** What makes a header no request (RFC 9113 §8.1.1). */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException(String what) {
      super(what, null, false, false);
    }
  }

  /**
   * Reads the header of a request.
   *
   * @throws MalformedException where it is none
   */
  static HttpRequest requestOf(Http2Headers fields) throws MalformedException {
    final CharSequence method = fields.method();
    final CharSequence path = fields.path();
    if (method == null || path == null || fields.scheme() == null) {
      throw new MalformedException("a request has :method, :scheme and :path");
    }
    if (path.length() == 0 || (path.charAt(0) != '/' && !AsciiString.contentEquals(path, "*"))) {
      throw new MalformedException(":path does not begin with a slash");
    }
    try {
      final HttpRequest request =
          new DefaultHttpRequest(
              HttpVersion.HTTP_1_1, HttpMethod.valueOf(method.toString()), path.toString());
      final HttpHeaders headers = request.headers();
      final CharSequence authority = fields.authority();
      if (authority != null) {
        headers.add(HttpHeaderNames.HOST, authority);
      }
      for (final Map.Entry<CharSequence, CharSequence> field : fields) {
        take(headers, authority, field.getKey(), field.getValue());
      }
      return request;
    } catch (IllegalArgumentException e) {
      throw new MalformedException("a method, path, name or value has a character that none has");
    }
  }

  private static void take(
      HttpHeaders headers, CharSequence authority, CharSequence name, CharSequence value)
      throws MalformedException {
    if (name.length() == 0) {
      throw new MalformedException("a field has no name");
    }
    if (name.charAt(0) == ':') {
      // Which there are, and that they stand first, was seen by the decoder.
      return;
    }
    if (OF_CONNECTIONS.contains(AsciiString.of(name))
        || (HttpHeaderNames.TE.contentEquals(name) && !TRAILERS.contentEqualsIgnoreCase(value))) {
      throw new MalformedException(name + " is a field of HTTP/1.1 connections");
    }
    if (authority != null && HttpHeaderNames.HOST.contentEquals(name)) {
      if (!AsciiString.contentEquals(authority, value)) {
        throw new MalformedException("host and :authority differ");
      }
      return;
    }
    headers.add(name, value);
  }

  /** What the header fields of a request take while its stream is open. */
  static int bytes(Http2Headers fields) {
    int bytes = 0;
    for (final Map.Entry<CharSequence, CharSequence> field : fields) {
      bytes += field.getKey().length() + field.getValue().length() + Limits.HTTP_FIELD_BYTES;
    }
    return bytes;
  }

  /** The header of a response. */
  static Http2Headers headersOf(HttpResponse response) {
    final Http2Headers fields =
        new DefaultHttp2Headers(false, response.headers().size() + 1)
            .status(response.status().codeAsText());
    final Iterator<Map.Entry<CharSequence, CharSequence>> all =
        response.headers().iteratorCharSequence();
    while (all.hasNext()) {
      final Map.Entry<CharSequence, CharSequence> field = all.next();
      final AsciiString name = AsciiString.of(field.getKey()).toLowerCase();
      if (!OF_CONNECTIONS.contains(name)) {
        fields.add(name, field.getValue());
      }
    }
    return fields;
  }
}
