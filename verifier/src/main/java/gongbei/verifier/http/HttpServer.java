package gongbei.verifier.http;

import gongbei.verifier.access.ApiKeys;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.api.ApiContext;
import gongbei.verifier.http.api.Resources;
import gongbei.verifier.http.guard.Authorizer;
import gongbei.verifier.http.guard.HostCheck;
import gongbei.verifier.http.guard.RateLimits;
import gongbei.verifier.http.guard.RequestChain;
import gongbei.verifier.http.guard.WorkClass;
import gongbei.verifier.http.guard.WorkQueues;
import gongbei.verifier.http.transport.BodyBudget;
import gongbei.verifier.http.transport.BudgetedRequestDecoder;
import gongbei.verifier.http.transport.Http2Preface;
import gongbei.verifier.http.transport.HttpConnection;
import gongbei.verifier.http.transport.HttpDate;
import gongbei.verifier.http.transport.QuickReplies;
import gongbei.verifier.http.transport.RequestDeadline;
import gongbei.verifier.http.transport.ResponseWriter;
import gongbei.verifier.net.AcceptFaults;
import gongbei.verifier.net.ConnectionLimiter;
import gongbei.verifier.net.InputBudget;
import gongbei.verifier.server.DeadlineRounds;
import gongbei.verifier.server.Drain;
import gongbei.verifier.server.ScanAdmission;
import gongbei.verifier.tls.ServerEntry;
import gongbei.verifier.tls.ServerTls;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Serves checkpoints, issuers and authorities by HTTP/1.1 and HTTP/2: see {@code openapi.yaml}. */
public final class HttpServer implements AutoCloseable {
  private static final int ACCEPT_BACKLOG = 4_096;
  private static final int MIN_READ_BYTES = 2_048;

  /** What ALPN offers (RFC 9113 §3.2, RFC 7301). */
  private static final List<String> PROTOCOLS =
      List.of(ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1);

  private final WorkQueues works = new WorkQueues();
  private final BodyBudget bodies;
  private final ConnectionLimiter connections;
  private final Resources api;
  private final Drain drain = new Drain();
  private final ServerEntry entry;
  private final Channel acceptor;

  /**
   * Starts to listen.
   *
   * @param eventLoops the loops to serve with, which stay the caller's to shut down
   * @throws IOException when the address can't be had
   */
  public HttpServer(Context context, EventLoopGroup eventLoops) throws IOException {
    bodies = new BodyBudget(context.maxBodyBytes);
    connections = new ConnectionLimiter(context.maxConnections, context.maxConnectionsPerAddress);
    final ResponseWriter writer =
        new ResponseWriter(context.nodeMetrics(), new HttpDate(context.epochSeconds()));
    api = new Resources(context, works);
    final RequestChain chain =
        new RequestChain(
            new HostCheck(context.isOpen || !context.hosts.isEmpty(), context.hosts),
            new Authorizer(
                context.apiKeys, context.isOpen, context.rateLimits, context.epochSeconds()),
            api.routes(),
            works);
    final HttpConnection.Shared shared =
        new HttpConnection.Shared(chain, bodies, connections, writer, drain);
    final ScanAdmission admission = new ScanAdmission(context.pipeline(), context.scanMetrics());
    final IdentityHashMap<EventLoop, QuickReplies> replies = new IdentityHashMap<>();
    final IdentityHashMap<EventLoop, DeadlineRounds> rounds = new IdentityHashMap<>();
    for (final EventExecutor loop : eventLoops) {
      rounds.put(
          (EventLoop) loop,
          RequestDeadline.roundsOn(loop, context.requestMillis, context.idleMillis));
      replies.put(
          (EventLoop) loop,
          new QuickReplies(
              (EventLoop) loop,
              admission,
              context.rulesets(),
              context.mintAdmission(),
              context.format()));
    }
    context.nodeMetrics().watchHttp(connections::connections);
    context.nodeMetrics().watchInput("http", context.input);
    entry =
        ServerEntry.of("http", context.tls, context.handshakesPerSecond, context.input, PROTOCOLS);
    entry.handshakes().ifPresent(made -> context.nodeMetrics().watchHandshakes("http", made));
    final ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(eventLoops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, ACCEPT_BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(
                    MIN_READ_BYTES, MIN_READ_BYTES, Limits.MAX_HTTP_READ_BYTES))
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    final RequestDeadline deadline =
                        new RequestDeadline(
                            rounds.get(channel.eventLoop()),
                            context.requestMillis,
                            context.idleMillis);
                    entry.addTo(
                        channel.pipeline(), context.handshakeMillis, writer::answerToPlainText);
                    channel
                        .pipeline()
                        .addLast(deadline)
                        .addLast(
                            new Http2Preface(
                                shared,
                                replies.get(channel.eventLoop()),
                                context.input,
                                rounds.get(channel.eventLoop()),
                                context.requestMillis,
                                context.idleMillis))
                        .addLast(new BudgetedRequestDecoder(context.input))
                        .addLast(new HttpResponseEncoder())
                        .addLast(
                            new HttpConnection(shared, replies.get(channel.eventLoop()), deadline));
                  }
                });
    try {
      acceptor = bootstrap.bind(context.address).syncUninterruptibly().channel();
      acceptor.pipeline().addLast(new AcceptFaults());
    } catch (Exception e) {
      works.close();
      entry.close();
      throw AcceptFaults.cantListen(context.address, e);
    }
  }

  /** The port that the server listens on. */
  public int port() {
    return ((InetSocketAddress) acceptor.localAddress()).getPort();
  }

  /** The connections at the moment. */
  public int connections() {
    return connections.connections();
  }

  /** The operations that the server answers, as in {@code POST /v1/scans}. */
  public Set<String> operations() {
    return api.routes().operations();
  }

  /** The requests of a class that are not answered yet. */
  int held(WorkClass kind) {
    return works.held(kind);
  }

  /** The bytes of bodies that connections hold at the moment. */
  public long bodyBytes() {
    return bodies.bytes();
  }

  /**
   * Takes no more connections and is not ready; answers what was asked, and refuses what is asked
   * from now on. Connections end once they are owed nothing.
   */
  public void stop() {
    api.stop();
    acceptor.close().syncUninterruptibly();
    drain.begin();
  }

  /**
   * Waits, after {@link #stop}, until every request that was taken is answered and its connection
   * has ended.
   *
   * @param deadlineNanos until when, by {@link System#nanoTime}
   * @return whether that is so
   */
  public boolean awaitStopped(long deadlineNanos) {
    return drain.await(deadlineNanos);
  }

  /** Stops where it has not, and lets its threads end; what is still owed is not waited for. */
  @Override
  public void close() {
    stop();
    works.close();
    entry.close();
  }

  /** What a server needs; the times are settable for tests. */
  public static final class Context extends ApiContext<Context> {
    private InetSocketAddress address;
    private long requestMillis = TimeUnit.SECONDS.toMillis(Limits.HTTP_REQUEST_SECONDS);
    private long idleMillis = TimeUnit.SECONDS.toMillis(Limits.HTTP_IDLE_SECONDS);
    private int maxConnections = Limits.MAX_HTTP_CONNECTIONS;
    private int maxConnectionsPerAddress = Limits.DEFAULT_LOOPBACK_CONNECTIONS_PER_ADDRESS;
    private Optional<ServerTls> tls = Optional.empty();
    private Optional<ApiKeys> apiKeys = Optional.empty();
    private boolean isOpen = true;
    private Set<String> hosts = Set.of();
    private RateLimits rateLimits = RateLimits.of(0, 0);
    private long handshakeMillis = Limits.TLS_HANDSHAKE_MILLIS;
    private long maxBodyBytes = Limits.MAX_HTTP_BODIES_BYTES;
    private int handshakesPerSecond;
    private InputBudget input =
        new InputBudget(Limits.MAX_INPUT_BYTES_PER_ADDRESS, Limits.MAX_INPUT_BYTES);

    @Override
    protected Context self() {
      return this;
    }

    /** Sets where to listen; port 0 takes any free one. */
    public Context address(InetSocketAddress where) {
      address = where;
      return this;
    }

    /** Sets how long a request may take to come, and a connection be idle, in milliseconds. */
    public Context deadlines(long request, long idle) {
      requestMillis = request;
      idleMillis = idle;
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

    /** Sets what counts requests' heads, and TLS records, that are not whole yet. */
    public Context input(InputBudget budget) {
      input = budget;
      return this;
    }

    /** Sets how long a TLS handshake may take, in milliseconds. */
    public Context handshake(long millis) {
      handshakeMillis = millis;
      return this;
    }

    /** Sets how many connections one address may have. */
    public Context connectionsPerAddress(int most) {
      maxConnectionsPerAddress = most;
      return this;
    }

    /** Sets how many connections there may be, and the bytes of their bodies together. */
    public Context room(int connections, long bodyBytes) {
      maxConnections = connections;
      maxBodyBytes = bodyBytes;
      return this;
    }

    /**
     * Sets who may ask.
     *
     * @param keys empty (default) where none are known
     * @param open whether everybody may everything who shows no key
     */
    public Context access(Optional<ApiKeys> keys, boolean open) {
      apiKeys = keys;
      isOpen = open;
      return this;
    }

    /**
     * Sets by what names clients know the node; with none (default) every name is taken of who
     * shows a key, and of who need not only addresses and localhost.
     */
    public Context hosts(Set<String> names) {
      hosts = names;
      return this;
    }

    /** Sets what a key and what an address may ask in a second; 0 for no bound. */
    public Context rates(int keyPerSecond, int addressPerSecond) {
      rateLimits = RateLimits.of(keyPerSecond, addressPerSecond);
      return this;
    }
  }
}
