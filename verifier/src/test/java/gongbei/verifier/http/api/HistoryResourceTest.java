package gongbei.verifier.http.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.transparency.HistoryEntry;
import gongbei.codec.transparency.Proof;
import gongbei.codec.transparency.SignedHead;
import gongbei.verifier.TestNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class HistoryResourceTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  @AutoClose private static TestNode node;
  private static SignedHead head;

  @BeforeAll
  static void start() throws Exception {
    node = new TestNode();
    node.node.resources().history().orElseThrow().log().frontier();
    head =
        SignedHead.verified(
            new String(get("/history/checkpoint").body(), StandardCharsets.UTF_8),
            node.guangdong.issuerKey());
  }

  private static HttpResponse<byte[]> get(String path) throws Exception {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create(node.http(path))).build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  @Test
  void headsAreFreshAndWhatNeverChangesMayBeKept() throws Exception {
    assertEquals(
        "public, max-age=1",
        get("/history/checkpoint").headers().firstValue("Cache-Control").orElseThrow());
    assertEquals(
        "public, max-age=31536000, immutable",
        get("/history/tile/0/000.p/2").headers().firstValue("Cache-Control").orElseThrow());
    assertEquals(
        "public, max-age=31536000, immutable",
        get("/history/proof/inclusion/2/1").headers().firstValue("Cache-Control").orElseThrow());
    assertEquals(
        head.head().size(), node.node.resources().statusMap().version(), "every version is in it");
  }

  @Test
  void theHeadOfASnapshotIsThereToo() throws Exception {
    final SignedHead ofSnapshot =
        SignedHead.verified(
            new String(get("/history/checkpoint/snapshot").body(), StandardCharsets.UTF_8),
            node.guangdong.issuerKey());
    assertArrayEquals(head.head().root(), ofSnapshot.head().root());
  }

  @Test
  void anEntryAndItsProofLeadToTheHead() throws Exception {
    final long size = head.head().size();
    final byte[] bundle = get("/history/tile/entries/000.p/" + size).body();
    assertEquals(size * (2 + HistoryEntry.BYTES), bundle.length);
    final int at = 2 * (2 + HistoryEntry.BYTES) + 2;
    final byte[] entry = Arrays.copyOfRange(bundle, at, at + HistoryEntry.BYTES);
    Proof.of(get("/history/proof/inclusion/" + size + "/3").body())
        .requireIncludes(entry, 3, head.head());
    assertEquals(200, get("/history/proof/consistency/2/" + size).statusCode());
  }

  @Test
  void entriesAreThereInWordsWithoutAnySubject() throws Exception {
    final String text = new String(get("/history/entries/1").body(), StandardCharsets.UTF_8);
    final JsonNode entries = TestNode.json(text).path("entries");
    assertEquals(head.head().size(), entries.size());
    assertEquals("red", entries.path(2).path("after").path("colour").asText());
    assertTrue(entries.path(2).path("ground").asInt() > 0);
    assertFalse(entries.path(2).has("before"), "the holder was not known before");
    assertFalse(text.contains(TestNode.RED.toHex()));
  }

  @Test
  void whatIsNotSignedYetOrNoPathAtAllIsNotFound() throws Exception {
    final long size = head.head().size();
    for (final String path :
        new String[] {
          "tile/0/000.p/" + (size + 1),
          "tile/0/000",
          "tile/0/001",
          "tile/1/000.p/1",
          "tile/9/000",
          "tile/0/../../checkpoint",
          "proof/inclusion/" + (size + 1) + "/1",
          "proof/inclusion/" + size + "/" + (size + 1),
          "proof/inclusion/1",
          "proof/consistency/3/2"
        }) {
      assertEquals(404, get("/history/" + path).statusCode(), path);
    }
  }
}
