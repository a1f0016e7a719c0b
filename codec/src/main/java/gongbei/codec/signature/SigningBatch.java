package gongbei.codec.signature;

import gongbei.codec.curve.GeneratorComb;

/**
 * Messages that one key signs together: add, {@link #sign}, and start over with {@link #clear}.
 * Messages are borrowed until they are signed. SM2 and ES256 allocate nothing once it is made;
 * PS256 the library signs one by one, and so does a token. For one thread.
 */
public final class SigningBatch {
  /** The most messages of a batch. */
  public static final int MAX_CAPACITY = GeneratorComb.MAX_CAPACITY;

  private final CodeSigner signer;
  private final EllipticSigner.Computation computation;
  private final byte[][] messages;
  private final int[] offsets;
  private final int[] lengths;
  private final byte[][] librarySignatures;
  private int size;

  SigningBatch(CodeSigner signer, EllipticSigner elliptic, int capacity) {
    if (capacity < 1 || capacity > MAX_CAPACITY) {
      throw new IllegalArgumentException(
          "capacity is " + capacity + ", not from 1 to " + MAX_CAPACITY);
    }
    this.signer = signer;
    computation = elliptic == null ? null : elliptic.computation(capacity);
    messages = new byte[capacity][];
    offsets = new int[capacity];
    lengths = new int[capacity];
    librarySignatures = elliptic == null ? new byte[capacity][] : null;
  }

  /** Forgets all messages and signatures. */
  public void clear() {
    for (int i = 0; i < size; i++) {
      messages[i] = null;
    }
    size = 0;
  }

  /** How many messages there are. */
  public int size() {
    return size;
  }

  /** The most messages that there may be. */
  public int capacity() {
    return messages.length;
  }

  /**
   * Adds a message.
   *
   * @return its index, by which {@link #signature} knows it
   */
  public int add(byte[] message, int offset, int length) {
    messages[size] = message;
    offsets[size] = offset;
    lengths[size] = length;
    return size++;
  }

  /** Signs all messages. */
  public void sign() {
    if (computation == null) {
      for (int i = 0; i < size; i++) {
        librarySignatures[i] = signer.sign(messages[i], offsets[i], lengths[i]);
      }
    } else if (size > 0) {
      for (int i = 0; i < size; i++) {
        computation.add(messages[i], offsets[i], lengths[i]);
      }
      computation.sign();
    }
  }

  /** The bytes of a message's signature: 64 for SM2 and ES256, those of the modulus for PS256. */
  public int signatureLength(int index) {
    return computation == null ? librarySignatures[index].length : EllipticSigner.SIGNATURE_BYTES;
  }

  /** Writes a message's signature: see {@link CodeSigner#sign}. */
  public void signature(int index, byte[] into, int offset) {
    if (computation == null) {
      System.arraycopy(librarySignatures[index], 0, into, offset, librarySignatures[index].length);
    } else {
      computation.signature(index, into, offset);
    }
  }
}
