package gongbei.verifier.http;

import com.lmax.disruptor.BlockingWaitStrategy;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.Region;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.TrustStore;
import gongbei.replication.log.LocalCommandLog;
import gongbei.replication.map.StatusMap;
import gongbei.verifier.access.Caller;
import gongbei.verifier.client.Audience;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.fuzz.LoopbackChannel;
import gongbei.verifier.http.api.JsonBody;
import gongbei.verifier.http.api.Resources;
import gongbei.verifier.http.guard.Authorizer;
import gongbei.verifier.http.guard.HostCheck;
import gongbei.verifier.http.guard.RateLimits;
import gongbei.verifier.http.guard.RequestChain;
import gongbei.verifier.http.guard.RequestSignature;
import gongbei.verifier.http.guard.WorkClass;
import gongbei.verifier.http.guard.WorkRunner;
import gongbei.verifier.http.transport.BodyBudget;
import gongbei.verifier.http.transport.Http2Preface;
import gongbei.verifier.http.transport.HttpConnection;
import gongbei.verifier.http.transport.HttpDate;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.QuickReplies;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.RequestDeadline;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.http.transport.ResponseWriter;
import gongbei.verifier.http.transport.StrictRequestDecoder;
import gongbei.verifier.metrics.MetricSources;
import gongbei.verifier.metrics.NodeMetrics;
import gongbei.verifier.mint.MintMetrics;
import gongbei.verifier.mint.MintPipeline;
import gongbei.verifier.net.ConnectionLimiter;
import gongbei.verifier.net.InputBudget;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.scan.ScanEvaluator;
import gongbei.verifier.scan.ScanMetrics;
import gongbei.verifier.scan.ScanPipeline;
import gongbei.verifier.server.DeadlineRounds;
import gongbei.verifier.server.Drain;
import gongbei.verifier.server.ScanAdmission;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseEncoder;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What comes over HTTP, for fuzzing: every request is answered on the thread that brings it. */
public final class HttpInputs implements AutoCloseable {
  private static final long NOW = 1_767_225_600L;
  private static final long LONG_MILLIS = 1_000_000;
  private static final byte[] SEPARATOR = "\n\n".getBytes(StandardCharsets.US_ASCII);

  private final LocalCommandLog log;
  private final HttpServer.Context context;
  private final ConnectionLimiter connections = new ConnectionLimiter(10, 10);
  private final NodeMetrics metrics;
  private final RequestChain chain;
  private final ResponseWriter writer;
  private final ScanAdmission admission;
  private final RulesetStore rulesets;
  private final RequestSignature signature;

  /**
   * @param authorities who may sign changes
   * @param keys what mints codes
   */
  public HttpInputs(TrustStore authorities, SigningKeys keys) {
    final StatusMap map = StatusMap.inMemory(1_000);
    log = new LocalCommandLog(map);
    rulesets = RulesetStore.shipped();
    final ScanMetrics scans = new ScanMetrics();
    final MintMetrics minting = new MintMetrics();
    final ScanPipeline unanswered =
        new ScanPipeline(
            16,
            0,
            new BlockingWaitStrategy(),
            0,
            new ScanEvaluator.Context()
                .trust(authorities::current)
                .engine(BouncyCastleEngine::new)
                .statusMap(map),
            scans);
    metrics =
        new NodeMetrics(
            new MetricSources()
                .role(NodeConfig.Role.SINGLE)
                .region(Region.GUANGDONG)
                .signatureEngine("library")
                .scans(scans)
                .pipeline(unanswered)
                .statusMap(map)
                .log(log)
                .trust(authorities)
                .rulesets(rulesets)
                .devices(() -> 0));
    context =
        new HttpServer.Context()
            .scans(unanswered, rulesets)
            .trust(authorities)
            .authorities(Optional.of(authorities))
            .minting(
                CodeFormat.GD1,
                Optional.of(keys),
                Optional.of(
                    new MintPipeline(
                        16,
                        0,
                        new BlockingWaitStrategy(),
                        0,
                        new MintPipeline.Context(
                            CodeFormat.GD1, keys, map, () -> true, () -> false, () -> NOW),
                        minting)),
                minting)
            .status(map, log)
            .clock(() -> NOW)
            .metrics(scans, metrics);
    final WorkRunner works = new DirectRunner();
    chain =
        new RequestChain(
            new HostCheck(true, Set.of()),
            new Authorizer(Optional.empty(), true, RateLimits.of(0, 0), () -> NOW),
            new Resources(context, works).routes(),
            works);
    writer = new ResponseWriter(metrics, new HttpDate(() -> NOW));
    admission = new ScanAdmission(unanswered, scans);
    signature =
        new RequestSignature(Optional.of(authorities), "changes", Audience.DEFAULT, () -> NOW);
  }

  /** Works at once. */
  private static final class DirectRunner implements WorkRunner {
    @Override
    public CompletableFuture<Response> run(
        WorkClass kind,
        String caller,
        BooleanSupplier isWanted,
        Supplier<CompletableFuture<Response>> work) {
      return work.get();
    }

    @Override
    public CompletableFuture<Response> runHere(
        WorkClass kind, String caller, Supplier<CompletableFuture<Response>> work) {
      return work.get();
    }

    @Override
    public Executor goingOn(WorkClass kind) {
      return Runnable::run;
    }
  }

  @Override
  public void close() {
    log.close();
  }

  /** Takes the bytes of a connection, in one piece and then cut in two. */
  public void connection(byte[] input) {
    connection(input, input.length);
    connection(input, input.length / 2);
  }

  private void connection(byte[] input, int cut) {
    final DeadlineRounds rounds = new DeadlineRounds();
    final RequestDeadline deadline = new RequestDeadline(rounds, LONG_MILLIS, LONG_MILLIS);
    final HttpConnection.Shared shared =
        new HttpConnection.Shared(chain, new BodyBudget(1 << 24), connections, writer, new Drain());
    final QuickReplies replies =
        new QuickReplies(
            new EmbeddedChannel().eventLoop(),
            admission,
            rulesets,
            context.mintAdmission(),
            CodeFormat.GD1);
    final InputBudget budget = new InputBudget(1 << 20, 1 << 20);
    final LoopbackChannel channel =
        new LoopbackChannel(
            deadline,
            new Http2Preface(shared, replies, budget, rounds, LONG_MILLIS, LONG_MILLIS),
            new StrictRequestDecoder(),
            new HttpResponseEncoder(),
            new HttpConnection(shared, replies, deadline));
    channel.writeInbound(Unpooled.copiedBuffer(input, 0, cut));
    if (channel.isOpen()) {
      channel.writeInbound(Unpooled.copiedBuffer(input, cut, input.length - cut));
    }
    channel.checkException();
    ByteBuf answer;
    while ((answer = channel.readOutbound()) != null) {
      final String text = answer.toString(StandardCharsets.ISO_8859_1);
      answer.release();
      require(!text.startsWith("HTTP/1.1 500"), "a request is a fault of the node: " + text);
    }
    // The client hangs up: a close of the node's own waits for the streams of HTTP/2 that are open.
    channel.unsafe().close(channel.newPromise());
    channel.finishAndReleaseAll();
    require(connections.connections() == 0, "a connection is counted that is gone");
    require(budget.bytes() == 0, "bytes are counted that are gone");
  }

  /** A connection of HTTP/2 that scans, on a stream of its own, and asks for something more. */
  public static byte[] http2(String scan) {
    final ByteBuf bytes = Unpooled.buffer();
    bytes.writeBytes(ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    bytes.writeBytes(RawHttp2.frame(RawHttp2.SETTINGS, 0, 0));
    bytes.writeBytes(
        RawHttp2.frame(
            RawHttp2.HEADERS,
            RawHttp2.END_HEADERS,
            1,
            // Of the static table (RFC 7541, appendix A): POST, http; a path, a host, a type.
            ascii(
                "\u0083\u0086\u0004\u0009/v1/scans\u0001\u0009localhost"
                    + "\u000f\u0010\u0010application/json")));
    bytes.writeBytes(RawHttp2.frame(RawHttp2.DATA, RawHttp2.END_STREAM, 1, ascii(scan)));
    bytes.writeBytes(
        RawHttp2.frame(
            RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 3, new byte[] {0}));
    return ByteBufUtil.getBytes(bytes);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Reads a body: an object of known fields, or a problem that says what is wrong. */
  public static void body(byte[] input) {
    try {
      JsonBody.read(
          question(input, new DefaultHttpHeaders().set("Content-Type", Response.JSON)),
          Set.of("code", "checkpoint", "ruleset", "at"));
    } catch (Problem e) {
      require(e.status() >= 400 && e.status() < 500, "a body is a fault of the node");
    }
  }

  /** Checks a signature: three header fields, then a body, an empty line between each two. */
  public void signature(byte[] input) {
    final HttpHeaders headers = new DefaultHttpHeaders();
    byte[] rest = input;
    for (final String name : List.of("Content-Digest", "Signature-Input", "Signature")) {
      final int end = indexOf(rest, SEPARATOR);
      if (end < 0) {
        return;
      }
      try {
        headers.set(name, new String(rest, 0, end, StandardCharsets.ISO_8859_1));
      } catch (IllegalArgumentException e) {
        return;
      }
      rest = Arrays.copyOfRange(rest, end + SEPARATOR.length, rest.length);
    }
    try {
      signature.require(question(rest, headers));
      throw new AssertionError("somebody without a key has signed");
    } catch (Problem e) {
      require(e.status() >= 400 && e.status() < 500, "a signature is a fault of the node");
    }
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int i = 0; i + part.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    return -1;
  }

  private static Request question(byte[] body, HttpHeaders headers) {
    return new Request(
        "PUT",
        "/v1/subjects/status",
        headers,
        body,
        Caller.ofAddress(InetAddress.getLoopbackAddress(), true),
        Runnable::run);
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }
}
