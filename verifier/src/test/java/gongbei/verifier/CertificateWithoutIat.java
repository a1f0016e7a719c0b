package gongbei.verifier;

import gongbei.codec.cbor.CborWriter;
import gongbei.codec.code.Base45;
import gongbei.codec.signature.CodeSigner;
import gongbei.codec.trust.SigningKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.DeflaterOutputStream;

/** A foreign vaccination of three doses with {@code nbf}, {@code exp} and no {@code iat}. */
public final class CertificateWithoutIat {
  private CertificateWithoutIat() {}

  /**
   * Issues one.
   *
   * @param kid what it names as its key's
   * @param notBeforeEpochSeconds its {@code nbf}
   * @param expiresAtEpochSeconds its {@code exp}
   */
  public static String of(
      SigningKey key, byte[] kid, long notBeforeEpochSeconds, long expiresAtEpochSeconds)
      throws IOException {
    final byte[] protectedHeader =
        new CborWriter(new byte[64])
            .writeMapHeader(2)
            .writeInt(1)
            .writeInt(key.issuerKey().algorithm().coseIdentifier())
            .writeInt(4)
            .writeBytes(kid)
            .toByteArray();
    final byte[] payload =
        new CborWriter(new byte[256])
            .writeMapHeader(3)
            .writeInt(4)
            .writeInt(expiresAtEpochSeconds)
            .writeInt(5)
            .writeInt(notBeforeEpochSeconds)
            .writeInt(-260)
            .writeMapHeader(1)
            .writeInt(1)
            .writeMapHeader(4)
            .writeText("v")
            .writeArrayHeader(1)
            .writeMapHeader(2)
            .writeText("dn")
            .writeInt(3)
            .writeText("sd")
            .writeInt(3)
            .writeText("dob")
            .writeText("1970-01-01")
            .writeText("nam")
            .writeMapHeader(1)
            .writeText("fnt")
            .writeText("A")
            .writeText("ver")
            .writeText("1.3.0")
            .toByteArray();
    final byte[] signed =
        new CborWriter(new byte[512])
            .writeArrayHeader(4)
            .writeText("Signature1")
            .writeBytes(protectedHeader)
            .writeBytes(new byte[0])
            .writeBytes(payload)
            .toByteArray();
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      deflater.write(
          new CborWriter(new byte[1_024])
              .writeArrayHeader(4)
              .writeBytes(protectedHeader)
              .writeMapHeader(0)
              .writeBytes(payload)
              .writeBytes(new CodeSigner(key).sign(signed, 0, signed.length))
              .toByteArray());
    }
    return "HC1:" + Base45.encode(out.toByteArray(), 0, out.size());
  }
}
