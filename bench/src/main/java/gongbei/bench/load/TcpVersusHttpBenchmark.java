package gongbei.bench.load;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TlsKeyGeneration;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.Subject;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import gongbei.verifier.node.NodeException;
import gongbei.verifier.protocol.HelloEncoder;
import gongbei.verifier.protocol.MessageHeaderDecoder;
import gongbei.verifier.protocol.MessageHeaderEncoder;
import gongbei.verifier.protocol.ScanEncoder;
import gongbei.verifier.protocol.VerdictCode;
import gongbei.verifier.protocol.VerdictDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What scans by HTTP cost beside scans by TCP: both closed loop, over the same number of kept
 * connections with the same number of scans in flight on each, against one node of this process, in
 * turns. The clients write requests made beforehand and do no more with answers than count them.
 *
 * <p>Each answer is looked at: one that is not a pass ends the run.
 */
@Command(
    name = "faces",
    description = "Sets scans by HTTP beside scans by TCP, closed loop, in turns.",
    mixinStandardHelpOptions = true)
public final class TcpVersusHttpBenchmark implements Callable<Integer> {
  private static final int CODES = 1_000;
  private static final int LENGTH_BYTES = 4;
  private static final int BUFFER_BYTES = 1 << 16;

  @Option(names = "--connections", defaultValue = "16", description = "Kept alive.")
  private int connections;

  @Option(names = "--in-flight", defaultValue = "16", description = "Scans on each at once.")
  private int inFlight;

  @Option(names = "--seconds", defaultValue = "5", description = "Of each turn.")
  private int seconds;

  @Option(names = "--turns", defaultValue = "5", description = "Of each face.")
  private int turns;

  @Option(
      names = "--hellos",
      defaultValue = "0",
      description =
          "TLS ClientHellos in a second, each on a new connection and left there, that the HTTP"
              + " port takes in every other turn; HTTP is not asked then.")
  private int hellos;

  @Option(
      names = "--handshakes-per-second",
      defaultValue = "100",
      description = "How many of these the node lets begin; 0 for all.")
  private int handshakesPerSecond;

  /** One way to ask. */
  private interface Face {
    /** Says what a connection begins with, and reads what that is answered with. */
    void open(OutputStream output, InputStream input) throws IOException;

    byte[] request(String code, int number);

    /** How many whole answers lie in bytes; those left over are of the next. */
    int count(byte[] bytes, int length, int[] consumed);
  }

  @Override
  public Integer call() throws Exception {
    final Instant now = Instant.now();
    final SigningKey key =
        new KeyGeneration()
            .generate(
                CodeFormat.GD1.issuer(), now.minusSeconds(3_600), now.plus(Duration.ofDays(1)));
    final Path directory = Files.createTempDirectory("faces");
    KeyGeneration.write(key, "gd", directory.resolve("keys"));
    if (hellos > 0) {
      return underHellos(directory, key);
    }
    try (Node node = start(directory, "http: {host: 127.0.0.1, port: 0}")) {
      final List<String> codes = codes(node, key);
      final double[] tcp = new double[turns];
      final double[] http = new double[turns];
      run(new Device(), node.tcpPort(), codes);
      run(new Http(), node.httpPort(), codes);
      for (int turn = 0; turn < turns; turn++) {
        tcp[turn] = run(new Device(), node.tcpPort(), codes);
        http[turn] = run(new Http(), node.httpPort(), codes);
        System.out.printf(
            Locale.ROOT,
            "tcp %,9.0f scans/s   http %,9.0f scans/s   http/tcp %.2f%n",
            tcp[turn],
            http[turn],
            http[turn] / tcp[turn]);
      }
      Arrays.sort(tcp);
      Arrays.sort(http);
      System.out.printf(
          Locale.ROOT,
          "%d connections, %d in flight on each, median of %d: tcp %,.0f, http %,.0f, http/tcp"
              + " %.2f%n",
          connections,
          inFlight,
          turns,
          tcp[turns / 2],
          http[turns / 2],
          http[turns / 2] / tcp[turns / 2]);
    }
    return 0;
  }

  /** Sets scans by TCP beside the same while others begin TLS handshakes at the other server. */
  private int underHellos(Path directory, SigningKey key) throws Exception {
    final Instant now = Instant.now();
    final TlsKeyGeneration generation =
        new TlsKeyGeneration(false, now.minusSeconds(3_600), now.plus(Duration.ofDays(1)));
    generation
        .server(generation.authority("bench"), List.of("127.0.0.1"))
        .write("server", directory);
    try (Node node =
        start(
            directory,
            "access: {handshakesPerSecond: "
                + handshakesPerSecond
                + "}\nhttp: {host: 127.0.0.1, port: 0, allowAnonymous: true, tls:"
                + " {certificateFile: server.cert.pem, keyFile: server.key.pem}}")) {
      final List<String> codes = codes(node, key);
      final double[] quiet = new double[turns];
      final double[] flooded = new double[turns];
      run(new Device(), node.tcpPort(), codes);
      for (int turn = 0; turn < turns; turn++) {
        quiet[turn] = run(new Device(), node.tcpPort(), codes);
        try (TlsHandshakeFlood flood = new TlsHandshakeFlood(node.httpPort(), hellos)) {
          flooded[turn] = run(new Device(), node.tcpPort(), codes);
          System.out.printf(
              Locale.ROOT,
              "quiet %,9.0f scans/s   flooded %,9.0f scans/s   of that %.2f   %,d ClientHellos%n",
              quiet[turn],
              flooded[turn],
              flooded[turn] / quiet[turn],
              flood.sent());
        }
      }
      Arrays.sort(quiet);
      Arrays.sort(flooded);
      System.out.printf(
          Locale.ROOT,
          "median of %d: quiet %,.0f, %d ClientHellos/s %,.0f, of that %.2f%n",
          turns,
          quiet[turns / 2],
          hellos,
          flooded[turns / 2],
          flooded[turns / 2] / quiet[turns / 2]);
    }
    return 0;
  }

  private static Node start(Path directory, String http) throws Exception {
    final Path file =
        Files.writeString(
            directory.resolve("node.yaml"),
            "trustDirectory: keys\nreloadSeconds: 3600\n"
                + http
                + "\ntcp: {host: 127.0.0.1, port: 0}\n");
    try {
      return Node.start(NodeConfig.read(file));
    } catch (NodeException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> codes(Node node, SigningKey key) {
    final CodeIssuer issuer = new CodeIssuer(CodeFormat.GD1, key);
    final long now = Instant.now().getEpochSecond();
    final List<String> codes = new ArrayList<>();
    final List<StatusCommand> statuses = new ArrayList<>();
    for (int i = 0; i < CODES; i++) {
      final Subject subject = new Subject(i + 1L, i);
      statuses.add(
          StatusCommand.SetStatus.of(subject)
              .colour(Colour.GREEN)
              .test(TestResult.NEGATIVE, (int) (now / 60) - 60)
              .doses(2)
              .build());
      codes.add(
          issuer.issue(
              CodeClaims.of(CodeKind.PERSON, subject.toBytes())
                  .colour(Colour.GREEN)
                  .serial(new byte[8])
                  .validity(now - 1, now + 36_000)
                  .build()));
    }
    node.resources().log().submit(statuses).join();
    return codes;
  }

  private double run(Face face, int port, List<String> codes) throws Exception {
    final LongAdder answered = new LongAdder();
    final long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    final List<Thread> threads = new ArrayList<>();
    final List<Throwable> failures = new ArrayList<>();
    final long startedNanos = System.nanoTime();
    for (int i = 0; i < connections; i++) {
      final int first = i * CODES / connections;
      final Thread thread =
          new Thread(
              () -> {
                try {
                  ask(face, port, requests(face, codes, first), endNanos, answered);
                } catch (IOException | RuntimeException e) {
                  synchronized (failures) {
                    failures.add(e);
                  }
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (final Thread thread : threads) {
      thread.join();
    }
    if (!failures.isEmpty()) {
      throw new IllegalStateException(failures.get(0));
    }
    return answered.sum() * 1e9 / (System.nanoTime() - startedNanos);
  }

  private static byte[][] requests(Face face, List<String> codes, int first) {
    final byte[][] requests = new byte[CODES][];
    for (int i = 0; i < CODES; i++) {
      requests[i] = face.request(codes.get((first + i) % CODES), i);
    }
    return requests;
  }

  private void ask(Face face, int port, byte[][] requests, long endNanos, LongAdder answered)
      throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      final OutputStream output = socket.getOutputStream();
      final InputStream input = socket.getInputStream();
      face.open(output, input);
      final byte[] in = new byte[BUFFER_BYTES];
      byte[] out = new byte[BUFFER_BYTES];
      final int[] consumed = new int[1];
      int held = 0;
      int due = inFlight;
      int next = 0;
      long waiting = 0;
      while (due > 0 || waiting > 0) {
        int length = 0;
        for (; due > 0; due--) {
          final byte[] request = requests[next++ % CODES];
          if (length + request.length > out.length) {
            out = Arrays.copyOf(out, 2 * out.length);
          }
          System.arraycopy(request, 0, out, length, request.length);
          length += request.length;
          waiting++;
        }
        output.write(out, 0, length);
        int answers = 0;
        while (answers == 0) {
          final int read = input.read(in, held, in.length - held);
          if (read < 0) {
            throw new IOException("the node hung up");
          }
          held += read;
          answers = face.count(in, held, consumed);
          System.arraycopy(in, consumed[0], in, 0, held - consumed[0]);
          held -= consumed[0];
        }
        waiting -= answers;
        answered.add(answers);
        due = System.nanoTime() < endNanos ? answers : 0;
        while (due == 0 && waiting > 0 && System.nanoTime() >= endNanos) {
          final int read = input.read(in, held, in.length - held);
          if (read < 0) {
            throw new IOException("the node hung up");
          }
          held += read;
          final int late = face.count(in, held, consumed);
          System.arraycopy(in, consumed[0], in, 0, held - consumed[0]);
          held -= consumed[0];
          waiting -= late;
          answered.add(late);
        }
      }
    }
  }

  /** The protocol of scanner devices. */
  private static final class Device implements Face {
    @Override
    public void open(OutputStream output, InputStream input) throws IOException {
      final byte[] bytes = new byte[256];
      final UnsafeBuffer frame = new UnsafeBuffer(bytes);
      final HelloEncoder hello =
          new HelloEncoder().wrapAndApplyHeader(frame, LENGTH_BYTES, new MessageHeaderEncoder());
      hello.deviceId("bench").putCredential(new byte[0], 0, 0);
      output.write(bytes, 0, framed(frame, hello.encodedLength()));
      final byte[] length = input.readNBytes(LENGTH_BYTES);
      final byte[] unused =
          input.readNBytes(new UnsafeBuffer(length).getInt(0, ByteOrder.LITTLE_ENDIAN));
    }

    private static int framed(UnsafeBuffer frame, int encodedLength) {
      final int length = MessageHeaderEncoder.ENCODED_LENGTH + encodedLength;
      frame.putInt(0, length, ByteOrder.LITTLE_ENDIAN);
      return LENGTH_BYTES + length;
    }

    @Override
    public byte[] request(String code, int number) {
      final byte[] bytes = new byte[1_024];
      final byte[] text = code.getBytes(StandardCharsets.US_ASCII);
      final UnsafeBuffer frame = new UnsafeBuffer(bytes);
      final ScanEncoder scan =
          new ScanEncoder().wrapAndApplyHeader(frame, LENGTH_BYTES, new MessageHeaderEncoder());
      scan.correlationId(number)
          .atEpochSeconds(ScanEncoder.atEpochSecondsNullValue())
          .checkpoint("metro")
          .putCode(text, 0, text.length);
      return Arrays.copyOf(bytes, framed(frame, scan.encodedLength()));
    }

    @Override
    public int count(byte[] bytes, int length, int[] consumed) {
      final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
      final MessageHeaderDecoder header = new MessageHeaderDecoder();
      final VerdictDecoder verdict = new VerdictDecoder();
      int count = 0;
      int at = 0;
      while (length - at >= LENGTH_BYTES) {
        final int end = at + LENGTH_BYTES + buffer.getInt(at, ByteOrder.LITTLE_ENDIAN);
        if (end > length) {
          break;
        }
        header.wrap(buffer, at + LENGTH_BYTES);
        if (header.templateId() != VerdictDecoder.TEMPLATE_ID
            || verdict.wrapAndApplyHeader(buffer, at + LENGTH_BYTES, header).verdict()
                != VerdictCode.PASS) {
          throw new IllegalStateException("not a pass, but message " + header.templateId());
        }
        at = end;
        count++;
      }
      consumed[0] = at;
      return count;
    }
  }

  /** HTTP/1.1, kept alive and pipelined. */
  private static final class Http implements Face {
    private static final byte[] OK = "HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PASS = "\"verdict\":\"pass\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LENGTH = "content-length: ".getBytes(StandardCharsets.US_ASCII);

    @Override
    public void open(OutputStream output, InputStream input) {
      // HTTP has no greeting.
    }

    @Override
    public byte[] request(String code, int number) {
      final String body = "{\"checkpoint\":\"metro\",\"code\":\"" + code + "\"}";
      return ("POST /v1/scans HTTP/1.1\r\nHost: 127.0.0.1\r\n"
              + "Content-Type: application/json\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body)
          .getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public int count(byte[] bytes, int length, int[] consumed) {
      int count = 0;
      int at = 0;
      while (true) {
        final int end = end(bytes, at, length);
        if (end < 0 || end > length) {
          consumed[0] = at;
          return count;
        }
        if (!Arrays.equals(bytes, at, at + OK.length, OK, 0, OK.length)
            || !contains(bytes, at + OK.length, end, PASS)) {
          throw new IllegalStateException(
              new String(bytes, at, end - at, StandardCharsets.US_ASCII));
        }
        at = end;
        count++;
      }
    }

    private static boolean contains(byte[] bytes, int from, int to, byte[] wanted) {
      for (int i = from; i + wanted.length <= to; i++) {
        if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
          return true;
        }
      }
      return false;
    }

    /** The end of the answer at a place, or -1 where its header fields are not all there. */
    private static int end(byte[] bytes, int at, int length) {
      int contentLength = 0;
      for (int line = at; line < length; ) {
        int end = line;
        while (end < length && bytes[end] != '\n') {
          end++;
        }
        if (end == length) {
          return -1;
        }
        if (end - line <= 1) {
          return end + 1 + contentLength;
        }
        if (end - line > LENGTH.length
            && Arrays.equals(bytes, line, line + LENGTH.length, LENGTH, 0, LENGTH.length)) {
          for (int i = line + LENGTH.length; bytes[i] >= '0'; i++) {
            contentLength = 10 * contentLength + bytes[i] - '0';
          }
        }
        line = end + 1;
      }
      return -1;
    }
  }
}
