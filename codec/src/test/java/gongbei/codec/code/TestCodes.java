package gongbei.codec.code;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.cbor.CborWriter;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.issue.HcertIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.testing.TestCorpora;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Codes for tests: freshly issued ones of each format, and the corpus. */
public final class TestCodes {
  public static final long IAT = 1_767_225_600L;
  public static final long EXP = IAT + 60;
  public static final SigningKey GD = key("GD");
  public static final SigningKey MO = key("MO");
  public static final SigningKey XX = key("XX");
  private static final ObjectMapper JSON = new ObjectMapper();

  private TestCodes() {}

  private static SigningKey key(String issuer) {
    return new KeyGeneration()
        .generate(issuer, Instant.ofEpochSecond(IAT - 86_400), Instant.ofEpochSecond(EXP + 86_400));
  }

  public static SigningKey keyOf(CodeFormat format) {
    return switch (format) {
      case GD1 -> GD;
      case MO1 -> MO;
      case HC1 -> XX;
      case VDS, SHC -> throw new IllegalArgumentException(format + " is not issued here");
    };
  }

  public static byte[] subject() {
    final byte[] subject = new byte[16];
    for (int i = 0; i < subject.length; i++) {
      subject[i] = (byte) (0xF0 + i);
    }
    return subject;
  }

  public static String valid(CodeFormat format) {
    if (format == CodeFormat.HC1) {
      try {
        return new HcertIssuer(XX)
            .issue(
                JSON.readTree(
                    "{\"ver\":\"1.3.0\",\"dob\":\"1970-01-01\",\"nam\":{\"fnt\":\"A\"},\"t\":["
                        + "{\"tg\":\"840539006\",\"tt\":\"LP6464-4\",\"tr\":\"260415000\","
                        + "\"sc\":\"2025-12-31T20:00:00+08:00\"}]}"),
                IAT,
                EXP);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
    return new CodeIssuer(format, keyOf(format))
        .issue(
            CodeClaims.of(CodeKind.PERSON, subject())
                .colour(Colour.YELLOW)
                .test(TestResult.NEGATIVE, 29_453_000)
                .doses(3)
                .serial(new byte[] {1, 2, 3, 4, 5, 6, 7, 8})
                .validity(IAT, EXP)
                .build());
  }

  /** What a COSE_Sign1 without external data has signed (RFC 9052 §4.4). */
  public static byte[] toBeSigned(byte[] protectedHeader, byte[] payload) {
    return new CborWriter(new byte[4_096])
        .writeArrayHeader(4)
        .writeText("Signature1")
        .writeBytes(protectedHeader)
        .writeBytes(new byte[0])
        .writeBytes(payload)
        .toByteArray();
  }

  public static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** The rows of the EU's test codes; where they are not at hand, the test is skipped. */
  public static List<JsonNode> corpus() throws IOException {
    final List<JsonNode> rows = new ArrayList<>();
    for (final String line : Files.readAllLines(TestCorpora.require("dgc/codes.jsonl"))) {
      rows.add(JSON.readTree(line));
    }
    return rows;
  }
}
