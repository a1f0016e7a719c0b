package gongbei.verifier.http.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.codec.transparency.BeforeHistory;
import gongbei.codec.transparency.EntryBlinding;
import gongbei.codec.transparency.HistoryEntry;
import gongbei.codec.transparency.NodeSource;
import gongbei.codec.transparency.Proof;
import gongbei.codec.transparency.Proofs;
import gongbei.codec.transparency.ProvenChanges;
import gongbei.codec.transparency.SignedHead;
import gongbei.codec.transparency.TransparencyException;
import gongbei.codec.transparency.TreeHead;
import gongbei.replication.map.Subject;
import gongbei.testing.Document;
import gongbei.testing.Patience;
import gongbei.verifier.TestNode;
import gongbei.verifier.client.AuthorityClient;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a holder is told of their changes as bytes, and how long a proof is in which form. */
final class ProvenChangesTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final String BYTES = "application/octet-stream";
  private static final Subject HOLDER = new Subject(41, 1);
  private static final long ENTRIES = 1L << 31;

  private static <T> HttpResponse<T> history(
      TestNode node, String accept, HttpResponse.BodyHandler<T> handler) throws Exception {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create(node.http("/v1/subjects/" + HOLDER.toHex() + "/history")))
            .header(
                HolderProof.HEADER,
                URLEncoder.encode(node.code(HOLDER), StandardCharsets.UTF_8).replace("+", "%20"))
            .header("Accept", accept)
            .build(),
        handler);
  }

  private static ProvenChanges told(TestNode node) throws Exception {
    final HttpResponse<byte[]> answer =
        history(node, BYTES, HttpResponse.BodyHandlers.ofByteArray());
    assertEquals(200, answer.statusCode());
    assertEquals(BYTES, answer.headers().firstValue("Content-Type").orElseThrow());
    assertEquals("Accept", answer.headers().firstValue("Vary").orElseThrow());
    return ProvenChanges.of(answer.body());
  }

  @Test
  void bytesHaveTheEntriesAndProofsThatTheJsonHas() throws Exception {
    try (TestNode node = new TestNode()) {
      final AuthorityClient authority =
          new AuthorityClient(URI.create(node.http("/")), node.authority);
      final String put = "/v1/subjects/" + HOLDER.toHex() + "/status";
      authority.put(put, "{\"colour\":\"green\"}");
      authority.put(put, "{\"colour\":\"red\"}");
      Patience.await(
          "both are in a signed head",
          () -> told(node).changes().stream().allMatch(each -> each.proof().isPresent()));
      final ProvenChanges told = told(node);
      final TreeHead head = SignedHead.verified(told.head(), node.guangdong.issuerKey()).head();
      assertEquals(2, told.changes().size());
      for (final ProvenChanges.Change change : told.changes()) {
        assertTrue(
            new EntryBlinding().of(HOLDER.toBytes(), 0, change.version()).isOf(change.entry()));
        change
            .proof()
            .orElseThrow()
            .requireIncludes(change.entry().bytes(), change.version(), head);
      }
      final HttpResponse<String> answer =
          history(node, "application/json", HttpResponse.BodyHandlers.ofString());
      final JsonNode changes = TestNode.json(answer.body()).path("changes");
      for (int i = 0; i < changes.size(); i++) {
        assertArrayEquals(
            changes.path(i).path("entry").binaryValue(), told.changes().get(i).entry().bytes());
      }
      assertEquals(
          406, history(node, "text/html", HttpResponse.BodyHandlers.ofString()).statusCode());
    }
  }

  @Test
  void bytesThatAreCutShortOrLongerAreNone() throws Exception {
    final byte[] entry = new byte[HistoryEntry.BYTES];
    final byte[] whole =
        new ProvenChanges(
                "note",
                List.of(
                    new ProvenChanges.Change(3, new HistoryEntry(entry), Optional.of(proof(2)))))
            .toBytes();
    assertArrayEquals(whole, ProvenChanges.of(whole).toBytes());
    final int head = Short.BYTES + "note".length();
    for (int length = 0; length < whole.length; length++) {
      if (length != head) {
        final byte[] cut = Arrays.copyOf(whole, length);
        assertThrows(TransparencyException.class, () -> ProvenChanges.of(cut), "" + length);
      }
    }
    final byte[] longer = Arrays.copyOf(whole, whole.length + 1);
    assertThrows(TransparencyException.class, () -> ProvenChanges.of(longer));
  }

  private static Proof proof(long index) throws TransparencyException {
    final NodeSource nodes = (level, at, into, offset) -> BeforeHistory.node(level, into, offset);
    return new Proof(-1, ENTRIES, index, Proofs.inclusion(nodes, index, ENTRIES));
  }

  /** RFC 9162's form is within the 1,100 bytes that a proof may have, JSON's is not. */
  @Test
  void aProofOf2To31EntriesHasTheLengthsThatThePagesSay() throws Exception {
    final Proof proof = proof(ENTRIES / 3);
    final ArrayNode json = JsonNodeFactory.instance.arrayNode();
    proof.path().forEach(each -> json.add(Base64.getEncoder().encodeToString(each)));
    final String bytes = number(proof.toBytes().length);
    final String text = number(json.toString().length());
    assertEquals(List.of("1,050", "1,458"), List.of(bytes, text));
    assertTrue(Document.HISTORY.text().contains("**" + bytes + " bytes** for 2³¹ entries"), bytes);
    assertTrue(
        Document.APPEALS
            .text()
            .contains(text + " bytes in JSON for 2³¹ entries, and " + bytes + " bytes as bytes"),
        text);
  }

  private static String number(int value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
