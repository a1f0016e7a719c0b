package gongbei.bench.faults;

import static gongbei.codec.model.Colour.GREEN;
import static gongbei.codec.model.Colour.RED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.model.Colour;
import gongbei.codec.transparency.EntryBlinding;
import gongbei.codec.transparency.HistoryEntry;
import gongbei.codec.transparency.TileSource;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.CommandKind;
import gongbei.replication.map.Subject;
import gongbei.testing.OneJdk;
import gongbei.testing.Patience;
import gongbei.verifier.cli.history.ServedTiles;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.client.NodeConnection;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The audit of a history finds what it is there to find, in entries that are made up. */
@OneJdk
final class HistoryAuditTest {
  private static final Subject ALICE = new Subject(1, 1);
  private static final Subject BOB = new Subject(2, 2);
  private static final long FIRST = 0x8a;
  private static final long SECOND = 0x8b;

  private final HistoryAudit audit =
      new HistoryAudit(
          List.of(
              new HistoryAudit.Write(2, ALICE, RED, FIRST),
              new HistoryAudit.Write(3, BOB, GREEN, SECOND)));

  private static HistoryEntry entry(
      long version, Subject holder, Colour colour, long authority, Outcome outcome) {
    final byte[] bytes = new byte[HistoryEntry.BYTES];
    new EntryBlinding().of(holder.toBytes(), 0, version).tag(bytes, 0);
    ByteBuffer.wrap(bytes)
        .putLong(24, authority)
        .putShort(48, (short) 1)
        .put(50, (byte) CommandKind.SET_STATUS)
        .put(51, outcome.code())
        .put(53, HistoryEntry.status(colour.number(), 0, 0));
    return new HistoryEntry(bytes);
  }

  private void applied(long version, Subject holder, Colour colour, long authority) {
    audit.entry(version, entry(version, holder, colour, authority, Outcome.APPLIED));
  }

  private void assertFault(String what, int found) {
    assertEquals(1, audit.faults().size(), audit.faults().toString());
    assertTrue(audit.faults().get(0).contains(what), audit.faults().toString());
    assertEquals(found, audit.found());
  }

  @Test
  void writesThatStandOnceWithTheirSignersAreRight() {
    audit.entry(1, new HistoryEntry(new byte[HistoryEntry.BYTES]));
    applied(2, ALICE, RED, FIRST);
    applied(3, BOB, GREEN, SECOND);
    audit.entry(4, entry(4, BOB, RED, FIRST, Outcome.CEILING_REACHED));
    assertEquals(List.of(), audit.faults());
    assertEquals(2, audit.found());
  }

  @Test
  void anotherSignerIsFound() {
    applied(2, ALICE, RED, SECOND);
    assertFault("version 2 is signed by 000000000000008b, and 000000000000008a sent it", 0);
  }

  @Test
  void anotherHolderIsFound() {
    applied(2, BOB, RED, FIRST);
    assertFault("version 2 is of another holder", 0);
  }

  @Test
  void anotherColourIsFound() {
    applied(2, ALICE, GREEN, FIRST);
    assertFault("version 2 has another colour", 0);
  }

  @Test
  void aWriteThatWasAppliedTwiceIsFound() {
    applied(2, ALICE, RED, FIRST);
    applied(3, BOB, GREEN, SECOND);
    applied(4, ALICE, RED, FIRST);
    assertFault("version 4 is a change that nobody was told of", 2);
  }

  @Test
  void aWriteThatIsMissingIsNotFound() {
    applied(3, BOB, GREEN, SECOND);
    assertEquals(List.of(), audit.faults());
    assertEquals(1, audit.found());
  }

  /** A node's history, over its sockets, after changes that two authorities have signed. */
  @Test
  void theHistoryThatANodeServesIsWalkedEntryByEntry(@TempDir Path directory) throws Exception {
    final Instant from = Instant.now().minusSeconds(60);
    final Instant until = from.plusSeconds(86_400);
    final KeyGeneration generation = new KeyGeneration();
    final SigningKey issuer = generation.generate("GD", from, until);
    final List<SigningKey> signers =
        List.of(
            generation.generateAuthority("First", from, until),
            generation.generateAuthority("Second", from, until));
    KeyGeneration.write(issuer, "gd", directory.resolve("keys"));
    for (int i = 0; i < signers.size(); i++) {
      KeyGeneration.write(signers.get(i), "authority-" + i, directory.resolve("authorities"));
    }
    final Path config =
        Files.writeString(
            directory.resolve("node.yaml"),
            "maxSubjects: 100\ntrustDirectory: keys\nsigningKeyDirectory: keys\n"
                + "authorityDirectory: authorities\nhttp: {port: 0}\ntcp: {port: 0}\n");
    try (Node node = Node.start(NodeConfig.read(config))) {
      final URI url = URI.create("http://127.0.0.1:" + node.httpPort() + "/");
      final List<HistoryAudit.Write> writes = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        final SigningKey signer = signers.get(i % 2);
        final Subject holder = new Subject(7, i % 5);
        final String answer =
            new AuthorityClient(url, signer)
                .put(
                    "/v1/subjects/" + holder.toHex() + "/status",
                    "{\"colour\":\"" + (i % 3 == 0 ? "red" : "green") + "\"}")
                .body();
        writes.add(
            new HistoryAudit.Write(
                new ObjectMapper().readTree(answer).path("version").longValue(),
                holder,
                i % 3 == 0 ? RED : GREEN,
                signer.issuerKey().kid()));
      }
      final TileSource history = new ServedTiles(url, NodeConnection.PLAIN);
      Patience.await(
          "a head covers all writes",
          () -> HistoryAudit.sizeOf(history, issuer.issuerKey()) >= writes.size());
      final HistoryAudit served = new HistoryAudit(writes);
      assertEquals(1, served.walk(history, issuer.issuerKey()));
      assertEquals(List.of(), served.faults());
      assertEquals(writes.size(), served.found());
      final HistoryAudit otherKey = new HistoryAudit(writes);
      otherKey.walk(history, signers.get(0).issuerKey());
      assertEquals(0, otherKey.found());
      assertEquals(1, otherKey.faults().size(), "a head of another key is none");
    }
  }

  @Test
  void twoWritesOfOneVersionAreFound() {
    final HistoryAudit twice =
        new HistoryAudit(
            List.of(
                new HistoryAudit.Write(2, ALICE, RED, FIRST),
                new HistoryAudit.Write(2, BOB, RED, FIRST)));
    assertEquals(List.of("two writes were acknowledged with version 2"), twice.faults());
  }
}
