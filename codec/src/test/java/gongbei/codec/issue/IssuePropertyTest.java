package gongbei.codec.issue;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import gongbei.codec.code.ClaimsJson;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.code.HealthCode;
import gongbei.codec.code.TestCodes;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.trust.SigningKey;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.LongRange;

/** That what is issued is read as it was: certificates and codes by the batch. */
final class IssuePropertyTest {
  private static final int MAX_BATCH = 40;

  @Provide
  Arbitrary<JsonNode> certificates() {
    return object(3).map(ObjectNode::deepCopy).map(IssuePropertyTest::asCertificate);
  }

  /** What a reader asks of every certificate, beside whatever else it holds. */
  private static JsonNode asCertificate(ObjectNode any) {
    any.put("ver", "1.3.0").put("dob", "1970-01-01");
    any.putObject("nam").put("fnt", "LEI");
    any.putArray("v")
        .addObject()
        .put("tg", "840539006")
        .put("dn", 2L)
        .put("sd", 2L)
        .put("dt", "2021-06-01");
    any.remove(List.of("t", "r"));
    return any;
  }

  private static Arbitrary<ObjectNode> object(int depth) {
    return Arbitraries.maps(texts(), value(depth))
        .ofMaxSize(5)
        .map(
            members -> {
              final ObjectNode object = JsonNodeFactory.instance.objectNode();
              members.forEach(object::set);
              return object;
            });
  }

  private static Arbitrary<String> texts() {
    return Arbitraries.strings().withCharRange(' ', '~').withChars("é粤澳ã").ofMaxLength(20);
  }

  private static Arbitrary<JsonNode> value(int depth) {
    final Arbitrary<JsonNode> plain =
        Arbitraries.oneOf(
            texts().map(TextNode::valueOf),
            Arbitraries.longs().map(LongNode::valueOf),
            Arbitraries.of(true, false).map(BooleanNode::valueOf),
            Arbitraries.just(NullNode.instance));
    if (depth == 0) {
      return plain;
    }
    return Arbitraries.frequencyOf(
        Tuple.of(6, plain),
        Tuple.of(1, object(depth - 1).map(JsonNode.class::cast)),
        Tuple.of(
            1,
            value(depth - 1)
                .list()
                .ofMaxSize(4)
                .map(
                    items -> {
                      final ArrayNode array = JsonNodeFactory.instance.arrayNode();
                      return array.addAll(items);
                    })));
  }

  @Property(tries = 200)
  void whatACertificateSaysIsWhatItsIssuerSaid(
      @ForAll("certificates") JsonNode certificate,
      @ForAll @LongRange(min = 0, max = CodeLimits.MAX_EPOCH_SECONDS / 2) long issuedAt,
      @ForAll @LongRange(min = 0, max = 1_000_000) long life) {
    final byte[] text =
        TestCodes.ascii(
            new HcertIssuer(TestCodes.XX).issue(certificate, issuedAt, issuedAt + life));
    final HealthCode code = new HealthCode();
    assertTrue(code.wrap(text, 0, text.length), () -> code.field() + " " + code.explanation());
    assertTrue(isSigned(code, TestCodes.XX));
    final ObjectNode claims = ClaimsJson.of(code);
    assertEquals(certificate, claims.path("hcert"));
    assertEquals("XX", claims.path("iss").textValue());
    assertEquals(issuedAt, claims.path("iat").longValue());
    assertEquals(issuedAt + life, claims.path("exp").longValue());
  }

  private static boolean isSigned(HealthCode code, SigningKey key) {
    return new BouncyCastleEngine()
        .verify(
            key.issuerKey(),
            code.cose().signed(),
            0,
            code.cose().signedLength(),
            code.buffer(),
            code.cose().signatureOffset(),
            code.cose().signatureLength());
  }

  @Provide
  Arbitrary<List<CodeClaims>> claims() {
    final Arbitrary<byte[]> subjects = Arbitraries.bytes().array(byte[].class).ofSize(16);
    final Arbitrary<byte[]> serials = Arbitraries.bytes().array(byte[].class).ofSize(8);
    return Combinators.combine(
            subjects,
            serials,
            Arbitraries.of(CodeKind.PERSON, CodeKind.PAPER),
            Arbitraries.integers().between(0, 8),
            Arbitraries.integers().between(0, Integer.MAX_VALUE),
            Arbitraries.integers().between(0, CodeLimits.MAX_DOSES),
            Arbitraries.longs().between(0, CodeLimits.MAX_EPOCH_SECONDS / 2))
        .as(
            (subject, serial, kind, mix, sample, doses, iat) ->
                CodeClaims.of(kind, subject)
                    .colour(Colour.ofNumber(mix % 3))
                    .test(TestResult.ofNumber(mix / 3), mix / 3 == 0 ? 0 : sample)
                    .doses(doses)
                    .serial(serial)
                    .validity(iat, iat + sample)
                    .build())
        .list()
        .ofMinSize(1)
        .ofMaxSize(MAX_BATCH);
  }

  @Property(tries = 60)
  void codesOfABatchSayWhatCodesOneByOneSay(
      @ForAll("claims") List<CodeClaims> claims, @ForAll boolean isGuangdong) {
    final CodeFormat format = isGuangdong ? CodeFormat.GD1 : CodeFormat.MO1;
    final SigningKey key = TestCodes.keyOf(format);
    final CodeBatch batch = new CodeBatch(format, key, MAX_BATCH);
    final CodeIssuer issuer = new CodeIssuer(format, key);
    for (int i = 0; i < claims.size(); i++) {
      assertEquals(i, add(batch, claims.get(i), i % 2 == 0));
    }
    batch.sign();
    final HealthCode code = new HealthCode();
    final HealthCode alone = new HealthCode();
    for (int i = 0; i < claims.size(); i++) {
      final byte[] one = TestCodes.ascii(issuer.issue(claims.get(i)));
      assertTrue(code.wrap(batch.texts(), batch.textOffset(i), batch.textLength(i)));
      assertTrue(alone.wrap(one, 0, one.length));
      assertArrayEquals(
          Arrays.copyOf(alone.cose().signed(), alone.cose().signedLength()),
          Arrays.copyOf(code.cose().signed(), code.cose().signedLength()));
      assertTrue(isSigned(code, key));
    }
  }

  private static int add(CodeBatch batch, CodeClaims claims, boolean asBuilder) {
    return asBuilder
        ? batch.add(
            CodeClaims.of(claims.kind(), claims.subject())
                .colour(claims.colour())
                .test(claims.result(), claims.sampleEpochMinutes())
                .doses(claims.doses())
                .serial(claims.serial())
                .validity(claims.issuedAtEpochSeconds(), claims.expiresAtEpochSeconds()))
        : batch.add(claims);
  }
}
