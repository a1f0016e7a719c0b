package gongbei.codec.signature;

import gongbei.codec.trust.Curves;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.math.ec.ECPoint;

/** What an SM2 signature binds beside its message: who signs, on which curve, with which key. */
final class Sm2Identity {
  /** The user id of signatures over codes (GM/T 0009 §7). */
  private static final byte[] USER_ID = "1234567812345678".getBytes(StandardCharsets.US_ASCII);

  private Sm2Identity() {}

  /** The user id. */
  static byte[] userId() {
    return USER_ID.clone();
  }

  /**
   * Z of GB/T 32918.2 §5.5, which is hashed before the message: the hash of user id, curve,
   * generator and public key.
   */
  static byte[] prefixOf(ECPoint publicKey) {
    final ECPoint point = publicKey.normalize();
    final Sm3 sm3 = new Sm3();
    final int idBits = USER_ID.length * Byte.SIZE;
    for (final byte[] part :
        new byte[][] {
          {(byte) (idBits >> 8), (byte) idBits},
          USER_ID,
          Curves.SM2.getCurve().getA().getEncoded(),
          Curves.SM2.getCurve().getB().getEncoded(),
          Curves.SM2.getG().getAffineXCoord().getEncoded(),
          Curves.SM2.getG().getAffineYCoord().getEncoded(),
          point.getAffineXCoord().getEncoded(),
          point.getAffineYCoord().getEncoded()
        }) {
      sm3.update(part, 0, part.length);
    }
    final byte[] prefix = new byte[Sm3.DIGEST_BYTES];
    sm3.digest(prefix, 0);
    return prefix;
  }
}
