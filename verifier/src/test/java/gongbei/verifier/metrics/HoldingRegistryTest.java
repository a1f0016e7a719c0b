package gongbei.verifier.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Patience;
import gongbei.verifier.TestNode;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

final class HoldingRegistryTest {
  private final HoldingRegistry registry = new HoldingRegistry();

  /** Returns once what nobody holds has been collected. */
  private static void collect() throws Exception {
    final WeakReference<Object> gone = new WeakReference<>(new byte[1]);
    awaitGone(gone);
  }

  private static void awaitGone(WeakReference<?> reference) throws Exception {
    Patience.await(
        "a collection",
        () -> {
          System.gc();
          return reference.get() == null;
        });
  }

  private void bind(AtomicInteger value) {
    final IntSupplier read = value::get;
    FunctionCounter.builder("counted", read, IntSupplier::getAsInt).register(registry);
    Gauge.builder("gauged", read, IntSupplier::getAsInt).register(registry);
  }

  private WeakReference<AtomicInteger> bindForgotten() {
    final AtomicInteger value = new AtomicInteger(1);
    bind(value);
    return new WeakReference<>(value);
  }

  @Test
  void whatAMeterReadsIsThereAfterACollection() throws Exception {
    final AtomicInteger value = new AtomicInteger(1);
    bind(value);
    collect();
    value.set(7);
    final String shown = registry.scrape();
    assertTrue(shown.contains("\ngauged 7.0\n"), shown);
    assertTrue(shown.contains("\ncounted_total 7.0\n"), shown);
  }

  @Test
  void whatAMeterHasReadIsLetGoWithTheMeter() throws Exception {
    final WeakReference<AtomicInteger> read = bindForgotten();
    registry.getMeters().forEach(registry::remove);
    awaitGone(read);
    assertEquals(List.of(), registry.getMeters());
  }

  @Test
  void noMetricOfANodeIsLostByACollection() throws Exception {
    try (TestNode node = new TestNode()) {
      final List<String> lost = notNumbers(node);
      collect();
      assertEquals(lost, notNumbers(node));
    }
  }

  /** The metrics that are not a number. */
  private static List<String> notNumbers(TestNode node) throws Exception {
    final List<String> lines =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(node.http("/metrics"))).build(),
                HttpResponse.BodyHandlers.ofString())
            .body()
            .lines()
            .toList();
    assertTrue(lines.size() > 200, lines::toString);
    return lines.stream().filter(line -> line.endsWith(" NaN")).toList();
  }
}
