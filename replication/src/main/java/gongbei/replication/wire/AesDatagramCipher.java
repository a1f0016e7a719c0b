package gongbei.replication.wire;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES in GCM by the JDK, which has the processor's instructions for it. */
final class AesDatagramCipher extends DatagramCipher {
  private static final String TRANSFORMATION = "AES/GCM/NoPadding";

  private final Cipher cipher;
  private final int mode;
  private final SecretKeySpec key;

  AesDatagramCipher(WireCipher.Way way, byte[] key) {
    mode = way == WireCipher.Way.SEAL ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE;
    this.key = new SecretKeySpec(key, "AES");
    try {
      cipher = Cipher.getInstance(TRANSFORMATION);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(TRANSFORMATION + " is not available", e);
    }
  }

  @Override
  int apply(byte[] nonce, byte[] header, byte[] in, int length, byte[] out) {
    try {
      cipher.init(mode, key, new GCMParameterSpec(SealedDatagram.TAG_BYTES * Byte.SIZE, nonce));
      cipher.updateAAD(header);
      return cipher.doFinal(in, 0, length, out, 0);
    } catch (GeneralSecurityException e) {
      if (mode == Cipher.ENCRYPT_MODE) {
        throw new IllegalStateException("a datagram can't be sealed", e);
      }
      return FORGED;
    }
  }
}
