package gongbei.codec.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.curve.ReferenceCurve;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustList;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * C2SP Wycheproof's vectors of ECDSA with P-256 and SHA-256, signatures as r‖s, where somebody has
 * them: {@code -Dwycheproof=FILE} names {@code ecdsa_secp256r1_sha256_p1363_test.json}.
 */
final class WycheproofTest {
  private static final int VECTORS = 262;
  private static final int POINTS = 111;

  private record Vector(
      IssuerKey key, byte[] message, byte[] signature, boolean valid, String text) {}

  private static List<Vector> vectors() throws IOException {
    final List<Vector> vectors = new ArrayList<>();
    final String name = System.getProperty("wycheproof");
    assumeTrue(name != null, "no Wycheproof file is named");
    try (InputStream file = Files.newInputStream(Path.of(name))) {
      for (final JsonNode group : new ObjectMapper().readTree(file).get("testGroups")) {
        final byte[] point = hex(group.get("publicKey").get("uncompressed"));
        final IssuerKey key =
            TestSignatures.key(
                ReferenceCurve.P256,
                ReferenceCurve.P256.library().getCurve().decodePoint(point),
                CodeFormat.HC1);
        for (final JsonNode test : group.get("tests")) {
          vectors.add(
              new Vector(
                  key,
                  hex(test.get("msg")),
                  hex(test.get("sig")),
                  test.get("result").textValue().equals("valid"),
                  test.toString()));
        }
      }
    }
    assertEquals(VECTORS, vectors.size());
    return vectors;
  }

  private static byte[] hex(JsonNode text) {
    return HexFormat.of().parseHex(text.textValue());
  }

  private static void check(Function<TrustList, SignatureEngine> maker) throws IOException {
    final List<Vector> vectors = vectors();
    final SignatureEngine engine =
        maker.apply(new TrustList(vectors.stream().map(Vector::key).distinct().toList()));
    final SignatureBatch batch = new SignatureBatch(VECTORS);
    for (final Vector each : vectors) {
      assertEquals(
          each.valid(),
          engine.verify(
              each.key(),
              each.message(),
              0,
              each.message().length,
              each.signature(),
              0,
              each.signature().length),
          each.text());
      batch.add(
          each.key(),
          each.message(),
          0,
          each.message().length,
          each.signature(),
          0,
          each.signature().length);
    }
    engine.verify(batch);
    for (int i = 0; i < VECTORS; i++) {
      assertEquals(vectors.get(i).valid(), batch.outcome(i), vectors.get(i).text());
    }
  }

  @Test
  void theLibraryAgreesWithEveryVector() throws IOException {
    check(trust -> new BouncyCastleEngine());
  }

  @Test
  void tablesAgreeWithEveryVector() throws IOException {
    check(
        trust -> {
          final KeyTables tables = new KeyTables(8, 4, KeyTables.DEFAULT_MAX_BYTES);
          tables.prepare(trust);
          assertEquals(POINTS, tables.size(), "every key has a table");
          return new FixedBaseEngine(tables);
        });
  }
}
