package gongbei.codec.issue;

import gongbei.codec.cbor.CborWriter;
import gongbei.codec.code.Base45;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.signature.SigningBatch;
import gongbei.codec.trust.SigningKey;
import java.nio.charset.StandardCharsets;

/**
 * Issues Guangdong's and Macau's codes together, with less work for each the more they are: claims
 * as a CWT (RFC 8392) in deterministic CBOR (RFC 8949 §4.2.1), signed as COSE_Sign1, as text of
 * prefix and Base45. Add, {@link #sign}, and start over with {@link #clear}. Allocates nothing once
 * made but what SM2's random bytes take. For one thread.
 */
public final class CodeBatch {
  /** The most codes of a batch. */
  public static final int MAX_CAPACITY = SigningBatch.MAX_CAPACITY;

  private static final int SIGNATURE_BYTES = 64;

  private final CodeFormat format;
  private final PayloadWriter payloads;
  private final CoseSign1Writer cose;
  private final SigningBatch signatures;
  private final int signedBytes;
  private final int textBytes;
  private final byte[] toBeSigned;
  private final int[] payloadOffsets;
  private final int[] payloadLengths;
  private final CborWriter toBeSignedWriter;
  private final byte[] payload = new byte[PayloadWriter.MAX_BYTES];
  private final CborWriter payloadWriter = new CborWriter(payload);
  private final byte[] signed;
  private final CborWriter signedWriter;
  private final byte[] signature = new byte[SIGNATURE_BYTES];
  private final byte[] texts;
  private final int[] textLengths;

  /**
   * @param format {@code GD1} or {@code MO1}
   * @param key a key that may sign that format
   * @param capacity the most codes together, up to {@link #MAX_CAPACITY}
   */
  public CodeBatch(CodeFormat format, SigningKey key, int capacity) {
    this.format = format;
    cose = CodeIssuer.coseOf(format, key);
    payloads = new PayloadWriter(format);
    signatures = cose.signer().batch(capacity);
    signedBytes = cose.overheadBytes() + PayloadWriter.MAX_BYTES + SIGNATURE_BYTES;
    textBytes = CodeFormat.PREFIX_LENGTH + Base45.encodedLength(signedBytes);
    toBeSigned = new byte[capacity * signedBytes];
    toBeSignedWriter = new CborWriter(toBeSigned);
    payloadOffsets = new int[capacity];
    payloadLengths = new int[capacity];
    signed = new byte[signedBytes];
    signedWriter = new CborWriter(signed);
    texts = new byte[capacity * textBytes];
    textLengths = new int[capacity];
    final byte[] prefix = format.prefix().getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < capacity; i++) {
      System.arraycopy(prefix, 0, texts, i * textBytes, prefix.length);
    }
  }

  /** The format of the codes. */
  public CodeFormat format() {
    return format;
  }

  /** The key that signs. */
  public SigningKey key() {
    return cose.signer().key();
  }

  /** The most codes that there may be. */
  public int capacity() {
    return textLengths.length;
  }

  /** How many codes there are. */
  public int size() {
    return signatures.size();
  }

  /** Forgets all codes. */
  public void clear() {
    signatures.clear();
  }

  /**
   * Adds a code.
   *
   * @return its index
   */
  public int add(CodeClaims claims) {
    return add(payloads.write(payloadWriter.reset(), claims));
  }

  /**
   * Adds a code of what a builder has gathered so far, without allocation.
   *
   * @return its index
   */
  public int add(CodeClaims.Builder claims) {
    return add(claims.checked());
  }

  private int add(int payloadLength) {
    final int start = signatures.size() * signedBytes;
    cose.writeToBeSigned(toBeSignedWriter.reset(start), payload, payloadLength);
    final int end = toBeSignedWriter.position();
    final int index = signatures.add(toBeSigned, start, end - start);
    // The payload is what the signed bytes end with.
    payloadOffsets[index] = end - payloadLength;
    payloadLengths[index] = payloadLength;
    return index;
  }

  /** Signs all codes and writes their texts. */
  public void sign() {
    signatures.sign();
    for (int i = 0; i < signatures.size(); i++) {
      signatures.signature(i, signature, 0);
      cose.writeSigned(
          signedWriter.reset(), toBeSigned, payloadOffsets[i], payloadLengths[i], signature);
      final int length = signedWriter.position();
      Base45.encode(signed, 0, length, texts, i * textBytes + CodeFormat.PREFIX_LENGTH);
      textLengths[i] = CodeFormat.PREFIX_LENGTH + Base45.encodedLength(length);
    }
  }

  /** The buffer of all texts, in ASCII. */
  public byte[] texts() {
    return texts;
  }

  /** Where in {@link #texts} a code begins. */
  public int textOffset(int index) {
    return index * textBytes;
  }

  /** How many characters a code has. */
  public int textLength(int index) {
    return textLengths[index];
  }

  /** A code's text. */
  public String text(int index) {
    return new String(texts, textOffset(index), textLength(index), StandardCharsets.US_ASCII);
  }
}
