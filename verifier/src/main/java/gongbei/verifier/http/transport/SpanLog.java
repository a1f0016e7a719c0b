package gongbei.verifier.http.transport;

import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Instant;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exports spans to the log, a line each of the logger {@code gongbei.trace}, so that a node's spans
 * can be read without a collector. For any thread.
 */
final class SpanLog implements SpanExporter {
  private static final Logger LOGGER = LoggerFactory.getLogger("gongbei.trace");

  private SpanLog() {}

  /** Returns a provider whose spans are logged when they end, on the thread that ends them. */
  static TracerProvider provider() {
    return SdkTracerProvider.builder()
        .addSpanProcessor(SimpleSpanProcessor.create(new SpanLog()))
        .build();
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    spans.forEach(SpanLog::log);
    return CompletableResultCode.ofSuccess();
  }

  private static void log(SpanData span) {
    LOGGER
        .atInfo()
        .addKeyValue("traceId", span.getTraceId())
        .addKeyValue("parentSpanId", span.getParentSpanId())
        .addKeyValue("spanId", span.getSpanId())
        .addKeyValue("operation", span.getName())
        .addKeyValue("started", Instant.EPOCH.plusNanos(span.getStartEpochNanos()))
        .addKeyValue(
            "durationMicros",
            TimeUnit.NANOSECONDS.toMicros(span.getEndEpochNanos() - span.getStartEpochNanos()))
        .addKeyValue("status", span.getAttributes().get(RequestSpans.STATUS))
        .log("span");
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
