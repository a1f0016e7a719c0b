package gongbei.codec.cbor;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes CBOR (RFC 8949) into a buffer that the caller owns, always with the shortest head and
 * definite lengths. Deterministic encoding (§4.2) further needs the caller to write map keys in
 * their bytewise order. Throws {@link IndexOutOfBoundsException} where the buffer is too small. For
 * one thread.
 */
public final class CborWriter {
  private final byte[] buffer;
  private int position;

  public CborWriter(byte[] buffer) {
    this.buffer = buffer;
  }

  /** Starts over at the buffer's first byte. */
  public CborWriter reset() {
    return reset(0);
  }

  /** Starts over at a place in the buffer. */
  public CborWriter reset(int at) {
    position = at;
    return this;
  }

  /** Where in the buffer the next byte is written. */
  public int position() {
    return position;
  }

  /** A copy of the buffer up to {@link #position}. */
  public byte[] toByteArray() {
    return Arrays.copyOf(buffer, position);
  }

  /** Writes an unsigned or negative integer (major types 0 and 1). */
  public CborWriter writeInt(long value) {
    return value >= 0 ? head(CborReader.UNSIGNED, value) : head(CborReader.NEGATIVE, ~value);
  }

  /** Writes a byte string (major type 2). */
  public CborWriter writeBytes(byte[] bytes, int offset, int length) {
    head(CborReader.BYTES, length);
    System.arraycopy(bytes, offset, buffer, position, length);
    position += length;
    return this;
  }

  /** Writes a whole array as a byte string (major type 2). */
  public CborWriter writeBytes(byte[] bytes) {
    return writeBytes(bytes, 0, bytes.length);
  }

  /** Writes a text string (major type 3). */
  public CborWriter writeText(String text) {
    return writeText(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a text string (major type 3), given in UTF-8. */
  public CborWriter writeText(byte[] utf8) {
    head(CborReader.TEXT, utf8.length);
    System.arraycopy(utf8, 0, buffer, position, utf8.length);
    position += utf8.length;
    return this;
  }

  /** Opens an array of that many items. */
  public CborWriter writeArrayHeader(int items) {
    return head(CborReader.ARRAY, items);
  }

  /** Opens a map of that many pairs. */
  public CborWriter writeMapHeader(int pairs) {
    return head(CborReader.MAP, pairs);
  }

  /** Writes a tag; the item tagged follows. */
  public CborWriter writeTag(long tag) {
    return head(CborReader.TAG, tag);
  }

  /** Writes true or false. */
  public CborWriter writeBoolean(boolean value) {
    return head(CborReader.SIMPLE, value ? CborReader.TRUE : CborReader.FALSE);
  }

  /** Writes a float of 64 bits. */
  public CborWriter writeFloat(double value) {
    buffer[position++] = (byte) (CborReader.SIMPLE << 5 | 27);
    bigEndian(Double.doubleToLongBits(value), Double.BYTES);
    return this;
  }

  /** Writes null. */
  public CborWriter writeNull() {
    return head(CborReader.SIMPLE, CborReader.NULL);
  }

  private CborWriter head(int major, long argument) {
    final int type = major << 5;
    if (argument < 24 && argument >= 0) {
      buffer[position++] = (byte) (type | (int) argument);
    } else if (argument <= 0xFFL && argument >= 0) {
      buffer[position++] = (byte) (type | 24);
      bigEndian(argument, 1);
    } else if (argument <= 0xFFFFL && argument >= 0) {
      buffer[position++] = (byte) (type | 25);
      bigEndian(argument, 2);
    } else if (argument <= 0xFFFFFFFFL && argument >= 0) {
      buffer[position++] = (byte) (type | 26);
      bigEndian(argument, 4);
    } else {
      buffer[position++] = (byte) (type | 27);
      bigEndian(argument, 8);
    }
    return this;
  }

  private void bigEndian(long value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      buffer[position++] = (byte) (value >>> shift);
    }
  }
}
