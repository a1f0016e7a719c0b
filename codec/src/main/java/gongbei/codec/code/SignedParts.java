package gongbei.codec.code;

/**
 * What of a code is verified by a key: the algorithm and key that it names, the bytes that are
 * signed and the signature. The same of every format. Valid until the code is read anew.
 */
public interface SignedParts {
  /** What the code says it is signed with. */
  SignatureAlgorithm algorithm();

  /** Whether the code names a key by at least 8 bytes, as trust lists do. */
  boolean hasKid();

  /** The first 8 bytes of the kid as one big-endian number: see {@link #hasKid}. */
  long kid();

  /** A copy of the kid, of any length, or null where the code has none. Allocates. */
  byte[] kidBytes();

  /** The buffer whose first {@link #signedLength} bytes are signed. */
  byte[] signed();

  /** How many bytes are signed. */
  int signedLength();

  /** The buffer that holds the signature. */
  byte[] signature();

  /** Offset of the signature in its buffer. */
  int signatureOffset();

  /** Length of the signature in bytes. */
  int signatureLength();
}
