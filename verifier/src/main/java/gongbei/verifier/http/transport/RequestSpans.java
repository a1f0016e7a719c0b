package gongbei.verifier.http.transport;

import gongbei.verifier.config.Limits;
import io.netty.handler.codec.http.HttpHeaders;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs a span for a request whose {@code traceparent} (W3C Trace Context) has the sampled flag: the
 * operation by its template, the status and the time it took, nothing of what was asked. No more
 * than {@link Limits#MAX_SPANS_A_SECOND} a second. For any thread.
 */
public final class RequestSpans {
  private static final Logger LOGGER = LoggerFactory.getLogger("gongbei.trace");
  private static final Pattern SAMPLED =
      Pattern.compile(
          "(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f][13579bdf]"
              + "(-.*)?");
  private static final int SPAN_ID_BYTES = 8;
  private static final long NANOS_PER_MICRO = 1_000;

  private final SecureRandom random = new SecureRandom();
  private final AtomicLong second = new AtomicLong();
  private final AtomicLong spansThisSecond = new AtomicLong();

  /**
   * Sees to it that the span of a request is logged once it is answered, where one is asked for.
   *
   * @param operation the request's method and path, without what stands in for a parameter
   * @param startedNanos when it was begun, by {@link System#nanoTime}
   * @param answer the answer to come
   */
  public void follow(
      HttpHeaders headers,
      String operation,
      long startedNanos,
      CompletableFuture<Response> answer) {
    final String traceparent = headers.get(RequestHead.TRACEPARENT);
    if (traceparent == null || traceparent.length() > Limits.MAX_TRACEPARENT_CHARACTERS) {
      return;
    }
    final Matcher sampled = SAMPLED.matcher(traceparent);
    if (!sampled.matches() || !hasRoom()) {
      return;
    }
    final Instant started = Instant.now().minusNanos(System.nanoTime() - startedNanos);
    final byte[] spanId = new byte[SPAN_ID_BYTES];
    random.nextBytes(spanId);
    final var unused =
        answer.whenComplete(
            (given, failure) ->
                LOGGER
                    .atInfo()
                    .addKeyValue("traceId", sampled.group(1))
                    .addKeyValue("parentSpanId", sampled.group(2))
                    .addKeyValue("spanId", HexFormat.of().formatHex(spanId))
                    .addKeyValue("operation", operation)
                    .addKeyValue("started", started)
                    .addKeyValue(
                        "durationMicros", (System.nanoTime() - startedNanos) / NANOS_PER_MICRO)
                    .addKeyValue("status", status(given, failure))
                    .log("span"));
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
}
