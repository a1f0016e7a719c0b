package gongbei.verifier.http.transport;

/**
 * What tells a signed request from all others: the signer's {@code keyid}, the {@code nonce} and
 * when it was {@code created} (RFC 9421 §2.3).
 *
 * @param createdEpochSeconds when it was signed
 */
public record SignatureNonce(String kid, String nonce, long createdEpochSeconds) {}
