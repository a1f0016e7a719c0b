package gongbei.codec.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.Corpora;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.trust.Curves;
import gongbei.codec.trust.IssuerKey;
import java.util.HexFormat;
import java.util.Set;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** C2SP Wycheproof's vectors of ECDSA on P-384 and P-521, signatures as r‖s. */
final class WycheproofCurvesTest {
  private static final int FEWEST_VECTORS = 200;

  private static byte[] hex(JsonNode text) {
    return HexFormat.of().parseHex(text.textValue());
  }

  @ParameterizedTest
  @CsvSource({
    "ecdsa_secp384r1_sha384_p1363_test.json, ES384",
    "ecdsa_secp521r1_sha512_p1363_test.json, ES512"
  })
  void bothEnginesAgreeWithEveryVector(String file, SignatureAlgorithm algorithm) throws Exception {
    final ECNamedDomainParameters curve =
        algorithm == SignatureAlgorithm.ES384 ? Curves.P384 : Curves.P521;
    final SignatureEngine library = new BouncyCastleEngine();
    final SignatureEngine tables =
        new FixedBaseEngine(new KeyTables(4, 4, KeyTables.DEFAULT_MAX_BYTES));
    int vectors = 0;
    int valid = 0;
    for (final JsonNode group :
        new ObjectMapper().readTree(Corpora.of("wycheproof", file).toFile()).get("testGroups")) {
      final byte[] point = hex(group.get("publicKey").get("uncompressed"));
      final IssuerKey key =
          new IssuerKey(
              "XX",
              0,
              algorithm,
              new ECPublicKeyParameters(curve.getCurve().decodePoint(point), curve),
              Set.of(CodeFormat.HC1),
              7,
              0,
              Long.MAX_VALUE);
      final SignatureBatch batch = new SignatureBatch(group.get("tests").size());
      for (final JsonNode test : group.get("tests")) {
        final byte[] message = hex(test.get("msg"));
        final byte[] signature = hex(test.get("sig"));
        batch.add(key, message, 0, message.length, signature, 0, signature.length);
        assertEquals(
            test.get("result").textValue().equals("valid"),
            library.verify(key, message, 0, message.length, signature, 0, signature.length),
            test.toString());
      }
      tables.verify(batch);
      for (int i = 0; i < batch.size(); i++) {
        final JsonNode test = group.get("tests").get(i);
        assertEquals(
            test.get("result").textValue().equals("valid"), batch.outcome(i), test.toString());
        vectors++;
        valid += batch.outcome(i) ? 1 : 0;
      }
    }
    assertTrue(vectors > FEWEST_VECTORS && valid > 0 && valid < vectors, vectors + " " + valid);
  }
}
