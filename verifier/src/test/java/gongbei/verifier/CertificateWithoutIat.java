package gongbei.verifier;

import gongbei.codec.cbor.CborWriter;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.trust.SigningKey;
import java.io.IOException;

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
            .writeMapHeader(4)
            .writeText("tg")
            .writeText("840539006")
            .writeText("dt")
            .writeText("2021-06-01")
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
    return MadeCode.of(CodeFormat.HC1, key, key.issuerKey().algorithm(), kid, payload);
  }
}
