package gongbei.codec.json;

/**
 * Finds out whether bytes are exactly one JSON value (RFC 8259) in UTF-8 within bounds of depth and
 * of members an object, without duplicate names and without lone surrogates, as I-JSON wants it
 * (RFC 7493 §2). Allocates nothing. For one thread.
 */
public final class JsonValidator {
  private static final String CUT_SHORT = "is cut short";
  private static final String NOT_JSON = "is not JSON";
  private static final String BAD_UTF8 = "has text that is not UTF-8";
  private static final String BAD_ESCAPE = "has an escape that JSON does not have";
  private static final String LONE_SURROGATE = "has half of a surrogate pair";

  private final int maxDepth;
  private final int maxMembers;
  private final int[] names;
  private final JsonUnits left = new JsonUnits();
  private final JsonUnits right = new JsonUnits();
  private byte[] buffer;
  private int position;
  private int limit;
  private int namesHeld;
  private String fault;

  /**
   * @param maxDepth the deepest nesting of arrays and objects
   * @param maxMembers the most members of one object
   */
  public JsonValidator(int maxDepth, int maxMembers) {
    this.maxDepth = maxDepth;
    this.maxMembers = maxMembers;
    names = new int[maxDepth * maxMembers];
  }

  /**
   * Examines the bytes.
   *
   * @return null when they are one valid value and white space alone beside it, or what is wrong
   *     with them, a constant for people to read
   */
  public String examine(byte[] bytes, int offset, int length) {
    buffer = bytes;
    position = offset;
    limit = offset + length;
    namesHeld = 0;
    fault = null;
    if (value(0)) {
      skipSpace();
      if (position != limit) {
        fault = "has bytes after its end";
      }
    }
    return fault;
  }

  private boolean refuse(String why) {
    fault = why;
    return false;
  }

  private void skipSpace() {
    while (position < limit && isSpace(buffer[position])) {
      position++;
    }
  }

  static boolean isSpace(byte character) {
    return character == ' ' || character == '\t' || character == '\n' || character == '\r';
  }

  private boolean value(int depth) {
    skipSpace();
    if (position == limit) {
      return refuse(CUT_SHORT);
    }
    return switch (buffer[position]) {
      case '{' -> object(depth + 1);
      case '[' -> array(depth + 1);
      case '"' -> string();
      case 't' -> literal("true");
      case 'f' -> literal("false");
      case 'n' -> literal("null");
      default -> number();
    };
  }

  private boolean literal(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (position == limit) {
        return refuse(CUT_SHORT);
      }
      if (buffer[position++] != word.charAt(i)) {
        return refuse(NOT_JSON);
      }
    }
    return true;
  }

  private boolean number() {
    if (peek() == '-') {
      position++;
    }
    if (peek() == '0') {
      position++;
    } else if (!digits()) {
      return false;
    }
    if (peek() == '.') {
      position++;
      if (!digits()) {
        return false;
      }
    }
    if (peek() == 'e' || peek() == 'E') {
      position++;
      if (peek() == '+' || peek() == '-') {
        position++;
      }
      return digits();
    }
    return true;
  }

  private int peek() {
    return position < limit ? buffer[position] : 0;
  }

  private boolean digits() {
    final int start = position;
    while (peek() >= '0' && peek() <= '9') {
      position++;
    }
    return position > start || refuse(position == limit ? CUT_SHORT : NOT_JSON);
  }

  private boolean array(int depth) {
    if (depth > maxDepth) {
      return refuse("is nested too deep");
    }
    position++;
    skipSpace();
    if (peek() == ']') {
      position++;
      return true;
    }
    while (value(depth)) {
      skipSpace();
      final int next = peek();
      if (next != ',' && next != ']') {
        return refuse(position == limit ? CUT_SHORT : NOT_JSON);
      }
      position++;
      if (next == ']') {
        return true;
      }
    }
    return false;
  }

  private boolean object(int depth) {
    if (depth > maxDepth) {
      return refuse("is nested too deep");
    }
    position++;
    skipSpace();
    if (peek() == '}') {
      position++;
      return true;
    }
    final int first = namesHeld;
    while (member(first, depth)) {
      skipSpace();
      final int next = peek();
      if (next != ',' && next != '}') {
        return refuse(position == limit ? CUT_SHORT : NOT_JSON);
      }
      position++;
      if (next == '}') {
        namesHeld = first;
        return true;
      }
    }
    return false;
  }

  private boolean member(int first, int depth) {
    skipSpace();
    if (peek() != '"') {
      return refuse(position == limit ? CUT_SHORT : NOT_JSON);
    }
    if (namesHeld - first == maxMembers) {
      return refuse("has an object of too many members");
    }
    final int name = position + 1;
    if (!string()) {
      return false;
    }
    for (int i = first; i < namesHeld; i++) {
      if (JsonUnits.compare(left.wrap(buffer, names[i]), right.wrap(buffer, name)) == 0) {
        return refuse("has a duplicate name");
      }
    }
    names[namesHeld++] = name;
    skipSpace();
    if (peek() != ':') {
      return refuse(position == limit ? CUT_SHORT : NOT_JSON);
    }
    position++;
    return value(depth);
  }

  private boolean string() {
    position++;
    while (position < limit) {
      final int first = buffer[position] & 0xFF;
      if (first == '"') {
        position++;
        return true;
      }
      if (first == '\\') {
        if (!escape()) {
          return false;
        }
      } else if (first < 0x20) {
        return refuse("has a control character in a string");
      } else if (first < 0x80) {
        position++;
      } else if (!utf8(first)) {
        return false;
      }
    }
    return refuse(CUT_SHORT);
  }

  private boolean escape() {
    if (limit - position < 2) {
      return refuse(CUT_SHORT);
    }
    final byte letter = buffer[position + 1];
    if (letter != 'u') {
      position += 2;
      return "\"\\/bfnrt".indexOf(letter) >= 0 || refuse(BAD_ESCAPE);
    }
    final int unit = unitAt(position);
    if (unit < 0) {
      return refuse(limit - position < 6 ? CUT_SHORT : BAD_ESCAPE);
    }
    position += 6;
    if (Character.isLowSurrogate((char) unit)) {
      return refuse(LONE_SURROGATE);
    }
    if (Character.isHighSurrogate((char) unit)) {
      final int low = unitAt(position);
      if (low < 0 || !Character.isLowSurrogate((char) low)) {
        return refuse(LONE_SURROGATE);
      }
      position += 6;
    }
    return true;
  }

  /** The unit of an escape of six characters at the offset, or -1. */
  private int unitAt(int offset) {
    if (limit - offset < 6 || buffer[offset] != '\\' || buffer[offset + 1] != 'u') {
      return -1;
    }
    int unit = 0;
    for (int i = 2; i < 6; i++) {
      final int digit = Character.digit(buffer[offset + i], 16);
      if (digit < 0) {
        return -1;
      }
      unit = (unit << 4) | digit;
    }
    return unit;
  }

  private boolean utf8(int first) {
    final int count = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
    if (count == 0) {
      return refuse(BAD_UTF8);
    }
    if (limit - position < count) {
      return refuse(CUT_SHORT);
    }
    for (int i = 1; i < count; i++) {
      if ((buffer[position + i] & 0xC0) != 0x80) {
        return refuse(BAD_UTF8);
      }
    }
    final int second = buffer[position + 1] & 0xFF;
    final boolean isOutside =
        (first == 0xE0 && second < 0xA0)
            || (first == 0xED && second >= 0xA0)
            || (first == 0xF0 && second < 0x90)
            || (first == 0xF4 && second >= 0x90);
    if (isOutside) {
      return refuse(BAD_UTF8);
    }
    position += count;
    return true;
  }
}
