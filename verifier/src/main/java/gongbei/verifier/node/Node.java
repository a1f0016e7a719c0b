package gongbei.verifier.node;

import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.SleepingWaitStrategy;
import com.lmax.disruptor.WaitStrategy;
import com.lmax.disruptor.YieldingWaitStrategy;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.signature.FixedBaseEngine;
import gongbei.codec.signature.KeyTables;
import gongbei.codec.signature.SignatureEngine;
import gongbei.codec.translate.CodeTranslator;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.TrustException;
import gongbei.codec.trust.TrustList;
import gongbei.codec.trust.TrustStore;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.log.CommandLog;
import gongbei.replication.log.LocalCommandLog;
import gongbei.replication.machine.Documents;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusMapException;
import gongbei.replication.map.Subject;
import gongbei.verifier.access.ApiKeys;
import gongbei.verifier.audit.AuditException;
import gongbei.verifier.client.Audience;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.Limits;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.http.HttpServer;
import gongbei.verifier.metrics.NodeMetrics;
import gongbei.verifier.mint.MintMetrics;
import gongbei.verifier.mint.MintPipeline;
import gongbei.verifier.print.PaperPages;
import gongbei.verifier.rules.RulesetException;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.scan.ScanEvaluator;
import gongbei.verifier.scan.ScanMetrics;
import gongbei.verifier.scan.ScanPipeline;
import gongbei.verifier.tcp.DeviceRegistry;
import gongbei.verifier.tcp.TcpServer;
import gongbei.verifier.tls.ServerTls;
import gongbei.verifier.token.SigningToken;
import gongbei.verifier.translate.TableException;
import gongbei.verifier.translate.TranslationService;
import gongbei.verifier.translate.TranslationTables;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running Gongbei: map, log, trust list, rules, pipeline and servers, put together. */
public final class Node implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(Node.class);

  /** How long answers may take to go out once the log is closed. */
  private static final int LAST_ANSWERS_MILLIS = 500;

  private final NodeConfig config;
  private final Stock stock;
  private final KeyTables tables;
  private final ScanMetrics scanMetrics = new ScanMetrics();
  private final ScanPipeline pipeline;
  private final MintMetrics mintMetrics = new MintMetrics();
  private final MintPipeline mintPipeline;
  private final NodeMetrics metrics;
  private final TranslationService desk;
  private final EventLoopGroup tcpLoops;
  private final EventLoopGroup httpLoops;
  private final SigningKeys signingKeys;
  private final Optional<SigningKeyWatch> signingKeyWatch;
  private final ServerTls tcpTls;
  private final ServerTls httpTls;
  private final ApiKeys apiKeys;
  private final TcpServer tcp;
  private final HttpServer http;
  private final ScheduledExecutorService reloader;
  private final FileFollower follower = new FileFollower();
  private final FileFollower deviceFollower = new FileFollower();

  /**
   * What a node works on. A node that is given its stock closes map and log with itself.
   *
   * @param trust whose codes are trusted
   * @param authorities who may change statuses, or null for nobody
   * @param signingKeys what to mint with, or null to mint nothing
   * @param rulesets the rules of checkpoints
   * @param devices which scanner devices may connect
   * @param border what documents are known and codes of the other region translated with, or null
   */
  public record Stock(
      StatusMap statusMap,
      CommandLog log,
      TrustStore trust,
      TrustStore authorities,
      SigningKeys signingKeys,
      RulesetStore rulesets,
      DeviceRegistry devices,
      TranslationSetup border) {

    /** A map and a log in memory, the rulesets shipped, and every device let in. */
    public static Stock inMemory(
        NodeConfig config,
        TrustStore trust,
        TrustStore authorities,
        SigningKeys signingKeys,
        TranslationSetup border) {
      final StatusMap map = StatusMap.inMemory(config.maxSubjects());
      return new Stock(
          map,
          new LocalCommandLog(map),
          trust,
          authorities,
          signingKeys,
          RulesetStore.shipped(),
          DeviceRegistry.open(),
          border);
    }

    /** Closes log, map and audit log, in this order; a second time does nothing. */
    void close() {
      try {
        log.close();
      } finally {
        statusMap.close();
        if (border != null) {
          border.audit().close();
        }
      }
    }

    /** Reads what a configuration names. */
    public static Stock of(NodeConfig config) throws NodeException {
      try {
        final TrustStore trust =
            config.trustDirectory() == null
                ? TrustStore.of(TrustList.EMPTY)
                : TrustStore.ofDirectory(config.trustDirectory());
        final TrustStore authorities =
            config.authorityDirectory() == null
                ? null
                : TrustStore.ofAuthorities(config.authorityDirectory());
        final SigningKeys keys = readSigningKeys(config);
        if (keys != null) {
          SigningKeyWatch.require(config, keys, trust.current());
        }
        final RulesetStore rulesets =
            config.rulesetDirectory() == null
                ? RulesetStore.shipped()
                : RulesetStore.ofDirectory(config.rulesetDirectory());
        final DeviceRegistry devices =
            config.deviceFile() == null
                ? DeviceRegistry.open()
                : DeviceRegistry.ofFile(config.deviceFile());
        requireFont(config.paperFontFile());
        Replication.requireDirectory(config);
        final TranslationSetup border = TranslationSetup.of(config);
        final StatusMap map =
            config.dataDirectory() == null
                ? StatusMap.inMemory(config.maxSubjects())
                : StatusMap.persisted(config.dataDirectory(), config.maxSubjects());
        return new Stock(
            map,
            Replication.start(config, map),
            trust,
            authorities,
            keys,
            rulesets,
            devices,
            border);
      } catch (TrustException
          | RulesetException
          | ConfigException
          | StatusMapException
          | TableException
          | AuditException e) {
        throw new NodeException(e.getMessage());
      }
    }
  }

  private static SigningKeys readSigningKeys(NodeConfig config) throws TrustException {
    if (config.signingToken() == null) {
      return config.signingKeyDirectory() == null
          ? null
          : SigningKeys.ofSecretDirectory(config.signingKeyDirectory(), List.of());
    }
    final List<SigningKey> held;
    try {
      held = SigningToken.keysOf(config.signingToken());
    } catch (TrustException e) {
      throw new TrustException("signingToken." + e.getMessage());
    }
    return config.signingKeyDirectory() == null
        ? new SigningKeys(held)
        : SigningKeys.ofSecretDirectory(config.signingKeyDirectory(), held);
  }

  private static void requireFont(Path file) throws NodeException {
    if (file == null) {
      return;
    }
    if (!Files.isReadable(file)) {
      throw new NodeException(file + " can't be read");
    }
    try {
      PaperPages.requireFont(file);
    } catch (IllegalArgumentException e) {
      throw new NodeException(e.getMessage());
    }
  }

  /** Starts a node on the stock that its configuration names. */
  public static Node start(NodeConfig config) throws NodeException {
    return start(config, Stock.of(config));
  }

  /** Starts a node on a stock, which is closed where it can't start. */
  public static Node start(NodeConfig config, Stock stock) throws NodeException {
    try {
      return new Node(config, stock);
    } catch (IOException | ConfigException e) {
      stock.close();
      throw new NodeException(e.getMessage());
    } catch (RuntimeException | Error e) {
      stock.close();
      throw e;
    }
  }

  private Node(NodeConfig config, Stock stock) throws IOException, ConfigException {
    this.config = config;
    this.stock = stock;
    tcpTls = tlsOf(config.tcp());
    httpTls = tlsOf(config.http());
    apiKeys =
        config.access().apiKeyFile() == null ? null : ApiKeys.ofFile(config.access().apiKeyFile());
    tables = tables(config);
    prepareTables(stock.trust().current());
    signingKeys =
        stock.signingKeys() == null ? null : stock.signingKeys().trustedBy(stock.trust()::current);
    signingKeyWatch =
        Optional.ofNullable(signingKeys)
            .map(
                keys ->
                    new SigningKeyWatch(
                        format(config), keys, () -> Instant.now().getEpochSecond()));
    followFiles();
    signingKeyWatch.ifPresent(SigningKeyWatch::look);
    reloader =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              final Thread thread = new Thread(task, "gongbei-reload");
              thread.setDaemon(true);
              return thread;
            });
    followRulesets();
    pipeline =
        new ScanPipeline(
            config.pipeline().capacity(),
            config.pipeline().workers(),
            waitStrategy(config.pipeline().waitStrategy()),
            TimeUnit.MICROSECONDS.toNanos(config.pipeline().gatherMicros()),
            new ScanEvaluator.Context()
                .trust(stock.trust()::current)
                .engine(engine())
                .statusMap(stock.statusMap())
                .groups(this::groups)
                .dataAgeMillis(stock.log()::dataAgeMillis)
                .isServing(stock.log()::isServing)
                .clockSkewSeconds(config.clockSkewSeconds())
                .batchCapacity(config.pipeline().batch()),
            scanMetrics);
    mintPipeline = signingKeys == null ? null : openMint();
    desk = stock.border() == null || signingKeys == null ? null : openDesk();
    tcpLoops = loopsOf("tcp", config.tcp());
    httpLoops = loopsOf("http", config.http());
    TcpServer tcpServer = null;
    NodeMetrics nodeMetrics = null;
    try {
      tcpServer =
          new TcpServer(
              new TcpServer.Context()
                  .address(addressOf(config.tcp()))
                  .pipeline(pipeline)
                  .rulesets(stock.rulesets())
                  .metrics(scanMetrics)
                  .devices(stock.devices())
                  .tls(tcpTls)
                  .connectionsPerAddress(config.connectionsPerAddress(config.tcp()))
                  .handshakesPerSecond(config.access().handshakesPerSecond())
                  .rates(
                      config.access().deviceScansPerSecond(),
                      config.access().deviceTranslationsPerSecond())
                  .desk(desk),
              tcpLoops);
      nodeMetrics =
          new NodeMetrics(
              config.role().wireName(),
              config.region(),
              config.signatureEngine().wireName(),
              scanMetrics,
              pipeline,
              stock.statusMap(),
              stock.log(),
              stock.trust(),
              stock.rulesets(),
              tcpServer::connections);
      Replication.digestKey(config).ifPresent(nodeMetrics::showDigest);
      if (tables != null) {
        nodeMetrics.watchTables(tables);
      }
      if (httpTls != null) {
        nodeMetrics.watchCertificate("http", httpTls::notAfterEpochSeconds);
      }
      if (tcpTls != null) {
        nodeMetrics.watchCertificate("tcp", tcpTls::notAfterEpochSeconds);
      }
      nodeMetrics.watchDevices(tcpServer.counts());
      nodeMetrics.watchInput("tcp", tcpServer.input());
      if (tcpServer.handshakes() != null) {
        nodeMetrics.watchHandshakes("tcp", tcpServer.handshakes());
      }
      watchFiles(nodeMetrics, follower);
      watchFiles(nodeMetrics, deviceFollower);
      nodeMetrics.watchMinting(mintMetrics);
      watchWhatFills(nodeMetrics);
      if (signingKeyWatch.isPresent()) {
        final SigningKeyWatch watched = signingKeyWatch.get();
        nodeMetrics.watchSigningKeys(watched::endEpochSeconds, watched::untrusted);
      }
      nodeMetrics.watchWorkers("scan", pipeline.health());
      if (mintPipeline != null) {
        nodeMetrics.watchWorkers("mint", mintPipeline.health());
      }
      if (desk != null) {
        nodeMetrics.watchTranslations(desk::translated, desk::refused);
        nodeMetrics.watchReceipts(desk.receipts());
      }
      http =
          new HttpServer(
              new HttpServer.Context()
                  .address(addressOf(config.http()))
                  .scans(pipeline, stock.rulesets())
                  .trust(stock.trust())
                  .authorities(stock.authorities())
                  .audience(new Audience(config.region(), config.replication().clusterName()))
                  .minting(format(config), signingKeys, mintPipeline, mintMetrics)
                  .translating(desk, translationTables())
                  .paperFont(config.paperFontFile())
                  .otherWallet(config.translation().otherWallet())
                  .lookingUp(
                      stock.border() == null ? null : stock.border().lookups(),
                      stock.border() == null ? null : stock.border().secret(),
                      stock.border() == null ? null : stock.border().audit())
                  .lookupQuota(
                      config.access().lookupsPerMinute(), config.access().unknownLookupsPerHour())
                  .status(stock.statusMap(), stock.log())
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
    repeat(deviceFollower::look, Limits.DEVICE_RELOAD_MILLIS);
    repeat(this::lookAtWorkers, Limits.WORKER_LOOK_MILLIS);
    repeat(this::reload, TimeUnit.SECONDS.toMillis(config.reloadSeconds()));
  }

  private static void watchFiles(NodeMetrics metrics, FileFollower files) {
    files.names().forEach(name -> metrics.watchFiles(name, () -> files.faultyFiles(name)));
  }

  /** Shows what an operator has to make room for in time. */
  private void watchWhatFills(NodeMetrics shown) {
    if (config.dataDirectory() != null) {
      shown.watchDisk("data", config.dataDirectory(), config.replication().lowStorageBytes());
    }
    if (stock.border() != null && config.translation().auditFile() != null) {
      shown.watchDisk("audit", config.translation().auditFile().toAbsolutePath().getParent(), 0);
    }
  }

  private void lookAtWorkers() {
    pipeline.health().look(System.nanoTime());
    if (mintPipeline != null) {
      mintPipeline.health().look(System.nanoTime());
    }
  }

  private void repeat(Runnable reloading, long intervalMillis) {
    final var unused =
        reloader.scheduleWithFixedDelay(
            reloading, intervalMillis, intervalMillis, TimeUnit.MILLISECONDS);
  }

  /** Takes the log's rulesets now, before the first scan, and whenever they change. */
  private void followRulesets() {
    stock
        .log()
        .documents()
        .onRulesets(
            () -> {
              try {
                reloader.execute(this::takeRulesets);
              } catch (RejectedExecutionException e) {
                LOGGER.debug("The node stops: {}", e.toString());
              }
            });
    try {
      reloader.submit(this::takeRulesets).get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private void takeRulesets() {
    follower.attempt(
        "list of rulesets of the log",
        () -> stock.rulesets().takeLogged(stock.log().documents().rulesets()),
        () -> stock.rulesets().current().all().toString());
  }

  /** Threads that one server has to itself, so that what one has to do holds no other up. */
  private static EventLoopGroup loopsOf(String server, NodeConfig.Endpoint endpoint) {
    return new MultiThreadIoEventLoopGroup(
        endpoint.eventLoops(),
        new DefaultThreadFactory("gongbei-" + server, true),
        NioIoHandler.newFactory());
  }

  private static ServerTls tlsOf(NodeConfig.Endpoint endpoint) throws ConfigException {
    return endpoint.tls() == null ? null : ServerTls.of(endpoint.tls());
  }

  private static InetSocketAddress addressOf(NodeConfig.Endpoint endpoint) {
    return new InetSocketAddress(endpoint.host(), endpoint.port());
  }

  /** The format of the codes that a node's region makes. */
  static CodeFormat format(NodeConfig config) {
    return config.region().equals("MO") ? CodeFormat.MO1 : CodeFormat.GD1;
  }

  private TranslationTables translationTables() {
    return stock.border() == null
        ? TranslationTables.shipped(format(config))
        : stock.border().tables();
  }

  private ScanEvaluator.Groups groups() {
    final Documents.Finder groups = stock.log().documents().finder();
    return (buffer, offset) ->
        groups.find(DocumentCommand.Kind.GROUP, buffer, offset, Subject.BYTES);
  }

  private MintPipeline openMint() {
    return new MintPipeline(
        config.pipeline().capacity(),
        config.pipeline().workers(),
        waitStrategy(config.pipeline().waitStrategy()),
        new MintPipeline.Context(
            format(config),
            signingKeys,
            stock.statusMap(),
            stock.log()::isServing,
            () -> Instant.now().getEpochSecond()),
        mintMetrics);
  }

  private TranslationService openDesk() {
    final TranslationSetup border = stock.border();
    return new TranslationService(
        format(config),
        new CodeTranslator.Context(format(config), border.secret())
            .trust(stock.trust()::current)
            .engine(engine())
            .table(border.tables()::current)
            .clockSkewSeconds(config.clockSkewSeconds()),
        signingKeys,
        stock.statusMap(),
        stock.log(),
        border.audit(),
        () -> Instant.now().getEpochSecond());
  }

  /** Tables for no key yet, or null where the engine has none. */
  private static KeyTables tables(NodeConfig config) {
    final NodeConfig.SignatureTables settings = config.signatureTables();
    return switch (config.signatureEngine()) {
      case FIXED_BASE ->
          new KeyTables(
              settings.wideBits(), settings.narrowBits(), (long) settings.maxMebibytes() << 20);
      case BOUNCY_CASTLE -> null;
    };
  }

  private Supplier<SignatureEngine> engine() {
    return switch (config.signatureEngine()) {
      case FIXED_BASE -> () -> new FixedBaseEngine(tables);
      case BOUNCY_CASTLE -> BouncyCastleEngine::new;
    };
  }

  /**
   * Computes what the engine needs of a trust list that is not in force yet, so that no scan waits
   * for it. A fault here keeps no list out of force: the library verifies for keys without a table.
   */
  private void prepareTables(TrustList list) {
    if (tables == null) {
      return;
    }
    try {
      tables.prepare(list);
    } catch (RuntimeException e) {
      LOGGER.error("Bouncy Castle verifies for keys that have no table: {}", e.toString());
    }
  }

  private static WaitStrategy waitStrategy(NodeConfig.Wait wait) {
    return switch (wait) {
      case BLOCKING -> new BlockingWaitStrategy();
      case SLEEPING -> new SleepingWaitStrategy();
      case YIELDING -> new YieldingWaitStrategy();
    };
  }

  /** What the node reads again when it changes on disk; devices are looked at more often. */
  private void followFiles() {
    followKeys("trust", "trust list", stock.trust(), this::prepareTables);
    if (stock.authorities() != null) {
      followKeys("authorities", "list of authorities", stock.authorities(), list -> {});
    }
    if (stock.border() != null && stock.border().lookups() != null) {
      followKeys(
          "lookups", "list of checkpoints that may look up", stock.border().lookups(), list -> {});
    }
    if (signingKeys != null) {
      follower.follow(
          new FollowedList(
              "signing-keys",
              "list of signing keys",
              signingKeys::reloadIfChanged,
              () -> signingKeys.all().size() + " keys",
              signingKeys::faults,
              signingKeys::passedOver));
    }
    if (stock.border() != null) {
      follower.follow(
          new FollowedList(
              "translation-table",
              "translation table",
              stock.border().tables()::reloadIfChanged,
              () -> stock.border().tables().current().label(),
              List::of,
              List::of));
    }
    if (apiKeys != null) {
      follower.follow(
          new FollowedList(
              "api-keys",
              "list of API keys",
              apiKeys::reloadIfChanged,
              () -> apiKeys.size() + " keys",
              apiKeys::faults,
              List::of));
    }
    followTls("http", httpTls, () -> {});
    followTls("tcp", tcpTls, () -> tcp.endRevoked());
    follower.follow(
        new FollowedList(
            "rulesets",
            "list of rulesets",
            stock.rulesets()::reloadIfChanged,
            () -> stock.rulesets().current().all().toString(),
            List::of,
            stock.rulesets()::passedOver));
    deviceFollower.follow(
        new FollowedList(
            "devices",
            "list of devices",
            this::reloadDevices,
            () -> stock.devices().size() + " devices",
            stock.devices()::faults,
            List::of));
  }

  private void followKeys(
      String name, String what, TrustStore store, Consumer<TrustList> beforeForce) {
    follower.follow(
        new FollowedList(
            name,
            what,
            () -> store.reloadIfChanged(beforeForce),
            () -> store.current().size() + " keys",
            store::faults,
            store::passedOver));
  }

  /**
   * @param whenRead ends the connections of whoever is revoked by what was read
   */
  private void followTls(String server, ServerTls tls, Runnable whenRead) {
    if (tls != null) {
      follower.follow(
          new FollowedList(
              "tls-" + server,
              "TLS certificate of " + server,
              () -> {
                final boolean changed = tls.reloadIfChanged();
                if (changed) {
                  whenRead.run();
                }
                return changed;
              },
              () -> "good until " + Instant.ofEpochSecond(tls.notAfterEpochSeconds()),
              tls::faults,
              tls::passedOver));
    }
  }

  /** Reads again what has changed on disk; a fault is told once. */
  void reload() {
    follower.look();
    signingKeyWatch.ifPresent(SigningKeyWatch::look);
  }

  /** Reads the file of devices again if it has changed, and ends those that it has revoked. */
  private boolean reloadDevices() throws ConfigException {
    final boolean changed = stock.devices().reloadIfChanged();
    if (changed) {
      tcp.endRevoked();
    }
    return changed;
  }

  /** What the node works on. */
  public Stock stock() {
    return stock;
  }

  /** Where scans go. */
  public ScanPipeline pipeline() {
    return pipeline;
  }

  /** Where codes are minted, or null where they are not. */
  public MintPipeline mintPipeline() {
    return mintPipeline;
  }

  /** What minting has come to. */
  public MintMetrics mintMetrics() {
    return mintMetrics;
  }

  /** Where codes of the other region are translated, or null where they are not. */
  public TranslationService desk() {
    return desk;
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
    stock.log().close();
    http.awaitStopped(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LAST_ANSWERS_MILLIS));
    http.close();
    tcp.endHandshakes();
    closeShared();
  }

  private void closeWorkers() {
    reloader.shutdown();
    pipeline.close();
    if (mintPipeline != null) {
      mintPipeline.close();
    }
    if (desk != null) {
      desk.close();
    }
  }

  private void closeShared() {
    closeWorkers();
    final var httpEnd = httpLoops.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    tcpLoops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    httpEnd.syncUninterruptibly();
    stock.close();
  }
}
