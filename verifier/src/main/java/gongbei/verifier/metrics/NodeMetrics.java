package gongbei.verifier.metrics;

import gongbei.codec.signature.KeyTables;
import gongbei.codec.translate.TranslationFault;
import gongbei.codec.trust.TrustStore;
import gongbei.replication.log.CommandLog;
import gongbei.replication.log.LogStatus;
import gongbei.replication.map.DigestKey;
import gongbei.replication.map.StatusMap;
import gongbei.replication.wire.Refusal;
import gongbei.verifier.mint.MintMetrics;
import gongbei.verifier.net.InputBudget;
import gongbei.verifier.ring.WorkerHealth;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.rules.Verdict;
import gongbei.verifier.scan.ScanMetrics;
import gongbei.verifier.scan.ScanPipeline;
import gongbei.verifier.tcp.DeviceCounts;
import gongbei.verifier.tls.Handshakes;
import gongbei.verifier.translate.ReceiptBook;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** Shows how a node is doing, to Prometheus and to people. For any thread. */
public final class NodeMetrics implements AutoCloseable {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int SHORT_HISTORY_DIGITS = 12;
  private static final int LOWEST_BOUND_POWER = 13;
  private static final int HIGHEST_BOUND_POWER = 30;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
  private final long startedNanos = System.nanoTime();
  private final String role;
  private final String region;
  private final String signatureEngine;
  private final ScanMetrics scans;
  private final ScanPipeline pipeline;
  private final StatusMap statusMap;
  private final CommandLog log;
  private final TrustStore trust;
  private final RulesetStore rulesets;
  private final IntSupplier devices;
  private final Readiness readiness;
  private final Map<LookupOutcome, Counter> lookups = new EnumMap<>(LookupOutcome.class);
  private volatile Optional<DigestKey> digestKey = Optional.empty();
  private final AtomicReferenceArray<Counter> httpAnswers = new AtomicReferenceArray<>(1_000);
  private final MultiGauge rulesetVersions =
      MultiGauge.builder("gongbei.ruleset.version")
          .description("The version of each ruleset in force")
          .register(registry);

  /**
   * @param signatureEngine the name of what verifies signatures
   * @param devices how many scanner devices are connected
   */
  public NodeMetrics(
      String role,
      String region,
      String signatureEngine,
      ScanMetrics scans,
      ScanPipeline pipeline,
      StatusMap statusMap,
      CommandLog log,
      TrustStore trust,
      RulesetStore rulesets,
      IntSupplier devices) {
    this.role = role;
    this.region = region;
    this.signatureEngine = signatureEngine;
    this.scans = scans;
    this.pipeline = pipeline;
    this.statusMap = statusMap;
    this.log = log;
    this.trust = trust;
    this.rulesets = rulesets;
    this.devices = devices;
    this.readiness = new Readiness(log, rulesets);
    bindScans(registry);
    bindNode(registry);
    bindLookups(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    garbageCollection.bindTo(registry);
  }

  /** The version of the jar, or {@code development} where there is none. */
  private static String version() {
    final String version = NodeMetrics.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** Shows how many codes are minted, how many together, and what a signature costs. */
  public void watchMinting(MintMetrics minting) {
    FunctionCounter.builder("gongbei.codes.minted", minting, MintMetrics::minted)
        .description("Codes signed")
        .register(registry);
    FunctionCounter.builder("gongbei.codes.minting", minting, m -> m.nanos() / NANOS_PER_SECOND)
        .description("Time spent on encoding and signing codes")
        .baseUnit("seconds")
        .register(registry);
    FunctionCounter.builder("gongbei.codes.batches", minting, MintMetrics::batches)
        .description("Batches in which codes were signed together, those of one among them")
        .register(registry);
    FunctionCounter.builder("gongbei.codes.shed", minting, MintMetrics::shed)
        .description("Codes not minted because the ring buffer was full")
        .register(registry);
    FunctionCounter.builder("gongbei.codes.failed", minting, MintMetrics::failed)
        .description("Codes not signed because no key is valid or signing has failed")
        .register(registry);
    Gauge.builder(
            "gongbei.code.cost",
            minting,
            m -> m.nanos() / NANOS_PER_SECOND / Math.max(1, m.minted()))
        .description("Time that encoding and signing a code has taken since the start, the mean")
        .baseUnit("seconds")
        .register(registry);
  }

  /**
   * Shows until when codes can be signed, and how many signing keys the node's own trust list does
   * not know.
   *
   * @param lastEndEpochSeconds when the last signing key ends, since 1970; 0 without any
   * @param untrusted how many of them are not in the trust list
   */
  public void watchSigningKeys(LongSupplier lastEndEpochSeconds, IntSupplier untrusted) {
    Gauge.builder("gongbei.signing.key.end", lastEndEpochSeconds, LongSupplier::getAsLong)
        .description("When the signing key that is valid longest ends, since 1970; 0 without one")
        .baseUnit("seconds")
        .strongReference(true)
        .register(registry);
    Gauge.builder("gongbei.signing.keys.untrusted", untrusted, IntSupplier::getAsInt)
        .description("Signing keys that this node's own trust list does not know")
        .strongReference(true)
        .register(registry);
  }

  /**
   * Shows how much room a disk has.
   *
   * @param place what of the node is on it: {@code data}, or {@code audit} where that is elsewhere
   * @param directory a directory on it
   * @param lowBytes below how many free bytes what is there takes no more
   */
  public void watchDisk(String place, Path directory, long lowBytes) {
    Gauge.builder("gongbei.disk.free", directory, at -> room(at, FileStore::getUsableSpace))
        .description("Free room of a disk that the node writes to")
        .tag("place", place)
        .baseUnit("bytes")
        .strongReference(true)
        .register(registry);
    Gauge.builder("gongbei.disk.size", directory, at -> room(at, FileStore::getTotalSpace))
        .description("Size of a disk that the node writes to")
        .tag("place", place)
        .baseUnit("bytes")
        .strongReference(true)
        .register(registry);
    Gauge.builder("gongbei.disk.low", () -> lowBytes)
        .description("Free room below which the node writes no more to the disk")
        .tag("place", place)
        .baseUnit("bytes")
        .strongReference(true)
        .register(registry);
  }

  /** Reads a figure of a disk. */
  private interface DiskFigure {
    long of(FileStore store) throws IOException;
  }

  private static double room(Path at, DiskFigure figure) {
    try {
      return figure.of(Files.getFileStore(at));
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  /**
   * Shows the map's digest from now on, under a key: without one it is not shown, for who sees it
   * could test guesses of what the map holds.
   */
  public void showDigest(DigestKey key) {
    digestKey = Optional.of(key);
    Gauge.builder("gongbei.map.digest.high", key, k -> k.of(statusMap.mark()) >>> 32)
        .description("The upper 32 bits of the status map's keyed digest")
        .register(registry);
    Gauge.builder("gongbei.map.digest.low", key, k -> k.of(statusMap.mark()) & 0xFFFF_FFFFL)
        .description("The lower 32 bits of the status map's keyed digest")
        .register(registry);
    Gauge.builder("gongbei.map.digest.key", key, k -> k.id() & 0xFFFF_FFFFL)
        .description("Tells keys of digests apart: only digests of one key can be compared")
        .register(registry);
  }

  /**
   * Shows from now on whether the workers of a ring buffer answer.
   *
   * @param ring {@code scan} or {@code mint}
   */
  public void watchWorkers(String ring, WorkerHealth health) {
    Gauge.builder("gongbei.workers.stalled", health, NodeMetrics::stalled)
        .description("Workers of a ring buffer that do not answer")
        .tag("ring", ring)
        .register(registry);
    FunctionCounter.builder("gongbei.workers.failures", health, WorkerHealth::failures)
        .description("Batches that have failed, wholly or in part")
        .tag("ring", ring)
        .register(registry);
  }

  private static int stalled(WorkerHealth health) {
    health.look(System.nanoTime());
    return health.workers() - health.answering();
  }

  /** Counts translations from now on: how many were made, and how many not, by their fault. */
  public void watchTranslations(LongSupplier translated, ToLongFunction<TranslationFault> refused) {
    FunctionCounter.builder("gongbei.translations", translated, LongSupplier::getAsLong)
        .description("Codes of the other region by what came of them")
        .tag("outcome", "translated")
        .register(registry);
    for (final TranslationFault fault : TranslationFault.values()) {
      FunctionCounter.builder("gongbei.translations", refused, r -> r.applyAsLong(fault))
          .description("Codes of the other region by what came of them")
          .tag("outcome", fault.wireName())
          .register(registry);
    }
  }

  /** What came of a look-up by document. */
  public enum LookupOutcome {
    KNOWN,
    UNKNOWN,
    OVER_QUOTA
  }

  /** Counts a look-up by document. */
  public void countLookup(LookupOutcome outcome) {
    lookups.get(outcome).increment();
  }

  private void bindLookups(MeterRegistry to) {
    for (final LookupOutcome outcome : LookupOutcome.values()) {
      lookups.put(
          outcome,
          Counter.builder("gongbei.lookups")
              .description("Look-ups by document by what came of them; the audit log has the keys")
              .tag("outcome", outcome.name().toLowerCase(Locale.ROOT).replace('_', '-'))
              .register(to));
    }
  }

  /** Shows how many receipts were written, how many not, and how much of their room they take. */
  public void watchReceipts(ReceiptBook receipts) {
    countReceipts("written", receipts, ReceiptBook::written);
    countReceipts("repeated", receipts, ReceiptBook::repeated);
    countReceipts("left-out", receipts, ReceiptBook::leftOut);
    Gauge.builder("gongbei.audit.writable", receipts, r -> r.isWritable() ? 1 : 0)
        .description("Whether receipts can be written; without them nothing is translated")
        .register(registry);
    Gauge.builder("gongbei.audit.size", receipts, ReceiptBook::bytes)
        .description("The audit log's files that are there")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("gongbei.audit.limit", receipts, ReceiptBook::maxBytes)
        .description("The most that the audit log's files may take")
        .baseUnit("bytes")
        .register(registry);
  }

  private void countReceipts(
      String outcome, ReceiptBook receipts, ToDoubleFunction<ReceiptBook> count) {
    FunctionCounter.builder("gongbei.audit.receipts", receipts, count)
        .description("Receipts of translations by whether they were written")
        .tag("outcome", outcome)
        .register(registry);
  }

  private void bindScans(MeterRegistry to) {
    for (final Verdict verdict : Verdict.values()) {
      for (final Reason reason : Reason.values()) {
        if (reason.verdict() == verdict || reason == Reason.UNKNOWN_SUBJECT) {
          FunctionCounter.builder("gongbei.scans", scans, s -> s.count(verdict, reason))
              .description("Scans by verdict and reason")
              .tag("verdict", verdict.wireName())
              .tag("reason", reason.wireName())
              .register(to);
        }
      }
    }
    for (final Verdict verdict : Verdict.values()) {
      FunctionCounter.builder("gongbei.scans.offline", scans, s -> s.offline(verdict))
          .description("Scans at checkpoints without a network, as far as they have told")
          .tag("verdict", verdict.wireName())
          .register(to);
    }
    FunctionCounter.builder("gongbei.scans.shed", scans, ScanMetrics::shed)
        .description("Scans refused because the ring buffer was full")
        .register(to);
    for (final double share : new double[] {0.5, 0.9, 0.99, 0.999}) {
      Gauge.builder("gongbei.scan.latency", scans, s -> s.latencyNanos(share) / NANOS_PER_SECOND)
          .description("Time from acceptance to verdict that a share of scans stayed within")
          .baseUnit("seconds")
          .tag("quantile", Double.toString(share))
          .register(to);
    }
    registry.getPrometheusRegistry().register(this::scanDurations);
  }

  /** The latencies as a histogram, its bounds powers of two from 8 microseconds to 1 second. */
  private HistogramSnapshot scanDurations() {
    final long[] powers = scans.latenciesByPower();
    final ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    long count = 0;
    for (int power = 0; power < powers.length; power++) {
      count += powers[power];
      if (power == powers.length - 1) {
        buckets.bucket(Double.POSITIVE_INFINITY, count);
      } else if (power >= LOWEST_BOUND_POWER - 1 && power < HIGHEST_BOUND_POWER) {
        buckets.bucket((1L << (power + 1)) / NANOS_PER_SECOND, count);
        count = 0;
      }
    }
    return HistogramSnapshot.builder()
        .name("gongbei_scan_duration_seconds")
        .help("Time from acceptance to verdict")
        .dataPoint(
            HistogramSnapshot.HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(buckets.build())
                .sum(scans.latencySumNanos() / NANOS_PER_SECOND)
                .build())
        .build();
  }

  private void bindNode(MeterRegistry to) {
    Gauge.builder("gongbei.ring.remaining", pipeline, ScanPipeline::remaining)
        .description("Free places in the ring buffer")
        .register(to);
    Gauge.builder("gongbei.ring.capacity", pipeline, ScanPipeline::capacity)
        .description("Places in the ring buffer")
        .register(to);
    Gauge.builder("gongbei.map.subjects", statusMap, StatusMap::size)
        .description("Holders in the status map")
        .register(to);
    Gauge.builder("gongbei.map.capacity", statusMap, StatusMap::capacity)
        .description("The most holders that the status map takes")
        .register(to);
    Gauge.builder("gongbei.map.version", statusMap, StatusMap::version)
        .description("The last command applied")
        .register(to);
    Gauge.builder("gongbei.data.age", log, l -> l.dataAgeMillis() / 1e3)
        .description("How old the status map's data may be")
        .baseUnit("seconds")
        .register(to);
    for (final String logRole : LogStatus.ROLES) {
      Gauge.builder("gongbei.log.role", log, l -> l.status().role().equals(logRole) ? 1 : 0)
          .description("What the node is to its log at the moment")
          .tag("role", logRole)
          .register(to);
    }
    log.wireCounts()
        .ifPresent(
            counts -> {
              for (final Refusal reason : Refusal.values()) {
                FunctionCounter.builder(
                        "gongbei.log.datagrams.refused", counts, c -> c.refused(reason))
                    .description("Datagrams between nodes that were dropped before they were read")
                    .tag("reason", reason.label())
                    .register(to);
              }
            });
    Gauge.builder("gongbei.log.term", log, l -> l.status().term())
        .description("The leadership term")
        .register(to);
    Gauge.builder("gongbei.log.commit.position", log, l -> l.status().commitPosition())
        .description("How far the log is committed")
        .baseUnit("bytes")
        .register(to);
    Gauge.builder("gongbei.log.applied.position", log, l -> l.status().appliedPosition())
        .description("How far this node has applied the log")
        .baseUnit("bytes")
        .register(to);
    Gauge.builder("gongbei.log.lag.versions", log, l -> l.status().lagVersions())
        .description("How many versions a replica knows itself to be behind")
        .register(to);
    Gauge.builder("gongbei.log.lag", log, l -> l.status().lagMillis() / 1e3)
        .description("From the leader's log to this map, at the last command")
        .baseUnit("seconds")
        .register(to);
    if (log.newestSnapshotMillis().isPresent()) {
      Gauge.builder("gongbei.log.snapshot.time", log, l -> l.newestSnapshotMillis().orElse(0) / 1e3)
          .description("When the state of the newest snapshot was, since 1970; 0 without one")
          .baseUnit("seconds")
          .register(to);
    }
    Gauge.builder("gongbei.ready", readiness, r -> r.scanFault().isEmpty() ? 1 : 0)
        .description("What the node can do at the moment")
        .tag("for", "scans")
        .register(to);
    Gauge.builder("gongbei.ready", readiness, r -> r.changeFault().isEmpty() ? 1 : 0)
        .description("What the node can do at the moment")
        .tag("for", "changes")
        .register(to);
    Gauge.builder("gongbei.log.history", log, l -> shortHistory(l.status().history()))
        .description(
            "The first 48 bits of the identity of the history that the node holds; 0: none")
        .register(to);
    Gauge.builder("gongbei.log.renewing", log, l -> l.status().isRenewing() ? 1 : 0)
        .description(
            "Whether the node answers nothing and takes others' state, its own being wrong")
        .register(to);
    Gauge.builder("gongbei.log.writing", log, l -> l.status().isWriting() ? 1 : 0)
        .description("Whether the log takes commands at the moment")
        .register(to);
    Gauge.builder("gongbei.issuers", trust, store -> store.current().size())
        .description("Keys in the trust list")
        .register(to);
    Gauge.builder("gongbei.rulesets", rulesets, store -> store.current().all().size())
        .description("Rulesets in force")
        .register(to);
    Gauge.builder("gongbei.build", () -> 1)
        .description("1 for the version of the software that runs")
        .tag("version", version())
        .register(to);
    Gauge.builder("gongbei.signature.engine", () -> 1)
        .description("1 for the engine that verifies signatures")
        .tag("engine", signatureEngine)
        .register(to);
    Gauge.builder("gongbei.devices", devices, IntSupplier::getAsInt)
        .description("Scanner devices connected")
        .register(to);
  }

  /** As many bits as a number of Prometheus has without loss. */
  private static double shortHistory(String hex) {
    return hex.isEmpty() ? 0 : HexFormat.fromHexDigitsToLong(hex, 0, SHORT_HISTORY_DIGITS);
  }

  /** Counts what scanner devices send, the first thousand by themselves. */
  public void watchDevices(DeviceCounts counts) {
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

  /** Shows how many HTTP connections there are. */
  public void watchHttp(IntSupplier connections) {
    Gauge.builder("gongbei.http.connections", connections, IntSupplier::getAsInt)
        .description("HTTP connections open")
        .strongReference(true)
        .register(registry);
  }

  /**
   * Shows what a server holds of input that is not whole yet.
   *
   * @param server {@code http} or {@code tcp}
   */
  public void watchInput(String server, InputBudget input) {
    Gauge.builder("gongbei.input.partial", input, InputBudget::bytes)
        .description("Bytes held of frames, header fields and TLS records that are not whole")
        .tag("server", server)
        .baseUnit("bytes")
        .strongReference(true)
        .register(registry);
    FunctionCounter.builder("gongbei.input.refused", input, InputBudget::refusals)
        .description("Connections ended for want of room for more of what is not whole")
        .tag("server", server)
        .register(registry);
  }

  /**
   * Counts the TLS handshakes of a server.
   *
   * @param server {@code http} or {@code tcp}
   */
  public void watchHandshakes(String server, Handshakes handshakes) {
    Gauge.builder("gongbei.tls.handshakes.running", handshakes, Handshakes::inProgress)
        .description("TLS handshakes under way")
        .tag("server", server)
        .register(registry);
    countHandshakes(server, "begun", handshakes, Handshakes::begun);
    countHandshakes(server, "over-rate", handshakes, Handshakes::overRate);
    countHandshakes(server, "no-room", handshakes, Handshakes::withoutRoom);
  }

  private void countHandshakes(
      String server, String outcome, Handshakes handshakes, ToDoubleFunction<Handshakes> count) {
    FunctionCounter.builder("gongbei.tls.handshakes", handshakes, count)
        .description("TLS handshakes by whether they were let begin")
        .tag("server", server)
        .tag("outcome", outcome)
        .register(registry);
  }

  /** Shows how many keys have a table of multiples, and the memory of these. */
  public void watchTables(KeyTables tables) {
    Gauge.builder("gongbei.signature.tables", tables, KeyTables::size)
        .description("Keys that have a table of multiples")
        .register(registry);
    Gauge.builder("gongbei.signature.tables.memory", tables, KeyTables::memoryBytes)
        .description("Memory of all keys' tables of multiples")
        .baseUnit("bytes")
        .register(registry);
  }

  /**
   * Shows when a server's certificate ends.
   *
   * @param server {@code http} or {@code tcp}
   * @param notAfterEpochSeconds the certificate in force's last second, since 1970
   */
  public void watchCertificate(String server, LongSupplier notAfterEpochSeconds) {
    Gauge.builder("gongbei.tls.certificate.end", notAfterEpochSeconds, LongSupplier::getAsLong)
        .description("When the certificate that a server shows ends, since 1970")
        .tag("server", server)
        .baseUnit("seconds")
        .register(registry);
  }

  /**
   * Shows how many files of a list do not count because of a fault.
   *
   * @param list its name, as in {@code trust}
   */
  public void watchFiles(String list, IntSupplier faulty) {
    Gauge.builder("gongbei.files.at.fault", faulty, IntSupplier::getAsInt)
        .description("Files that the node can't take, by the list that they are of")
        .tag("list", list)
        .strongReference(true)
        .register(registry);
  }

  /** Counts one HTTP answer by its status. */
  public void countHttpAnswer(int status) {
    Counter counter = httpAnswers.get(status);
    if (counter == null) {
      counter =
          Counter.builder("gongbei.http.answers")
              .description("HTTP requests answered")
              .tag("status", Integer.toString(status))
              .register(registry);
      httpAnswers.set(status, counter);
    }
    counter.increment();
  }

  /** The metrics in Prometheus's text format. */
  public String scrape() {
    rulesetVersions.register(
        rulesets.current().all().stream()
            .map(each -> MultiGauge.Row.of(Tags.of("ruleset", each.name()), each.version()))
            .collect(Collectors.toList()),
        true);
    return registry.scrape();
  }

  /** What the node can do. */
  public Readiness readiness() {
    return readiness;
  }

  /** The figures of this moment. */
  public Snapshot snapshot() {
    final StatusMap.Mark mark = statusMap.mark();
    return new Snapshot(
        role,
        region,
        mark.version(),
        mark.size(),
        digestKey.map(key -> new Digest(key.idHex(), key.of(mark))),
        log.dataAgeMillis(),
        trust.current().size(),
        signatureEngine,
        scans.total(),
        scans.shed(),
        scans.latencyNanos(0.5),
        scans.latencyNanos(0.99),
        pipeline.capacity(),
        pipeline.remaining(),
        devices.getAsInt(),
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedNanos),
        log.status());
  }

  @Override
  public void close() {
    garbageCollection.close();
    registry.close();
  }

  /**
   * The map's digest as it is shown.
   *
   * @param keyId only digests of one key can be compared
   */
  public record Digest(String keyId, long value) {
    /** {@link #value} as 16 hexadecimal digits. */
    public String hex() {
      return HexFormat.of().toHexDigits(value);
    }
  }

  /** A node's figures at one moment; the digest where a key is known to show it by. */
  public record Snapshot(
      String role,
      String region,
      long mapVersion,
      long subjects,
      Optional<Digest> digest,
      long dataAgeMillis,
      int issuers,
      String signatureEngine,
      long scans,
      long shed,
      long latencyP50Nanos,
      long latencyP99Nanos,
      int ringCapacity,
      int ringRemaining,
      int devices,
      long uptimeSeconds,
      LogStatus log) {}
}
