package gongbei.replication.wire;

/**
 * An authenticated cipher with the key of one sender's datagrams of one direction, which either
 * seals or opens. For one thread.
 */
abstract class DatagramCipher {
  /** What {@link #apply} answers with where a datagram does not open. */
  static final int FORGED = -1;

  /**
   * Seals or opens.
   *
   * @param nonce 12 bytes, another for each datagram that is sealed
   * @param header what is authenticated and not encrypted
   * @param in the plain text, or the ciphertext with its tag of 16 bytes
   * @param out takes the ciphertext with its tag, or the plain text
   * @return the bytes put into {@code out}, or {@link #FORGED}
   */
  abstract int apply(byte[] nonce, byte[] header, byte[] in, int length, byte[] out);
}
