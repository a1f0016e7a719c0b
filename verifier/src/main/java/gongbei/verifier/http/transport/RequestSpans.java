package gongbei.verifier.http.transport;

import gongbei.verifier.config.Limits;
import io.netty.handler.codec.http.HttpHeaders;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Creates a span (OpenTelemetry) for a request whose {@code traceparent} (W3C Trace Context) has
 * the sampled flag: the operation by its template, the status and the duration, nothing of the
 * request's content. No more than {@link Limits#MAX_SPANS_A_SECOND} a second. A request without a
 * {@code traceparent} allocates nothing here. For any thread.
 */
public final class RequestSpans {
  /** The response's status, by OpenTelemetry's semantic conventions for HTTP. */
  static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");

  private static final int FIRST_SERVER_ERROR = 500;

  private final Tracer tracer;
  private final AtomicLong second = new AtomicLong();
  private final AtomicLong spansThisSecond = new AtomicLong();

  RequestSpans(TracerProvider provider) {
    this.tracer = provider.get("gongbei");
  }

  /**
   * Returns spans for the OpenTelemetry SDK that is registered in this process, as OpenTelemetry's
   * Java agent registers one, with the exporter that it is configured with; where there is none,
   * spans that {@link SpanLog} writes to the log.
   */
  public static RequestSpans ofProcess() {
    return new RequestSpans(
        GlobalOpenTelemetry.isSet() ? GlobalOpenTelemetry.getTracerProvider() : SpanLog.provider());
  }

  /**
   * Starts the span of a request, where its client wants one, and ends it with the answer.
   *
   * @param operation the request's method and path, without the values of parameters
   * @param startedNanos when it was begun, by {@link System#nanoTime}
   * @param answer the answer to come
   */
  public void follow(
      HttpHeaders headers,
      String operation,
      long startedNanos,
      CompletableFuture<Response> answer) {
    if (!headers.contains(RequestHead.TRACEPARENT)) {
      return;
    }
    final Context parent =
        W3CTraceContextPropagator.getInstance().extract(Context.root(), headers, Fields.GETTER);
    if (!Span.fromContext(parent).getSpanContext().isSampled() || !hasRoom()) {
      return;
    }
    final Span span =
        tracer
            .spanBuilder(operation)
            .setParent(parent)
            .setSpanKind(SpanKind.SERVER)
            .setStartTimestamp(Instant.now().minusNanos(System.nanoTime() - startedNanos))
            .startSpan();
    final var unused = answer.whenComplete((given, failure) -> end(span, status(given, failure)));
  }

  private static void end(Span span, int status) {
    span.setAttribute(STATUS, status);
    if (status >= FIRST_SERVER_ERROR) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }

  private boolean hasRoom() {
    final long now = System.nanoTime() / 1_000_000_000L;
    if (second.getAndSet(now) != now) {
      spansThisSecond.set(0);
    }
    return spansThisSecond.incrementAndGet() <= Limits.MAX_SPANS_A_SECOND;
  }

  private static int status(Response given, Throwable failure) {
    if (failure == null) {
      return given.status();
    }
    final Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof Problem problem ? problem.status() : 500;
  }

  /** Reads the fields of a request's header for the propagator. */
  private enum Fields implements TextMapGetter<HttpHeaders> {
    GETTER;

    @Override
    public String get(HttpHeaders headers, String name) {
      return headers.get(name);
    }
  }
}
