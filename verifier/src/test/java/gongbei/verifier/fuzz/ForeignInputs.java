package gongbei.verifier.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.upokecenter.cbor.CBORObject;
import gongbei.codec.cbor.CborWriter;
import gongbei.codec.code.Base45;
import gongbei.codec.code.ClaimsJson;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.code.HealthCode;
import gongbei.codec.file.FileContent;
import gongbei.codec.json.JsonCanonicalizer;
import gongbei.codec.json.JsonValidator;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustException;
import gongbei.codec.trust.TrustListFile;
import gongbei.codec.trust.published.ListFormat;
import gongbei.codec.trust.published.PublishedLists;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** The parsers of foreign codes' formats and of published trust lists, each with its inputs. */
final class ForeignInputs {
  private static final int[] KEYS = {-6, 3, 4, 5};
  private static final byte[] HEADER = {(byte) 0xA1, 0x01, 0x26};
  private static final String CLAIMS =
      "{\"iss\":\"https://a.example\",\"nbf\":1.5,\"vc\":{\"rid\":\"a\",\"type\":["
          + "\"https://smarthealth.cards#health-card\",\"https://smarthealth.cards#covid19\"],"
          + "\"credentialSubject\":{\"fhirBundle\":{\"entry\":[{\"resource\":{\"resourceType\":"
          + "\"Immunization\",\"status\":\"completed\",\"vaccineCode\":{\"coding\":[{\"system\":"
          + "\"http://hl7.org/fhir/sid/cvx\",\"code\":\"207\"}]},\"protocolApplied\":[{"
          + "\"doseNumberPositiveInt\":2}],\"occurrenceDateTime\":\"2021-01-01\"}},{\"resource\":{"
          + "\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":[{"
          + "\"system\":\"http://loinc.org\",\"code\":\"94534-5\"}]},\"effectivePeriod\":{"
          + "\"start\":\"2021-01-01T00:00:00Z\"},\"valueCodeableConcept\":{\"coding\":[{"
          + "\"system\":\"http://snomed.info/sct\",\"code\":\"260415000\"}]}}}]}}}}";

  private final ObjectMapper peer =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private final JsonValidator validator =
      new JsonValidator(CodeLimits.MAX_JSON_DEPTH, CodeLimits.MAX_JSON_MEMBERS);
  private final JsonCanonicalizer canonicalizer =
      new JsonCanonicalizer(CodeLimits.MAX_JSON_DEPTH, CodeLimits.MAX_JSON_MEMBERS);
  private final HealthCode code = new HealthCode();
  private final FastDeflater raw = new FastDeflater(true);
  private final FastDeflater zlib = new FastDeflater(false);

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }

  static List<byte[]> texts() {
    return List.of(
        utf8("{\"a\":[1,-0.5e3,true,null,\"\\u20ac\\n\"],\"b\":{\"\\ud83d\\ude00\":1e20}}"));
  }

  /** JSON, beside another library's; and what is canonical stays so. */
  void json(byte[] input) throws IOException {
    if (validator.examine(input, 0, input.length) != null) {
      return;
    }
    try {
      peer.readTree(input);
    } catch (JsonProcessingException e) {
      throw new AssertionError("taken, while the other library says " + e.getMessage(), e);
    }
    final byte[] once = canonical(input);
    if (once != null) {
      require(validator.examine(once, 0, once.length) == null, "what is canonical is no JSON");
      require(Arrays.equals(once, canonical(once)), "canonical twice is something else");
    }
  }

  private byte[] canonical(byte[] json) {
    final byte[] into = new byte[json.length * JsonCanonicalizer.MAX_GROWTH];
    final int length = canonicalizer.write(json, 0, into);
    return length < 0 ? null : Arrays.copyOf(into, length);
  }

  private void wrap(byte[] text) {
    if (code.wrap(text, 0, text.length)) {
      require(ClaimsJson.of(code) != null, "there are no claims");
      require(code.signed().signedLength() > 0, "nothing is signed");
      code.facts().fieldAfter(0);
    } else {
      require(code.field() != null && code.explanation() != null, "a refusal says nothing");
    }
  }

  static List<byte[]> seals() {
    return List.of(
        utf8(
            "{\"data\":{\"hdr\":{\"is\":\"UTO\",\"t\":\"icao.vacc\",\"v\":1},\"msg\":{\"ve\":[{"
                + "\"dis\":\"RA01.0\",\"vd\":[{\"dvc\":\"2021-03-03\",\"seq\":1}]}]}},\"sig\":{"
                + "\"alg\":\"ES256\",\"cer\":\"MIIB\",\"sigvl\":\"AAAA\"}}"),
        utf8(
            "{\"data\":{\"hdr\":{\"is\":\"UTO\",\"t\":\"icao.test\",\"v\":1},\"msg\":{\"dat\":{"
                + "\"sc\":\"2021-12-12T12:00:00+08:00\"},\"tr\":{\"tc\":\"antigen\",\"r\":"
                + "\"negative\"}}},\"sig\":{\"alg\":\"ES256\",\"cer\":\"MIIB\",\"sigvl\":\"AA\"}}"));
  }

  /** A seal's text. */
  void seal(byte[] input) {
    wrap(input);
  }

  static List<byte[]> cards() {
    return List.of(utf8(CLAIMS));
  }

  /** A card's claims. */
  void card(byte[] input) {
    final byte[] packed = raw.deflate(input);
    wrap(
        utf8(
            base64(utf8("{\"alg\":\"ES256\",\"zip\":\"DEF\",\"kid\":\"a\"}"))
                + "."
                + base64(packed)
                + ".AAAA"));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  static List<byte[]> cardTexts() {
    return List.of(
        utf8("shc:/5676290952432060346029"),
        utf8("shc:/2/2/5676 shc:/1/2/29095243"),
        utf8("eyJhbGciOiJFUzI1NiJ9.e30.AAAA"));
  }

  /** A card's digits, parts or JWS. */
  void cardText(byte[] input) {
    wrap(input);
  }

  static List<byte[]> certificates() {
    return List.of(
            "0{\"v\":{\"dn\":\"Primary\",\"tg\":\"RA01\",\"dt\":\"2021-01-01\",\"vls\":"
                + "\"2021-01-01\",\"vle\":\"2031-01-01\"},\"n\":\"A\"}",
            "1{\"certificate\":{\"period\":{\"start\":\"2021-01-01\",\"end\":\"2022-01-01\"}},"
                + "\"vaccination\":{\"date\":\"2021-01-01\",\"dose\":1,\"totalDoses\":2,"
                + "\"disease\":{\"code\":\"840539006\"}}}",
            "2{\"test\":{\"date\":\"2021-01-01T00:00:00Z\",\"type\":{\"code\":\"LP6464-4\"},"
                + "\"result\":{\"code\":\"260415000\"},\"pathogen\":{\"code\":\"XN109\"}}}",
            "3[{\"u\":\"shlink:/eyJ\"}]")
        .stream()
        .map(
            each -> {
              final byte[] cbor = CBORObject.FromJSONString(each.substring(1)).EncodeToBytes();
              final byte[] input = new byte[1 + cbor.length];
              input[0] = (byte) (each.charAt(0) - '0');
              System.arraycopy(cbor, 0, input, 1, cbor.length);
              return input;
            })
        .toList();
  }

  /** A certificate of the WHO's other kinds: which one, then its CBOR. */
  void certificate(byte[] input) {
    if (input.length == 0) {
      return;
    }
    final byte[] head =
        new CborWriter(new byte[32])
            .writeMapHeader(1)
            .writeInt(-260)
            .writeMapHeader(1)
            .writeInt(KEYS[input[0] & 3])
            .toByteArray();
    final byte[] claims = Arrays.copyOf(head, head.length + input.length - 1);
    System.arraycopy(input, 1, claims, head.length, input.length - 1);
    final byte[] cose =
        new CborWriter(new byte[claims.length + 128])
            .writeArrayHeader(4)
            .writeBytes(HEADER)
            .writeMapHeader(0)
            .writeBytes(claims)
            .writeBytes(new byte[64])
            .toByteArray();
    final byte[] packed = zlib.deflate(cose);
    wrap(utf8("HC1:" + Base45.encode(packed, 0, packed.length)));
  }

  /** A list as it is kept, one key of it whole. */
  static List<byte[]> lists(SigningKey key) {
    return List.of(
        new TrustListFile(
                "who-did",
                "list",
                Instant.EPOCH,
                Instant.EPOCH,
                Instant.EPOCH.plusSeconds(1),
                "none",
                List.of(key.issuerKey()),
                List.of(),
                List.of("a key"))
            .toJson(),
        utf8(
            "{\"format\":\"gongbei-trust-list\",\"version\":1,\"publishedAt\":"
                + "\"2026-01-01T00:00:00Z\",\"importedAt\":\"2026-01-01T00:00:00Z\",\"expiresAt\":"
                + "\"2026-01-01T00:00:00Z\",\"keys\":[{\"kid\":\"00\",\"formats\":[\"HC1\"]}],"
                + "\"authorities\":[\"MIIB\"]}"));
  }

  /** Lists as they are published, with the certificate of a key and with what is none. */
  static List<byte[]> published(ListFormat format, SigningKey key) {
    final String der = Base64.getEncoder().encodeToString(key.certificate());
    return switch (format) {
      case WHO_DID -> List.of(did(der), did("MIIB"));
      case DGC_GATEWAY ->
          List.of(
              utf8(
                  "[{\"certificateType\":\"DSC\",\"country\":\"XX\",\"kid\":\"AAAAAAAAAAA=\","
                      + "\"rawData\":\""
                      + der
                      + "\"}]"),
              utf8(
                  "c2ln\n{\"certificates\":[{\"certificateType\":\"CSCA\",\"country\":\"XX\","
                      + "\"thumbprint\":\"00\",\"rawData\":\"MIIB\"},{\"certificateType\":"
                      + "\"UPLOAD\"}]}"));
      case PEM ->
          List.of(
              utf8("-----BEGIN CERTIFICATE-----\n" + der + "\n-----END CERTIFICATE-----\n"),
              key.certificate());
      case SHC_ISSUERS ->
          List.of(
              utf8(
                  "{\"issuerInfo\":[{\"issuer\":{\"iss\":\"https://a.example\",\"name\":\"A\"},"
                      + "\"keys\":[{\"kty\":\"EC\",\"kid\":"
                      + "\"3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s\",\"use\":\"sig\",\"alg\":"
                      + "\"ES256\",\"crv\":\"P-256\",\"x\":"
                      + "\"11XvRWy1I2S0EyJlyf_bWfw_TQ5CJJNLw78bHXNxcgw\",\"y\":"
                      + "\"eZXwxvO1hvCY0KucrPfKo7yAyMT6Ajc3N7OkAB6VYy8\"}]}]}"),
              utf8(
                  "{\"time\":\"2022-01-01T00:00:00Z\",\"issuerInfo\":[{\"issuer\":{\"iss\":"
                      + "\"https://a.example\"},\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\","
                      + "\"x\":\"AA\",\"y\":\"AA\"}]}]}"));
    };
  }

  private static byte[] did(String certificate) {
    return utf8(
        "{\"@context\":[\"https://www.w3.org/ns/did/v1\"],\"id\":\"did:web:a:v2:trustlist\","
            + "\"controller\":\"did:web:a:v2:trustlist\","
            + "\"verificationMethod\":[{\"id\":\"did:web:a:v2:trustlist:DCC:XXA:DSC#AAAAAAAAAAA=\","
            + "\"type\":\"JsonWebKey2020\",\"controller\":\"did:web:a:v2:trustlist:DCC:XXA:DSC\","
            + "\"publicKeyJwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":"
            + "\"11XvRWy1I2S0EyJlyf_bWfw_TQ5CJJNLw78bHXNxcgw\",\"y\":"
            + "\"eZXwxvO1hvCY0KucrPfKo7yAyMT6Ajc3N7OkAB6VYy8\",\"x5c\":[\""
            + certificate
            + "\"]}}],\"proof\":{\"type\":\"JsonWebSignature2020\",\"created\":"
            + "\"2026-01-01T00:00:00Z\",\"verificationMethod\":\"did:web:b#AAAAAAAAAAA=\","
            + "\"jws\":\"e30..AAAA\"}}");
  }

  /** A trust list as it is published. */
  static void published(ListFormat format, byte[] input) {
    try {
      PublishedLists.read(
              format,
              new FileContent(Path.of("fuzz.json"), input, null),
              Instant.EPOCH,
              Duration.ofDays(1))
          .toJson();
    } catch (TrustException e) {
      require(e.getMessage() != null, "a refusal says nothing");
    }
  }

  /** A trust list as it is kept: what is written of it is read as the same. */
  static void trustList(byte[] input) {
    final byte[] once;
    try {
      once = TrustListFile.read("list", input).toJson();
    } catch (TrustException e) {
      require(e.getMessage() != null, "a refusal says nothing");
      return;
    }
    try {
      require(
          Arrays.equals(TrustListFile.read("list", once).toJson(), once),
          "a list is written as another than it was read");
    } catch (TrustException e) {
      throw new AssertionError("a list that is written is none: " + e.getMessage(), e);
    }
  }
}
