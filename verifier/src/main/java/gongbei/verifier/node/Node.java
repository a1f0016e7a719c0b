package gongbei.verifier.node;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.trust.SigningKeys;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.machine.Documents;
import gongbei.replication.map.Subject;
import gongbei.verifier.access.ApiKeys;
import gongbei.verifier.client.Audience;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.Limits;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.http.HttpServer;
import gongbei.verifier.metrics.MetricSources;
import gongbei.verifier.metrics.NodeMetrics;
import gongbei.verifier.mint.MintMetrics;
import gongbei.verifier.mint.MintPipeline;
import gongbei.verifier.outage.MintingWatch;
import gongbei.verifier.scan.ScanEvaluator;
import gongbei.verifier.scan.ScanMetrics;
import gongbei.verifier.scan.ScanPipeline;
import gongbei.verifier.tcp.TcpServer;
import gongbei.verifier.tls.ServerTls;
import gongbei.verifier.translate.TranslationService;
import gongbei.verifier.translate.TranslationTables;
import gongbei.verifier.translate.Translations;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running Gongbei: map, log, trust list, rules, pipeline and servers, put together. */
public final class Node implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(Node.class);

  /** How long answers may take to go out once the log is closed. */
  private static final int LAST_ANSWERS_MILLIS = 500;

  private final NodeConfig config;
  private final NodeResources resources;
  private final SignatureEngines engines;
  private final ScanMetrics scanMetrics = new ScanMetrics();
  private final ScanPipeline pipeline;
  private final MintMetrics mintMetrics = new MintMetrics();
  private final Optional<MintPipeline> mintPipeline;
  private final MintingWatch mintingWatch;
  private final NodeMetrics metrics;
  private final Optional<TranslationService> translations;
  private final EventLoopGroup tcpLoops;
  private final EventLoopGroup httpLoops;
  private final Optional<SigningKeys> signingKeys;
  private final Optional<SigningKeyWatch> signingKeyWatch;
  private final Optional<ServerTls> tcpTls;
  private final Optional<ServerTls> httpTls;
  private final Optional<ApiKeys> apiKeys;
  private final TcpServer tcp;
  private final HttpServer http;
  private final ScheduledExecutorService reloader;
  private final RulesFollower rules;
  private final RevocationFollower revocations;
  private final NodeFiles files = new NodeFiles();

  /** Starts a node on the resources that its configuration names. */
  public static Node start(NodeConfig config) throws NodeException {
    return start(config, NodeResources.of(config));
  }

  /** Starts a node on resources, which are closed where it can't start. */
  public static Node start(NodeConfig config, NodeResources resources) throws NodeException {
    try {
      return new Node(config, resources);
    } catch (IOException | ConfigException e) {
      resources.close();
      throw new NodeException(e.getMessage());
    } catch (RuntimeException | Error e) {
      resources.close();
      throw e;
    }
  }

  private Node(NodeConfig config, NodeResources resources) throws IOException, ConfigException {
    this.config = config;
    this.resources = resources;
    tcpTls = tlsOf(config.tcp());
    httpTls = tlsOf(config.http());
    apiKeys =
        config.access().apiKeyFile() == null
            ? Optional.empty()
            : Optional.of(ApiKeys.ofFile(config.access().apiKeyFile()));
    engines = resources.engines(config);
    engines.prepare(resources.trust().current());
    signingKeys = resources.signingKeys().map(keys -> keys.trustedBy(resources.trust()::current));
    signingKeyWatch =
        signingKeys.map(
            keys ->
                new SigningKeyWatch(format(config), keys, () -> Instant.now().getEpochSecond()));
    followFiles();
    signingKeyWatch.ifPresent(SigningKeyWatch::look);
    reloader =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              final Thread thread = new Thread(task, "gongbei-reload");
              thread.setDaemon(true);
              return thread;
            });
    rules = new RulesFollower(resources.log().documents(), resources.rulesets());
    revocations = new RevocationFollower(resources.log().documents(), resources.rulesets());
    pipeline =
        new ScanPipeline(
            config.pipeline().capacity(),
            config.pipeline().workers(),
            Waiting.by(config.pipeline().waitStrategy()),
            TimeUnit.MICROSECONDS.toNanos(config.pipeline().gatherMicros()),
            new ScanEvaluator.Context()
                .trust(resources.trust()::current)
                .foreign(() -> resources.rulesets().current().foreign())
                .minting(format(config), () -> resources.log().documents().minting().period())
                .engine(engines::engine)
                .statusMap(resources.statusMap())
                .groups(this::groups)
                .dataAgeMillis(resources.log()::dataAgeMillis)
                .isServing(resources.log()::isServing)
                .clockSkewSeconds(config.clockSkewSeconds())
                .batchCapacity(config.pipeline().batch()),
            scanMetrics);
    mintPipeline =
        signingKeys
            .filter(keys -> config.minting().offered())
            .map(keys -> NodeMinting.open(config, resources, keys, pipeline, mintMetrics));
    mintingWatch = NodeMinting.watch(config, resources, mintPipeline, mintMetrics);
    translations =
        resources
            .translation()
            .flatMap(
                setup -> signingKeys.map(keys -> setup.open(config, resources, engines, keys)));
    final Translations offered = translations.isPresent() ? translations.get() : Translations.OFF;
    tcpLoops = EventLoops.of("tcp", config.tcp(), config.pipeline());
    httpLoops = EventLoops.of("http", config.http(), config.pipeline());
    TcpServer tcpServer = null;
    NodeMetrics nodeMetrics = null;
    try {
      tcpServer =
          new TcpServer(
              new TcpServer.Context()
                  .address(addressOf(config.tcp()))
                  .pipeline(pipeline)
                  .rulesets(resources.rulesets())
                  .metrics(scanMetrics)
                  .devices(resources.devices())
                  .tls(tcpTls)
                  .connectionsPerAddress(config.connectionsPerAddress(config.tcp()))
                  .handshakesPerSecond(config.access().handshakesPerSecond())
                  .rates(
                      config.access().deviceScansPerSecond(),
                      config.access().deviceTranslationsPerSecond())
                  .translations(offered),
              tcpLoops);
      nodeMetrics =
          new NodeMetrics(
              new MetricSources()
                  .role(config.role())
                  .region(config.region())
                  .signatureEngine(config.signatureEngine().wireName())
                  .scans(scanMetrics)
                  .pipeline(pipeline)
                  .statusMap(resources.statusMap())
                  .log(resources.log())
                  .trust(resources.trust())
                  .rulesets(resources.rulesets())
                  .devices(tcpServer::connections));
      Replication.digestKey(config).ifPresent(nodeMetrics::showDigest);
      engines.tables().ifPresent(nodeMetrics::watchTables);
      watchCertificate(nodeMetrics, "http", httpTls);
      watchCertificate(nodeMetrics, "tcp", tcpTls);
      nodeMetrics.watchDevices(tcpServer.counts());
      nodeMetrics.watchInput("tcp", tcpServer.input());
      if (tcpServer.handshakes().isPresent()) {
        nodeMetrics.watchHandshakes("tcp", tcpServer.handshakes().get());
      }
      files.showIn(nodeMetrics);
      nodeMetrics.watchTrustLists(resources.trust());
      nodeMetrics.watchRevocations(resources.rulesets());
      nodeMetrics.watchMinting(mintMetrics);
      nodeMetrics.watchDegradedMinting(mintingWatch);
      nodeMetrics.watchOversight(resources.oversight());
      watchWhatFills(nodeMetrics);
      resources.history().map(NodeHistory::log).ifPresent(nodeMetrics::watchHistory);
      if (signingKeyWatch.isPresent()) {
        final SigningKeyWatch watched = signingKeyWatch.get();
        nodeMetrics.watchSigningKeys(watched::endEpochSeconds, watched::untrusted);
      }
      nodeMetrics.watchWorkers("scan", pipeline.health());
      if (mintPipeline.isPresent()) {
        nodeMetrics.watchWorkers("mint", mintPipeline.get().health());
      }
      if (translations.isPresent()) {
        final TranslationService service = translations.get();
        nodeMetrics.watchTranslations(service::translated, service::refused);
        nodeMetrics.watchReceipts(service.receipts());
      }
      http =
          new HttpServer(
              new HttpServer.Context()
                  .address(addressOf(config.http()))
                  .scans(pipeline, resources.rulesets())
                  .trust(resources.trust())
                  .authorities(resources.authorities())
                  .audience(new Audience(config.region(), config.replication().clusterName()))
                  .minting(format(config), signingKeys, mintPipeline, mintMetrics)
                  .mintingWatch(mintingWatch, config.minting().packSeconds())
                  .translating(offered, translationTables())
                  .paperFont(config.paperFontFile())
                  .otherWallet(Optional.ofNullable(config.translation().otherWallet()))
                  .lookingUp(
                      resources.translation().flatMap(TranslationSetup::lookups),
                      resources.translation().map(TranslationSetup::documents))
                  .lookupQuota(
                      config.access().lookupsPerMinute(), config.access().unknownLookupsPerHour())
                  .appealSeconds(TimeUnit.HOURS.toSeconds(config.appealHours()))
                  .status(resources.statusMap(), resources.log())
                  .oversight(resources.oversight())
                  .history(resources.history().map(NodeHistory::published))
                  .metrics(scanMetrics, nodeMetrics)
                  .tls(httpTls)
                  .access(apiKeys, config.isHttpOpen())
                  .rates(config.access().keyRequestsPerSecond(), config.addressRequestsPerSecond())
                  .handshakesPerSecond(config.access().handshakesPerSecond())
                  .hosts(Set.copyOf(config.access().hosts()))
                  .connectionsPerAddress(config.connectionsPerAddress(config.http())),
              httpLoops);
    } catch (IOException e) {
      if (tcpServer != null) {
        tcpServer.close();
      }
      if (nodeMetrics != null) {
        nodeMetrics.close();
      }
      closeShared();
      throw e;
    }
    tcp = tcpServer;
    metrics = nodeMetrics;
    repeat(files::lookAtDevices, Limits.DEVICE_RELOAD_MILLIS);
    repeat(this::lookAtWorkers, Limits.WORKER_LOOK_MILLIS);
    mintingWatch.look();
    repeat(mintingWatch::look, Limits.MINTING_LOOK_MILLIS);
    repeat(resources.oversight()::save, Limits.OVERSIGHT_SAVE_MILLIS);
    repeat(this::reload, TimeUnit.SECONDS.toMillis(config.reloadSeconds()));
  }

  private static void watchCertificate(
      NodeMetrics shown, String server, Optional<ServerTls> certificate) {
    certificate.ifPresent(tls -> shown.watchCertificate(server, tls::notAfterEpochSeconds));
  }

  /** Shows what an operator has to make room for in time. */
  private void watchWhatFills(NodeMetrics shown) {
    config
        .dataDirectory()
        .ifPresent(data -> shown.watchDisk("data", data, config.replication().lowStorageBytes()));
    if (resources.translation().isPresent() && config.translation().auditFile() != null) {
      shown.watchDisk("audit", config.translation().auditFile().toAbsolutePath().getParent(), 0);
    }
  }

  private void lookAtWorkers() {
    pipeline.health().look(System.nanoTime());
    mintPipeline.ifPresent(codes -> codes.health().look(System.nanoTime()));
  }

  private void repeat(Runnable reloading, long intervalMillis) {
    final var unused =
        reloader.scheduleWithFixedDelay(
            reloading, intervalMillis, intervalMillis, TimeUnit.MILLISECONDS);
  }

  private static Optional<ServerTls> tlsOf(NodeConfig.Endpoint endpoint) throws ConfigException {
    return endpoint.tls() == null ? Optional.empty() : Optional.of(ServerTls.of(endpoint.tls()));
  }

  private static InetSocketAddress addressOf(NodeConfig.Endpoint endpoint) {
    return new InetSocketAddress(endpoint.host(), endpoint.port());
  }

  /** The format of the codes that a node's region makes. */
  static CodeFormat format(NodeConfig config) {
    return CodeFormat.of(config.region());
  }

  private TranslationTables translationTables() {
    return resources
        .translation()
        .map(TranslationSetup::tables)
        .orElseGet(() -> TranslationTables.shipped(format(config)));
  }

  private ScanEvaluator.Groups groups() {
    final Documents.Finder groups = resources.log().documents().finder();
    return (buffer, offset) ->
        groups.find(DocumentCommand.Kind.GROUP, buffer, offset, Subject.BYTES);
  }

  private void followFiles() {
    files.followCertificates(resources, engines::prepare);
    signingKeys.ifPresent(files::followSigningKeys);
    resources.translation().ifPresent(setup -> files.followTranslations(setup.tables()));
    apiKeys.ifPresent(files::followApiKeys);
    httpTls.ifPresent(tls -> files.followTls("http", tls, () -> {}));
    tcpTls.ifPresent(tls -> files.followTls("tcp", tls, this::endRevoked));
    files.followRulesets(resources.rulesets());
    files.followDevices(resources.devices(), this::endRevoked);
  }

  private void endRevoked() {
    tcp.endRevoked();
  }

  /** Reads again what has changed on disk; a fault is told once. */
  void reload() {
    files.look();
    signingKeyWatch.ifPresent(SigningKeyWatch::look);
  }

  /** What the node works on. */
  public NodeResources resources() {
    return resources;
  }

  /** Where scans go. */
  public ScanPipeline pipeline() {
    return pipeline;
  }

  /** Where codes are minted; empty where they are not. */
  public Optional<MintPipeline> mintPipeline() {
    return mintPipeline;
  }

  /** What minting has come to. */
  public MintMetrics mintMetrics() {
    return mintMetrics;
  }

  /** Where codes of the other region are translated; empty where they are not. */
  public Optional<TranslationService> translations() {
    return translations;
  }

  /** What has come of scans. */
  public ScanMetrics scanMetrics() {
    return scanMetrics;
  }

  /** The port that HTTP is served on. */
  public int httpPort() {
    return http.port();
  }

  /** The port that scanner devices connect to. */
  public int tcpPort() {
    return tcp.port();
  }

  /** The configuration. */
  public NodeConfig config() {
    return config;
  }

  /**
   * Answers what is on its way, for as long as the configuration has it, then stops everything and
   * closes the map. What still waits for the log then is told what became of it.
   */
  @Override
  public void close() {
    http.stop();
    tcp.stop();
    final long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(config.drainSeconds());
    tcp.awaitStopped(deadlineNanos);
    if (!http.awaitStopped(deadlineNanos)) {
      LOGGER.warn(
          "Requests over HTTP are not answered after {} s (drainSeconds): they are given up",
          config.drainSeconds());
    }
    metrics.close();
    closeWorkers();
    resources.oversight().stop();
    resources.log().close();
    http.awaitStopped(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LAST_ANSWERS_MILLIS));
    http.close();
    tcp.endHandshakes();
    closeShared();
  }

  private void closeWorkers() {
    reloader.shutdown();
    rules.close();
    revocations.close();
    pipeline.close();
    mintPipeline.ifPresent(MintPipeline::close);
    translations.ifPresent(TranslationService::close);
  }

  private void closeShared() {
    closeWorkers();
    final var httpEnd = httpLoops.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    tcpLoops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    httpEnd.syncUninterruptibly();
    resources.close();
  }
}
