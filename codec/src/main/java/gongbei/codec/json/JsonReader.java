package gongbei.codec.json;

/**
 * A cursor over JSON that {@link JsonValidator} has found valid. It checks types and no grammar,
 * for the validator has. Allocates nothing but where it says so. For one thread.
 *
 * <p>A value is read by one of {@link #text}, {@link #integer}, {@link #enter} and {@link #skip},
 * and the cursor then stands behind it; having entered an object or array, {@link #hasMore} steps
 * from one member or element to the next and in the end behind the whole:
 *
 * <pre>{@code
 * if (json.enter(opening)) {
 *   while (json.hasMore()) {
 *     final int length = json.name(scratch);
 *     ... // read or skip the value
 *   }
 * }
 * }</pre>
 */
public final class JsonReader {
  /** What {@link #integer} answers for a value that is no whole number of 53 bits. */
  public static final long NO_INTEGER = Long.MIN_VALUE;

  /** What {@link #text} answers for a value that is no text. */
  public static final int NO_TEXT = -1;

  private static final long MAX_EXACT = 1L << 53;

  private final JsonUnits units = new JsonUnits();
  private byte[] buffer;
  private int position;

  /** Stands before the value at the offset. */
  public JsonReader wrap(byte[] bytes, int offset) {
    buffer = bytes;
    position = offset;
    return this;
  }

  /** The offset that the cursor stands at. */
  public int position() {
    return position;
  }

  /** Moves the cursor. */
  public void position(int offset) {
    position = offset;
  }

  /**
   * The character that the next value opens with: an opening brace or bracket, a quotation mark, t,
   * f, n, - or a digit.
   */
  public int type() {
    skipSpace();
    return buffer[position];
  }

  /**
   * Steps into the next value.
   *
   * @param opening an opening brace for an object, {@code [} for an array
   * @return whether it is one; if not, the cursor stands behind it
   */
  public boolean enter(char opening) {
    if (type() != opening) {
      skip();
      return false;
    }
    position++;
    return true;
  }

  /** Whether another member or element follows in what was entered last and not yet left. */
  public boolean hasMore() {
    skipSpace();
    if (buffer[position] == ',') {
      position++;
      skipSpace();
    }
    if (buffer[position] == '}' || buffer[position] == ']') {
      position++;
      return false;
    }
    return true;
  }

  /** Reads a member's name and steps before its value; the answer is that of {@link #text}. */
  public int name(byte[] into) {
    final int length = text(into);
    skipSpace();
    position++;
    return length;
  }

  /**
   * Reads a value that should be text, escapes undone.
   *
   * @param into takes as many of its bytes of UTF-8 as it has room for
   * @return how many bytes the text has, which may be more, or {@link #NO_TEXT}; the cursor stands
   *     behind the value either way
   */
  public int text(byte[] into) {
    if (type() != '"') {
      skip();
      return NO_TEXT;
    }
    units.wrap(buffer, position + 1);
    int length = 0;
    for (int unit = units.next(); unit != JsonUnits.END; unit = units.next()) {
      final int point =
          Character.isHighSurrogate((char) unit)
              ? Character.toCodePoint((char) unit, (char) units.next())
              : unit;
      length = utf8(point, into, length);
    }
    position = units.position();
    return length;
  }

  private static int utf8(int point, byte[] into, int at) {
    if (point < 0x80) {
      return put(into, at, point);
    }
    if (point < 0x800) {
      return put(into, put(into, at, 0xC0 | (point >>> 6)), 0x80 | (point & 0x3F));
    }
    int next = at;
    if (point < 0x10000) {
      next = put(into, next, 0xE0 | (point >>> 12));
    } else {
      next = put(into, next, 0xF0 | (point >>> 18));
      next = put(into, next, 0x80 | ((point >>> 12) & 0x3F));
    }
    next = put(into, next, 0x80 | ((point >>> 6) & 0x3F));
    return put(into, next, 0x80 | (point & 0x3F));
  }

  private static int put(byte[] into, int at, int value) {
    if (at < into.length) {
      into[at] = (byte) value;
    }
    return at + 1;
  }

  /**
   * Reads a value that should be a whole number.
   *
   * @return its value, or {@link #NO_INTEGER} for what is none, has a fraction or an exponent, or
   *     is not exact in 53 bits; the cursor stands behind the value either way
   */
  public long integer() {
    final int start = startOfNumber();
    if (start < 0) {
      return NO_INTEGER;
    }
    final long value = digits(start);
    return position == end(start) ? value : behind(start, NO_INTEGER);
  }

  /**
   * Reads a value that should be a number, and floors it: of what follows a point the sign alone
   * counts.
   *
   * @return its value, or {@link #NO_INTEGER} for what is none, has an exponent, or is not exact in
   *     53 bits; the cursor stands behind the value either way
   */
  public long floor() {
    final int start = startOfNumber();
    if (start < 0) {
      return NO_INTEGER;
    }
    final long value = digits(start);
    final int end = end(start);
    if (value == NO_INTEGER || position == end) {
      return behind(start, value);
    }
    boolean hasFraction = false;
    for (int at = position; at < end; at++) {
      if (buffer[at] == 'e' || buffer[at] == 'E') {
        return behind(start, NO_INTEGER);
      }
      hasFraction |= buffer[at] >= '1' && buffer[at] <= '9';
    }
    return behind(start, hasFraction && buffer[start] == '-' ? value - 1 : value);
  }

  private int startOfNumber() {
    final int type = type();
    if (type != '-' && (type < '0' || type > '9')) {
      skip();
      return -1;
    }
    return position;
  }

  /** Reads sign and digits; the cursor stands behind those it has read. */
  private long digits(int start) {
    final boolean isNegative = buffer[start] == '-';
    int at = isNegative ? start + 1 : start;
    long value = 0;
    while (at < buffer.length && buffer[at] >= '0' && buffer[at] <= '9') {
      value = value * 10 + (buffer[at++] - '0');
      if (value > MAX_EXACT) {
        position = at;
        return NO_INTEGER;
      }
    }
    position = at;
    return isNegative ? -value : value;
  }

  private int end(int start) {
    int end = start;
    while (end < buffer.length && isOfNumber(buffer[end])) {
      end++;
    }
    return end;
  }

  private long behind(int start, long value) {
    position = end(start);
    return value;
  }

  static boolean isOfNumber(byte character) {
    return (character >= '0' && character <= '9')
        || character == '-'
        || character == '+'
        || character == '.'
        || character == 'e'
        || character == 'E';
  }

  /** Steps over the next value, with all that it holds. */
  public void skip() {
    switch (type()) {
      case '{' -> {
        position++;
        while (hasMore()) {
          skip();
          skipSpace();
          position++;
          skip();
        }
      }
      case '[' -> {
        position++;
        while (hasMore()) {
          skip();
        }
      }
      case '"' -> {
        position++;
        while (buffer[position] != '"') {
          position += buffer[position] == '\\' ? 2 : 1;
        }
        position++;
      }
      case 't', 'n' -> position += 4;
      case 'f' -> position += 5;
      default -> position = end(position);
    }
  }

  private void skipSpace() {
    while (JsonValidator.isSpace(buffer[position])) {
      position++;
    }
  }
}
