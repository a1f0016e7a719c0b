package gongbei.verifier.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.code.CodeFormat;
import gongbei.replication.log.CommandLog;
import gongbei.replication.log.LogRole;
import gongbei.replication.log.LogStatus;
import gongbei.verifier.TestNode;
import gongbei.verifier.http.HttpServer;
import gongbei.verifier.http.RawHttp;
import gongbei.verifier.translate.Translations;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a node that is not ready says, to whom. */
final class ReadinessTest {
  private static final long FRESH = 0;

  /** Older than any ruleset accepts. */
  private static final long DAY_MILLIS = 86_400_001;

  private static final String NOT_READY =
      "{\"type\":\"/problems/not-ready\",\"title\":\"not ready\",\"status\":503,"
          + "\"detail\":\"ask another node\"}";

  /** A log whose map is being rebuilt, and which is another's in all else. */
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
        .scans(node.node.pipeline(), node.node.resources().rulesets())
        .trust(node.node.resources().trust())
        .minting(CodeFormat.GD1, Optional.empty(), Optional.empty(), null)
        .translating(Translations.OFF, node.node.resources().translation().orElseThrow().tables())
        .status(node.node.resources().statusMap(), log)
        .access(Optional.empty(), isOpen)
        .metrics(node.node.scanMetrics(), node.metrics(log));
  }

  private static RawHttp.Answer ready(HttpServer.Context context, EventLoopGroup loops)
      throws Exception {
    return ask(context, loops, "/health/ready");
  }

  private static RawHttp.Answer ask(HttpServer.Context context, EventLoopGroup loops, String path)
      throws Exception {
    try (HttpServer server = new HttpServer(context, loops);
        RawHttp client = new RawHttp(server.port())) {
      return client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").read();
    }
  }

  /** A log whose figures are made up, and which is another's in all else. */
  private static CommandLog with(CommandLog log, LogStatus status, long dataAgeMillis) {
    return (CommandLog)
        Proxy.newProxyInstance(
            CommandLog.class.getClassLoader(),
            new Class<?>[] {CommandLog.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "status" -> status;
                  case "dataAgeMillis" -> dataAgeMillis;
                  default -> {
                    try {
                      yield method.invoke(log, arguments);
                    } catch (InvocationTargetException e) {
                      throw e.getCause();
                    }
                  }
                });
  }

  private static LogStatus of(LogRole role, boolean isWriting) {
    return new LogStatus(role, "", 1, 0, 0, 0, 0, true, isWriting, "", false);
  }

  @Test
  void aNodeThatTakesNoChangesIsNotReadyForThemAndSaysWhatItCanDo() throws Exception {
    final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (TestNode node = new TestNode()) {
      final CommandLog log = node.node.resources().log();
      for (final String[] each :
          new String[][] {
            {"leader", "true", "yes", "ready"},
            {"follower", "true", "yes", "ready"},
            {"follower", "false", "no: it has no session with the member that leads", "scans-only"},
            {"candidate", "false", "no: it is cut off from a majority of members", "scans-only"},
            {"failed", "false", "no: it has failed", "scans-only"},
            {"replica", "false", "no: a replica takes none", "ready"}
          }) {
        final CommandLog made =
            with(
                log,
                of(
                    LogRole.valueOf(each[0].toUpperCase(Locale.ROOT)),
                    Boolean.parseBoolean(each[1])),
                FRESH);
        final JsonNode ready = TestNode.json(ready(context(node, made, true), loops).body());
        assertEquals("yes", ready.at("/can/scan").asText(), each[0]);
        assertTrue(ready.at("/can/change").asText().startsWith(each[2]), ready.toString());
        assertEquals(each[3], ready.get("status").asText(), ready.toString());
        requireChanges(node, made, loops, each[2].equals("yes"));
      }
    } finally {
      loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  /** Everybody learns the one bit, and operators why it is not so. */
  private static void requireChanges(
      TestNode node, CommandLog log, EventLoopGroup loops, boolean isReady) throws Exception {
    final String path = "/health/ready/changes";
    final RawHttp.Answer stranger = ask(context(node, log, false), loops, path);
    final RawHttp.Answer operator = ask(context(node, log, true), loops, path);
    assertEquals(isReady ? 200 : 503, stranger.status());
    assertEquals(isReady ? 200 : 503, operator.status());
    assertEquals(isReady ? "{\"status\":\"ready\"}" : NOT_READY, stranger.body());
    assertEquals(
        isReady ? "" : "/problems/takes-no-changes",
        TestNode.json(operator.body()).path("type").asText());
  }

  @Test
  void aMemberThatIsFurtherBehindThanItsRulesAcceptIsNotReadyForChanges() throws Exception {
    final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (TestNode node = new TestNode()) {
      final CommandLog behind =
          with(node.node.resources().log(), of(LogRole.FOLLOWER, true), DAY_MILLIS);
      requireChanges(node, behind, loops, false);
      final RawHttp.Answer answer = ready(context(node, behind, true), loops);
      assertEquals(200, answer.status(), "scans are answered, as stale");
      final JsonNode ready = TestNode.json(answer.body());
      assertEquals("scans-only", ready.get("status").asText());
      assertTrue(ready.at("/can/scan").asText().startsWith("yes, as stale: its data is"));
      assertTrue(ready.at("/can/change").asText().startsWith("no: its data is"));
    } finally {
      loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  @Test
  void aNodeWhoseMapIsNoLongerItsClustersIsReadyForNothing() throws Exception {
    final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (TestNode node = new TestNode()) {
      final CommandLog renewing =
          with(
              notServing(node.node.resources().log()),
              new LogStatus(LogRole.FAILED, "", 1, 0, 0, 0, 0, false, false, "", true),
              FRESH);
      requireChanges(node, renewing, loops, false);
      final RawHttp.Answer operator = ready(context(node, renewing, true), loops);
      assertEquals(503, operator.status());
      assertTrue(operator.body().contains("of another history than its cluster's"));
    } finally {
      loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  @Test
  void nobodyButAnOperatorLearnsWhyANodeIsNotReady() throws Exception {
    final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (TestNode node = new TestNode()) {
      final CommandLog log = notServing(node.node.resources().log());
      final RawHttp.Answer stranger = ready(context(node, log, false), loops);
      assertEquals(503, stranger.status());
      assertEquals(NOT_READY, stranger.body());
      final RawHttp.Answer operator = ready(context(node, log, true), loops);
      assertEquals(503, operator.status());
      assertEquals("/problems/busy", TestNode.json(operator.body()).path("type").asText());
      assertEquals(
          "{\"status\":\"ready\"}",
          ready(context(node, node.node.resources().log(), false), loops).body());
    } finally {
      loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }
}
