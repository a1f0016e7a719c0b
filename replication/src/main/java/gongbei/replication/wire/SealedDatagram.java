package gongbei.replication.wire;

/**
 * The layout of a sealed datagram. The header is authenticated and not encrypted; integers are
 * little-endian.
 *
 * <pre>
 *  0  version   1 byte    1
 *  1  kind      1 byte    0 frame, 1 challenge, 2 proof
 *  2  cipher    1 byte    1 AES-256-GCM, 2 SM4-GCM
 *  3  direction 1 byte    0 from a publication's endpoint, 1 from a subscription's
 *  4  sender id 16 bytes  random, new for each socket and each change of the secret
 * 20  sender tag 8 bytes  SipHash-2-4 of the sender id under a key derived from the secret
 * 28  sequence  8 bytes   from 1, by 1; the nonce is 4 zero bytes and this
 * 36  ciphertext          of one of Aeron's datagrams, of a challenge or of a proof
 *     tag       16 bytes
 * </pre>
 *
 * <p>Each sender id has a key of its own, so that a sequence is a nonce that never repeats under a
 * key. The sender tag lets a receiver drop what was made up without deriving that key.
 */
final class SealedDatagram {
  static final int VERSION = 1;
  static final int VERSION_OFFSET = 0;
  static final int KIND_OFFSET = 1;
  static final int CIPHER_OFFSET = 2;
  static final int DIRECTION_OFFSET = 3;
  static final int SENDER_HIGH_OFFSET = 4;
  static final int SENDER_LOW_OFFSET = 12;
  static final int SENDER_TAG_OFFSET = 20;
  static final int SEQUENCE_OFFSET = 28;
  static final int HEADER_BYTES = 36;
  static final int TAG_BYTES = 16;
  static final int NONCE_BYTES = 12;

  /** What sealing adds to a datagram. */
  static final int OVERHEAD_BYTES = HEADER_BYTES + TAG_BYTES;

  /** The bytes of a challenge and of a proof: 16 of a token, 16 of the sender id that is meant. */
  static final int TOKEN_BYTES = 16;

  static final int CHALLENGE_BYTES = TOKEN_BYTES + 16;

  static final int FRAME = 0;
  static final int CHALLENGE = 1;
  static final int PROOF = 2;

  /** Which way a datagram goes; each way has keys of its own, so that none can be sent back. */
  enum Direction {
    TO_SUBSCRIPTION(0),
    TO_PUBLICATION(1);

    private final int code;

    Direction(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }

    Direction opposite() {
      return this == TO_SUBSCRIPTION ? TO_PUBLICATION : TO_SUBSCRIPTION;
    }
  }

  private SealedDatagram() {}
}
