package gongbei.codec.issue;

import gongbei.codec.cbor.CborWriter;
import gongbei.codec.signature.CodeSigner;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Signs a payload as an untagged COSE_Sign1 (RFC 9052 §4.2) with alg and kid protected. */
final class CoseSign1Writer {
  private static final int OVERHEAD_BYTES = 64;
  private static final int MAX_SIGNATURE_BYTES = 1_024;
  private static final int HEADER_ALG = 1;
  private static final int HEADER_KID = 4;
  private static final byte[] CONTEXT = "Signature1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] EMPTY = {};

  private final CodeSigner signer;
  private final byte[] protectedHeader;

  CoseSign1Writer(CodeSigner signer) {
    this.signer = signer;
    final byte[] kid = ByteBuffer.allocate(8).putLong(signer.key().issuerKey().kid()).array();
    this.protectedHeader =
        new CborWriter(new byte[OVERHEAD_BYTES])
            .writeMapHeader(2)
            .writeInt(HEADER_ALG)
            .writeInt(signer.key().issuerKey().algorithm().coseIdentifier())
            .writeInt(HEADER_KID)
            .writeBytes(kid)
            .toByteArray();
  }

  CodeSigner signer() {
    return signer;
  }

  /** The bytes that {@link #writeSigned} adds to payload and signature at most. */
  int overheadBytes() {
    return OVERHEAD_BYTES + protectedHeader.length;
  }

  byte[] sign(byte[] payload, int length) {
    final byte[] scratch = new byte[overheadBytes() + length + MAX_SIGNATURE_BYTES];
    final CborWriter writer = new CborWriter(scratch);
    writeToBeSigned(writer, payload, length);
    final byte[] signature = signer.sign(scratch, 0, writer.position());
    writeSigned(writer.reset(), payload, 0, length, signature);
    return writer.toByteArray();
  }

  /** Writes the Sig_structure of RFC 9052 §4.4. */
  void writeToBeSigned(CborWriter writer, byte[] payload, int length) {
    writer
        .writeArrayHeader(4)
        .writeText(CONTEXT)
        .writeBytes(protectedHeader)
        .writeBytes(EMPTY)
        .writeBytes(payload, 0, length);
  }

  /** Writes the message of RFC 9052 §4.2. */
  void writeSigned(CborWriter writer, byte[] payload, int offset, int length, byte[] signature) {
    writer
        .writeArrayHeader(4)
        .writeBytes(protectedHeader)
        .writeMapHeader(0)
        .writeBytes(payload, offset, length)
        .writeBytes(signature);
  }
}
