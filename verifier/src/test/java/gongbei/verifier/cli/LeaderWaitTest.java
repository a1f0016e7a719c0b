package gongbei.verifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import gongbei.replication.context.MemberAddress;
import gongbei.testing.FreePorts;
import gongbei.testing.OneJdk;
import gongbei.testing.Patience;
import gongbei.testing.SecretFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever waits for a leader says so, and does not wait for ever: as processes of their own. */
@OneJdk
final class LeaderWaitTest {
  private static final int MEMBERS = 3;

  @TempDir private Path directory;

  @Test
  void aMemberWhoseOthersAreNotThereSaysWhomItWaitsForAndEnds() throws Exception {
    final int basePort = FreePorts.inARow(MEMBERS * MemberAddress.PORTS);
    SecretFile.write(directory.resolve("cluster.secret"), "a secret of this test's cluster");
    final StringBuilder yaml =
        new StringBuilder(
            "role: member\nmaxSubjects: 1000\ndataDirectory: data\n"
                + "http: {host: 127.0.0.1, port: 0}\ntcp: {host: 127.0.0.1, port: 0}\n"
                + "replication:\n  secretFile: cluster.secret\n  leaderWaitSeconds: 3\n"
                + "  logTermBytes: 1048576\n  segmentBytes: 1048576\n  feedBytes: 2097152\n"
                + "  memberId: 0\n  members:\n");
    for (int id = 0; id < MEMBERS; id++) {
      yaml.append("    - {host: 127.0.0.1, basePort: ")
          .append(basePort + id * MemberAddress.PORTS)
          .append("}\n");
    }
    final Path config = Files.writeString(directory.resolve("member.yaml"), yaml);
    try (GongbeiProcess process = new GongbeiProcess(directory)) {
      assertEquals(3, process.run("serve", "--config", config.toString()), process.err());
      final String others =
          "of 3 members 2 must run and reach each other; the others are 1 at 127.0.0.1:"
              + (basePort + MemberAddress.PORTS)
              + ", 2 at 127.0.0.1:"
              + (basePort + 2 * MemberAddress.PORTS)
              + " (UDP)";
      assertTrue(process.err().contains("Waiting for a leader: " + others), process.err());
      assertTrue(
          process
              .err()
              .endsWith(
                  "gongbei: no member leads after 3 s (replication.leaderWaitSeconds): "
                      + others
                      + "\n"),
          process.err());
    }
  }

  /** A node of a cluster without a leader: it takes its time, and refuses. */
  @Test
  void aLoadThatNobodyTakesSaysThatItWaitsAndGoesOnOnceOneLeads() throws Exception {
    final AtomicInteger asked = new AtomicInteger();
    final CountDownLatch hasSaidSo = new CountDownLatch(1);
    final HttpServer node =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    node.createContext(
        "/v1/subjects/status",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          final boolean leads = asked.incrementAndGet() > 2 && hasSaidSo.getCount() == 0;
          final byte[] body =
              (leads
                      ? "{\"results\":[{\"version\":1,\"outcome\":\"applied\"}]}"
                      : "{\"type\":\"/problems/no-leader\",\"status\":503,\"detail\":\"none\"}")
                  .getBytes(StandardCharsets.US_ASCII);
          await(hasSaidSo);
          exchange.sendResponseHeaders(leads ? 200 : 503, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    node.start();
    final Path keys = directory.resolve("authority");
    final Path csv =
        Files.writeString(
            directory.resolve("residents.csv"),
            "subject,colour,result,sampleTime,doses,lastDoseDate,flags\n"
                + "0".repeat(32)
                + ",green,,,1,,\n");
    final String url = "http://127.0.0.1:" + node.getAddress().getPort();
    try (GongbeiProcess process = new GongbeiProcess(directory)) {
      assertEquals(0, process.run("keygen", "--authority", "A", "--out", keys.toString()));
      process.start(
          false,
          "load",
          csv.toString(),
          "--url",
          url,
          "--authority-keys",
          keys.toString(),
          "--no-progress");
      final String word =
          "gongbei: waiting for " + url + ": a change waits for a member to lead, 60 s at the most";
      Patience.await(process::err, () -> process.err().contains(word));
      hasSaidSo.countDown();
      assertEquals(0, process.exitCode(), process.err());
      assertEquals("1 resident loaded\n", process.out());
      assertEquals(word + "\n", process.err(), "it is said once");
    } finally {
      hasSaidSo.countDown();
      node.stop(0);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      final boolean unused = latch.await(Patience.SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
