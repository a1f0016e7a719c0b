package gongbei.codec.code;

/**
 * The bytes that a COSE_Sign1 without external data has signed: the Sig_structure of RFC 9052 §4.4.
 * A flyweight that is laid out anew for each code. For one thread.
 */
final class SigStructure {
  private static final int OVERHEAD = 32;
  private static final int EMPTY_BYTES = 0x40;
  private static final byte[] ARRAY_AND_CONTEXT = {
    (byte) 0x84, 0x6A, 'S', 'i', 'g', 'n', 'a', 't', 'u', 'r', 'e', '1'
  };

  private byte[] bytes = new byte[1024];
  private int length;

  /** Forgets what was laid out. */
  void clear() {
    length = 0;
  }

  /** Copies the signed parts out of a code's buffer. A protected header of no entries is empty. */
  void layOut(byte[] buffer, Slice protectedHeader, Slice payload) {
    if (bytes.length < protectedHeader.length() + payload.length() + OVERHEAD) {
      bytes = new byte[CodeLimits.MAX_INFLATED_BYTES + OVERHEAD];
    }
    System.arraycopy(ARRAY_AND_CONTEXT, 0, bytes, 0, ARRAY_AND_CONTEXT.length);
    length = ARRAY_AND_CONTEXT.length;
    final boolean isEmptyMap = protectedHeader.length() == 1;
    append(buffer, protectedHeader.offset(), isEmptyMap ? 0 : protectedHeader.length());
    bytes[length++] = EMPTY_BYTES;
    append(buffer, payload.offset(), payload.length());
  }

  private void append(byte[] buffer, int offset, int count) {
    if (count < 24) {
      bytes[length++] = (byte) (EMPTY_BYTES | count);
    } else if (count <= 0xFF) {
      bytes[length++] = 0x58;
      bytes[length++] = (byte) count;
    } else if (count <= 0xFFFF) {
      bytes[length++] = 0x59;
      bytes[length++] = (byte) (count >>> 8);
      bytes[length++] = (byte) count;
    } else {
      bytes[length++] = 0x5A;
      bytes[length++] = (byte) (count >>> 24);
      bytes[length++] = (byte) (count >>> 16);
      bytes[length++] = (byte) (count >>> 8);
      bytes[length++] = (byte) count;
    }
    System.arraycopy(buffer, offset, bytes, length, count);
    length += count;
  }

  /** The buffer whose first {@link #length} bytes are signed. */
  byte[] bytes() {
    return bytes;
  }

  /** How many bytes are signed. */
  int length() {
    return length;
  }
}
