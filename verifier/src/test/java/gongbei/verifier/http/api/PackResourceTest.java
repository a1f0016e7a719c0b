package gongbei.verifier.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.Colour;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.Subject;
import gongbei.verifier.TestNode;
import gongbei.verifier.access.Caller;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.mint.MintMetrics;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.net.InetAddress;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class PackResourceTest {
  private static final Request ASKED =
      new Request(
          "GET",
          "/v1/packs",
          new DefaultHttpHeaders(),
          new byte[0],
          Caller.ofAddress(InetAddress.getLoopbackAddress(), true),
          Runnable::run);

  @Test
  void aPackThatCouldNotBeMadeIsNotKeptAndTheNextIs() throws Exception {
    try (TestNode node = new TestNode()) {
      final AtomicBoolean isServing = new AtomicBoolean(true);
      final PackResource packs =
          new PackResource(
              new CodeMint(CodeFormat.GD1, node.node.resources().signingKeys(), new MintMetrics()),
              node.node.resources().statusMap(),
              isServing::get,
              new PackResource.Basis(
                  node.node.resources().trust(),
                  node.node.resources().rulesets(),
                  () -> node.node.resources().log().documents().minting(),
                  900),
              () -> Instant.now().getEpochSecond());
      packs.maxHolders(1);
      for (int i = 0; i < 2; i++) {
        final Problem problem = assertThrows(Problem.class, () -> packs.latest(ASKED));
        assertEquals(503, problem.status());
        assertEquals("pack-too-large", problem.type());
      }
      packs.maxHolders(Limits.MAX_PACK_HOLDERS);
      isServing.set(false);
      assertEquals("busy", assertThrows(Problem.class, () -> packs.latest(ASKED)).type());
      isServing.set(true);
      final Response made = packs.latest(ASKED);
      assertEquals(200, made.status());
      assertTrue(made.body().length > 0);

      packs.maxHolders(1);
      node.node
          .resources()
          .log()
          .submit(StatusCommand.SetStatus.of(new Subject(77, 77)).colour(Colour.RED).build())
          .join();
      assertEquals(200, packs.latest(ASKED).status(), "what was made is kept for its while");
    }
  }
}
