package gongbei.codec.certlogic;

import gongbei.codec.cbor.CborReader;
import java.util.Arrays;

/**
 * Values side by side: of each its kind, and then a number, or where in which bytes it lies. For
 * one thread; allocates nothing once it is made.
 */
final class Cells {
  /** There is no value: an operation has failed. */
  static final byte FAILED = 0;

  static final byte NULL = 1;
  static final byte FALSE = 2;
  static final byte TRUE = 3;

  /** Its number is the value. */
  static final byte INTEGER = 4;

  /** UTF-8 at its place. */
  static final byte TEXT = 5;

  /** Its number is in milliseconds since 1970. */
  static final byte TIME = 6;

  /** An array that was made: its offset and length say which cells are its items. */
  static final byte ITEMS = 7;

  /** An array in CBOR at its place; its number is 0 where it has no item. */
  static final byte ARRAY = 8;

  /** A map in CBOR at its place, or no bytes for one that is not laid open; number as above. */
  static final byte OBJECT = 9;

  /** What CertLogic has no literal of: a float, a byte string. */
  static final byte OTHER = 10;

  private static final byte[] NOWHERE = {};

  private final byte[] kinds;
  private final long[] numbers;
  private final byte[][] bytes;
  private final int[] offsets;
  private final int[] lengths;
  private final CborReader reader = new CborReader();
  private final byte[] joined = new byte[CertLogicLimits.MAX_JOINED_BYTES];
  private final byte[] key = new byte[CertLogicLimits.MAX_TEXT_BYTES];
  private int joinedBytes;

  Cells(int count) {
    kinds = new byte[count];
    numbers = new long[count];
    bytes = new byte[count][];
    offsets = new int[count];
    lengths = new int[count];
    Arrays.fill(bytes, NOWHERE);
  }

  /** Forgets the texts that were put together. */
  void clear() {
    joinedBytes = 0;
  }

  byte kind(int cell) {
    return kinds[cell];
  }

  long number(int cell) {
    return numbers[cell];
  }

  byte[] bytes(int cell) {
    return bytes[cell];
  }

  int offset(int cell) {
    return offsets[cell];
  }

  int length(int cell) {
    return lengths[cell];
  }

  void put(int cell, byte kind) {
    kinds[cell] = kind;
  }

  void put(int cell, byte kind, long number) {
    kinds[cell] = kind;
    numbers[cell] = number;
  }

  void putBoolean(int cell, boolean value) {
    kinds[cell] = value ? TRUE : FALSE;
  }

  void putText(int cell, byte[] in, int offset, int length) {
    kinds[cell] = TEXT;
    bytes[cell] = in;
    offsets[cell] = offset;
    lengths[cell] = length;
  }

  void putItems(int cell, int first, int count) {
    kinds[cell] = ITEMS;
    offsets[cell] = first;
    lengths[cell] = count;
  }

  void copy(int from, int to) {
    kinds[to] = kinds[from];
    numbers[to] = numbers[from];
    bytes[to] = bytes[from];
    offsets[to] = offsets[from];
    lengths[to] = lengths[from];
  }

  private void putPlace(int cell, byte kind, byte[] in, int offset) {
    kinds[cell] = kind;
    bytes[cell] = in;
    offsets[cell] = offset;
    numbers[cell] = reader.hasMore(reader.count()) ? 1 : 0;
  }

  /** Puts the CBOR item at a place, which {@code CborValidator} has found well-formed. */
  void putItem(int cell, byte[] in, int offset) {
    reader.wrap(in, offset).nextUntagged();
    switch (reader.major()) {
      case CborReader.UNSIGNED, CborReader.NEGATIVE, CborReader.BYTES -> {
        final long value = reader.wrap(in, offset).integer();
        put(cell, value == CborReader.NO_INTEGER ? OTHER : INTEGER, value);
      }
      case CborReader.TEXT -> {
        if (reader.isIndefinite()) {
          putJoined(cell, in, offset);
        } else {
          putText(cell, in, reader.position(), (int) reader.argument());
        }
      }
      case CborReader.ARRAY -> putPlace(cell, ARRAY, in, offset);
      case CborReader.MAP -> putPlace(cell, OBJECT, in, offset);
      default -> put(cell, simple());
    }
  }

  private byte simple() {
    if (reader.isFloat()) {
      return OTHER;
    }
    return switch ((int) reader.argument()) {
      case CborReader.FALSE -> FALSE;
      case CborReader.TRUE -> TRUE;
      case CborReader.NULL, CborReader.UNDEFINED -> NULL;
      default -> OTHER;
    };
  }

  /** Puts a text in chunks, put together; one that there is no room for is no text. */
  private void putJoined(int cell, byte[] in, int offset) {
    final int length = reader.wrap(in, offset).text(key);
    if (length > key.length || length > joined.length - joinedBytes) {
      put(cell, FAILED);
      return;
    }
    System.arraycopy(key, 0, joined, joinedBytes, length);
    putText(cell, joined, joinedBytes, length);
    joinedBytes += length;
  }

  /** Puts what an object has under a name, or null. */
  void putMember(int object, byte[] name, int to) {
    final byte[] in = bytes[object];
    if (kinds[object] != OBJECT || in == NOWHERE) {
      put(to, NULL);
      return;
    }
    reader.wrap(in, offsets[object]).nextUntagged();
    for (long left = reader.count(); reader.hasMore(left); left--) {
      if (isKey(in, name)) {
        putItem(to, in, reader.position());
        return;
      }
      reader.skip();
    }
    put(to, NULL);
  }

  /** Reads a key of a map and says whether it is that name. */
  private boolean isKey(byte[] in, byte[] name) {
    final int start = reader.position();
    reader.nextUntagged();
    if (!reader.isDefinite(CborReader.TEXT)) {
      reader.position(start);
      final int length = reader.text(key);
      return length == name.length && Arrays.equals(key, 0, length, name, 0, length);
    }
    final int length = (int) reader.argument();
    final int at = reader.position();
    reader.position(at + length);
    if (length != name.length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (in[at + i] != name[i]) {
        return false;
      }
    }
    return true;
  }

  /** Puts the item of an array at an index, or null. */
  void putElement(int array, int index, int to) {
    if (kinds[array] == ITEMS) {
      if (index < lengths[array]) {
        copy(offsets[array] + index, to);
      } else {
        put(to, NULL);
      }
      return;
    }
    final int at = itemAt(array, index);
    if (at < 0) {
      put(to, NULL);
    } else {
      putItem(to, bytes[array], at);
    }
  }

  /** Where the item of a CBOR array lies, or -1 where it has none at that index. */
  private int itemAt(int array, int index) {
    reader.wrap(bytes[array], offsets[array]).nextUntagged();
    int at = 0;
    for (long left = reader.count(); reader.hasMore(left); left--) {
      if (at++ == index) {
        return reader.position();
      }
      reader.skip();
    }
    return -1;
  }

  /** Where the first item of a CBOR array lies, or -1. */
  int firstItem(int array) {
    return itemAt(array, 0);
  }

  /** Where the item behind one of a CBOR array lies, or -1; {@code passed} of them are before. */
  int nextItem(int array, int item, int passed) {
    reader.wrap(bytes[array], offsets[array]).nextUntagged();
    final long left = reader.count() < 0 ? -1 : reader.count() - passed;
    reader.position(item);
    reader.skip();
    return reader.hasMore(left) ? reader.position() : -1;
  }

  /** Whether two values are the same: of texts, integers, booleans, date-times and null. */
  boolean isSame(int left, int right) {
    final byte kind = kinds[left];
    if (kind != kinds[right]) {
      return false;
    }
    return switch (kind) {
      case NULL, FALSE, TRUE -> true;
      case INTEGER, TIME -> numbers[left] == numbers[right];
      case TEXT ->
          Arrays.equals(
              bytes[left],
              offsets[left],
              offsets[left] + lengths[left],
              bytes[right],
              offsets[right],
              offsets[right] + lengths[right]);
      default -> false;
    };
  }

  /** Whether equality is defined for a value: of arrays and objects it is not. */
  boolean isComparable(int cell) {
    return kinds[cell] <= TIME;
  }
}
