package gongbei.verifier.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import gongbei.verifier.ForeignCertificates;
import gongbei.verifier.HalfOpen;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.TestNode;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.client.DeviceException;
import gongbei.verifier.client.DeviceVerdict;
import gongbei.verifier.config.Limits;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.protocol.GoodbyeCode;
import gongbei.verifier.protocol.GoodbyeDecoder;
import gongbei.verifier.protocol.HelloEncoder;
import gongbei.verifier.protocol.MessageHeaderDecoder;
import gongbei.verifier.protocol.MessageHeaderEncoder;
import gongbei.verifier.protocol.OfflineCountsEncoder;
import gongbei.verifier.protocol.OfflineCountsTakenDecoder;
import gongbei.verifier.protocol.PingEncoder;
import gongbei.verifier.protocol.PongDecoder;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.protocol.RejectionCode;
import gongbei.verifier.protocol.ScanEncoder;
import gongbei.verifier.protocol.VerdictCode;
import gongbei.verifier.protocol.WelcomeDecoder;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.rules.Verdict;
import gongbei.verifier.scan.ScanMetrics;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakWatch.class)
final class TcpServerTest {
  private static final byte[] NO_CREDENTIAL = {};
  @AutoClose private static TestNode node;

  @BeforeAll
  static void startNode() throws Exception {
    node = new TestNode(new NodeConfig.Pipeline(4_096, null, null, null, null));
  }

  private static DeviceClient connect() throws IOException {
    return new DeviceClient(node.tcpAddress(), "gate-1", NO_CREDENTIAL);
  }

  private static DeviceVerdict await(CompletableFuture<DeviceVerdict> verdict) {
    return verdict.orTimeout(Patience.SECONDS, TimeUnit.SECONDS).join();
  }

  private static void assertAGoodScanIsAnswered() throws IOException {
    try (DeviceClient client = connect()) {
      assertEquals(
          VerdictCode.PASS, await(client.at("metro").scan(node.code(TestNode.GREEN))).verdict());
    }
  }

  @Test
  void everyReasonComesOverTheWire() throws IOException {
    try (DeviceClient client = connect()) {
      assertEquals(4, client.rulesets().size());
      assertReason(client, node.code(TestNode.GREEN), VerdictCode.PASS, ReasonCode.OK);
      assertReason(client, node.code(TestNode.YELLOW), VerdictCode.HOLD, ReasonCode.YELLOW);
      assertReason(client, node.code(TestNode.RED), VerdictCode.REFUSE, ReasonCode.RED);
      assertReason(client, node.code(TestNode.UNTESTED), VerdictCode.HOLD, ReasonCode.TEST_MISSING);
      assertReason(
          client, node.code(TestNode.LONG_AGO), VerdictCode.REFUSE, ReasonCode.TEST_TOO_OLD);
      assertReason(
          client, node.code(TestNode.POSITIVE), VerdictCode.REFUSE, ReasonCode.POSITIVE_TEST);
      assertReason(client, node.code(TestNode.REVOKED), VerdictCode.REFUSE, ReasonCode.REVOKED);
      assertReason(
          client, node.code(TestNode.UNKNOWN), VerdictCode.REFUSE, ReasonCode.UNKNOWN_SUBJECT);
      assertReason(client, "", VerdictCode.REFUSE, ReasonCode.MALFORMED);
      assertReason(client, "X", VerdictCode.REFUSE, ReasonCode.UNSUPPORTED_FORMAT);
      assertReason(client, "GD1:" + "0".repeat(5_000), VerdictCode.REFUSE, ReasonCode.MALFORMED);
      assertReason(
          client,
          node.code(CodeFormat.GD1, TestNode.GREEN, -60, -1),
          VerdictCode.REFUSE,
          ReasonCode.EXPIRED);
      assertReason(
          client,
          node.code(CodeFormat.GD1, TestNode.GREEN, 60, 120),
          VerdictCode.REFUSE,
          ReasonCode.NOT_YET_VALID);
      assertReason(
          client,
          node.code(CodeFormat.MO1, TestNode.GREEN, 0, 60),
          VerdictCode.PASS,
          ReasonCode.OK);
      assertReason(
          client, node.hcert(ForeignCertificates.vaccination(3)), VerdictCode.PASS, ReasonCode.OK);
      assertReason(
          client,
          node.hcert(ForeignCertificates.vaccination(1)),
          VerdictCode.HOLD,
          ReasonCode.TEST_MISSING);
    }
  }

  private static void assertReason(
      DeviceClient client, String code, VerdictCode verdict, ReasonCode reason) {
    final DeviceVerdict given = await(client.at("metro/line-3").scan(code));
    assertEquals(reason, given.reason());
    assertEquals(verdict, given.verdict());
    assertEquals(1, given.rulesetVersion());
    assertEquals(
        reason == ReasonCode.MALFORMED
            || reason == ReasonCode.UNSUPPORTED_FORMAT
            || reason == ReasonCode.EXPIRED
            || reason == ReasonCode.NOT_YET_VALID,
        !given.field().isEmpty(),
        given.toString());
  }

  @Test
  void thousandsOfScansInFlightAreEachAnsweredWithTheirOwnVerdict() throws IOException {
    final Subject[] subjects = {TestNode.GREEN, TestNode.YELLOW, TestNode.RED, TestNode.UNKNOWN};
    final String[] codes = new String[subjects.length];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = node.code(CodeFormat.GD1, subjects[i], 0, 3_600);
    }
    final ReasonCode[] reasons = {
      ReasonCode.OK, ReasonCode.YELLOW, ReasonCode.RED, ReasonCode.UNKNOWN_SUBJECT
    };
    try (DeviceClient client = connect()) {
      int answered = 0;
      while (answered < 10_000) {
        final List<CompletableFuture<DeviceVerdict>> verdicts = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
          verdicts.add(client.at("metro").scan(codes[i % codes.length]));
        }
        for (int i = 0; i < verdicts.size(); i++) {
          assertEquals(reasons[i % codes.length], await(verdicts.get(i)).reason());
          answered++;
        }
      }
    }
  }

  @Test
  void aBatchIsAnsweredCodeByCode() throws IOException {
    try (DeviceClient client = connect()) {
      final List<byte[]> codes = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        codes.add(
            (i % 2 == 0 ? node.code(TestNode.GREEN) : "HC1:X").getBytes(StandardCharsets.US_ASCII));
      }
      final List<CompletableFuture<DeviceVerdict>> verdicts = client.at("metro").scanBatch(codes);
      for (int i = 0; i < verdicts.size(); i++) {
        assertEquals(
            i % 2 == 0 ? ReasonCode.OK : ReasonCode.MALFORMED, await(verdicts.get(i)).reason());
      }
    }
  }

  @Test
  void aScanAtAnUnknownCheckpointIsRejectedAndTheConnectionLivesOn() throws IOException {
    try (DeviceClient client = connect()) {
      assertRejected(
          RejectionCode.UNKNOWN_CHECKPOINT, client.at("moon").scan(node.code(TestNode.GREEN)));
      assertRejected(
          RejectionCode.UNKNOWN_CHECKPOINT,
          client.at("metro/HC1:6").scan(node.code(TestNode.GREEN)));
      assertRejected(
          RejectionCode.CHECKPOINT_TOO_LONG,
          client.at("metro/" + "x".repeat(100)).scan(node.code(TestNode.GREEN)));
      assertEquals(
          ReasonCode.OK, await(client.at("metro").scan(node.code(TestNode.GREEN))).reason());
      assertTrue(client.ping().orTimeout(Patience.SECONDS, TimeUnit.SECONDS).join() > 0);
    }
  }

  private static void assertRejected(
      RejectionCode expected, CompletableFuture<DeviceVerdict> verdict) {
    final CompletionException refusal =
        assertThrows(CompletionException.class, () -> await(verdict));
    assertEquals(
        expected, assertInstanceOf(DeviceException.Rejected.class, refusal.getCause()).rejection());
  }

  @Test
  void aFullRingBufferShedsAtOnceAndSaysWhenToTryAgain() throws Exception {
    try (TestNode small = new TestNode(new NodeConfig.Pipeline(2, 1, 1, null, null));
        DeviceClient client =
            new DeviceClient(
                new DeviceClient.Context()
                    .server(small.tcpAddress())
                    .device("gate", NO_CREDENTIAL)
                    .busyRetries(0))) {
      final String code = small.code(CodeFormat.GD1, TestNode.GREEN, 0, 3_600);
      final List<CompletableFuture<DeviceVerdict>> verdicts = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        verdicts.add(client.at("metro").scan(code));
      }
      int busy = 0;
      int passed = 0;
      for (final CompletableFuture<DeviceVerdict> verdict : verdicts) {
        try {
          assertEquals(ReasonCode.OK, await(verdict).reason());
          passed++;
        } catch (CompletionException e) {
          assertTrue(
              assertInstanceOf(DeviceException.Busy.class, e.getCause()).retryAfterMillis() > 0);
          busy++;
        }
      }
      assertEquals(500, busy + passed);
      assertTrue(busy > 0, "nothing was shed");
      assertTrue(passed > 0, "nothing was answered");
      assertEquals(busy, small.node.scanMetrics().shed());
      assertEquals(ReasonCode.OK, await(client.at("metro").scan(code)).reason());
    }
  }

  @Test
  void aFrameThatClaimsTwoGibibytesEndsItsConnectionAlone() throws IOException {
    try (DeviceClient bystander = connect()) {
      for (final int length :
          new int[] {Integer.MAX_VALUE, -1, Integer.MIN_VALUE, 128 * 1024 + 1}) {
        try (RawDevice device = new RawDevice(node.tcpAddress())) {
          device.hello();
          device.writeLength(length);
          assertEquals(GoodbyeCode.FRAME_TOO_LONG, device.readGoodbye());
        }
      }
      assertEquals(
          ReasonCode.OK, await(bystander.at("metro").scan(node.code(TestNode.GREEN))).reason());
    }
  }

  @Test
  void framesThatAreNoMessagesEndTheirConnectionWithAReason() throws IOException {
    try (RawDevice device = new RawDevice(node.tcpAddress())) {
      device.writeLength(7);
      assertEquals(GoodbyeCode.FRAME_TOO_SHORT, device.readGoodbye());
    }
    try (RawDevice device = new RawDevice(node.tcpAddress())) {
      device.header.wrap(device.frame, 4).blockLength(0).templateId(1).schemaId(999).version(1);
      device.send(8);
      assertEquals(GoodbyeCode.UNSUPPORTED_PROTOCOL, device.readGoodbye());
    }
    try (RawDevice device = new RawDevice(node.tcpAddress())) {
      device.hello();
      final ScanEncoder scan = new ScanEncoder();
      scan.wrapAndApplyHeader(device.frame, 4, device.header).correlationId(1);
      scan.checkpoint("metro").putCode(new byte[10], 0, 10);
      device.send(8 + scan.encodedLength() - 5);
      assertEquals(GoodbyeCode.MALFORMED_MESSAGE, device.readGoodbye());
    }
    try (RawDevice device = new RawDevice(node.tcpAddress())) {
      final ScanEncoder scan = new ScanEncoder();
      scan.wrapAndApplyHeader(device.frame, 4, device.header).correlationId(1);
      scan.checkpoint("metro").putCode(new byte[10], 0, 10);
      device.send(8 + scan.encodedLength());
      assertEquals(GoodbyeCode.UNEXPECTED_MESSAGE, device.readGoodbye(), "no Hello");
    }
    try (RawDevice device = new RawDevice(node.tcpAddress())) {
      device.hello();
      device.sendHello();
      assertEquals(GoodbyeCode.UNEXPECTED_MESSAGE, device.readGoodbye(), "two Hellos");
    }
    assertAGoodScanIsAnswered();
  }

  @Test
  void everyTruncationAndMutationOfAFrameIsAnsweredOrEndsTheConnection() throws IOException {
    final byte[] scan = frameOfScan();
    for (int at = 4; at < scan.length; at++) {
      try (RawDevice device = new RawDevice(node.tcpAddress())) {
        device.hello();
        final byte[] mutated = scan.clone();
        mutated[at] ^= (byte) 0xFF;
        device.output(mutated);
        device.ping();
        final int template = device.readTemplate();
        assertTrue(template > 0, "at " + at);
      }
    }
    assertAGoodScanIsAnswered();
  }

  private static byte[] frameOfScan() {
    final UnsafeBuffer frame = new UnsafeBuffer(new byte[512]);
    final ScanEncoder scan = new ScanEncoder();
    scan.wrapAndApplyHeader(frame, 4, new MessageHeaderEncoder())
        .correlationId(7)
        .atEpochSeconds(ScanEncoder.atEpochSecondsNullValue());
    scan.checkpoint("metro").putCode("GD1:BB8".getBytes(StandardCharsets.US_ASCII), 0, 7);
    final int length = 8 + scan.encodedLength();
    frame.putInt(0, length, ByteOrder.LITTLE_ENDIAN);
    final byte[] bytes = new byte[4 + length];
    frame.getBytes(0, bytes);
    return bytes;
  }

  @Test
  void countsThatNoDeviceCanHaveEndItsConnectionAndAreNotCounted() throws IOException {
    final long before = node.node.scanMetrics().offline(Verdict.PASS);
    for (final long count :
        new long[] {Long.MAX_VALUE, Limits.MAX_OFFLINE_COUNT + 1, -1, Long.MIN_VALUE}) {
      try (RawDevice device = new RawDevice(node.tcpAddress())) {
        device.hello();
        device.offline(count);
        assertEquals(GoodbyeCode.MALFORMED_MESSAGE, device.readGoodbye(), "a count of " + count);
      }
    }
    assertEquals(before, node.node.scanMetrics().offline(Verdict.PASS));
    try (RawDevice device = new RawDevice(node.tcpAddress())) {
      device.hello();
      device.offline(Limits.MAX_OFFLINE_COUNT);
      assertEquals(OfflineCountsTakenDecoder.TEMPLATE_ID, device.readTemplate());
    }
    assertEquals(before + Limits.MAX_OFFLINE_COUNT, node.node.scanMetrics().offline(Verdict.PASS));
  }

  @Test
  void messagesAndFieldsOfANewerMinorVersionArePassedOver() throws IOException {
    try (RawDevice device = new RawDevice(node.tcpAddress())) {
      device.hello();
      device.header.wrap(device.frame, 4).blockLength(3).templateId(900).schemaId(7460).version(2);
      device.send(8 + 3);
      // A Ping with a block longer than this version knows.
      final PingEncoder ping = new PingEncoder();
      ping.wrapAndApplyHeader(device.frame, 4, device.header).echo(42);
      device.header.wrap(device.frame, 4).blockLength(24).version(2);
      device.send(8 + 24);
      assertEquals(PongDecoder.TEMPLATE_ID, device.readTemplate());
    }
  }

  @Test
  void tenThousandHalfFramesAreHungUpOnWhileOthersAreServed() throws Exception {
    final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    final List<Socket> sockets = new ArrayList<>();
    try (TcpServer server =
        new TcpServer(
            new TcpServer.Context()
                .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .pipeline(node.node.pipeline())
                .rulesets(RulesetStore.shipped())
                .metrics(new ScanMetrics())
                .deadlines(2, 2, 60),
            loops)) {
      final InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
      final int count = HalfOpen.connections();
      for (int i = 0; i < count; i++) {
        final Socket socket = new Socket();
        socket.connect(address);
        socket.getOutputStream().write(new byte[] {100, 0, 0, 0, 1, 2, 3});
        sockets.add(socket);
      }
      try (DeviceClient client = new DeviceClient(address, "gate", NO_CREDENTIAL)) {
        assertEquals(
            ReasonCode.OK, await(client.at("metro").scan(node.code(TestNode.GREEN))).reason());
        for (final Socket socket : sockets) {
          socket.setSoTimeout(Patience.MILLIS);
          final byte[] farewell = socket.getInputStream().readAllBytes();
          assertTrue(farewell.length > 0, "hung up on with a reason");
        }
        assertEquals(
            ReasonCode.OK, await(client.at("metro").scan(node.code(TestNode.GREEN))).reason());
        assertEquals(1, server.connections());
      }
    } finally {
      for (final Socket socket : sockets) {
        socket.close();
      }
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  @Test
  void onlyEnrolledDevicesAreLetIn(@TempDir Path directory) throws Exception {
    final Path file = directory.resolve("devices");
    final byte[] credential = new DeviceFile(file).enrol("gate-1", false).orElseThrow();
    final DeviceRegistry registry = DeviceRegistry.ofFile(file);
    assertTrue(registry.admits("gate-1", credential));
    assertFalse(registry.admits("gate-1", new byte[] {1, 2, 4}));
    assertFalse(registry.admits("gate-1", new byte[0]));
    assertFalse(registry.admits("gate-2", credential));
    assertFalse(registry.admits("gate-2", new byte[32]));
    final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (TcpServer server =
        new TcpServer(
            new TcpServer.Context()
                .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .pipeline(node.node.pipeline())
                .rulesets(RulesetStore.shipped())
                .metrics(new ScanMetrics())
                .maxConnections(1)
                .devices(registry),
            loops)) {
      final InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
      final DeviceException.Disconnected refusal =
          assertThrows(
              DeviceException.Disconnected.class,
              () -> new DeviceClient(address, "gate-1", new byte[] {9}));
      assertEquals(GoodbyeCode.BAD_CREDENTIAL, refusal.goodbye());
      Patience.await("no connection is left", () -> server.connections() == 0);
      try (DeviceClient client = new DeviceClient(address, "gate-1", credential)) {
        assertTrue(client.ping().orTimeout(Patience.SECONDS, TimeUnit.SECONDS).join() > 0);
        final DeviceException.Disconnected full =
            assertThrows(
                DeviceException.Disconnected.class,
                () -> new DeviceClient(address, "gate-1", credential));
        assertEquals(GoodbyeCode.TOO_MANY_CONNECTIONS, full.goodbye());
      }
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  /** Speaks the protocol byte by byte. */
  private static final class RawDevice implements AutoCloseable {
    private final Socket socket = new Socket();
    private final DataInputStream input;
    private final byte[] bytes = new byte[1 << 16];
    private final UnsafeBuffer frame = new UnsafeBuffer(bytes);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();

    RawDevice(InetSocketAddress address) throws IOException {
      socket.connect(address);
      socket.setSoTimeout(Patience.MILLIS);
      input = new DataInputStream(socket.getInputStream());
    }

    void sendHello() throws IOException {
      final HelloEncoder hello = new HelloEncoder();
      hello.wrapAndApplyHeader(frame, 4, header).deviceId("raw").putCredential(bytes, 0, 0);
      send(8 + hello.encodedLength());
    }

    void hello() throws IOException {
      sendHello();
      assertEquals(WelcomeDecoder.TEMPLATE_ID, readTemplate());
    }

    void ping() throws IOException {
      final PingEncoder ping = new PingEncoder();
      ping.wrapAndApplyHeader(frame, 4, header).echo(1);
      send(8 + ping.encodedLength());
    }

    void offline(long pass) throws IOException {
      final OfflineCountsEncoder counts = new OfflineCountsEncoder();
      counts.wrapAndApplyHeader(frame, 4, header).correlationId(1).packVersion(1);
      counts.packAgeSeconds(1).pass(pass).hold(0).refuse(0);
      send(8 + counts.encodedLength());
    }

    void send(int length) throws IOException {
      frame.putInt(0, length, ByteOrder.LITTLE_ENDIAN);
      socket.getOutputStream().write(bytes, 0, 4 + length);
    }

    void output(byte[] raw) throws IOException {
      socket.getOutputStream().write(raw);
    }

    void writeLength(int length) throws IOException {
      frame.putInt(0, length, ByteOrder.LITTLE_ENDIAN);
      socket.getOutputStream().write(bytes, 0, 4);
    }

    int readTemplate() throws IOException {
      final int length = Integer.reverseBytes(input.readInt());
      input.readFully(bytes, 0, length);
      return new MessageHeaderDecoder().wrap(frame, 0).templateId();
    }

    GoodbyeCode readGoodbye() throws IOException {
      assertEquals(GoodbyeDecoder.TEMPLATE_ID, readTemplate());
      final GoodbyeCode reason =
          new GoodbyeDecoder().wrapAndApplyHeader(frame, 0, new MessageHeaderDecoder()).reason();
      assertEquals(-1, input.read(), "the connection is closed");
      return reason;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
