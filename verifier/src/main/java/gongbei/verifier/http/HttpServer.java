package gongbei.verifier.http;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.TrustStore;
import gongbei.replication.status.CommandLog;
import gongbei.replication.status.StatusMap;
import gongbei.verifier.config.Limits;
import gongbei.verifier.metrics.NodeMetrics;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.scan.ScanMetrics;
import gongbei.verifier.scan.ScanPipeline;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Serves checkpoints, issuers and authorities by HTTP/1.1: see {@code openapi.yaml}. */
public final class HttpServer implements AutoCloseable {
  private static final int ACCEPT_BACKLOG = 4_096;
  private static final int THREADS = 2;

  private final ThreadPoolExecutor executor;
  private final Channel acceptor;

  /**
   * Starts to listen.
   *
   * @param eventLoops the loops to serve with, which stay the caller's to shut down
   * @throws IOException when the address can't be had
   */
  public HttpServer(Context context, EventLoopGroup eventLoops) throws IOException {
    executor =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(Limits.MAX_HTTP_QUEUED),
            task -> {
              final Thread thread = new Thread(task, "gongbei-http");
              thread.setDaemon(true);
              return thread;
            });
    final Routes routes = new Routes(context, executor);
    final HttpDecoderConfig decoding =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(Limits.MAX_HTTP_LINE_BYTES)
            .setMaxHeaderSize(Limits.MAX_HTTP_HEADER_BYTES);
    final ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(eventLoops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, ACCEPT_BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    final RequestDeadline deadline =
                        new RequestDeadline(context.requestSeconds, context.idleSeconds);
                    final HttpConnection connection = new HttpConnection(routes, context);
                    channel
                        .pipeline()
                        .addLast(deadline)
                        .addLast(new HttpServerCodec(decoding))
                        .addLast(new Aggregator(connection))
                        .addLast(new WholeRequest(deadline))
                        .addLast(connection);
                  }
                });
    try {
      acceptor = bootstrap.bind(context.address).syncUninterruptibly().channel();
    } catch (Exception e) {
      executor.shutdownNow();
      throw new IOException("can't listen on " + context.address + ": " + e.getMessage(), e);
    }
  }

  /** The port that the server listens on. */
  public int port() {
    return ((InetSocketAddress) acceptor.localAddress()).getPort();
  }

  /** Takes no more connections; those there are end with their event loops. */
  @Override
  public void close() {
    acceptor.close().syncUninterruptibly();
    executor.shutdown();
  }

  /** Gathers a request's body up to the limit, and refuses one that is longer unread. */
  private static final class Aggregator extends HttpObjectAggregator {
    private final HttpConnection connection;

    Aggregator(HttpConnection connection) {
      super(Limits.MAX_HTTP_BODY_BYTES, true);
      this.connection = connection;
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
      connection.end(
          ctx,
          Problem.of(
              413,
              "body-too-large",
              "the body is longer than " + Limits.MAX_HTTP_BODY_BYTES + " bytes"));
    }
  }

  /** Tells the deadline that a request is whole. */
  private static final class WholeRequest extends ChannelInboundHandlerAdapter {
    private final RequestDeadline deadline;

    WholeRequest(RequestDeadline deadline) {
      this.deadline = deadline;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
      deadline.requestIsWhole();
      super.channelRead(ctx, message);
    }
  }

  /** What a server needs; the times are settable for tests. */
  public static final class Context {
    private final AtomicInteger connections = new AtomicInteger();
    private InetSocketAddress address;
    private ScanPipeline pipeline;
    private RulesetStore rulesets;
    private TrustStore trust;
    private TrustStore authorities;
    private SigningKeys signingKeys;
    private CodeFormat format;
    private StatusMap statusMap;
    private CommandLog log;
    private ScanMetrics scanMetrics;
    private NodeMetrics nodeMetrics;
    private int requestSeconds = Limits.HTTP_REQUEST_SECONDS;
    private int idleSeconds = Limits.HTTP_IDLE_SECONDS;

    /** Sets where to listen; port 0 takes any free one. */
    public Context address(InetSocketAddress where) {
      address = where;
      return this;
    }

    /** Sets where scans go and by what rules they are judged. */
    public Context scans(ScanPipeline scans, RulesetStore store) {
      pipeline = scans;
      rulesets = store;
      return this;
    }

    /** Sets whose codes are trusted. */
    public Context trust(TrustStore store) {
      trust = store;
      return this;
    }

    /** Sets who may change statuses, or null for nobody. */
    public Context authorities(TrustStore store) {
      authorities = store;
      return this;
    }

    /** Sets which format is minted and with what keys; null keys mint nothing. */
    public Context minting(CodeFormat minted, SigningKeys keys) {
      format = minted;
      signingKeys = keys;
      return this;
    }

    /** Sets the status map and the log by which it is changed. */
    public Context status(StatusMap map, CommandLog commands) {
      statusMap = map;
      log = commands;
      return this;
    }

    /** Sets what is measured. */
    public Context metrics(ScanMetrics scans, NodeMetrics node) {
      scanMetrics = scans;
      nodeMetrics = node;
      return this;
    }

    /** Sets how long a request may take to come, and a connection be idle. */
    public Context deadlines(int request, int idle) {
      requestSeconds = request;
      idleSeconds = idle;
      return this;
    }

    ScanPipeline pipeline() {
      return pipeline;
    }

    RulesetStore rulesets() {
      return rulesets;
    }

    TrustStore trust() {
      return trust;
    }

    TrustStore authorities() {
      return authorities;
    }

    SigningKeys signingKeys() {
      return signingKeys;
    }

    CodeFormat format() {
      return format;
    }

    StatusMap statusMap() {
      return statusMap;
    }

    CommandLog log() {
      return log;
    }

    ScanMetrics scanMetrics() {
      return scanMetrics;
    }

    NodeMetrics nodeMetrics() {
      return nodeMetrics;
    }

    boolean admitConnection() {
      return connections.incrementAndGet() <= Limits.MAX_HTTP_CONNECTIONS;
    }

    void releaseConnection() {
      connections.decrementAndGet();
    }
  }
}
