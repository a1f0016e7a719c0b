package gongbei.verifier.scan;

import java.security.SecureRandom;
import org.bouncycastle.crypto.macs.SipHash;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Hashes the names of checkpoints by a key that each process draws for itself (SipHash-2-4), so
 * that nobody can choose two names for one hash and show a code at both. For one thread at a time;
 * allocates nothing.
 */
final class PlaceHash {
  private static final int KEY_BYTES = 16;
  private static final KeyParameter KEY = new KeyParameter(drawn());

  private final SipHash hash = new SipHash();

  PlaceHash() {
    hash.init(KEY);
  }

  private static byte[] drawn() {
    final byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return key;
  }

  /** The hash of ASCII. */
  int of(byte[] ascii, int offset, int length) {
    hash.update(ascii, offset, length);
    return Long.hashCode(hash.doFinal());
  }

  /** The same of a text, each of whose characters counts by its last eight bits. */
  int of(String text) {
    for (int i = 0; i < text.length(); i++) {
      hash.update((byte) text.charAt(i));
    }
    return Long.hashCode(hash.doFinal());
  }
}
