package gongbei.verifier.cli.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.codec.trust.KeyGeneration;
import gongbei.testing.Patience;
import gongbei.verifier.ForeignCertificates;
import gongbei.verifier.TestNode;
import gongbei.verifier.cli.CommandRuns;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gongbei revocations}, and what becomes of scans by the lists that it imports. */
final class RevocationsCommandTest extends CommandRuns {
  @TempDir private Path directory;
  private Path keys;

  @BeforeEach
  void nameKeys() {
    keys = directory.resolve("authority");
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private static JsonNode ask(HttpRequest.Builder request) throws Exception {
    return TestNode.json(
        HttpClient.newHttpClient()
            .send(request.build(), HttpResponse.BodyHandlers.ofString())
            .body());
  }

  private static JsonNode scan(TestNode node, String code) throws Exception {
    return ask(
        HttpRequest.newBuilder(URI.create(node.http("/v1/scans")))
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    JsonNodeFactory.instance
                        .objectNode()
                        .put("checkpoint", "border-to-macau/gate")
                        .put("code", code)
                        .toString())));
  }

  private static void awaitReason(TestNode node, String code, String reason) throws Exception {
    Patience.await(
        reason + " is in force", () -> scan(node, code).path("reason").asText().equals(reason));
  }

  private int take(TestNode node, String format, Path from, String... more) {
    final List<String> arguments =
        new ArrayList<>(
            List.of(
                "revocations", "import", "--url", node.http(""), "--authority-keys", keys + ""));
    arguments.addAll(List.of("--format", format, "--from", from + ""));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  private static String denied(String... codes) {
    final var revoked = JsonNodeFactory.instance.objectNode();
    final var all = revoked.putArray("revoked");
    for (final String code : codes) {
      all.addObject().put("code", code);
    }
    return revoked.toString();
  }

  @Test
  void aCodeOfTheDenylistIsRefusedUntilItIsTakenFromTheList() throws Exception {
    try (TestNode node = new TestNode()) {
      KeyGeneration.write(node.authority, "authority", keys);
      final String one = node.hcert(ForeignCertificates.vaccination(2));
      final String other = node.hcert(ForeignCertificates.vaccination(3));
      final String before = scan(node, one).path("reason").asText();
      final Path list = file("own.json", denied(one));
      assertEquals(0, take(node, "denylist", list), err);
      assertEquals(
          "denylist: lists 1, hashes 1, added 1, unchanged 0, withdrawn 0, over 0\n",
          out.replace("\r", ""));
      awaitReason(node, one, "revoked");
      final JsonNode refused = scan(node, one);
      assertEquals("refuse", refused.path("verdict").asText());
      assertEquals("code", refused.path("field").asText());
      assertEquals(before, scan(node, other).path("reason").asText());

      file("own.json", denied(other));
      assertEquals(0, take(node, "denylist", list, "--json"), err);
      assertEquals(1, TestNode.json(out).path("withdrawn").asInt(), out);
      awaitReason(node, other, "revoked");
      awaitReason(node, one, before);
      assertEquals(0, take(node, "denylist", list), err);
      assertTrue(out.contains("added 0, unchanged 1, withdrawn 0"), out);
    }
  }

  @Test
  void batchesAreImportedShownAndDeleted() throws Exception {
    try (TestNode node = new TestNode()) {
      KeyGeneration.write(node.authority, "authority", keys);
      final Path batches = Files.createDirectory(directory.resolve("batches"));
      final String number = "3f0c1d2e-0000-4000-8000-00000000000a";
      final byte[] batch;
      try (var in = getClass().getResourceAsStream("/revocations/batch.json")) {
        batch = in.readAllBytes();
      }
      Files.write(batches.resolve(number + ".json"), batch);
      assertEquals(0, take(node, "dgc-batches", batches, "--source", "eu"), err);
      assertTrue(err.contains("who signed the batches was not checked: --signer"), err);
      assertTrue(out.startsWith("eu: lists 1, hashes 2, added 1, unchanged 0"), out);
      Patience.await(
          () -> "two hashes are in force: " + out,
          () -> {
            assertEquals(0, run("revocations", "show", "--url", node.http("")), err);
            return out.contains("hashes 2\n") || out.contains("hashes 2\r");
          });
      assertTrue(out.startsWith("eu: dgc-batches, lists 1, hashes 2, imported "), out);
      final JsonNode list =
          ask(HttpRequest.newBuilder(URI.create(node.http("/v1/revocations/eu"))))
              .path("lists")
              .path(0);
      assertEquals("eu." + number, list.path("name").asText());
      assertEquals("SIGNATURE", list.path("types").path(0).asText());
      assertEquals("DE", list.path("country").asText());
      assertEquals("c8b1cb36f4a5e36f", list.path("kid").asText());
      final String metrics =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create(node.http("/metrics"))).build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      assertTrue(metrics.contains("gongbei_revocation_hashes 2.0"), metrics);
      assertTrue(metrics.contains("gongbei_revocation_lists 1.0"), metrics);

      Files.delete(batches.resolve(number + ".json"));
      Files.writeString(
          batches.resolve("list.json"),
          "{\"more\":false,\"batches\":[{\"batchId\":\"" + number + "\",\"deleted\":true}]}");
      assertEquals(0, take(node, "dgc-batches", batches, "--source", "eu", "--delta"), err);
      assertTrue(out.contains("added 0, unchanged 0, withdrawn 1"), out);
    }
  }

  @Test
  void whatCannotBeMeantOrTakenIsToldAndChangesNothing() throws Exception {
    try (TestNode node = new TestNode()) {
      KeyGeneration.write(node.authority, "authority", keys);
      final Path list = file("own.json", "{\"revoked\":[{\"code\":\"GD1:\"}]}");
      assertEquals(1, take(node, "denylist", list));
      assertTrue(err.contains("own.json: revoked[0].code is no code"), err);
      assertEquals(2, take(node, "crl", list));
      assertTrue(
          err.contains("--format is not one of dgc-batches, dgc-partitions, shc-crl, denylist"),
          err);
      assertEquals(2, take(node, "denylist", list, "--source", "Own"));
      assertEquals(2, take(node, "denylist", list, "--valid-days", "0"));
      assertEquals(2, take(node, "denylist", list, "--signer", "x"));
      assertEquals(3, take(node, "denylist", directory.resolve("none")));
      assertTrue(err.contains("does not exist"), err);
      assertEquals(2, run("revocations"));
      assertEquals(0, run("revocations", "show", "--url", node.http("")), err);
      assertEquals("hashes 0\n", out.replace("\r", ""));
    }
  }
}
