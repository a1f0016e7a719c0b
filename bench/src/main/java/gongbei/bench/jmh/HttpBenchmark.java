package gongbei.bench.jmh;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.Region;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.TrustStore;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import gongbei.verifier.node.NodeResources;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Minting over HTTP beside scans over HTTP: a node with a million residents, and one thread that
 * keeps a request on its way on each of some connections that are kept alive. Node and client share
 * the machine: the ratio of the two is what this is for. One operation is one request.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class HttpBenchmark {
  private static final int RESIDENTS = 1_000_000;
  private static final int REQUESTS = 4_096;
  private static final int BUFFER_BYTES = 4_096;
  private static final byte[] LENGTH_FIELD = "content-length: ".getBytes(StandardCharsets.US_ASCII);

  @Param({"GD1", "MO1"})
  CodeFormat format;

  /** How many connections there are. */
  @Param({"64"})
  int connections;

  private final byte[][] scans = new byte[REQUESTS][];
  private final byte[][] mints = new byte[REQUESTS][];
  private Node node;
  private Selector selector;
  private Connection[] clients;

  /** Starts the node, fills its map, and connects. */
  @Setup(Level.Trial)
  public void setUp() throws Exception {
    final Residents residents = new Residents(format, RESIDENTS);
    final NodeConfig.Endpoint anyPort = new NodeConfig.Endpoint("127.0.0.1", 0);
    final NodeConfig config =
        NodeConfig.inMemory(
            Region.ofWireName(format.issuer()).orElseThrow(), RESIDENTS, anyPort, anyPort, null);
    node =
        Node.start(
            config,
            NodeResources.inMemory(config)
                .trust(TrustStore.of(residents.trust()))
                .signingKeys(new SigningKeys(List.of(residents.key())))
                .build());
    residents.putInto(node.resources().statusMap());
    final byte[][] codes = residents.codes(REQUESTS);
    for (int i = 0; i < REQUESTS; i++) {
      scans[i] =
          request(
              "/v1/scans",
              "{\"checkpoint\":\"metro\",\"code\":\""
                  + new String(codes[i], StandardCharsets.US_ASCII)
                  + "\"}");
      mints[i] =
          request(
              "/v1/codes",
              "{\"subject\":\"" + residents.subject(i * 200 % RESIDENTS).toHex() + "\"}");
    }
    selector = Selector.open();
    clients = new Connection[connections];
    for (int i = 0; i < connections; i++) {
      clients[i] =
          new Connection(
              selector, new InetSocketAddress(InetAddress.getLoopbackAddress(), node.httpPort()));
    }
  }

  private static byte[] request(String path, String json) {
    return ("POST "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
            + json.length()
            + "\r\n\r\n"
            + json)
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Hangs up and stops the node, which says how many codes it signed together. */
  @TearDown(Level.Trial)
  public void tearDown() throws IOException {
    for (final Connection client : clients) {
      client.channel.close();
    }
    selector.close();
    if (node.mintMetrics().minted() > 0) {
      System.out.printf(
          Locale.ROOT,
          "%,d codes in batches of %.1f, %,d ns a code, %,d shed%n",
          node.mintMetrics().minted(),
          (double) node.mintMetrics().minted() / node.mintMetrics().batches(),
          node.mintMetrics().nanos() / node.mintMetrics().minted(),
          node.mintMetrics().shed());
    }
    node.close();
  }

  /** {@code POST /v1/codes}. */
  @Benchmark
  @OperationsPerInvocation(REQUESTS)
  public void mint() throws IOException {
    ask(mints, "HTTP/1.1 201");
  }

  /** {@code POST /v1/scans}. */
  @Benchmark
  @OperationsPerInvocation(REQUESTS)
  public void scan() throws IOException {
    ask(scans, "HTTP/1.1 200");
  }

  /** Sends every request once, the next on a connection as soon as its last is answered. */
  private void ask(byte[][] requests, String status) throws IOException {
    int sent = 0;
    int answered = 0;
    for (final Connection client : clients) {
      if (sent < requests.length) {
        client.send(requests[sent++]);
      }
    }
    while (answered < requests.length) {
      selector.select();
      for (final SelectionKey key : selector.selectedKeys()) {
        final Connection client = (Connection) key.attachment();
        if (client.isAnswered(status)) {
          answered++;
          if (sent < requests.length) {
            client.send(requests[sent++]);
          }
        }
      }
      selector.selectedKeys().clear();
    }
  }

  /** One connection that is kept alive. */
  private static final class Connection {
    private final SocketChannel channel;
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES);

    Connection(Selector selector, InetSocketAddress node) throws IOException {
      channel = SocketChannel.open(node);
      channel.socket().setTcpNoDelay(true);
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, this);
    }

    void send(byte[] request) throws IOException {
      out.clear().put(request).flip();
      while (out.hasRemaining()) {
        channel.write(out);
      }
    }

    /** Reads on; whether the answer is whole, which must have that status. */
    boolean isAnswered(String status) throws IOException {
      if (channel.read(in) < 0) {
        throw new IOException("the node hung up");
      }
      final int whole = wholeLength();
      if (whole < 0 || in.position() < whole) {
        return false;
      }
      for (int i = 0; i < status.length(); i++) {
        if (in.get(i) != status.charAt(i)) {
          throw new IOException(new String(in.array(), 0, whole, StandardCharsets.UTF_8));
        }
      }
      in.clear();
      return true;
    }

    /** The answer's bytes by its header, or −1 while the header is not there. */
    private int wholeLength() {
      int length = 0;
      int matched = 0;
      for (int i = 0; i + 3 < in.position(); i++) {
        if (matched == LENGTH_FIELD.length && in.get(i) >= '0' && in.get(i) <= '9') {
          length = 10 * length + in.get(i) - '0';
        } else if (matched < LENGTH_FIELD.length) {
          final int letter = Character.toLowerCase(in.get(i));
          matched = letter == LENGTH_FIELD[matched] ? matched + 1 : letter == 'c' ? 1 : 0;
        } else {
          matched = LENGTH_FIELD.length + 1;
        }
        if (in.get(i) == '\r' && in.get(i + 2) == '\r') {
          return i + 4 + length;
        }
      }
      return -1;
    }
  }
}
