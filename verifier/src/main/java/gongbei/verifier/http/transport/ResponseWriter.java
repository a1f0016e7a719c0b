package gongbei.verifier.http.transport;

import gongbei.codec.trust.TokenException;
import gongbei.verifier.metrics.NodeMetrics;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes responses with the fields that all of them have, and counts them. For any thread. */
public final class ResponseWriter {
  private static final Logger LOGGER = LoggerFactory.getLogger(ResponseWriter.class);
  private static final byte[] VERDICT_START =
      ascii("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ");
  private static final byte[] CODE_START =
      ascii("HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: ");
  private static final byte[] SHED_START =
      ascii(
          "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\n"
              + "content-length: ");
  private static final byte[] COMMON_FIELDS =
      ascii("\r\nX-Content-Type-Options: nosniff\r\ncache-control: no-store\r\n");
  private static final Response SHED = Response.of(Problem.shed());
  private static final byte[] SHED_FIELDS =
      ascii("Retry-After: " + SHED.headers().get("Retry-After") + "\r\n");
  private static final byte[] LINE_END = ascii("\r\n");

  private final NodeMetrics metrics;
  private final HttpDate date;

  public ResponseWriter(NodeMetrics metrics, HttpDate date) {
    this.metrics = metrics;
    this.date = date;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Puts a response together as Netty's encoder takes it. */
  FullHttpResponse responseOf(Response answer, boolean isHead) {
    metrics.countHttpAnswer(answer.status());
    final FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(answer.status()),
            isHead ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body()));
    if (answer.status() != HttpResponseStatus.NOT_MODIFIED.code()) {
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
      response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
    }
    setFields(response, answer);
    return response;
  }

  /** Puts the head of a response together that goes on with events until its connection ends. */
  HttpResponse headOf(Response answer) {
    metrics.countHttpAnswer(answer.status());
    final HttpResponse response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
    response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    setFields(response, answer);
    return response;
  }

  private void setFields(HttpResponse response, Response answer) {
    response.headers().set(HttpHeaderNames.DATE, date.text());
    response.headers().set("X-Content-Type-Options", "nosniff");
    response.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    answer.headers().forEach((name, value) -> response.headers().set(name, value));
  }

  /**
   * Makes the header over HTTP/2 of the answer to a scan or a display, and counts it.
   *
   * @param length of its body, in bytes
   * @param rate what is left of the caller's
   */
  Http2Headers headersOf(HttpResponseStatus status, int length, RateLimit rate) {
    metrics.countHttpAnswer(status.code());
    return Http2Answers.headersOf(status, length, date.ascii(), rate);
  }

  /** The answer that the node is at its limit. */
  static Response shed() {
    return SHED;
  }

  /** Writes the response to a scan, byte by byte as the encoder would, without its objects. */
  void write(ByteBuf out, VerdictJson verdict, RateLimit rate) {
    metrics.countHttpAnswer(HttpResponseStatus.OK.code());
    out.writeBytes(VERDICT_START);
    writeHead(out, verdict.length(), rate);
    out.writeBytes(LINE_END);
    out.writeBytes(verdict.bytes(), 0, verdict.length());
  }

  /** Writes a code that was minted, likewise. */
  void write(ByteBuf out, CodeJson code, RateLimit rate) {
    metrics.countHttpAnswer(HttpResponseStatus.CREATED.code());
    out.writeBytes(CODE_START);
    writeHead(out, code.length(), rate);
    out.writeBytes(LINE_END);
    out.writeBytes(code.bytes(), 0, code.length());
  }

  /**
   * Writes that the node is at its limit, likewise: where that is said most, a node has no time.
   */
  void writeShed(ByteBuf out, RateLimit rate) {
    metrics.countHttpAnswer(SHED.status());
    out.writeBytes(SHED_START);
    writeHead(out, SHED.body().length, rate);
    out.writeBytes(SHED_FIELDS);
    out.writeBytes(LINE_END);
    out.writeBytes(SHED.body());
  }

  private void writeHead(ByteBuf out, int length, RateLimit rate) {
    writeDecimal(out, length);
    out.writeBytes(COMMON_FIELDS);
    out.writeBytes(date.line());
    if (rate.isBounded()) {
      ByteBufUtil.writeAscii(
          out,
          "RateLimit-Policy: " + rate.policyField() + "\r\nRateLimit: " + rate.field() + "\r\n");
    }
  }

  private static void writeDecimal(ByteBuf out, int number) {
    int divisor = 1;
    while (number / divisor >= 10) {
      divisor *= 10;
    }
    for (; divisor > 0; divisor /= 10) {
      out.writeByte('0' + number / divisor % 10);
    }
  }

  /** The same response, with what is left of the caller's rate. */
  static Response withRate(Response answer, RateLimit rate) {
    return rate.isBounded()
        ? answer.with("RateLimit-Policy", rate.policyField()).with("RateLimit", rate.field())
        : answer;
  }

  /** The response to a request that failed; one that failed by the node's fault is logged. */
  static Response responseOf(Throwable failure) {
    final Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof Problem problem) {
      return Response.of(problem);
    }
    if (cause instanceof TokenException) {
      LOGGER.error("A key's token failed: {}", String.valueOf(cause.getCause()));
      return Response.of(Problem.of(503, "token-failed", cause.getMessage()));
    }
    LOGGER.error("A request failed: {}", cause.toString());
    LOGGER.debug("The failure in full", cause);
    return Response.of(Problem.of(500, "internal", "the node could not answer"));
  }

  /** What a client is told in plain text that speaks it where TLS is spoken. */
  public ByteBuf answerToPlainText() {
    final Response answer =
        Response.of(Problem.of(400, "tls-required", "this port speaks TLS 1.3: use https"));
    final ByteBuf text = Unpooled.buffer();
    ByteBufUtil.writeAscii(
        text,
        "HTTP/1.1 400 Bad Request\r\nContent-Type: "
            + answer.contentType()
            + "\r\nContent-Length: "
            + answer.body().length
            + "\r\nDate: "
            + date.text()
            + "\r\nConnection: close\r\n\r\n");
    return text.writeBytes(answer.body());
  }
}
