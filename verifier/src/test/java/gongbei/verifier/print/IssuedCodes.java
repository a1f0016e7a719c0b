package gongbei.verifier.print;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.issue.HcertIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;

/** One freshly issued code of each format, to be drawn and read. */
public final class IssuedCodes {
  private static final long IAT = 1_767_225_600L;
  private static final long EXP = IAT + 60;

  private IssuedCodes() {}

  /** The text of a code. */
  public static String of(CodeFormat format) {
    return switch (format) {
      case GD1 -> person(format, "GD");
      case MO1 -> person(format, "MO");
      case HC1 -> certificate();
      case VDS, SHC -> throw new IllegalArgumentException(format + " is not issued here");
    };
  }

  private static String person(CodeFormat format, String issuer) {
    final byte[] subject = new byte[16];
    Arrays.fill(subject, (byte) 0xF5);
    return new CodeIssuer(format, key(issuer))
        .issue(
            CodeClaims.of(CodeKind.PERSON, subject)
                .colour(Colour.YELLOW)
                .test(TestResult.NEGATIVE, 29_453_000)
                .doses(3)
                .serial(new byte[] {1, 2, 3, 4, 5, 6, 7, 8})
                .validity(IAT, EXP)
                .build());
  }

  private static String certificate() {
    try {
      final JsonNode certificate =
          new ObjectMapper()
              .readTree(
                  """
                  {"ver": "1.3.0", "dob": "1970-01-01", "nam": {"fnt": "A"}, "t": [{
                    "tg": "840539006", "tt": "LP6464-4", "tr": "260415000",
                    "sc": "2025-12-31T20:00:00+08:00"}]}
                  """);
      return new HcertIssuer(key("XX")).issue(certificate, IAT, EXP);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SigningKey key(String issuer) {
    return new KeyGeneration()
        .generate(issuer, Instant.ofEpochSecond(IAT - 86_400), Instant.ofEpochSecond(EXP + 86_400));
  }
}
