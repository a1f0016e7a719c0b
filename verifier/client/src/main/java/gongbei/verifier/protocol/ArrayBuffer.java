package gongbei.verifier.protocol;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Bytes on the heap for the generated encoders and decoders. Agrona's own {@code UnsafeBuffer}
 * reaches into the JDK and so needs {@code --add-opens}, which a library can't ask of who uses it;
 * this one needs nothing. What the codecs call is as there, and always within bounds or an {@link
 * IndexOutOfBoundsException}; what they never call is refused. For one thread.
 */
public final class ArrayBuffer extends CodecBuffer {
  private static final byte UNKNOWN = '?';
  private static final char MAX_ASCII = 0x7F;

  private byte[] array;
  private int offset;
  private int capacity;

  /** Gives views of the bytes as numbers, in either order. */
  private record Views(VarHandle shorts, VarHandle ints, VarHandle longs) {
    private static final Views LITTLE = of(ByteOrder.LITTLE_ENDIAN);
    private static final Views BIG = of(ByteOrder.BIG_ENDIAN);

    private static Views of(ByteOrder order) {
      return new Views(
          MethodHandles.byteArrayViewVarHandle(short[].class, order),
          MethodHandles.byteArrayViewVarHandle(int[].class, order),
          MethodHandles.byteArrayViewVarHandle(long[].class, order));
    }

    private static Views in(ByteOrder order) {
      return order == ByteOrder.LITTLE_ENDIAN ? LITTLE : BIG;
    }
  }

  /**
   * Takes bytes, which are shared and not copied.
   *
   * @param bytes all of which are within bounds
   */
  public ArrayBuffer(byte[] bytes) {
    wrap(bytes);
  }

  private int at(int index, int length) {
    return offset + Objects.checkFromIndexSize(index, length, capacity);
  }

  @Override
  public void wrap(byte[] bytes) {
    wrap(bytes, 0, bytes.length);
  }

  @Override
  public void wrap(byte[] bytes, int from, int length) {
    Objects.checkFromIndexSize(from, length, bytes.length);
    array = bytes;
    offset = from;
    capacity = length;
  }

  @Override
  public void wrap(ByteBuffer buffer) {
    wrap(buffer, 0, buffer.capacity());
  }

  @Override
  public void wrap(ByteBuffer buffer, int from, int length) {
    Objects.checkFromIndexSize(from, length, buffer.capacity());
    wrap(buffer.array(), buffer.arrayOffset() + from, length);
  }

  @Override
  public void wrap(DirectBuffer buffer) {
    wrap(buffer, 0, buffer.capacity());
  }

  @Override
  public void wrap(DirectBuffer buffer, int from, int length) {
    buffer.boundsCheck(from, length);
    wrap(buffer.byteArray(), buffer.wrapAdjustment() + from, length);
  }

  @Override
  public byte[] byteArray() {
    return array;
  }

  @Override
  public ByteBuffer byteBuffer() {
    return null;
  }

  @Override
  public int capacity() {
    return capacity;
  }

  @Override
  public int wrapAdjustment() {
    return offset;
  }

  @Override
  public boolean isExpandable() {
    return false;
  }

  @Override
  public void checkLimit(int limit) {
    Objects.checkFromToIndex(0, limit, capacity);
  }

  @Override
  public void boundsCheck(int index, int length) {
    Objects.checkFromIndexSize(index, length, capacity);
  }

  @Override
  public long getLong(int index, ByteOrder order) {
    return (long) Views.in(order).longs().get(array, at(index, Long.BYTES));
  }

  @Override
  public long getLong(int index) {
    return getLong(index, ByteOrder.nativeOrder());
  }

  @Override
  public void putLong(int index, long value, ByteOrder order) {
    Views.in(order).longs().set(array, at(index, Long.BYTES), value);
  }

  @Override
  public void putLong(int index, long value) {
    putLong(index, value, ByteOrder.nativeOrder());
  }

  @Override
  public int getInt(int index, ByteOrder order) {
    return (int) Views.in(order).ints().get(array, at(index, Integer.BYTES));
  }

  @Override
  public int getInt(int index) {
    return getInt(index, ByteOrder.nativeOrder());
  }

  @Override
  public void putInt(int index, int value, ByteOrder order) {
    Views.in(order).ints().set(array, at(index, Integer.BYTES), value);
  }

  @Override
  public void putInt(int index, int value) {
    putInt(index, value, ByteOrder.nativeOrder());
  }

  @Override
  public short getShort(int index, ByteOrder order) {
    return (short) Views.in(order).shorts().get(array, at(index, Short.BYTES));
  }

  @Override
  public short getShort(int index) {
    return getShort(index, ByteOrder.nativeOrder());
  }

  @Override
  public void putShort(int index, short value, ByteOrder order) {
    Views.in(order).shorts().set(array, at(index, Short.BYTES), value);
  }

  @Override
  public void putShort(int index, short value) {
    putShort(index, value, ByteOrder.nativeOrder());
  }

  @Override
  public char getChar(int index, ByteOrder order) {
    return (char) getShort(index, order);
  }

  @Override
  public char getChar(int index) {
    return getChar(index, ByteOrder.nativeOrder());
  }

  @Override
  public void putChar(int index, char value, ByteOrder order) {
    putShort(index, (short) value, order);
  }

  @Override
  public void putChar(int index, char value) {
    putChar(index, value, ByteOrder.nativeOrder());
  }

  @Override
  public double getDouble(int index, ByteOrder order) {
    return Double.longBitsToDouble(getLong(index, order));
  }

  @Override
  public double getDouble(int index) {
    return getDouble(index, ByteOrder.nativeOrder());
  }

  @Override
  public void putDouble(int index, double value, ByteOrder order) {
    putLong(index, Double.doubleToRawLongBits(value), order);
  }

  @Override
  public void putDouble(int index, double value) {
    putDouble(index, value, ByteOrder.nativeOrder());
  }

  @Override
  public float getFloat(int index, ByteOrder order) {
    return Float.intBitsToFloat(getInt(index, order));
  }

  @Override
  public float getFloat(int index) {
    return getFloat(index, ByteOrder.nativeOrder());
  }

  @Override
  public void putFloat(int index, float value, ByteOrder order) {
    putInt(index, Float.floatToRawIntBits(value), order);
  }

  @Override
  public void putFloat(int index, float value) {
    putFloat(index, value, ByteOrder.nativeOrder());
  }

  @Override
  public byte getByte(int index) {
    return array[at(index, Byte.BYTES)];
  }

  @Override
  public void putByte(int index, byte value) {
    array[at(index, Byte.BYTES)] = value;
  }

  @Override
  public void getBytes(int index, byte[] into) {
    getBytes(index, into, 0, into.length);
  }

  @Override
  public void getBytes(int index, byte[] into, int from, int length) {
    Objects.checkFromIndexSize(from, length, into.length);
    System.arraycopy(array, at(index, length), into, from, length);
  }

  @Override
  public void getBytes(int index, MutableDirectBuffer into, int from, int length) {
    into.putBytes(from, array, at(index, length), length);
  }

  @Override
  public void putBytes(int index, byte[] bytes) {
    putBytes(index, bytes, 0, bytes.length);
  }

  @Override
  public void putBytes(int index, byte[] bytes, int from, int length) {
    Objects.checkFromIndexSize(from, length, bytes.length);
    System.arraycopy(bytes, from, array, at(index, length), length);
  }

  @Override
  public void putBytes(int index, DirectBuffer bytes, int from, int length) {
    bytes.getBytes(from, array, at(index, length), length);
  }

  @Override
  public void setMemory(int index, int length, byte value) {
    final int start = at(index, length);
    Arrays.fill(array, start, start + length, value);
  }

  @Override
  public String getStringWithoutLengthAscii(int index, int length) {
    return new String(array, at(index, length), length, StandardCharsets.US_ASCII);
  }

  @Override
  public int getStringWithoutLengthAscii(int index, int length, Appendable into) {
    try {
      final int start = at(index, length);
      for (int i = 0; i < length; i++) {
        final byte character = array[start + i];
        into.append((char) (character < 0 ? UNKNOWN : character));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return length;
  }

  @Override
  public String getStringWithoutLengthUtf8(int index, int length) {
    return new String(array, at(index, length), length, StandardCharsets.UTF_8);
  }

  @Override
  public int putStringWithoutLengthAscii(int index, String text) {
    return putStringWithoutLengthAscii(index, (CharSequence) text);
  }

  @Override
  public int putStringWithoutLengthAscii(int index, CharSequence text) {
    return text == null ? 0 : putStringWithoutLengthAscii(index, text, 0, text.length());
  }

  @Override
  public int putStringWithoutLengthAscii(int index, String text, int from, int length) {
    return putStringWithoutLengthAscii(index, (CharSequence) text, from, length);
  }

  @Override
  public int putStringWithoutLengthAscii(int index, CharSequence text, int from, int length) {
    final int count = text == null ? 0 : Math.min(text.length() - from, length);
    final int start = at(index, count);
    for (int i = 0; i < count; i++) {
      final char character = text.charAt(from + i);
      array[start + i] = character > MAX_ASCII ? UNKNOWN : (byte) character;
    }
    return count;
  }

  @Override
  public int putStringWithoutLengthUtf8(int index, String text) {
    final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    putBytes(index, bytes);
    return bytes.length;
  }

  /** Compares the bytes as unsigned numbers, the shorter first of two that begin alike. */
  @Override
  public int compareTo(DirectBuffer other) {
    final byte[] bytes = new byte[other.capacity()];
    other.getBytes(0, bytes);
    return Arrays.compareUnsigned(array, offset, offset + capacity, bytes, 0, bytes.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ArrayBuffer buffer && compareTo(buffer) == 0;
  }

  @Override
  public int hashCode() {
    return ByteBuffer.wrap(array, offset, capacity).hashCode();
  }
}
