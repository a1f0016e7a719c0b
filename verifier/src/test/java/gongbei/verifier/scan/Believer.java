package gongbei.verifier.scan;

import gongbei.codec.signature.SignatureEngine;
import gongbei.codec.trust.IssuerKey;

/** Believes every signature, and allocates nothing for it. */
final class Believer implements SignatureEngine {
  @Override
  public boolean verify(
      IssuerKey key,
      byte[] signed,
      int signedOffset,
      int signedLength,
      byte[] signature,
      int signatureOffset,
      int signatureLength) {
    return true;
  }
}
