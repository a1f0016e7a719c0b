package gongbei.verifier.http.transport;

import java.util.Optional;

/**
 * What tells a signed request from all others: the signer's {@code keyid}, the {@code nonce} and
 * when it was {@code created} (RFC 9421 §2.3); and who has signed it besides.
 *
 * @param createdEpochSeconds when it was signed
 * @param secondKid the {@code keyid} of the second authority, where one has signed too
 */
public record SignatureNonce(
    String kid, String nonce, long createdEpochSeconds, Optional<String> secondKid) {
  /** One authority's. */
  public static SignatureNonce of(String kid, String nonce, long createdEpochSeconds) {
    return new SignatureNonce(kid, nonce, createdEpochSeconds, Optional.empty());
  }

  /** The same, signed by a second authority too. */
  public SignatureNonce seconded(String bySecondKid) {
    return new SignatureNonce(kid, nonce, createdEpochSeconds, Optional.of(bySecondKid));
  }
}
