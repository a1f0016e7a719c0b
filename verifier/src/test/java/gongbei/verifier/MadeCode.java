package gongbei.verifier;

import gongbei.codec.cbor.CborWriter;
import gongbei.codec.code.Base45;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.signature.CodeSigner;
import gongbei.codec.trust.SigningKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.DeflaterOutputStream;

/** Codes that no issuer of ours would make: any header and any claims, really signed. */
public final class MadeCode {
  private MadeCode() {}

  /**
   * A code's text.
   *
   * @param by who signs
   * @param algorithm what its header says it is signed by
   * @param kid what its header says the key is
   * @param payload its claims, CBOR
   */
  public static String of(
      CodeFormat format, SigningKey by, SignatureAlgorithm algorithm, byte[] kid, byte[] payload)
      throws IOException {
    final byte[] protectedHeader =
        new CborWriter(new byte[64])
            .writeMapHeader(2)
            .writeInt(1)
            .writeInt(algorithm.coseIdentifier())
            .writeInt(4)
            .writeBytes(kid)
            .toByteArray();
    final byte[] signed =
        new CborWriter(new byte[8_192])
            .writeArrayHeader(4)
            .writeText("Signature1")
            .writeBytes(protectedHeader)
            .writeBytes(new byte[0])
            .writeBytes(payload)
            .toByteArray();
    final byte[] cose =
        new CborWriter(new byte[8_192])
            .writeArrayHeader(4)
            .writeBytes(protectedHeader)
            .writeMapHeader(0)
            .writeBytes(payload)
            .writeBytes(new CodeSigner(by).sign(signed, 0, signed.length))
            .toByteArray();
    final byte[] content = format == CodeFormat.HC1 ? deflated(cose) : cose;
    return format.prefix() + Base45.encode(content, 0, content.length);
  }

  private static byte[] deflated(byte[] bytes) throws IOException {
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      deflater.write(bytes);
    }
    return out.toByteArray();
  }
}
