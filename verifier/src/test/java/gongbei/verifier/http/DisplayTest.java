package gongbei.verifier.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.lmax.disruptor.BlockingWaitStrategy;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.trust.SigningKeys;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import gongbei.verifier.TestNode;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.http.transport.HttpConnectionTest;
import gongbei.verifier.mint.MintMetrics;
import gongbei.verifier.mint.MintPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Wallets that ask a running server for codes, many at once. */
final class DisplayTest {
  private static final int PLACES = 16;
  private static final int WALLETS = 120;

  private static TestNode node;
  private static EventLoopGroup loops;

  @BeforeAll
  static void start() throws Exception {
    node = new TestNode(new NodeConfig.Pipeline(256, 1, 16, 0, null));
    loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  }

  @AfterAll
  static void stop() {
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    node.close();
  }

  private static String body(Subject subject) {
    return "{\"subject\":\"" + subject.toHex() + "\",\"ttlSeconds\":90}";
  }

  private static String display(Subject subject, String... fields) {
    final StringBuilder request = new StringBuilder(RawHttp.post("/v1/codes", body(subject)));
    for (final String field : fields) {
      request.insert(request.indexOf("\r\n") + 2, field + "\r\n");
    }
    return request.toString();
  }

  private static String scan(String code) {
    return RawHttp.post("/v1/scans", "{\"checkpoint\":\"metro\",\"code\":\"" + code + "\"}");
  }

  private static HealthCode decoded(RawHttp.Answer answer) throws IOException {
    final byte[] text =
        TestNode.json(answer.body()).get("code").textValue().getBytes(StandardCharsets.US_ASCII);
    final HealthCode code = new HealthCode();
    assertTrue(code.wrap(text, 0, text.length), code.field());
    return code;
  }

  private static Subject holder(RawHttp.Answer answer) throws IOException {
    assertEquals(201, answer.status(), answer.body());
    final HealthCode code = decoded(answer);
    return Subject.of(code.buffer(), code.region().subjectOffset());
  }

  private static List<String> names(JsonNode object) {
    final List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** An Accept that weighs keeps a request off the quick way. */
  @Test
  void aQuickAnswerIsInEveryFieldAsItsResourcesOwn() throws IOException {
    try (RawHttp client = new RawHttp(node.node.httpPort())) {
      for (final Subject subject : List.of(TestNode.GREEN, TestNode.UNKNOWN)) {
        final RawHttp.Answer quick = client.send(display(subject)).read();
        final RawHttp.Answer slow = client.send(display(subject, "Accept: */*;q=0.5")).read();
        assertEquals(slow.status(), quick.status());
        assertEquals(slow.headers().keySet(), quick.headers().keySet());
        assertEquals(slow.headers().get("content-type"), quick.headers().get("content-type"));
        assertEquals(slow.headers().get("cache-control"), quick.headers().get("cache-control"));
        assertEquals(names(TestNode.json(slow.body())), names(TestNode.json(quick.body())));
      }
      final RawHttp.Answer quick = client.send(display(TestNode.GREEN)).read();
      final HealthCode code = decoded(quick);
      final JsonNode json = TestNode.json(quick.body());
      assertEquals(
          Instant.ofEpochSecond(code.cwt().expiresAtEpochSeconds()),
          Instant.parse(json.get("expires").textValue()));
      assertEquals(90, code.cwt().expiresAtEpochSeconds() - code.cwt().issuedAtEpochSeconds());
      final long refresh =
          Instant.parse(json.get("refreshAt").textValue()).toEpochMilli()
              - 1_000 * code.cwt().issuedAtEpochSeconds();
      assertTrue(refresh >= 60_000 && refresh <= 75_000, refresh + " ms");
    }
  }

  @Test
  void displaysAndScansOfOneConnectionAreAnsweredInTheirOrder() throws IOException {
    final String code = node.code(TestNode.RED);
    final Subject[] holders = {TestNode.GREEN, TestNode.RED, TestNode.YELLOW};
    final StringBuilder requests = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      requests.append(
          switch (i % 4) {
            case 0 -> display(holders[i % 3]);
            case 1 -> scan(code);
            case 2 -> display(holders[i % 3], "Idempotency-Key: " + i);
            default -> display(TestNode.UNKNOWN);
          });
    }
    try (RawHttp client = new RawHttp(node.node.httpPort())) {
      client.send(requests.toString());
      for (int i = 0; i < 60; i++) {
        final RawHttp.Answer answer = client.read();
        switch (i % 4) {
          case 0, 2 -> assertEquals(holders[i % 3], holder(answer), "answer " + i);
          case 1 -> assertEquals("red", TestNode.json(answer.body()).get("reason").textValue());
          default -> assertEquals(404, answer.status());
        }
      }
    }
  }

  /**
   * Minting stands still, as after an outage, and every wallet asks at once: what finds no room is
   * told so at once and when to come again, scans are answered all the while, and once minting goes
   * on every wallet that comes again has its code.
   */
  @Test
  void aHerdOfWalletsIsShedAndThenServedAndNoScanIsRefusedForIt() throws Exception {
    final SigningKeys keys = node.node.resources().signingKeys().orElseThrow();
    final MintMetrics metrics = new MintMetrics();
    final CountDownLatch outage = new CountDownLatch(1);
    final MintPipeline.Context standing =
        new MintPipeline.Context(
            CodeFormat.GD1,
            keys,
            node.node.resources().statusMap(),
            () -> awaited(outage),
            () -> false,
            () -> Instant.now().getEpochSecond());
    final List<RawHttp> wallets = new ArrayList<>();
    try (MintPipeline pipeline =
            new MintPipeline(PLACES, 1, new BlockingWaitStrategy(), 0, standing, metrics);
        HttpServer server =
            new HttpServer(
                HttpConnectionTest.context(node)
                    .minting(CodeFormat.GD1, Optional.of(keys), Optional.of(pipeline), metrics),
                loops);
        RawHttp gate = new RawHttp(server.port())) {
      for (int i = 0; i < WALLETS; i++) {
        wallets.add(new RawHttp(server.port()).send(display(TestNode.GREEN)));
      }
      Patience.awaitEquals((long) WALLETS - PLACES, metrics::shed);
      final String code = node.code(TestNode.GREEN);
      for (int i = 0; i < 200; i++) {
        final RawHttp.Answer verdict = gate.send(scan(code)).read();
        assertEquals(200, verdict.status(), verdict.body());
        assertEquals("pass", TestNode.json(verdict.body()).get("verdict").textValue());
      }
      outage.countDown();
      int served = 0;
      for (final RawHttp wallet : wallets) {
        RawHttp.Answer answer = wallet.read();
        if (answer.status() == 503) {
          assertEquals("busy", TestNode.json(answer.body()).get("reason").textValue());
          assertNotNull(answer.headers().get("retry-after"));
          assertEquals("application/problem+json", answer.headers().get("content-type"));
          answer = wallet.send(display(TestNode.GREEN)).read();
        } else {
          served++;
        }
        assertEquals(TestNode.GREEN, holder(answer));
      }
      assertEquals(PLACES, served, "those that had found room");
      assertEquals(WALLETS, metrics.minted());
    } finally {
      for (final RawHttp wallet : wallets) {
        wallet.close();
      }
    }
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      return latch.await(Patience.SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
