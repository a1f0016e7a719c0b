package gongbei.codec.issue;

import gongbei.codec.cbor.CborWriter;
import gongbei.codec.code.Base45;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.signature.CodeSigner;
import gongbei.codec.trust.SigningKey;

/** Issues Guangdong's and Macau's codes one by one: see {@link CodeBatch}. For any thread. */
public final class CodeIssuer {
  private final CodeFormat format;
  private final PayloadWriter payloads;
  private final CoseSign1Writer cose;

  /**
   * @param format {@code GD1} or {@code MO1}
   * @param key a key that may sign that format
   */
  public CodeIssuer(CodeFormat format, SigningKey key) {
    this.format = format;
    cose = coseOf(format, key);
    payloads = new PayloadWriter(format);
  }

  static CoseSign1Writer coseOf(CodeFormat format, SigningKey key) {
    if (format == CodeFormat.HC1 || !key.issuerKey().formats().contains(format)) {
      throw new IllegalArgumentException(
          "key " + key.issuerKey().kidHex() + " does not sign " + format);
    }
    return new CoseSign1Writer(new CodeSigner(key));
  }

  /** Issues one code. */
  public String issue(CodeClaims claims) {
    final byte[] payload = new byte[PayloadWriter.MAX_BYTES];
    final int length = payloads.write(new CborWriter(payload), claims);
    final byte[] signed = cose.sign(payload, length);
    return format.prefix() + Base45.encode(signed, 0, signed.length);
  }
}
