package gongbei.verifier.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.trust.KeyGeneration;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.testing.Document;
import gongbei.verifier.TestNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code reference/signed-changes.md}: its script, as it stands there, against a node. */
final class SignedChangePageTest {
  /** So often a signature's number is signed that opens with a zero, most likely. */
  private static final int RUNS = 12;

  @TempDir private Path directory;

  @Test
  void theWorkedChangeIsAppliedByANode() throws Exception {
    ReferencePage.require("bash", "openssl", "curl", "awk", "od");
    final ReferencePage page = new ReferencePage(Document.SIGNED_CHANGES);
    final String script = page.blocks("bash").get(0);
    assertTrue(script.startsWith("URL=http://127.0.0.1:8080\n"), script);
    try (TestNode node = new TestNode()) {
      KeyGeneration.write(node.authority, "authority", directory.resolve("authority"));
      final String own =
          script.replace("http://127.0.0.1:8080", "http://127.0.0.1:" + node.node.httpPort());
      final StatusRecord record = new StatusRecord();
      final Subject subject = Subject.ofHex("2ebb4b65a0e4adb32e86ba03402ef157");
      for (int i = 0; i < RUNS; i++) {
        final long version = node.node.resources().statusMap().version();
        assertEquals(
            "{\"version\":" + (version + 1) + ",\"outcome\":\"applied\"}",
            ReferencePage.run(directory, own));
      }
      assertTrue(node.node.resources().statusMap().get(subject, record));
      assertEquals(StatusRecord.YELLOW, record.colour());
      assertEquals(2, record.doses());

      final String sameAgain = own.replace("$(openssl rand -hex 12)", "0123456789abcdef01234567");
      ReferencePage.run(directory, sameAgain);
      final String refused = ReferencePage.run(directory, sameAgain);
      assertTrue(refused.contains("/problems/replayed-request"), refused);
      final String elsewhere =
          ReferencePage.run(directory, own.replace("gongbei:GD:main", "gongbei:MO:main"));
      assertTrue(elsewhere.contains("/problems/other-cluster"), elsewhere);
      final String unknown =
          ReferencePage.run(
              directory,
              own.replace("2ebb4b65a0e4adb32e86ba03402ef157", "0".repeat(31) + "9")
                  .replaceAll("BODY=.*", "BODY='{\"revokeBefore\":\"2026-01-01T00:00:00Z\"}'"));
      assertTrue(unknown.contains("/problems/unknown-subject"), unknown);
    }
  }
}
