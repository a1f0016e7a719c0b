package gongbei.codec.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.curve.ReferenceCurve;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustList;
import gongbei.testing.TestCorpora;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** C2SP Wycheproof's vectors of ECDSA and of RSA-PSS. */
final class WycheproofTest {
  private static final String ES256_RAW = "ecdsa_secp256r1_sha256_p1363_test.json";
  private static final String ES256_DER = "ecdsa_secp256r1_sha256_test.json";
  private static final int KEYS_OF_RAW = 111;

  private record Vector(
      IssuerKey key, byte[] message, byte[] signature, boolean valid, String text) {}

  private static JsonNode groups(String file) throws IOException {
    return new ObjectMapper()
        .readTree(TestCorpora.require("wycheproof/" + file).toFile())
        .get("testGroups");
  }

  private static byte[] hex(JsonNode text) {
    return HexFormat.of().parseHex(text.textValue());
  }

  private static IssuerKey pointOf(JsonNode group) {
    return TestSignatures.key(
        ReferenceCurve.P256,
        ReferenceCurve.P256
            .library()
            .getCurve()
            .decodePoint(hex(group.get("publicKey").get("uncompressed"))),
        CodeFormat.HC1);
  }

  private static IssuerKey modulusOf(JsonNode group) {
    final AsymmetricKeyParameter key =
        new RSAKeyParameters(
            false,
            new BigInteger(1, hex(group.at("/publicKey/modulus"))),
            new BigInteger(1, hex(group.at("/publicKey/publicExponent"))));
    return new IssuerKey(
        "XX", 0, SignatureAlgorithm.PS256, key, Set.of(CodeFormat.HC1), 7, 0, Long.MAX_VALUE);
  }

  private static List<Vector> vectors(String file, Function<JsonNode, IssuerKey> keyOf)
      throws IOException {
    final List<Vector> vectors = new ArrayList<>();
    for (final JsonNode group : groups(file)) {
      final IssuerKey key = keyOf.apply(group);
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
    return vectors;
  }

  /** The valid ones, which come in DER, as the r‖s that a code has. */
  private static List<Vector> validOfDer() throws IOException {
    final List<Vector> vectors = new ArrayList<>();
    for (final Vector each : vectors(ES256_DER, WycheproofTest::pointOf)) {
      if (each.valid()) {
        final ASN1Sequence pair = ASN1Sequence.getInstance(each.signature());
        vectors.add(
            new Vector(
                each.key(),
                each.message(),
                TestSignatures.raw(
                    ASN1Integer.getInstance(pair.getObjectAt(0)).getValue(),
                    ASN1Integer.getInstance(pair.getObjectAt(1)).getValue()),
                true,
                each.text()));
      }
    }
    return vectors;
  }

  /** One by one, and all together. */
  private static void check(SignatureEngine engine, List<Vector> vectors) {
    final SignatureBatch batch = new SignatureBatch(vectors.size());
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
    for (int i = 0; i < vectors.size(); i++) {
      assertEquals(vectors.get(i).valid(), batch.outcome(i), vectors.get(i).text());
    }
  }

  private static FixedBaseEngine tables(List<Vector> vectors, int expected) {
    final KeyTables tables = new KeyTables(8, 4, KeyTables.DEFAULT_MAX_BYTES);
    tables.prepare(new TrustList(vectors.stream().map(Vector::key).distinct().toList()));
    assertEquals(expected, tables.size(), "every key has a table");
    return new FixedBaseEngine(tables);
  }

  @Test
  void theLibraryAgreesWithEveryVectorOfEs256() throws IOException {
    final List<Vector> vectors = vectors(ES256_RAW, WycheproofTest::pointOf);
    assertEquals(262, vectors.size());
    check(new BouncyCastleEngine(), vectors);
    check(new BouncyCastleEngine(), validOfDer());
  }

  @Test
  void tablesAgreeWithEveryVectorOfEs256() throws IOException {
    final List<Vector> vectors = vectors(ES256_RAW, WycheproofTest::pointOf);
    check(tables(vectors, KEYS_OF_RAW), vectors);
    final List<Vector> valid = validOfDer();
    final long keys = valid.stream().map(Vector::key).distinct().count();
    check(tables(valid, (int) keys), valid);
  }

  @ParameterizedTest
  @CsvSource({
    "ES384, ecdsa_secp384r1_sha384, 280, P-384",
    "ES512, ecdsa_secp521r1_sha512, 318, P-521"
  })
  void bothEnginesAgreeWithEveryVectorOfLongerCurves(
      SignatureAlgorithm algorithm, String file, int count, String curve) throws IOException {
    final ECDomainParameters domain = new ECDomainParameters(CustomNamedCurves.getByName(curve));
    final List<Vector> vectors =
        vectors(
            file + "_p1363_test.json",
            group ->
                new IssuerKey(
                    "XX",
                    0,
                    algorithm,
                    new ECPublicKeyParameters(
                        domain
                            .getCurve()
                            .decodePoint(hex(group.get("publicKey").get("uncompressed"))),
                        domain),
                    Set.of(CodeFormat.HC1),
                    7,
                    0,
                    Long.MAX_VALUE));
    assertEquals(count, vectors.size());
    check(new BouncyCastleEngine(), vectors);
    check(new FixedBaseEngine(new KeyTables(8, 4, KeyTables.DEFAULT_MAX_BYTES)), vectors);
  }

  @ParameterizedTest
  @CsvSource({"2048, 108", "3072, 108", "4096, 108"})
  void bothEnginesAgreeWithEveryVectorOfPs256(int bits, int count) throws IOException {
    final List<Vector> vectors =
        vectors("rsa_pss_" + bits + "_sha256_mgf1_32_test.json", WycheproofTest::modulusOf);
    assertEquals(count, vectors.size());
    check(new BouncyCastleEngine(), vectors);
    check(new FixedBaseEngine(new KeyTables(8, 4, KeyTables.DEFAULT_MAX_BYTES)), vectors);
  }
}
