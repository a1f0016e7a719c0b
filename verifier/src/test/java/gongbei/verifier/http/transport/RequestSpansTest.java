package gongbei.verifier.http.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Allocations;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Whatever SDK is registered gets the spans of requests that ask for one, and costs no other. */
final class RequestSpansTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";
  private static final String SAMPLED = "00-" + TRACE + "-" + PARENT + "-01";

  private final List<SpanData> exported = new ArrayList<>();
  private final RequestSpans spans =
      new RequestSpans(
          SdkTracerProvider.builder()
              .addSpanProcessor(SimpleSpanProcessor.create(new Exporter()))
              .build());

  private final class Exporter implements SpanExporter {
    @Override
    public CompletableResultCode export(Collection<SpanData> given) {
      exported.addAll(given);
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }

  private static HttpHeaders traceparent(String value) {
    return new DefaultHttpHeaders().add("traceparent", value);
  }

  @Test
  void anExporterGetsASpanWithItsParentItsNameAndTheStatus() {
    final CompletableFuture<Response> answer = new CompletableFuture<>();
    final long startedNanos = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(70);
    spans.follow(
        traceparent(SAMPLED).add("tracestate", "vendor=1"), "POST /v1/scans", startedNanos, answer);
    assertEquals(List.of(), exported);
    answer.completeExceptionally(Problem.of(503, "busy", "the ring buffer is full"));
    final SpanData span = exported.get(0);
    assertEquals(1, exported.size());
    assertEquals(TRACE, span.getTraceId());
    assertEquals(PARENT, span.getParentSpanId());
    assertEquals("1", span.getSpanContext().getTraceState().get("vendor"));
    assertEquals("POST /v1/scans", span.getName());
    assertEquals(SpanKind.SERVER, span.getKind());
    assertEquals(503, span.getAttributes().get(RequestSpans.STATUS));
    assertEquals(StatusCode.ERROR, span.getStatus().getStatusCode());
    final long nanos = span.getEndEpochNanos() - span.getStartEpochNanos();
    assertTrue(nanos >= TimeUnit.MILLISECONDS.toNanos(70), nanos + " ns");
  }

  @Test
  void aRequestWithoutATraceparentAllocatesNothing() {
    final HttpHeaders headers = new DefaultHttpHeaders().add("host", "localhost");
    final CompletableFuture<Response> answer = new CompletableFuture<>();
    Allocations.assertNone(
        "requests",
        200_000,
        () -> {
          for (int i = 0; i < 200_000; i++) {
            spans.follow(headers, "POST /v1/scans", 0, answer);
          }
        });
    assertEquals(0, answer.getNumberOfDependents());
  }
}
