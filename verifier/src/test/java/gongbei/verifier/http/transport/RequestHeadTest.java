package gongbei.verifier.http.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.Test;

/** What is read of a request's header in one pass. */
final class RequestHeadTest {
  private static HttpRequest request(String target) {
    return new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, target);
  }

  @Test
  void aRequestWithoutFieldsHasNone() {
    final RequestHead head = new RequestHead(request("/v1/scans?x"));
    assertEquals("/v1/scans", head.path());
    assertEquals("POST", head.method());
    assertEquals(0, head.hosts());
    assertNull(head.host());
    assertNull(head.contentType());
    assertEquals(0, head.contentLength());
    assertTrue(head.isKeepAlive());
    assertFalse(head.isChunked());
    assertFalse(head.isContinueExpected());
    assertFalse(head.hasOrigin());
    assertFalse(head.hasAuthorization());
    assertFalse(head.hasTraceparent());
    assertFalse(head.hasContentEncoding());
  }

  @Test
  void fieldsAreFoundWhateverTheirCase() {
    final HttpRequest request = request("http://node:8080/v1/scans");
    request
        .headers()
        .add("HOST", "a")
        .add("host", "b")
        .add("Content-Type", "application/json")
        .add("content-TYPE", "text/plain")
        .add("CONTENT-LENGTH", "12")
        .add("expect", "100-continue")
        .add("Connection", "close")
        .add("Transfer-Encoding", "chunked")
        .add("TraceParent", "00")
        .add("Content-Encoding", "gzip")
        .add("ORIGIN", "http://a")
        .add("authorization", "Bearer x");
    final RequestHead head = new RequestHead(request);
    assertEquals("/v1/scans", head.path());
    assertEquals(2, head.hosts());
    assertEquals("a", head.host());
    assertEquals("application/json", head.contentType());
    assertEquals(12, head.contentLength());
    assertFalse(head.isKeepAlive());
    assertTrue(head.isChunked());
    assertTrue(head.isContinueExpected());
    assertTrue(head.hasOrigin());
    assertTrue(head.hasAuthorization());
    assertTrue(head.hasTraceparent());
    assertTrue(head.hasContentEncoding());
  }
}
