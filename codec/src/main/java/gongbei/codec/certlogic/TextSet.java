package gongbei.codec.certlogic;

import java.util.Arrays;
import java.util.List;

/** A set of texts in UTF-8 that is asked for bytes without allocation. Immutable. */
final class TextSet {
  private final byte[][] table;

  TextSet(List<byte[]> texts) {
    table = new byte[Integer.highestOneBit(texts.size() + 1) << 2][];
    for (final byte[] text : texts) {
      if (!contains(text, 0, text.length)) {
        int at = hash(text, 0, text.length) & (table.length - 1);
        while (table[at] != null) {
          at = (at + 1) & (table.length - 1);
        }
        table[at] = text;
      }
    }
  }

  boolean contains(byte[] bytes, int offset, int length) {
    int at = hash(bytes, offset, length) & (table.length - 1);
    while (table[at] != null) {
      if (Arrays.equals(table[at], 0, table[at].length, bytes, offset, offset + length)) {
        return true;
      }
      at = (at + 1) & (table.length - 1);
    }
    return false;
  }

  private static int hash(byte[] bytes, int offset, int length) {
    int hash = length;
    for (int i = offset; i < offset + length; i++) {
      hash = 31 * hash + bytes[i];
    }
    return hash ^ hash >>> 15;
  }
}
