package gongbei.codec.signature;

import gongbei.codec.trust.IssuerKey;

/**
 * Verifies signatures. Verification handles public data only, so an engine may run in variable
 * time. An engine keeps scratch state: one instance belongs to one thread.
 */
public interface SignatureEngine {
  /**
   * Whether the signature is that key's over the message. Never throws on the content of message or
   * signature: whatever is not a valid signature is false.
   *
   * @param message holds the bytes signed, for a code its COSE Sig_structure (RFC 9052 §4.4)
   * @param signature raw r‖s, each as long as the order of the key's curve, for SM2 and ECDSA; the
   *     RSA block for PS256
   */
  boolean verify(
      IssuerKey key,
      byte[] message,
      int messageOffset,
      int messageLength,
      byte[] signature,
      int signatureOffset,
      int signatureLength);

  /** Verifies every entry of the batch and sets its outcome; entries do not affect each other. */
  default void verify(SignatureBatch batch) {
    for (int i = 0; i < batch.size(); i++) {
      batch.outcome(
          i,
          verify(
              batch.key(i),
              batch.message(i),
              batch.messageOffset(i),
              batch.messageLength(i),
              batch.signature(i),
              batch.signatureOffset(i),
              batch.signatureLength(i)));
    }
  }
}
