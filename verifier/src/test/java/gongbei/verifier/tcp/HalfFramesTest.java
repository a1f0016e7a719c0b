package gongbei.verifier.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Patience;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.TestNode;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.config.Limits;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.net.InputBudget;
import gongbei.verifier.protocol.GoodbyeCode;
import gongbei.verifier.protocol.GoodbyeDecoder;
import gongbei.verifier.protocol.HelloEncoder;
import gongbei.verifier.protocol.MessageHeaderDecoder;
import gongbei.verifier.protocol.MessageHeaderEncoder;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.protocol.WelcomeDecoder;
import gongbei.verifier.rules.RulesetStore;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Attacks the devices' port through sockets with frames that are never whole. */
@ExtendWith(LeakWatch.class)
final class HalfFramesTest {
  private static final int BUDGET = 1 << 20;
  private static final int HALF = 60_000;
  private static final int ATTACKERS = 40;

  private final InputBudget input = new InputBudget(BUDGET, 2 * BUDGET);
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  private TcpServer serve(TestNode node) throws IOException {
    return new TcpServer(
        new TcpServer.Context()
            .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .pipeline(node.node.pipeline())
            .rulesets(RulesetStore.shipped())
            .metrics(new ScanMetrics())
            .input(input)
            .deadlines(120, 120, 120),
        loops);
  }

  /** A connection that says Hello and then what a test wants. */
  private static final class Attacker implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream answers;

    Attacker(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(Patience.MILLIS);
      answers = new DataInputStream(socket.getInputStream());
    }

    void hello() throws IOException {
      final UnsafeBuffer frame = new UnsafeBuffer(new byte[128]);
      final HelloEncoder hello = new HelloEncoder();
      hello.wrapAndApplyHeader(frame, 4, new MessageHeaderEncoder()).deviceId("attacker");
      hello.putCredential(new byte[0], 0, 0);
      final int length = 8 + hello.encodedLength();
      frame.putInt(0, length, ByteOrder.LITTLE_ENDIAN);
      send(frame.byteArray(), 4 + length);
      assertEquals(WelcomeDecoder.TEMPLATE_ID, read().templateId());
    }

    /** Says how long a frame is, and sends a part of it. */
    void half(int length, int sent) throws IOException {
      final byte[] bytes = new byte[4 + sent];
      new UnsafeBuffer(bytes).putInt(0, length, ByteOrder.LITTLE_ENDIAN);
      send(bytes, bytes.length);
    }

    private void send(byte[] bytes, int length) throws IOException {
      socket.getOutputStream().write(bytes, 0, length);
    }

    private MessageHeaderDecoder read() throws IOException {
      final byte[] message = new byte[Integer.reverseBytes(answers.readInt())];
      answers.readFully(message);
      return new MessageHeaderDecoder().wrap(new UnsafeBuffer(message), 0);
    }

    GoodbyeCode readGoodbye() throws IOException {
      final MessageHeaderDecoder header = read();
      assertEquals(GoodbyeDecoder.TEMPLATE_ID, header.templateId());
      return new GoodbyeDecoder()
          .wrapAndApplyHeader(header.buffer(), 0, new MessageHeaderDecoder())
          .reason();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void beforeItsWelcomeADeviceIsHeardForFiveHundredBytes() throws Exception {
    try (TestNode node = new TestNode();
        TcpServer server = serve(node)) {
      for (final int length :
          new int[] {ClientLimits.MAX_FRAME_BYTES, Limits.MAX_FIRST_FRAME_BYTES - 3}) {
        try (Attacker attacker = new Attacker(server.port())) {
          attacker.half(length, 0);
          assertEquals(GoodbyeCode.FRAME_TOO_LONG, attacker.readGoodbye(), "frame of " + length);
        }
      }
      try (Attacker longest = new Attacker(server.port())) {
        longest.half(Limits.MAX_FIRST_FRAME_BYTES - 4, Limits.MAX_FIRST_FRAME_BYTES - 4 - 1);
        longest.send(new byte[1], 1);
        assertEquals(GoodbyeCode.UNSUPPORTED_PROTOCOL, longest.readGoodbye(), "it was read whole");
      }
      assertEquals(0, input.bytes(), "of strangers nothing is held beyond what each may have");
      assertScans(node, server);
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  @Test
  void framesThatAreNeverWholeTakeNoMoreThanTheirBudgetWhileOthersScan() throws Exception {
    final List<Attacker> attackers = new ArrayList<>();
    try (TestNode node = new TestNode();
        TcpServer server = serve(node)) {
      for (int i = 0; i < ATTACKERS; i++) {
        final Attacker attacker = new Attacker(server.port());
        attackers.add(attacker);
        attacker.hello();
        attacker.half(ClientLimits.MAX_FRAME_BYTES, HALF);
        assertTrue(input.bytes() <= BUDGET, input.bytes() + " bytes");
        assertScans(node, server);
      }
      Patience.await(
          "those that find no room are refused",
          () -> {
            assertTrue(input.bytes() <= BUDGET, input.bytes() + " bytes");
            return input.refusals() >= ATTACKERS - BUDGET / 65_536 - 1;
          });
      // Those that found no room are told why.
      assertEquals(GoodbyeCode.TOO_MANY_CONNECTIONS, attackers.get(ATTACKERS - 1).readGoodbye());
      assertScans(node, server);
      for (final Attacker each : attackers) {
        each.close();
      }
      Patience.await("nothing is held any more", () -> input.bytes() == 0);
    } finally {
      for (final Attacker each : attackers) {
        each.close();
      }
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  /** A scan is answered whatever others hold. */
  private static void assertScans(TestNode node, TcpServer server) throws Exception {
    try (DeviceClient device =
        new DeviceClient(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
            "bystander",
            new byte[0])) {
      assertEquals(
          ReasonCode.OK,
          device
              .at("metro")
              .scan(node.code(TestNode.GREEN))
              .get(Patience.SECONDS, TimeUnit.SECONDS)
              .reason());
    }
  }
}
