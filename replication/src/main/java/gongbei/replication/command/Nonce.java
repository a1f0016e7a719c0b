package gongbei.replication.command;

/**
 * What tells a signed request from all others, so that the log carries it out once.
 *
 * @param digest {@link DocumentCommand#NONCE_BYTES} bytes, of the signer and of what they drew
 * @param madeAtEpochSeconds when the request was signed, from 1 on
 * @param author who signed it: the key's id; 0 where that is not known
 */
public record Nonce(byte[] digest, long madeAtEpochSeconds, long author) {
  public Nonce {
    if (digest.length != DocumentCommand.NONCE_BYTES) {
      throw new IllegalArgumentException(
          "digest is of " + digest.length + " bytes, not of " + DocumentCommand.NONCE_BYTES);
    }
    if (madeAtEpochSeconds < 1) {
      throw new IllegalArgumentException(
          "madeAtEpochSeconds is " + madeAtEpochSeconds + ", not 1 or more");
    }
  }
}
