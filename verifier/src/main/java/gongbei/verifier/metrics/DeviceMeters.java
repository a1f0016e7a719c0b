package gongbei.verifier.metrics;

import gongbei.verifier.tcp.DeviceCounts;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;

/** Meters of scanner devices. */
final class DeviceMeters {
  private DeviceMeters() {}

  /** Counts what scanner devices send, the first thousand by themselves. */
  static void bind(DeviceCounts counts, PrometheusMeterRegistry registry) {
    registry
        .getPrometheusRegistry()
        .register(
            () ->
                perDevice(
                    "gongbei_device_scans", "Scans taken in, by device", counts::forEachScans));
    registry
        .getPrometheusRegistry()
        .register(
            () -> perDevice("gongbei_device_shed", "Scans shed, by device", counts::forEachShed));
    FunctionCounter.builder("gongbei.devices.refused", counts, DeviceCounts::badCredentials)
        .description("Connections of devices refused or ended")
        .tag("reason", "bad-credential")
        .register(registry);
    FunctionCounter.builder("gongbei.devices.refused", counts, DeviceCounts::revocations)
        .description("Connections of devices refused or ended")
        .tag("reason", "revoked")
        .register(registry);
  }

  private static CounterSnapshot perDevice(
      String name, String help, Consumer<ObjLongConsumer<String>> counts) {
    final CounterSnapshot.Builder snapshot = CounterSnapshot.builder().name(name).help(help);
    counts.accept(
        (device, count) ->
            snapshot.dataPoint(
                CounterSnapshot.CounterDataPointSnapshot.builder()
                    .labels(Labels.of("device", device))
                    .value((double) count)
                    .build()));
    return snapshot.build();
  }
}
