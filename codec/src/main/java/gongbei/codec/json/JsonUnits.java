package gongbei.codec.json;

/**
 * Walks through the UTF-16 code units of a string of valid JSON, escapes undone: the order that RFC
 * 8785 §3.2.3 sorts by, and what makes two names the same. Allocates nothing.
 */
final class JsonUnits {
  /** What {@link #next} answers behind the string's end. */
  static final int END = -1;

  private byte[] buffer;
  private int position;
  private int low;

  /** Stands behind the quotation mark that opens the string. */
  JsonUnits wrap(byte[] bytes, int offset) {
    buffer = bytes;
    position = offset;
    low = END;
    return this;
  }

  /** Where the cursor stands: behind the closing quotation mark once {@link #END} was answered. */
  int position() {
    return position;
  }

  /** The next code unit, or {@link #END}. */
  int next() {
    if (low != END) {
      final int unit = low;
      low = END;
      return unit;
    }
    final int first = buffer[position++] & 0xFF;
    if (first == '"') {
      return END;
    }
    if (first == '\\') {
      return escaped(buffer[position++]);
    }
    if (first < 0x80) {
      return first;
    }
    if (first < 0xE0) {
      return ((first & 0x1F) << 6) | more();
    }
    if (first < 0xF0) {
      return ((first & 0x0F) << 12) | (more() << 6) | more();
    }
    final int point = ((first & 0x07) << 18) | (more() << 12) | (more() << 6) | more();
    low = Character.lowSurrogate(point);
    return Character.highSurrogate(point);
  }

  private int more() {
    return buffer[position++] & 0x3F;
  }

  private int escaped(int letter) {
    return switch (letter) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
          unit = (unit << 4) | Character.digit(buffer[position++], 16);
        }
        yield unit;
      }
      default -> letter;
    };
  }

  /** Compares two strings by their code units; the cursors are used up. */
  static int compare(JsonUnits left, JsonUnits right) {
    while (true) {
      final int one = left.next();
      final int other = right.next();
      if (one != other || one == END) {
        return Integer.compare(one, other);
      }
    }
  }
}
