package gongbei.verifier.http.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Patience;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.TestNode;
import gongbei.verifier.http.HttpServer;
import gongbei.verifier.http.RawHttp;
import gongbei.verifier.net.InputBudget;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Attacks HTTP through sockets with requests whose header fields have no end. */
@ExtendWith(LeakWatch.class)
final class HalfHeadersTest {
  private static final int BUDGET = 256 * 1024;
  private static final int ATTACKERS = 60;

  private final InputBudget input = new InputBudget(BUDGET, BUDGET);
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  private HttpServer serve(TestNode node) throws Exception {
    return new HttpServer(
        new HttpServer.Context()
            .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .scans(node.node.pipeline(), node.node.resources().rulesets())
            .trust(node.node.resources().trust())
            .status(node.node.resources().statusMap(), node.node.resources().log())
            .metrics(node.node.scanMetrics(), node.metrics())
            .deadlines(120_000, 120_000)
            .input(input),
        loops);
  }

  private void attack(String part) throws Exception {
    final List<RawHttp> attackers = new ArrayList<>();
    try (TestNode node = new TestNode();
        HttpServer server = serve(node)) {
      for (int i = 0; i < ATTACKERS; i++) {
        final RawHttp attacker = new RawHttp(server.port());
        attackers.add(attacker);
        attacker.send("POST /v1/scans HTTP/1.1\r\nHost: x\r\n" + part);
        assertTrue(input.bytes() <= BUDGET, input.bytes() + " bytes");
      }
      Patience.await("one is refused", () -> input.refusals() > 0);
      final RawHttp.Answer told = attackers.get(ATTACKERS - 1).read();
      assertEquals(503, told.status());
      assertTrue(told.body().contains("/problems/busy"), told.body());
      assertTrue(input.bytes() <= BUDGET, input.bytes() + " bytes");
      try (RawHttp bystander = new RawHttp(server.port())) {
        final String scan =
            RawHttp.post(
                "/v1/scans",
                "{\"checkpoint\":\"metro\",\"code\":\"" + node.code(TestNode.GREEN) + "\"}");
        assertEquals(200, bystander.send(scan).read().status());
        bystander.send(scan.substring(0, 40));
        assertEquals(200, bystander.send(scan.substring(40)).read().status(), "in two parts");
      }
      for (final RawHttp each : attackers) {
        each.close();
      }
      Patience.await("nothing is held any more", () -> input.bytes() == 0);
    } finally {
      for (final RawHttp each : attackers) {
        each.close();
      }
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  @Test
  void aFieldWithoutAnEndTakesNoMoreThanItsBudgetWhileOthersScan() throws Exception {
    attack("X-Large: " + "x".repeat(12_000));
  }

  @Test
  void manyShortFieldsCountForWhatTheyCost() throws Exception {
    attack("a:b\r\n".repeat(200));
  }
}
