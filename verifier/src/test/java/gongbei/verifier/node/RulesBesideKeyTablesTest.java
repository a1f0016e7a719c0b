package gongbei.verifier.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.testing.Patience;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.rules.Rulesets;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Rules that are put while a node is still at a new trust list, however long that takes. */
final class RulesBesideKeyTablesTest {
  @TempDir private Path directory;
  private final Instant from = Instant.now().minus(Duration.ofDays(1));
  private final KeyGeneration generation = new KeyGeneration();
  private final SigningKey authority =
      generation.generateAuthority("Test", from, from.plus(Duration.ofDays(9)));

  /** Holds the thread that has taken a trust list up where it tells so, until it is let go. */
  private static final class HeldReload extends UnsynchronizedAppenderBase<ILoggingEvent>
      implements AutoCloseable {
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    HeldReload() {
      start();
      logger().addAppender(this);
    }

    private static Logger logger() {
      return (Logger) LoggerFactory.getLogger(FileFollower.class);
    }

    @Override
    protected void append(ILoggingEvent event) {
      if (event.getFormattedMessage().startsWith("The trust list was read again")) {
        held.countDown();
        try {
          assertTrue(release.await(Patience.SECONDS, TimeUnit.SECONDS), "it is let go");
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }

    boolean isHeld() {
      return held.getCount() == 0 && release.getCount() != 0;
    }

    @Override
    public void close() {
      release.countDown();
      logger().detachAppender(this);
      stop();
    }
  }

  private void writeKey() throws Exception {
    final SigningKey key = generation.generate("XX", from, from.plus(Duration.ofDays(9)));
    KeyGeneration.write(key, "foreign", directory.resolve("trust"));
  }

  private static String rules(int revision) {
    return """
        {'revision':%d,'rules':[{'Identifier':'VR-FR-0001','Type':'Acceptance','Country':'FR',
        'Version':'1.0.%d','SchemaVersion':'1.0.0','Engine':'CERTLOGIC','EngineVersion':'0.7.5',
        'CertificateType':'Vaccination','ValidFrom':'2022-01-01T00:00:00Z',
        'ValidTo':'2099-01-01T00:00:00Z','AffectedFields':['v.0.dn'],
        'Description':[{'lang':'en','desc':'Doses.'}],
        'Logic':{'>=':[{'var':'payload.v.0.dn'},1]}}]}
        """
        .replace("%d", Integer.toString(revision))
        .replace('\'', '"');
  }

  @Test
  void aRuleIsInForceWhileTheThreadOfTheKeysIsStillBusy() throws Exception {
    writeKey();
    KeyGeneration.write(authority, "authority", directory.resolve("authority"));
    final NodeConfig config =
        NodeConfig.read(
            Files.writeString(
                directory.resolve("node.yaml"),
                """
                trustDirectory: trust
                authorityDirectory: authority
                maxSubjects: 1000
                reloadSeconds: 1
                http: {host: 127.0.0.1, port: 0}
                tcp: {host: 127.0.0.1, port: 0}
                """));
    try (Node node = Node.start(config);
        HeldReload reload = new HeldReload()) {
      writeKey();
      Patience.await("the thread of the keys is held", reload::isHeld);
      final AuthorityClient client =
          new AuthorityClient(URI.create("http://127.0.0.1:" + node.httpPort() + "/"), authority);
      assertEquals(
          200,
          client
              .put("/v1/rulesets/airport", "{\"version\":1,\"allowedColours\":[\"green\"]}")
              .statusCode());
      for (int revision = 1; revision <= 2; revision++) {
        assertEquals(200, client.put("/v1/foreign-rules/FR", rules(revision)).statusCode());
        final String wanted = "[VR-FR-0001@1.0." + revision + "]";
        Patience.awaitEquals(wanted, () -> inForce(node).national().all().toString());
        assertTrue(reload.isHeld(), "the thread of the keys is held still");
      }
      assertEquals("airport@1", inForce(node).find("airport").label());
      assertTrue(reload.isHeld(), "the thread of the keys is held still");
    }
  }

  private static Rulesets inForce(Node node) {
    return node.resources().rulesets().current();
  }
}
