package gongbei.verifier.tcp;

import gongbei.verifier.config.Limits;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.net.AcceptFaults;
import gongbei.verifier.net.ConnectionLimiter;
import gongbei.verifier.net.InputBudget;
import gongbei.verifier.net.TokenBuckets;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.scan.ScanMetrics;
import gongbei.verifier.scan.ScanPipeline;
import gongbei.verifier.server.Drain;
import gongbei.verifier.server.ScanAdmission;
import gongbei.verifier.tls.Handshakes;
import gongbei.verifier.tls.ServerEntry;
import gongbei.verifier.tls.ServerTls;
import gongbei.verifier.translate.Translations;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Serves scanner devices by the protocol of {@code scanner-protocol.xml}. */
public final class TcpServer implements AutoCloseable {
  private static final int DEADLINE_CHECK_MILLIS = 250;
  private static final int ACCEPT_BACKLOG = 4_096;

  private final Context context;
  private final EventLoopGroup eventLoops;
  private final IdentityHashMap<EventLoop, DeviceReplies> replyLoops = new IdentityHashMap<>();
  private final ConnectionLimiter connections;
  private final Drain drain = new Drain();
  private final ServerEntry entry;
  private final Channel acceptor;

  /**
   * Starts to listen.
   *
   * @param eventLoops the loops to serve with, which stay the caller's to shut down
   * @throws IOException when the address can't be had
   */
  public TcpServer(Context context, EventLoopGroup eventLoops) throws IOException {
    this.context = context;
    this.eventLoops = eventLoops;
    this.connections =
        new ConnectionLimiter(context.maxConnections, context.maxConnectionsPerAddress);
    this.entry =
        ServerEntry.of("tcp", context.tls, context.handshakesPerSecond, context.input, List.of());
    for (final EventExecutor executor : eventLoops) {
      final EventLoop loop = (EventLoop) executor;
      final DeviceReplies replies = new DeviceReplies(loop, drain, Limits.MAX_REPLIES_WAITING);
      replyLoops.put(loop, replies);
      final var unused =
          loop.scheduleWithFixedDelay(
              replies::checkDeadlines,
              DEADLINE_CHECK_MILLIS,
              DEADLINE_CHECK_MILLIS,
              TimeUnit.MILLISECONDS);
    }
    this.acceptor = listen();
  }

  private Channel listen() throws IOException {
    final AtomicLong connectionIds = new AtomicLong();
    final ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(eventLoops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, ACCEPT_BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(32_768, 131_072))
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    entry.addTo(
                        channel.pipeline(),
                        TimeUnit.SECONDS.toMillis(context.helloSeconds),
                        DeviceMessages::answerToPlainText);
                    channel
                        .pipeline()
                        .addLast(
                            new DeviceConnection(
                                context,
                                connections,
                                replyLoops.get(channel.eventLoop()),
                                connectionIds.incrementAndGet()));
                  }
                });
    try {
      final Channel listening = bootstrap.bind(context.address).syncUninterruptibly().channel();
      listening.pipeline().addLast(new AcceptFaults());
      return listening;
    } catch (Exception e) {
      endHandshakes();
      throw AcceptFaults.cantListen(context.address, e);
    }
  }

  /** The port that the server listens on. */
  public int port() {
    return ((InetSocketAddress) acceptor.localAddress()).getPort();
  }

  /** How many devices are connected. */
  public int connections() {
    return connections.connections();
  }

  /** What counts frames and TLS records that are not whole. */
  public InputBudget input() {
    return context.input;
  }

  /** Where TLS handshakes are done; empty where plain text is spoken. */
  public Optional<Handshakes> handshakes() {
    return entry.handshakes();
  }

  /** What each device has sent. */
  public DeviceCounts counts() {
    return context.counts;
  }

  /**
   * Says goodbye to devices that the registry does not let stay any more, once it was read again.
   */
  public void endRevoked() {
    replyLoops.forEach((loop, replies) -> loop.execute(replies::checkEnrolments));
  }

  /**
   * Takes no more connections, and of those there are no more scans: says goodbye to each once it
   * has its answers.
   */
  public void stop() {
    acceptor.close().syncUninterruptibly();
    drain.begin();
  }

  /**
   * Waits, after {@link #stop}, until every device has its answers.
   *
   * @param deadlineNanos until when, by {@link System#nanoTime}
   * @return whether all have
   */
  public boolean awaitStopped(long deadlineNanos) {
    return drain.await(deadlineNanos);
  }

  /** Stops, and waits a while for answers on their way. */
  @Override
  public void close() {
    stop();
    final var unused =
        awaitStopped(System.nanoTime() + TimeUnit.SECONDS.toNanos(Limits.DEFAULT_DRAIN_SECONDS));
    endHandshakes();
  }

  /** Lets the threads of handshakes end, after {@link #awaitStopped}. */
  public void endHandshakes() {
    entry.close();
  }

  /** What a server needs; the times are settable for tests. */
  public static final class Context {
    private InetSocketAddress address;
    private ScanPipeline pipeline;
    private RulesetStore rulesets;
    private ScanMetrics metrics;
    private DeviceRegistry devices = DeviceRegistry.open();
    private final DeviceCounts counts = new DeviceCounts();
    private Translations translations = Translations.OFF;
    private int helloSeconds = ClientLimits.HELLO_SECONDS;
    private int frameSeconds = ClientLimits.FRAME_SECONDS;
    private int idleSeconds = Limits.TCP_IDLE_SECONDS;
    private int maxConnections = Limits.MAX_TCP_CONNECTIONS;
    private int maxConnectionsPerAddress = Limits.DEFAULT_LOOPBACK_CONNECTIONS_PER_ADDRESS;
    private Optional<ServerTls> tls = Optional.empty();
    private int handshakesPerSecond;
    private InputBudget input =
        new InputBudget(Limits.MAX_INPUT_BYTES_PER_ADDRESS, Limits.MAX_INPUT_BYTES);
    private TokenBuckets scanRates = ratesOf(0);
    private TokenBuckets translationRates = ratesOf(0);

    /** Sets where to listen; port 0 takes any free one. */
    public Context address(InetSocketAddress where) {
      address = where;
      return this;
    }

    /** Sets where scans go. */
    public Context pipeline(ScanPipeline scans) {
      pipeline = scans;
      return this;
    }

    /** Sets the rules by which checkpoints are found. */
    public Context rulesets(RulesetStore store) {
      rulesets = store;
      return this;
    }

    /** Sets what counts scans that are shed. */
    public Context metrics(ScanMetrics counters) {
      metrics = counters;
      return this;
    }

    /** Sets who may connect; default every device. */
    public Context devices(DeviceRegistry registry) {
      devices = registry;
      return this;
    }

    /** Sets where codes of the other region are translated; default {@link Translations#OFF}. */
    public Context translations(Translations offered) {
      translations = offered;
      return this;
    }

    /** Sets how long a device may take for its Hello, for a frame, and from message to message. */
    public Context deadlines(int hello, int frame, int idle) {
      helloSeconds = hello;
      frameSeconds = frame;
      idleSeconds = idle;
      return this;
    }

    /** Sets the most connections. */
    public Context maxConnections(int most) {
      maxConnections = most;
      return this;
    }

    /** Sets the most connections of one address. */
    public Context connectionsPerAddress(int most) {
      maxConnectionsPerAddress = most;
      return this;
    }

    /** Sets how connections are encrypted; empty (default) speaks plain text. */
    public Context tls(Optional<ServerTls> server) {
      tls = server;
      return this;
    }

    /** Sets how many TLS handshakes one address may begin in a second; 0 (default): no bound. */
    public Context handshakesPerSecond(int most) {
      handshakesPerSecond = most;
      return this;
    }

    /** Sets what counts frames, and TLS records, that are not whole yet. */
    public Context input(InputBudget budget) {
      input = budget;
      return this;
    }

    /** Sets the scans and the translations of one device in a second; 0 (default): no bound. */
    public Context rates(int scansPerSecond, int translationsPerSecond) {
      scanRates = ratesOf(scansPerSecond);
      translationRates = ratesOf(translationsPerSecond);
      return this;
    }

    private static TokenBuckets ratesOf(int perSecond) {
      return new TokenBuckets(perSecond, Limits.MAX_RATE_BUCKETS, System::nanoTime);
    }

    InputBudget input() {
      return input;
    }

    TokenBuckets scanRates() {
      return scanRates;
    }

    TokenBuckets translationRates() {
      return translationRates;
    }

    ScanAdmission admission() {
      return new ScanAdmission(Objects.requireNonNull(pipeline, "pipeline"), metrics);
    }

    RulesetStore rulesets() {
      return rulesets;
    }

    ScanMetrics metrics() {
      return metrics;
    }

    DeviceRegistry devices() {
      return devices;
    }

    DeviceCounts counts() {
      return counts;
    }

    Translations translations() {
      return translations;
    }

    int helloSeconds() {
      return helloSeconds;
    }

    int frameSeconds() {
      return frameSeconds;
    }

    int idleSeconds() {
      return idleSeconds;
    }
  }
}
