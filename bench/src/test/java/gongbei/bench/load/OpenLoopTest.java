package gongbei.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.bench.setup.Population;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.SigningKey;
import gongbei.testing.OneJdk;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import gongbei.verifier.protocol.MessageHeaderDecoder;
import gongbei.verifier.protocol.MessageHeaderEncoder;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.protocol.ScanDecoder;
import gongbei.verifier.protocol.VerdictEncoder;
import gongbei.verifier.protocol.WelcomeEncoder;
import gongbei.verifier.rules.Reason;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@OneJdk
final class OpenLoopTest {
  private static final long TURN_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  @TempDir private Path directory;

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private static OpenLoop.Outcome run(MintedCodes codes, List<LoadConnection> lanes, String plan)
      throws IOException {
    try {
      final ArrivalPlan arrivals = ArrivalPlan.parse(plan);
      return new OpenLoop(codes, lanes, true, TURN_NANOS, () -> Duration.ZERO)
          .run(arrivals, arrivals.evenly(), 0);
    } finally {
      for (final LoadConnection lane : lanes) {
        lane.close();
      }
    }
  }

  private static void assertNear(long expected, long found, long within, String what) {
    assertTrue(Math.abs(found - expected) <= within, what + " are " + found + ", not " + expected);
  }

  private static void assertAllRight(OpenLoop.Outcome outcome, long asked) {
    assertEquals(0, outcome.wrong(), "wrong answers");
    assertEquals(0, outcome.unanswered(), "unanswered");
    assertNear(
        asked, outcome.answered().getTotalCount() + outcome.shed().getTotalCount(), 1, "asked");
    assertTrue(outcome.answered().getTotalCount() > asked / 2, "most are not shed");
  }

  @Test
  void everyAnswerToAMixedLoadIsTheOneExpectedOverEitherProtocol() throws Exception {
    final LoadFixture bed = new LoadFixture(directory);
    bed.populate(3_000);
    bed.mint(CodeMinter.Mix.MIXED, 1_500);
    final MintedCodes codes = MintedCodes.open(bed.codes(CodeMinter.Mix.MIXED));
    assertEquals(1_500, codes.count());
    try (Node node = Node.start(NodeConfig.read(bed.configuration()))) {
      final List<LoadConnection> tcp = new ArrayList<>();
      final List<LoadConnection> http = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        tcp.add(new TcpLoadConnection(loopback(node.tcpPort()), i, 64 * 1024));
        http.add(new HttpLoadConnection(loopback(node.httpPort()), 1 + 5 * i));
      }
      assertAllRight(run(codes, tcp, "1000x2"), 2_000);
      assertAllRight(run(codes, http, "500x2"), 1_000);
      final List<LoadConnection> http2 = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        http2.add(new Http2LoadConnection(loopback(node.httpPort()), 1 + 10 * i));
      }
      assertAllRight(run(codes, http2, "500x2"), 1_000);
      assertTrue(node.scanMetrics().total() >= 3_500, "the node has judged them");
    }
  }

  @Test
  void everyCodeThatIsDisplayedIsAGoodOneOfItsHolderAndIsScanned() throws Exception {
    final LoadFixture bed = new LoadFixture(directory);
    bed.populate(3_000);
    Files.writeString(
        bed.configuration(), Files.readString(bed.configuration()) + "signingKeyDirectory: keys\n");
    final DisplayedCodes displayed = new DisplayedCodes();
    try (Node node = Node.start(NodeConfig.read(bed.configuration()))) {
      final List<LoadConnection> wallets = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        wallets.add(new MintLoadConnection(loopback(node.httpPort()), 1 + i % 4, displayed));
      }
      final LoadConnection gate = new TcpLoadConnection(loopback(node.tcpPort()), 1, 64 * 1024);
      final ArrivalPlan plan = ArrivalPlan.parse("500x2");
      final OpenLoop loop =
          new OpenLoop(
                  new DisplayedCodes.Holders(3_000), wallets, true, TURN_NANOS, () -> Duration.ZERO)
              .scanning(displayed, List.of(gate));
      assertAllRight(loop.run(plan, plan.evenly(), 0), 1_000);
      final OpenLoop.Outcome scans = loop.scans().orElseThrow();
      assertAllRight(scans, displayed.size());
      assertEquals(displayed.size(), scans.answered().getTotalCount());
      for (final LoadConnection wallet : wallets) {
        wallet.close();
      }
      gate.close();
    }
    final List<IssuerKey> trusted = List.of(IssuerKeys.read(directory).guangdong().issuerKey());
    assertEquals(Map.of(), displayed.faults(trusted));
    assertTrue(displayed.size() > 500);
  }

  @Test
  void aCodeIsScannedNoSoonerThanAScannerSeesIt() {
    final DisplayedCodes displayed =
        new DisplayedCodes().scannedAfter(ScanDelay.parse("20000-30000", 1));
    final long before = System.nanoTime();
    for (int i = 0; i < 100; i++) {
      displayed.add(i, new byte[] {(byte) i});
    }
    assertTrue(displayed.hasNext());
    assertFalse(displayed.isDue());
    final List<Byte> order = new ArrayList<>();
    final byte[] first = new byte[1];
    long dueNanos = before + 20_000_000_000L;
    for (int i = 0; i < 100; i++) {
      assertTrue(displayed.nextDueNanos() >= dueNanos, "one after the other");
      dueNanos = displayed.nextDueNanos();
      displayed.next();
      displayed.copyTo(first, 0);
      order.add(first[0]);
    }
    assertTrue(dueNanos - System.nanoTime() <= 30_000_000_000L, "the longest");
    assertEquals(100, Set.copyOf(order).size());
    assertNotEquals(order.stream().sorted().toList(), order, "not in the order of coming");
    assertFalse(displayed.hasNext());
  }

  @Test
  void aCodeThatIsNotAGoodOneOfItsHolderIsCounted() throws Exception {
    final IssuerKeys keys = IssuerKeys.generate(directory);
    final List<IssuerKey> trusted = List.of(keys.guangdong().issuerKey());
    final long now = Instant.now().getEpochSecond();
    final byte[] good = code(keys.guangdong(), 20, Colour.GREEN, now, now + 60);
    final DisplayedCodes displayed = new DisplayedCodes();
    displayed.add(20, good);
    assertEquals(Map.of(), displayed.faults(trusted));
    displayed.add(20, good);
    displayed.add(21, code(keys.guangdong(), 20, Colour.GREEN, now, now + 60));
    displayed.add(20, code(keys.guangdong(), 20, Colour.RED, now, now + 60));
    displayed.add(20, code(keys.guangdong(), 20, Colour.GREEN, now - 100, now - 40));
    displayed.add(20, code(keys.guangdong(), 20, Colour.GREEN, now, now + 61));
    displayed.add(20, code(keys.untrusted(), 20, Colour.GREEN, now, now + 60));
    displayed.add(20, "GD1:NO CODE".getBytes(StandardCharsets.US_ASCII));
    assertEquals(
        Map.of(
            DisplayedCodes.Fault.SERIAL, 1,
            DisplayedCodes.Fault.HOLDER, 1,
            DisplayedCodes.Fault.COLOUR, 1,
            DisplayedCodes.Fault.TIMES, 2,
            DisplayedCodes.Fault.SIGNATURE, 1,
            DisplayedCodes.Fault.UNREADABLE, 1),
        displayed.faults(trusted));
  }

  private static byte[] code(SigningKey key, long holder, Colour colour, long iat, long exp) {
    final byte[] serial = new byte[CodeLimits.SERIAL_BYTES];
    new SecureRandom().nextBytes(serial);
    return new CodeIssuer(CodeFormat.GD1, key)
        .issue(
            CodeClaims.of(CodeKind.PERSON, Population.subject(holder).toBytes())
                .colour(colour)
                .validity(iat, exp)
                .serial(serial)
                .build())
        .getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void walletsThatAreShedComeAgainUntilTheyHaveTheirCodes() throws Exception {
    final DisplayedCodes displayed = new DisplayedCodes();
    try (BusyWallets server = new BusyWallets(70);
        MintLoadConnection wallet = new MintLoadConnection(server.address(), 8, displayed)) {
      final ArrivalPlan plan = ArrivalPlan.parse("500x0.1");
      final DisplayedCodes.Holders holders = new DisplayedCodes.Holders(1_000);
      final OpenLoop loop =
          new OpenLoop(holders, List.of(wallet), true, TURN_NANOS, () -> Duration.ZERO)
              .returning(holders, 1);
      final OpenLoop.Outcome outcome = loop.run(plan, plan.evenly(), 0);
      assertNear(50, outcome.answered().getTotalCount(), 1, "wallets that have a code");
      assertEquals(70, outcome.shed().getTotalCount(), "refusals, some of the same wallet twice");
      assertEquals(0, outcome.unanswered() + outcome.wrong());
      final long returned = loop.returned().orElseThrow().getTotalCount();
      assertEquals(outcome.answered().getTotalCount(), returned, "all were refused at first");
      assertEquals(outcome.answered().getTotalCount(), displayed.size());
    }
  }

  @Test
  void anAnswerThatIsNotTheExpectedIsWrong() throws Exception {
    try (Gate gate = new Gate(0)) {
      final OpenLoop.Outcome outcome =
          run(
              codes(Reason.RED),
              List.of(new TcpLoadConnection(gate.address(), 0, 64 * 1024)),
              "200x1");
      assertNear(200, outcome.wrong(), 1, "wrong answers");
      assertEquals(0, outcome.answered().getTotalCount());
    }
  }

  /** A tool that waits for answers before it asks again would see one slow answer, not hundreds. */
  @Test
  void whatIsDueWhileAServerStandsStillCountsFromWhenItWasDue() throws Exception {
    try (Gate gate = new Gate(600)) {
      final OpenLoop.Outcome outcome =
          run(
              codes(Reason.OK),
              List.of(new TcpLoadConnection(gate.address(), 0, 64 * 1024)),
              "1000x2");
      assertAllRight(outcome, 2_000);
      final long slow =
          outcome.answered().getTotalCount()
              - outcome.answered().getCountBetweenValues(0, TimeUnit.MILLISECONDS.toNanos(100));
      assertTrue(slow >= 350, slow + " of 600 ms at 1,000 a second; due in the first 500 were 500");
      assertTrue(outcome.answered().getMaxValue() > TimeUnit.MILLISECONDS.toNanos(550));
    }
  }

  private MintedCodes codes(Reason expected) throws IOException {
    final Path file = directory.resolve("codes.bin");
    try (MintedCodes.Writer writer = new MintedCodes.Writer(file)) {
      writer.write("GD1:AN ANSWER TO ANYTHING".getBytes(StandardCharsets.US_ASCII), expected);
    }
    return MintedCodes.open(file);
  }

  /** A server that refuses the first displays, and gives the others something for a code. */
  private static final class BusyWallets implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final int refused;

    BusyWallets(int refused) throws IOException {
      this.refused = refused;
      final Thread thread = new Thread(this::serve, "busy wallets");
      thread.setDaemon(true);
      thread.start();
    }

    InetSocketAddress address() {
      return loopback(listening.getLocalPort());
    }

    private void serve() {
      try (Socket socket = listening.accept()) {
        socket.setTcpNoDelay(true);
        final DataInputStream input = new DataInputStream(socket.getInputStream());
        for (int asked = 0; ; asked++) {
          int last = 0;
          while (last != '}') {
            last = input.readByte();
          }
          final String body = asked < refused ? "{}" : "{\"code\":\"GD1:" + asked + "\"}";
          final String head =
              asked < refused ? "503 Service Unavailable\r\nRetry-After: 0" : "201 Created";
          socket
              .getOutputStream()
              .write(
                  ("HTTP/1.1 " + head + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                      .getBytes(StandardCharsets.US_ASCII));
        }
      } catch (IOException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() throws IOException {
      listening.close();
    }
  }

  /** A server that passes everybody, and once stands still. */
  private static final class Gate implements AutoCloseable {
    private static final int STANDS_STILL_AT = 500;

    private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final byte[] bytes = new byte[1_024];
    private final UnsafeBuffer message = new UnsafeBuffer(bytes);
    private final int stillMillis;

    Gate(int stillMillis) throws IOException {
      this.stillMillis = stillMillis;
      final Thread thread = new Thread(this::serve, "gate");
      thread.setDaemon(true);
      thread.start();
    }

    InetSocketAddress address() {
      return loopback(listening.getLocalPort());
    }

    private void serve() {
      try (Socket socket = listening.accept()) {
        socket.setTcpNoDelay(true);
        final DataInputStream input = new DataInputStream(socket.getInputStream());
        read(input);
        final WelcomeEncoder welcome =
            new WelcomeEncoder().wrapAndApplyHeader(message, Integer.BYTES, header);
        welcome.rulesetsCount(0);
        write(socket, welcome.encodedLength());
        for (int scans = 0; ; scans++) {
          final UnsafeBuffer frame = read(input);
          final ScanDecoder scan =
              new ScanDecoder()
                  .wrapAndApplyHeader(frame, 0, new MessageHeaderDecoder().wrap(frame, 0));
          if (scans == STANDS_STILL_AT) {
            // The standstill that the load has to show.
            Thread.sleep(stillMillis);
          }
          final VerdictEncoder verdict =
              new VerdictEncoder().wrapAndApplyHeader(message, Integer.BYTES, header);
          verdict.correlationId(scan.correlationId()).reason(ReasonCode.OK).field("");
          write(socket, verdict.encodedLength());
        }
      } catch (IOException | InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private static UnsafeBuffer read(DataInputStream input) throws IOException {
      final byte[] frame = new byte[Integer.reverseBytes(input.readInt())];
      input.readFully(frame);
      return new UnsafeBuffer(frame);
    }

    private void write(Socket socket, int encodedLength) throws IOException {
      final int length = MessageHeaderEncoder.ENCODED_LENGTH + encodedLength;
      message.putInt(0, length, ByteOrder.LITTLE_ENDIAN);
      socket.getOutputStream().write(bytes, 0, Integer.BYTES + length);
    }

    @Override
    public void close() throws IOException {
      listening.close();
    }
  }
}
