package gongbei.codec.issue;

import gongbei.codec.cbor.CborWriter;
import gongbei.codec.code.Base45;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.signature.CodeSigner;
import gongbei.codec.trust.SigningKey;

/**
 * Issues Guangdong's and Macau's codes: a CWT (RFC 8392) in deterministic CBOR (RFC 8949 §4.2.1),
 * signed as COSE_Sign1, as text of prefix and Base45. For any thread.
 */
public final class CodeIssuer {
  private static final int MAX_PAYLOAD_BYTES = 256;
  private static final int CLAIM_GONGBEI = -65537;
  private static final int ALWAYS_PRESENT_CLAIMS = 6;

  private final CodeFormat format;
  private final CoseSign1Writer cose;

  /**
   * @param format {@code GD1} or {@code MO1}
   * @param key a key that may sign that format
   */
  public CodeIssuer(CodeFormat format, SigningKey key) {
    if (format == CodeFormat.HC1 || !key.issuerKey().formats().contains(format)) {
      throw new IllegalArgumentException(
          "key " + key.issuerKey().kidHex() + " does not sign " + format);
    }
    this.format = format;
    this.cose = new CoseSign1Writer(new CodeSigner(key));
  }

  /** Issues one code. */
  public String issue(CodeClaims claims) {
    final byte[] scratch = new byte[MAX_PAYLOAD_BYTES];
    final int length = writePayload(claims, new CborWriter(scratch));
    final byte[] signed = cose.sign(scratch, length);
    return format.prefix() + Base45.encode(signed, 0, signed.length);
  }

  private int writePayload(CodeClaims claims, CborWriter writer) {
    final boolean tested = claims.result() != HealthCode.RESULT_NONE;
    final boolean translated = claims.origin() != null;
    final boolean group = claims.kind() == HealthCode.KIND_GROUP;
    writer
        .writeMapHeader(4)
        .writeInt(1)
        .writeText(format.issuer())
        .writeInt(4)
        .writeInt(claims.expiresAtEpochSeconds())
        .writeInt(6)
        .writeInt(claims.issuedAtEpochSeconds())
        .writeInt(CLAIM_GONGBEI)
        .writeMapHeader(
            ALWAYS_PRESENT_CLAIMS + (tested ? 1 : 0) + (translated ? 1 : 0) + (group ? 2 : 0))
        .writeInt(1)
        .writeBytes(claims.subject())
        .writeInt(2)
        .writeInt(claims.kind())
        .writeInt(3)
        .writeInt(claims.colour())
        .writeInt(4)
        .writeInt(claims.result());
    if (tested) {
      writer.writeInt(5).writeInt(claims.sampleEpochMinutes());
    }
    writer.writeInt(6).writeInt(claims.doses()).writeInt(7).writeBytes(claims.serial());
    if (translated) {
      writer.writeInt(8).writeText(claims.origin());
    }
    if (group) {
      writer.writeInt(9).writeInt(claims.groupSize()).writeInt(10).writeBytes(claims.groupDigest());
    }
    return writer.position();
  }
}
