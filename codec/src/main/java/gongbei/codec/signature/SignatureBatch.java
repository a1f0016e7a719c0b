package gongbei.codec.signature;

import gongbei.codec.trust.IssuerKey;

/**
 * The signatures that one worker verifies together: a structure of arrays that is filled, verified
 * and cleared again without allocation. It borrows the buffers that it is given until {@link
 * #clear}. For one thread.
 */
public final class SignatureBatch {
  private final IssuerKey[] keys;
  private final byte[][] messages;
  private final int[] messageOffsets;
  private final int[] messageLengths;
  private final byte[][] signatures;
  private final int[] signatureOffsets;
  private final int[] signatureLengths;
  private final boolean[] outcomes;
  private int size;

  public SignatureBatch(int capacity) {
    keys = new IssuerKey[capacity];
    messages = new byte[capacity][];
    messageOffsets = new int[capacity];
    messageLengths = new int[capacity];
    signatures = new byte[capacity][];
    signatureOffsets = new int[capacity];
    signatureLengths = new int[capacity];
    outcomes = new boolean[capacity];
  }

  /** How many signatures fit. */
  public int capacity() {
    return keys.length;
  }

  /** How many signatures are waiting. */
  public int size() {
    return size;
  }

  /** Empties the batch; the buffers are no longer borrowed. */
  public void clear() {
    size = 0;
  }

  /**
   * Adds one signature.
   *
   * @return its index, by which {@link #outcome(int)} answers after verification
   */
  public int add(
      IssuerKey key,
      byte[] message,
      int messageOffset,
      int messageLength,
      byte[] signature,
      int signatureOffset,
      int signatureLength) {
    final int index = size++;
    keys[index] = key;
    messages[index] = message;
    messageOffsets[index] = messageOffset;
    messageLengths[index] = messageLength;
    signatures[index] = signature;
    signatureOffsets[index] = signatureOffset;
    signatureLengths[index] = signatureLength;
    outcomes[index] = false;
    return index;
  }

  /** Whether the signature at the index was found valid. */
  public boolean outcome(int index) {
    return outcomes[index];
  }

  void outcome(int index, boolean valid) {
    outcomes[index] = valid;
  }

  IssuerKey key(int index) {
    return keys[index];
  }

  byte[] message(int index) {
    return messages[index];
  }

  int messageOffset(int index) {
    return messageOffsets[index];
  }

  int messageLength(int index) {
    return messageLengths[index];
  }

  byte[] signature(int index) {
    return signatures[index];
  }

  int signatureOffset(int index) {
    return signatureOffsets[index];
  }

  int signatureLength(int index) {
    return signatureLengths[index];
  }
}
