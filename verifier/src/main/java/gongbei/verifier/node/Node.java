package gongbei.verifier.node;

import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.SleepingWaitStrategy;
import com.lmax.disruptor.WaitStrategy;
import com.lmax.disruptor.YieldingWaitStrategy;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.signature.SignatureEngine;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.TrustException;
import gongbei.codec.trust.TrustList;
import gongbei.codec.trust.TrustStore;
import gongbei.replication.status.CommandLog;
import gongbei.replication.status.StatusMap;
import gongbei.replication.status.StatusMapException;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.http.HttpServer;
import gongbei.verifier.metrics.NodeMetrics;
import gongbei.verifier.rules.RulesetException;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.scan.ScanEvaluator;
import gongbei.verifier.scan.ScanMetrics;
import gongbei.verifier.scan.ScanPipeline;
import gongbei.verifier.tcp.DeviceRegistry;
import gongbei.verifier.tcp.TcpServer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running Gongbei: map, log, trust list, rules, pipeline and servers, put together. */
public final class Node implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(Node.class);

  private final NodeConfig config;
  private final Stock stock;
  private final ScanMetrics scanMetrics = new ScanMetrics();
  private final ScanPipeline pipeline;
  private final NodeMetrics metrics;
  private final EventLoopGroup eventLoops;
  private final TcpServer tcp;
  private final HttpServer http;
  private final ScheduledExecutorService reloader;

  /**
   * What a node works on. A node that is given its stock closes map and log with itself.
   *
   * @param trust whose codes are trusted
   * @param authorities who may change statuses, or null for nobody
   * @param signingKeys what to mint with, or null to mint nothing
   * @param rulesets the rules of checkpoints
   * @param devices which scanner devices may connect
   */
  public record Stock(
      StatusMap statusMap,
      CommandLog log,
      TrustStore trust,
      TrustStore authorities,
      SigningKeys signingKeys,
      RulesetStore rulesets,
      DeviceRegistry devices) {

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
                : TrustStore.ofDirectory(config.authorityDirectory());
        final SigningKeys keys =
            config.signingKeyDirectory() == null
                ? null
                : SigningKeys.ofDirectory(config.signingKeyDirectory());
        final RulesetStore rulesets =
            config.rulesetDirectory() == null
                ? RulesetStore.shipped()
                : RulesetStore.ofDirectory(config.rulesetDirectory());
        final DeviceRegistry devices =
            config.deviceFile() == null
                ? DeviceRegistry.open()
                : DeviceRegistry.ofFile(config.deviceFile());
        final StatusMap map =
            config.dataDirectory() == null
                ? StatusMap.inMemory(config.maxSubjects())
                : StatusMap.persisted(config.dataDirectory(), config.maxSubjects());
        return new Stock(
            map, Replication.start(config, map), trust, authorities, keys, rulesets, devices);
      } catch (TrustException | RulesetException | ConfigException | StatusMapException e) {
        throw new NodeException(e.getMessage());
      }
    }
  }

  /** Starts a node on the stock that its configuration names. */
  public static Node start(NodeConfig config) throws NodeException {
    return start(config, Stock.of(config));
  }

  /** Starts a node on a stock. */
  public static Node start(NodeConfig config, Stock stock) throws NodeException {
    try {
      return new Node(config, stock);
    } catch (IOException e) {
      throw new NodeException(e.getMessage());
    }
  }

  private Node(NodeConfig config, Stock stock) throws IOException {
    this.config = config;
    this.stock = stock;
    pipeline =
        new ScanPipeline(
            config.pipeline().capacity(),
            config.pipeline().workers(),
            waitStrategy(config.pipeline().waitStrategy()),
            new ScanEvaluator.Context()
                .trust(stock.trust()::current)
                .engine(engine(config.signatureEngine()))
                .statusMap(stock.statusMap())
                .dataAgeMillis(stock.log()::dataAgeMillis)
                .clockSkewSeconds(config.clockSkewSeconds())
                .batchCapacity(config.pipeline().batch()),
            scanMetrics);
    eventLoops =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("gongbei-io", true), NioIoHandler.newFactory());
    reloader =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              final Thread thread = new Thread(task, "gongbei-reload");
              thread.setDaemon(true);
              return thread;
            });
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
                  .devices(stock.devices()),
              eventLoops);
      nodeMetrics =
          new NodeMetrics(
              config.role().wireName(),
              config.region(),
              scanMetrics,
              pipeline,
              stock.statusMap(),
              stock.log(),
              stock.trust(),
              stock.rulesets(),
              tcpServer::connections);
      http =
          new HttpServer(
              new HttpServer.Context()
                  .address(addressOf(config.http()))
                  .scans(pipeline, stock.rulesets())
                  .trust(stock.trust())
                  .authorities(stock.authorities())
                  .minting(
                      config.region().equals("MO") ? CodeFormat.MO1 : CodeFormat.GD1,
                      stock.signingKeys())
                  .status(stock.statusMap(), stock.log())
                  .metrics(scanMetrics, nodeMetrics),
              eventLoops);
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
    final var unused =
        reloader.scheduleWithFixedDelay(
            this::reload, config.reloadSeconds(), config.reloadSeconds(), TimeUnit.SECONDS);
  }

  private static InetSocketAddress addressOf(NodeConfig.Endpoint endpoint) {
    return new InetSocketAddress(endpoint.host(), endpoint.port());
  }

  private static Supplier<SignatureEngine> engine(NodeConfig.Engine engine) {
    return switch (engine) {
      case BOUNCY_CASTLE -> BouncyCastleEngine::new;
    };
  }

  private static WaitStrategy waitStrategy(NodeConfig.Wait wait) {
    return switch (wait) {
      case BLOCKING -> new BlockingWaitStrategy();
      case SLEEPING -> new SleepingWaitStrategy();
      case YIELDING -> new YieldingWaitStrategy();
    };
  }

  /** Reads trust lists and rulesets again where they have changed; a fault leaves them be. */
  private void reload() {
    try {
      if (stock.trust().reloadIfChanged()) {
        LOGGER.info("The trust list now has {} keys", stock.trust().current().size());
      }
      if (stock.authorities() != null && stock.authorities().reloadIfChanged()) {
        LOGGER.info("{} authorities are known now", stock.authorities().current().size());
      }
    } catch (TrustException e) {
      LOGGER.warn("The trust list stays as it was: {}", e.getMessage());
    } catch (RuntimeException e) {
      LOGGER.error("The trust list stays as it was: {}", e.toString());
    }
    try {
      if (stock.rulesets().reloadIfChanged()) {
        LOGGER.info("The rulesets are now {}", stock.rulesets().current().all());
      }
    } catch (RulesetException e) {
      LOGGER.warn("The rulesets stay as they were: {}", e.getMessage());
    } catch (RuntimeException e) {
      LOGGER.error("The rulesets stay as they were: {}", e.toString());
    }
  }

  /** What the node works on. */
  public Stock stock() {
    return stock;
  }

  /** Where scans go. */
  public ScanPipeline pipeline() {
    return pipeline;
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

  /** Answers what is on its way, then stops everything and closes the map. */
  @Override
  public void close() {
    http.close();
    tcp.close();
    metrics.close();
    closeShared();
  }

  private void closeShared() {
    reloader.shutdown();
    pipeline.close();
    eventLoops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    try {
      stock.log().close();
    } finally {
      stock.statusMap().close();
    }
  }
}
