package gongbei.replication.wire;

import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.SM4Engine;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.GCMModeCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * SM4 in GCM by Bouncy Castle's own interface: by the JDK's, the tables of the key would be made
 * anew for each datagram.
 */
final class Sm4DatagramCipher extends DatagramCipher {
  private final GCMModeCipher cipher = GCMBlockCipher.newInstance(new SM4Engine());
  private final boolean seals;

  /** The key until it was given to the cipher, which keeps it. */
  private KeyParameter firstKey;

  Sm4DatagramCipher(WireCipher.Way way, byte[] key) {
    seals = way == WireCipher.Way.SEAL;
    firstKey = new KeyParameter(key);
  }

  @Override
  int apply(byte[] nonce, byte[] header, byte[] in, int length, byte[] out) {
    try {
      cipher.init(
          seals, new AEADParameters(firstKey, SealedDatagram.TAG_BYTES * Byte.SIZE, nonce, header));
      firstKey = null;
      final int bytes = cipher.processBytes(in, 0, length, out, 0);
      return bytes + cipher.doFinal(out, bytes);
    } catch (InvalidCipherTextException e) {
      return FORGED;
    }
  }
}
