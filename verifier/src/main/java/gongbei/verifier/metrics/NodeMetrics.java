package gongbei.verifier.metrics;

import gongbei.codec.model.Region;
import gongbei.codec.signature.KeyTables;
import gongbei.codec.translate.TranslationFault;
import gongbei.codec.trust.TrustStore;
import gongbei.replication.history.HistoryLog;
import gongbei.replication.log.CommandLog;
import gongbei.replication.log.LogStatus;
import gongbei.replication.map.DigestKey;
import gongbei.replication.map.StatusMap;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.mint.MintMetrics;
import gongbei.verifier.net.InputBudget;
import gongbei.verifier.outage.MintingWatch;
import gongbei.verifier.oversight.GroundNames;
import gongbei.verifier.oversight.Oversight;
import gongbei.verifier.ring.WorkerHealth;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.rules.Verdict;
import gongbei.verifier.scan.ScanMetrics;
import gongbei.verifier.scan.ScanPipeline;
import gongbei.verifier.tcp.DeviceCounts;
import gongbei.verifier.tls.Handshakes;
import gongbei.verifier.translate.ReceiptBook;
import gongbei.verifier.venue.VenueFeed;
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
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** Shows how a node is doing, to Prometheus and to people. For any thread. */
public final class NodeMetrics implements AutoCloseable {

  private final PrometheusMeterRegistry registry = new HoldingRegistry();
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
  private final long startedNanos = System.nanoTime();
  private final NodeConfig.Role role;
  private final Region region;
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
  private volatile Optional<OversightMeters> oversightMeters = Optional.empty();
  private final VisitMeters visits = new VisitMeters(registry);
  private final MultiGauge rulesetVersions =
      MultiGauge.builder("gongbei.ruleset.version")
          .description("The version of each ruleset in force")
          .register(registry);

  /** Shows what the sources say, each of which must be given. */
  public NodeMetrics(MetricSources sources) {
    this.role = Objects.requireNonNull(sources.role, "role");
    this.region = Objects.requireNonNull(sources.region, "region");
    this.signatureEngine = Objects.requireNonNull(sources.signatureEngine, "signatureEngine");
    this.scans = Objects.requireNonNull(sources.scans, "scans");
    this.pipeline = Objects.requireNonNull(sources.pipeline, "pipeline");
    this.statusMap = Objects.requireNonNull(sources.statusMap, "statusMap");
    this.log = Objects.requireNonNull(sources.log, "log");
    this.trust = Objects.requireNonNull(sources.trust, "trust");
    this.rulesets = Objects.requireNonNull(sources.rulesets, "rulesets");
    this.devices = Objects.requireNonNull(sources.devices, "devices");
    this.readiness = new Readiness(log, rulesets);
    ScanMeters.bind(scans, registry);
    LogMeters.bind(log, registry);
    AppealMeters.bind(log, registry);
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
    MintMeters.bind(minting, registry);
  }

  /** Counts a visit to a venue, by the venue's kind of checkpoint. */
  public void countVisit(String checkpoint, Verdict verdict) {
    visits.count(checkpoint, verdict);
  }

  /** Shows how many screens of venues watch. */
  public void watchVenues(VenueFeed feed) {
    visits.watch(feed);
  }

  /** Shows whether minting is degraded, and at how many of the watched places it fails. */
  public void watchDegradedMinting(MintingWatch watch) {
    MintMeters.bindDegraded(() -> log.documents().minting(), watch, registry);
  }

  /** Counts changes by authority and ground, and shows how many holders are of which colour. */
  public void watchOversight(Oversight oversight) {
    final GroundNames grounds = new GroundNames(log.documents()::grounds);
    oversightMeters = Optional.of(new OversightMeters(oversight, grounds, registry));
  }

  /**
   * Shows until when codes can be signed, and how many signing keys the node's own trust list does
   * not know.
   *
   * @param lastEndEpochSeconds when the last signing key ends, since 1970; 0 without any
   * @param untrusted how many of them are not in the trust list
   */
  public void watchSigningKeys(LongSupplier lastEndEpochSeconds, IntSupplier untrusted) {
    MintMeters.bindKeys(lastEndEpochSeconds, untrusted, registry);
  }

  /**
   * Shows how much room a disk has.
   *
   * @param place what of the node is on it: {@code data}, or {@code audit} where that is elsewhere
   * @param directory a directory on it
   * @param lowBytes below how many free bytes what is there takes no more
   */
  public void watchDisk(String place, Path directory, long lowBytes) {
    DiskMeters.bind(place, directory, lowBytes, registry);
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

  /** Shows how far the history of changes goes, and whether its heads are signed. */
  public void watchHistory(HistoryLog history) {
    HistoryMeters.bind(history, registry);
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
    TranslationMeters.bind(translated, refused, registry);
  }

  /** Shows how many receipts were written, how many not, and how much of their room they take. */
  public void watchReceipts(ReceiptBook receipts) {
    TranslationMeters.bindReceipts(receipts, registry);
  }

  /** What came of a lookup by document. */
  public enum LookupOutcome {
    KNOWN,
    UNKNOWN,
    OVER_QUOTA
  }

  /** Counts a lookup by document. */
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
    Gauge.builder("gongbei.ready", readiness, r -> r.scanFault().isEmpty() ? 1 : 0)
        .description("What the node can do at the moment")
        .tag("for", "scans")
        .register(to);
    Gauge.builder("gongbei.ready", readiness, r -> r.changeFault().isEmpty() ? 1 : 0)
        .description("What the node can do at the moment")
        .tag("for", "changes")
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

  /** Counts what scanner devices send, the first thousand by themselves. */
  public void watchDevices(DeviceCounts counts) {
    DeviceMeters.bind(counts, registry);
  }

  /** Shows how many HTTP connections there are. */
  public void watchHttp(IntSupplier connections) {
    ServerMeters.bindConnections(connections, registry);
  }

  /**
   * Shows what a server holds of input that is not whole yet.
   *
   * @param server {@code http} or {@code tcp}
   */
  public void watchInput(String server, InputBudget input) {
    ServerMeters.bindInput(server, input, registry);
  }

  /**
   * Counts the TLS handshakes of a server.
   *
   * @param server {@code http} or {@code tcp}
   */
  public void watchHandshakes(String server, Handshakes handshakes) {
    ServerMeters.bindHandshakes(server, handshakes, registry);
  }

  /**
   * Shows when a server's certificate ends.
   *
   * @param server {@code http} or {@code tcp}
   * @param notAfterEpochSeconds the certificate in force's last second, since 1970
   */
  public void watchCertificate(String server, LongSupplier notAfterEpochSeconds) {
    ServerMeters.bindCertificate(server, notAfterEpochSeconds, registry);
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
   * Shows how many files of a list do not count because of a fault.
   *
   * @param list its name, as in {@code trust}
   */
  public void watchFiles(String list, IntSupplier faulty) {
    Gauge.builder("gongbei.files.at.fault", faulty, IntSupplier::getAsInt)
        .description("Files that the node can't take, by the list that they are of")
        .tag("list", list)
        .register(registry);
  }

  /** Shows how old the published trust lists are, and what of them can't be used. */
  public void watchTrustLists(TrustStore trust) {
    TrustMeters.bind(trust, registry);
  }

  /** Shows how many foreign codes are revoked, and how old the lists of them are. */
  public void watchRevocations(RulesetStore rulesets) {
    RevocationMeters.bind(rulesets, registry);
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
    oversightMeters.ifPresent(OversightMeters::look);
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
      NodeConfig.Role role,
      Region region,
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
