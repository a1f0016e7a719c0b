package gongbei.codec.code;

import gongbei.codec.cbor.CborReader;
import java.util.Arrays;

/**
 * The signed message of a code, a COSE_Sign1 (RFC 9052 §4.2): its headers {@code alg} and {@code
 * kid}, its payload, the bytes that are signed and the signature. The signature is not verified. A
 * flyweight over the code's buffer, valid until the code is read anew; allocates nothing but where
 * it says so. For one thread.
 */
public final class CoseSign1 implements SignedParts {
  private static final long HEADER_ALG = 1;
  private static final long HEADER_CRIT = 2;
  private static final long HEADER_KID = 4;
  private static final long TAG_COSE_SIGN1 = 18;
  private static final long TAG_CWT = 61;
  private static final int REGION_SIGNATURE_BYTES = 64;
  private static final String NOT_BYTES = "is not a byte string";

  private final CodeCursor cursor;
  private final Slice protectedHeader = new Slice();
  private final Slice payload = new Slice();
  private final Slice signature = new Slice();
  private final Slice kid = new Slice();
  private final SigStructure signed = new SigStructure();
  private SignatureAlgorithm algorithm;
  private long algorithmIdentifier;
  private boolean hasCriticalHeaders;

  CoseSign1(CodeCursor cursor) {
    this.cursor = cursor;
  }

  /** Forgets the message. */
  void clear() {
    algorithm = null;
    algorithmIdentifier = CborReader.NO_INTEGER;
    hasCriticalHeaders = false;
    protectedHeader.clear();
    payload.clear();
    signature.set(0, 0);
    kid.clear();
    signed.clear();
  }

  /**
   * Reads the message that fills the cursor's buffer.
   *
   * @param length how many bytes it fills
   * @return whether it is well-formed; if not, the cursor has the fault
   */
  boolean read(CodeFormat format, int length) {
    if (!cursor.isWellFormed("cose", 0, length)) {
      return false;
    }
    final CborReader cbor = cursor.at(0).next();
    if (!format.isDeterministic() && cbor.major() == CborReader.TAG && cbor.argument() == TAG_CWT) {
      cbor.next();
    }
    if (cbor.major() == CborReader.TAG) {
      if (cbor.argument() != TAG_COSE_SIGN1) {
        return cursor.malformed("cose", "is tagged as something other than COSE_Sign1");
      }
      cbor.next();
    }
    if (cbor.major() != CborReader.ARRAY || !holdsFour()) {
      return cursor.malformed("cose", "is not a COSE_Sign1 array of four");
    }
    cbor.next();
    if (!cursor.string(CborReader.BYTES, protectedHeader)) {
      return cursor.malformed("protected", NOT_BYTES);
    }
    final int unprotectedOffset = cbor.position();
    if (cbor.next().major() != CborReader.MAP) {
      return cursor.malformed("unprotected", "is not a map");
    }
    if (format.isDeterministic() && cbor.argument() != 0) {
      return cursor.malformed("unprotected", "is not empty");
    }
    cbor.skipRest();
    cbor.next();
    if (!cursor.string(CborReader.BYTES, payload)) {
      return cursor.malformed("payload", NOT_BYTES);
    }
    cbor.next();
    if (!cursor.string(CborReader.BYTES, signature)) {
      return cursor.malformed("signature", NOT_BYTES);
    }
    // Before the headers are read, which may move the chunks of a kid together.
    signed.layOut(cursor.buffer(), protectedHeader, payload);
    return readHeaders(format, unprotectedOffset) && checkSignatureLength(format);
  }

  /** Whether the array just opened has four items: counted where its length is indefinite. */
  private boolean holdsFour() {
    final CborReader cbor = cursor.cbor();
    if (!cbor.isIndefinite()) {
      return cbor.argument() == 4;
    }
    final int start = cbor.position();
    int items = 0;
    while (cbor.hasMore(-1)) {
      cbor.skip();
      items++;
    }
    cbor.position(start);
    return items == 4;
  }

  private boolean readHeaders(CodeFormat format, int unprotectedOffset) {
    if (protectedHeader.length() != 0) {
      final int start = protectedHeader.offset();
      if (!cursor.isWellFormed("protected", start, protectedHeader.length())) {
        return false;
      }
      if (cursor.at(start).next().major() != CborReader.MAP) {
        return cursor.malformed("protected", "is not a map");
      }
      if (!readHeader(start)) {
        return false;
      }
    }
    if (hasCriticalHeaders) {
      return cursor.unsupported("crit", "names header parameters that must be understood");
    }
    if (!readHeader(unprotectedOffset)) {
      return false;
    }
    if (algorithmIdentifier == CborReader.NO_INTEGER) {
      return cursor.malformed("alg", "is missing");
    }
    algorithm = SignatureAlgorithm.ofCoseIdentifier(algorithmIdentifier);
    if (algorithm == null || !format.permits(algorithm)) {
      return cursor.unsupported("alg", "is not one that this format allows");
    }
    if (format.isDeterministic() && kid.length() != Kid.BYTES) {
      return cursor.malformed("kid", kid.isPresent() ? "is not of 8 bytes" : "is missing");
    }
    return true;
  }

  /** Reads alg and kid from a header map; what an earlier map has said stands. */
  private boolean readHeader(int offset) {
    final CborReader cbor = cursor.at(offset).next();
    final boolean isAlgorithmKnown = algorithmIdentifier != CborReader.NO_INTEGER;
    final boolean isKidKnown = kid.isPresent();
    for (long remaining = cbor.count(); cbor.hasMore(remaining); remaining--) {
      final long label = cbor.integer();
      if (label == HEADER_ALG && !isAlgorithmKnown) {
        algorithmIdentifier = cursor.nextInteger();
        if (algorithmIdentifier == CborReader.NO_INTEGER) {
          return cursor.unsupported("alg", "is not a number");
        }
      } else if (label == HEADER_KID && !isKidKnown) {
        cursor.nextHead();
        if (!cursor.string(CborReader.BYTES, kid)) {
          return cursor.malformed("kid", NOT_BYTES);
        }
        if (kid.length() > CodeLimits.MAX_KID_BYTES) {
          return cursor.malformed("kid", "is longer than 64 bytes");
        }
      } else {
        hasCriticalHeaders |= label == HEADER_CRIT;
        cbor.skip();
      }
    }
    return true;
  }

  /** The hcert specification leaves an HCERT's signature of another length to its verification. */
  private boolean checkSignatureLength(CodeFormat format) {
    if (format.isDeterministic() && signature.length() != REGION_SIGNATURE_BYTES) {
      return cursor.malformed("signature", "is not of 64 bytes");
    }
    return signature.length() != 0 || cursor.malformed("signature", "is empty");
  }

  /** What the code says it is signed with. */
  @Override
  public SignatureAlgorithm algorithm() {
    return algorithm;
  }

  /** Whether the code names a key by a kid of the 8 bytes that the EU's specification wants. */
  @Override
  public boolean hasKid() {
    return kid.length() == Kid.BYTES;
  }

  /** The kid as one big-endian number: see {@link #hasKid}. */
  @Override
  public long kid() {
    return Kid.number(cursor.buffer(), kid.offset());
  }

  /** A copy of the kid, of any length, or null where the code has none. Allocates. */
  @Override
  public byte[] kidBytes() {
    return kid.isPresent()
        ? Arrays.copyOfRange(cursor.buffer(), kid.offset(), kid.offset() + kid.length())
        : null;
  }

  /** The buffer whose first {@link #signedLength} bytes are signed. */
  @Override
  public byte[] signed() {
    return signed.bytes();
  }

  /** How many bytes are signed. */
  @Override
  public int signedLength() {
    return signed.length();
  }

  @Override
  public byte[] signature() {
    return cursor.buffer();
  }

  /** Offset of the signature in {@link HealthCode#buffer}. */
  @Override
  public int signatureOffset() {
    return signature.offset();
  }

  /** Length of the signature: 64 in {@code GD1} and {@code MO1}, of any length in {@code HC1}. */
  @Override
  public int signatureLength() {
    return signature.length();
  }

  /** Offset of the payload in {@link HealthCode#buffer}. */
  public int payloadOffset() {
    return payload.offset();
  }

  /** Length of the payload. */
  int payloadLength() {
    return payload.length();
  }
}
