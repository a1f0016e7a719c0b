package gongbei.verifier.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Keeps what its meters read for as long as it has the meters. Micrometer holds it weakly: a gauge
 * of a lambda that nobody else has is not a number after the next collection, and a counter stands
 * still, and with them the alerts that look at them.
 */
final class HoldingRegistry extends PrometheusMeterRegistry {
  private final Map<Meter.Id, Object> held = new ConcurrentHashMap<>();

  HoldingRegistry() {
    super(PrometheusConfig.DEFAULT);
  }

  @Override
  protected <T> Gauge newGauge(Meter.Id id, T read, ToDoubleFunction<T> value) {
    hold(id, read);
    return super.newGauge(id, read, value);
  }

  @Override
  protected <T> FunctionCounter newFunctionCounter(Meter.Id id, T read, ToDoubleFunction<T> count) {
    hold(id, read);
    return super.newFunctionCounter(id, read, count);
  }

  @Override
  protected <T> FunctionTimer newFunctionTimer(
      Meter.Id id, T read, ToLongFunction<T> count, ToDoubleFunction<T> time, TimeUnit unit) {
    hold(id, read);
    return super.newFunctionTimer(id, read, count, time, unit);
  }

  @Override
  public Meter remove(Meter.Id id) {
    held.remove(id);
    return super.remove(id);
  }

  private void hold(Meter.Id id, Object read) {
    if (read != null) {
      held.put(id, read);
    }
  }
}
