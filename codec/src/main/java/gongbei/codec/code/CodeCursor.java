package gongbei.codec.code;

import gongbei.codec.cbor.CborReader;
import gongbei.codec.cbor.CborValidator;

/**
 * The one cursor that the parts of a code's grammar are read with, and the fault that reading
 * stopped at. Reads CBOR as the code's format encodes it: in {@code GD1} and {@code MO1}
 * deterministically (RFC 8949 §4.2), in {@code HC1} in every form that means the same. Allocates
 * nothing. For one thread.
 */
final class CodeCursor {
  private final CborValidator validator =
      new CborValidator(CodeLimits.MAX_CBOR_DEPTH, CodeLimits.MAX_CBOR_MAP_PAIRS);
  private final CborReader cbor = new CborReader();
  private final ForeignFacts facts = new ForeignFacts();
  private byte[] buffer;
  private boolean deterministic;
  private boolean unsupported;
  private String field;
  private String explanation;

  /** Forgets the fault and the facts. */
  void clear() {
    facts.clear();
    unsupported = false;
    field = null;
    explanation = null;
  }

  /** Where what a foreign code says of its holder is put together. */
  ForeignFacts facts() {
    return facts;
  }

  /** Reads from that buffer from now on. */
  void wrap(byte[] bytes, boolean isDeterministic) {
    buffer = bytes;
    deterministic = isDeterministic;
  }

  /** The buffer that all offsets point into. */
  byte[] buffer() {
    return buffer;
  }

  /** Whether the format wants RFC 8949 §4.2 deterministic encoding. */
  boolean isDeterministic() {
    return deterministic;
  }

  /** Stands before the item at the offset. */
  CborReader at(int offset) {
    return cbor.wrap(buffer, offset);
  }

  /** The reader, where it stands. */
  CborReader cbor() {
    return cbor;
  }

  /**
   * Checks that the bytes are one well-formed item as the format encodes it.
   *
   * @param part the field to name in a refusal
   */
  boolean isWellFormed(String part, int offset, int length) {
    final String fault = validator.examine(buffer, offset, length, deterministic);
    return fault == null || malformed(part, fault);
  }

  /** Reads a head; where the encoding is not deterministic, past its tags. */
  CborReader nextHead() {
    return deterministic ? cbor.next() : cbor.nextUntagged();
  }

  /** Reads an integer; where the encoding is deterministic, none that is tagged is one. */
  long nextInteger() {
    final long number = cbor.integer();
    return deterministic && cbor.tag() != CborReader.NO_TAG ? CborReader.NO_INTEGER : number;
  }

  /**
   * Reads the string whose head has been read. The chunks of one of indefinite length are moved
   * together in the buffer, for it is signed and compared as one of definite length (RFC 9052
   * §4.4).
   *
   * @param into is set to where the string lies
   * @return whether it is a string of that major type; if not, nothing is read
   */
  boolean string(int type, Slice into) {
    if (cbor.major() != type) {
      return false;
    }
    final int offset = cbor.position();
    int length = 0;
    if (!cbor.isIndefinite()) {
      length = (int) cbor.argument();
      cbor.position(offset + length);
    } else {
      while (cbor.hasMore(-1)) {
        final int chunk = (int) cbor.next().argument();
        System.arraycopy(buffer, cbor.position(), buffer, offset + length, chunk);
        length += chunk;
        cbor.position(cbor.position() + chunk);
      }
    }
    into.set(offset, length);
    return true;
  }

  /** Notes a fault that makes the code malformed. Answers false, for whoever reads to pass on. */
  boolean malformed(String where, String why) {
    field = where;
    explanation = why;
    return false;
  }

  /** Notes that the code may be well-formed but can't be read here. Answers false. */
  boolean unsupported(String where, String why) {
    unsupported = true;
    return malformed(where, why);
  }

  /** After a refusal: whether {@link #unsupported} made it. */
  boolean isUnsupported() {
    return unsupported;
  }

  /** After a refusal: the field at fault, a constant; else null. */
  String field() {
    return field;
  }

  /** After a refusal: what is wrong with the field, a constant; else null. */
  String explanation() {
    return explanation;
  }
}
