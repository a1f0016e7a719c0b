package gongbei.codec.issue;

import gongbei.codec.cbor.CborWriter;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.code.HealthCode;
import java.nio.charset.StandardCharsets;

/**
 * Writes what Guangdong's and Macau's codes say: a CWT (RFC 8392) in deterministic CBOR (RFC 8949
 * §4.2.1). For any thread.
 */
final class PayloadWriter {
  /** The most bytes of a payload. */
  static final int MAX_BYTES = 256;

  private static final int CLAIM_GONGBEI = -65537;
  private static final int ALWAYS_PRESENT_CLAIMS = 6;

  private final byte[] issuer;

  PayloadWriter(CodeFormat format) {
    issuer = format.issuer().getBytes(StandardCharsets.US_ASCII);
  }

  /** Writes the claims of a code of any kind and answers where they end. */
  int write(CborWriter writer, CodeClaims claims) {
    final boolean translated = claims.origin() != null;
    final boolean group = claims.kind() == HealthCode.KIND_GROUP;
    writePerson(
        writer,
        (translated ? 1 : 0) + (group ? 2 : 0),
        claims.subject(),
        0,
        claims.kind(),
        claims.colour(),
        claims.result(),
        claims.sampleEpochMinutes(),
        claims.doses(),
        claims.serial(),
        0,
        claims.issuedAtEpochSeconds(),
        claims.expiresAtEpochSeconds());
    if (translated) {
      writer.writeInt(8).writeText(claims.origin());
    }
    if (group) {
      writer.writeInt(9).writeInt(claims.groupSize()).writeInt(10).writeBytes(claims.groupDigest());
    }
    return writer.position();
  }

  /**
   * Writes a person's claims.
   *
   * @param more how many claims of a code of another kind follow
   */
  void writePerson(
      CborWriter writer,
      int more,
      byte[] subject,
      int subjectOffset,
      int kind,
      int colour,
      int result,
      int sampleEpochMinutes,
      int doses,
      byte[] serial,
      int serialOffset,
      long issuedAtEpochSeconds,
      long expiresAtEpochSeconds) {
    final boolean tested = result != HealthCode.RESULT_NONE;
    writer
        .writeMapHeader(4)
        .writeInt(1)
        .writeText(issuer)
        .writeInt(4)
        .writeInt(expiresAtEpochSeconds)
        .writeInt(6)
        .writeInt(issuedAtEpochSeconds)
        .writeInt(CLAIM_GONGBEI)
        .writeMapHeader(ALWAYS_PRESENT_CLAIMS + (tested ? 1 : 0) + more)
        .writeInt(1)
        .writeBytes(subject, subjectOffset, CodeLimits.SUBJECT_BYTES)
        .writeInt(2)
        .writeInt(kind)
        .writeInt(3)
        .writeInt(colour)
        .writeInt(4)
        .writeInt(result);
    if (tested) {
      writer.writeInt(5).writeInt(sampleEpochMinutes);
    }
    writer
        .writeInt(6)
        .writeInt(doses)
        .writeInt(7)
        .writeBytes(serial, serialOffset, CodeLimits.SERIAL_BYTES);
  }
}
