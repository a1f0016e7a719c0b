package gongbei.verifier.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gongbei.codec.code.CodeFormat;
import gongbei.replication.status.CommandLog;
import gongbei.verifier.TestNode;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a node that is not ready says, to whom. */
final class ReadinessTest {
  private static final String NOT_READY =
      "{\"type\":\"/problems/not-ready\",\"title\":\"not ready\",\"status\":503,"
          + "\"detail\":\"ask another node\"}";

  /** A log whose map is being made anew, and which is another's in all else. */
  private static CommandLog notServing(CommandLog log) {
    return (CommandLog)
        Proxy.newProxyInstance(
            CommandLog.class.getClassLoader(),
            new Class<?>[] {CommandLog.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("isServing")) {
                return false;
              }
              try {
                return method.invoke(log, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static HttpServer.Context context(TestNode node, CommandLog log, boolean isOpen) {
    return new HttpServer.Context()
        .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .scans(node.node.pipeline(), node.node.stock().rulesets())
        .trust(node.node.stock().trust())
        .minting(CodeFormat.GD1, null, null, null)
        .translating(null, node.node.stock().border().tables())
        .status(node.node.stock().statusMap(), log)
        .access(null, isOpen)
        .metrics(node.node.scanMetrics(), node.metrics(log));
  }

  private static RawHttp.Answer ready(HttpServer.Context context, EventLoopGroup loops)
      throws Exception {
    try (HttpServer server = new HttpServer(context, loops);
        RawHttp client = new RawHttp(server.port())) {
      return client.send("GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n").read();
    }
  }

  @Test
  void nobodyButAnOperatorLearnsWhyANodeIsNotReady() throws Exception {
    final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (TestNode node = new TestNode()) {
      final CommandLog log = notServing(node.node.stock().log());
      final RawHttp.Answer stranger = ready(context(node, log, false), loops);
      assertEquals(503, stranger.status());
      assertEquals(NOT_READY, stranger.body());
      final RawHttp.Answer operator = ready(context(node, log, true), loops);
      assertEquals(503, operator.status());
      assertEquals("/problems/busy", TestNode.json(operator.body()).path("type").asText());
      assertEquals(
          "{\"status\":\"ready\"}",
          ready(context(node, node.node.stock().log(), false), loops).body());
    } finally {
      loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }
}
