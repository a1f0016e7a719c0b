package gongbei.verifier.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SubjectSecret;
import gongbei.codec.trust.TrustList;
import gongbei.replication.command.Applied;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.audit.AuditCheck;
import gongbei.verifier.audit.AuditException;
import gongbei.verifier.audit.AuditLog;
import gongbei.verifier.audit.AuditRoom;
import gongbei.verifier.audit.Receipt;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Receipts that find no room end translation, and nothing else. */
@ExtendWith(LeakWatch.class)
final class AuditDiskTest {
  private final long now = Instant.now().getEpochSecond();
  private static final SigningKey KEY = Region.key("GD");
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir private Path directory;

  private static HttpResponse<String> ask(Node node, String path, String body) throws Exception {
    final HttpRequest.Builder asked =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.httpPort() + path));
    return HTTP.send(
        (body == null
                ? asked
                : asked
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body)))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void receiptsLeaveTheLogItsRoomOnTheDiskThatBothWriteTo() throws Exception {
    KeyGeneration.write(KEY, "gd", directory.resolve("keys"));
    SubjectSecret.generate().write(directory.resolve("secret"));
    final long free = Files.getFileStore(directory).getUsableSpace();
    final Path config =
        Files.writeString(
            directory.resolve("node.yaml"),
            "maxSubjects: 1000\ndataDirectory: data\nsigningKeyDirectory: keys\n"
                + "trustDirectory: keys\nsubjectSecretFile: secret\n"
                + "http: {port: 0}\ntcp: {port: 0}\n"
                + "replication: {lowStorageBytes: "
                + (free / 4 * 3)
                + "}\n");
    try (Node node = Node.start(NodeConfig.read(config))) {
      final HttpResponse<String> refused =
          ask(node, "/v1/translations", "{\"code\":\"MO1:BB8\",\"target\":\"GD\"}");
      assertEquals(503, refused.statusCode(), refused.body());
      assertTrue(refused.body().contains("/problems/audit-failed"), refused.body());
      assertTrue(ask(node, "/metrics", null).body().contains("gongbei_audit_writable 0.0"));
      final List<Applied> applied =
          node.resources()
              .log()
              .submit(
                  List.of(
                      StatusCommand.SetStatus.of(new Subject(1, 1)).colour(Colour.GREEN).build()))
              .get(Patience.SECONDS, TimeUnit.SECONDS);
      assertEquals(Applied.Outcome.APPLIED, applied.get(0).outcome(), "changes go on");
      final HttpResponse<String> scan =
          ask(node, "/v1/scans", "{\"checkpoint\":\"metro\",\"code\":\"GD1:BB8\"}");
      assertEquals(200, scan.statusCode(), "scans go on");
    }
  }

  private static Receipt receipt(int number, String outcome) {
    final byte[] digest = new byte[32];
    digest[0] = (byte) number;
    digest[1] = (byte) (number >> 8);
    return new Receipt(
        gongbei.codec.model.Region.MACAU,
        gongbei.codec.model.Region.GUANGDONG,
        digest,
        outcome.equals(Receipt.TRANSLATED) ? digest : null,
        "mo-to-gd@1",
        outcome);
  }

  @Test
  void refusalsTakeHalfOfTheRoomAndWhoIsTranslatedHasTheRest() throws Exception {
    final Path file = directory.resolve("audit.jsonl");
    final TrustList trust = new TrustList(List.of(KEY.issuerKey()));
    try (AuditLog log =
        AuditLog.ofFile(file, gongbei.codec.model.Region.GUANGDONG, new AuditRoom(64 * 1024, 0))) {
      final ReceiptBook book = new ReceiptBook(log);
      for (int i = 0; i < 1_000; i++) {
        book.requireRoom(1);
        book.write(List.of(receipt(i, "expired-code")), KEY, now);
      }
      assertTrue(book.leftOut() > 500, book.leftOut() + " refusals were counted alone");
      assertTrue(log.bytes() < 34 * 1024, log.bytes() + " bytes");
      final long[] numbers =
          book.write(
              List.of(
                  receipt(2_000, Receipt.TRANSLATED),
                  receipt(0, "expired-code"),
                  receipt(2_001, "expired-code"),
                  receipt(2_000, Receipt.TRANSLATED)),
              KEY,
              now);
      assertEquals(log.lines() - 2, numbers[0], "the last but its head");
      assertEquals(1, numbers[1], "the receipt that there is");
      assertEquals(0, numbers[2], "none was written");
      assertEquals(numbers[0], numbers[3], "the same twice in a batch has one");
      AuditException full = null;
      for (int i = 0; full == null; i++) {
        assertTrue(book.isWritable());
        try {
          book.requireRoom(1);
          book.write(List.of(receipt(3_000 + i, Receipt.TRANSLATED)), KEY, now);
        } catch (AuditException e) {
          full = e;
        }
      }
      assertEquals(AuditException.Reason.FULL, full.reason());
      assertTrue(!book.isWritable());
      AuditCheck.check(file, trust, false, null);
    }
    try (AuditLog more =
        AuditLog.ofFile(file, gongbei.codec.model.Region.GUANGDONG, new AuditRoom(128 * 1024, 0))) {
      new ReceiptBook(more).requireRoom(1);
    }
  }
}
