package gongbei.codec.json;

import com.fasterxml.jackson.core.io.schubfach.DoubleToDecimal;
import java.nio.charset.StandardCharsets;

/**
 * Writes JSON in its canonical form (RFC 8785), which signatures are made over: no white space,
 * members sorted by the UTF-16 code units of their names, numbers as ECMAScript writes them.
 * Allocates for numbers that are not whole alone. For one thread.
 */
public final class JsonCanonicalizer {
  /** How many bytes of canonical form a byte of JSON may become, as 21 digits of {@code 1e20}. */
  public static final int MAX_GROWTH = 8;

  private static final int MAX_EXACT_DIGITS = 15;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final int maxMembers;
  private final int[] members;
  private final JsonReader reader = new JsonReader();
  private final JsonUnits left = new JsonUnits();
  private final JsonUnits right = new JsonUnits();
  private byte[] source;
  private byte[] target;
  private int length;
  private int membersHeld;

  /** Takes the bounds that the JSON was validated with: see {@link JsonValidator}. */
  public JsonCanonicalizer(int maxDepth, int maxMembers) {
    this.maxMembers = maxMembers;
    members = new int[maxDepth * maxMembers];
  }

  /**
   * Writes the value at the offset, which has been found valid.
   *
   * @param into has room for {@value #MAX_GROWTH} times the value's bytes
   * @return how many bytes were written, or -1 where a number is none that a double can hold (RFC
   *     8785 §3.2.2.3), as {@code 1e400}
   */
  public int write(byte[] json, int offset, byte[] into) {
    source = json;
    target = into;
    length = 0;
    membersHeld = 0;
    return value(offset) ? length : -1;
  }

  private boolean value(int offset) {
    final int type = reader.wrap(source, offset).type();
    final int start = reader.position();
    switch (type) {
      case '{' -> {
        return object(start);
      }
      case '[' -> {
        return array(start);
      }
      case '"' -> {
        string(start);
        return true;
      }
      case 't', 'f', 'n' -> {
        reader.skip();
        copy(start, reader.position());
        return true;
      }
      default -> {
        return number(start);
      }
    }
  }

  private boolean array(int start) {
    put('[');
    reader.position(start + 1);
    boolean isFirst = true;
    while (reader.hasMore()) {
      if (!isFirst) {
        put(',');
      }
      isFirst = false;
      final int element = reader.position();
      reader.skip();
      final int behind = reader.position();
      if (!value(element)) {
        return false;
      }
      reader.position(behind);
    }
    put(']');
    return true;
  }

  private boolean object(int start) {
    final int first = membersHeld;
    reader.position(start + 1);
    while (reader.hasMore()) {
      insert(first, reader.position());
      reader.skip();
      reader.type();
      reader.position(reader.position() + 1);
      reader.skip();
    }
    final int end = membersHeld;
    put('{');
    for (int i = first; i < end; i++) {
      if (i > first) {
        put(',');
      }
      string(members[i]);
      put(':');
      reader.position(members[i]);
      reader.skip();
      reader.type();
      if (!value(reader.position() + 1)) {
        return false;
      }
    }
    put('}');
    membersHeld = first;
    return true;
  }

  /** Puts a member's name in its place among those before it. */
  private void insert(int first, int name) {
    if (membersHeld - first == maxMembers) {
      throw new IllegalArgumentException("the object has not been validated");
    }
    int at = membersHeld++;
    while (at > first
        && JsonUnits.compare(left.wrap(source, name + 1), right.wrap(source, members[at - 1] + 1))
            < 0) {
      members[at] = members[at - 1];
      at--;
    }
    members[at] = name;
  }

  /** RFC 8785 §3.2.2.2: the short escapes, other control characters as {@code \\u00xx}. */
  private void string(int start) {
    put('"');
    left.wrap(source, start + 1);
    for (int unit = left.next(); unit != JsonUnits.END; unit = left.next()) {
      switch (unit) {
        case '"', '\\' -> escape(unit);
        case '\b' -> escape('b');
        case '\f' -> escape('f');
        case '\n' -> escape('n');
        case '\r' -> escape('r');
        case '\t' -> escape('t');
        default -> plain(unit);
      }
    }
    put('"');
  }

  private void escape(int letter) {
    put('\\');
    put(letter);
  }

  private void plain(int unit) {
    if (unit < 0x20) {
      escape('u');
      put('0');
      put('0');
      put(HEX[unit >>> 4]);
      put(HEX[unit & 0xF]);
    } else if (unit < 0x80) {
      put(unit);
    } else if (unit < 0x800) {
      put(0xC0 | (unit >>> 6));
      put(0x80 | (unit & 0x3F));
    } else if (Character.isHighSurrogate((char) unit)) {
      final int point = Character.toCodePoint((char) unit, (char) left.next());
      put(0xF0 | (point >>> 18));
      put(0x80 | ((point >>> 12) & 0x3F));
      put(0x80 | ((point >>> 6) & 0x3F));
      put(0x80 | (point & 0x3F));
    } else {
      put(0xE0 | (unit >>> 12));
      put(0x80 | ((unit >>> 6) & 0x3F));
      put(0x80 | (unit & 0x3F));
    }
  }

  private boolean number(int start) {
    int end = start;
    boolean isWhole = true;
    while (end < source.length && JsonReader.isOfNumber(source[end])) {
      isWhole &= source[end] >= '0' && source[end] <= '9';
      end++;
    }
    if (isWhole && end - start <= MAX_EXACT_DIGITS) {
      copy(start, end);
      return true;
    }
    final double number =
        Double.parseDouble(new String(source, start, end - start, StandardCharsets.US_ASCII));
    if (!Double.isFinite(number)) {
      return false;
    }
    final String text = ecmaScript(number);
    for (int i = 0; i < text.length(); i++) {
      put(text.charAt(i));
    }
    return true;
  }

  /** ECMAScript's Number::toString (ECMA-262 §6.1.6.1.20), which RFC 8785 §3.2.2.3 wants. */
  static String ecmaScript(double number) {
    if (number == 0) {
      return "0";
    }
    final String shortest = DoubleToDecimal.toString(Math.abs(number));
    final int exponentAt = shortest.indexOf('E');
    final String decimal = exponentAt < 0 ? shortest : shortest.substring(0, exponentAt);
    final int exponent = exponentAt < 0 ? 0 : Integer.parseInt(shortest.substring(exponentAt + 1));
    final int point = decimal.indexOf('.');
    final String all = decimal.substring(0, point) + decimal.substring(point + 1);
    int leading = 0;
    while (all.charAt(leading) == '0') {
      leading++;
    }
    int end = all.length();
    while (all.charAt(end - 1) == '0') {
      end--;
    }
    final String digits = all.substring(leading, end);
    final int scale = point + exponent - leading;
    final String sign = number < 0 ? "-" : "";
    return sign + (digits.length() == 2 ? ofTwo(number, digits, scale) : placed(digits, scale));
  }

  /** Java writes two digits where one would do, as in 4.9E-324, and ECMAScript does not. */
  private static String ofTwo(double number, String digits, int scale) {
    final int rounded = (Integer.parseInt(digits) + 5) / 10;
    final String one =
        placed(rounded == 10 ? "1" : Integer.toString(rounded), rounded == 10 ? scale + 1 : scale);
    return Double.parseDouble(one) == Math.abs(number) ? one : placed(digits, scale);
  }

  /** The digits with their point {@code scale} places behind their beginning. */
  private static String placed(String digits, int scale) {
    final int count = digits.length();
    if (scale >= count && scale <= 21) {
      return digits + "0".repeat(scale - count);
    }
    if (scale > 0 && scale <= 21) {
      return digits.substring(0, scale) + "." + digits.substring(scale);
    }
    if (scale > -6 && scale <= 0) {
      return "0." + "0".repeat(-scale) + digits;
    }
    final String exponent = (scale > 0 ? "e+" : "e-") + Math.abs(scale - 1);
    return count == 1 ? digits + exponent : digits.charAt(0) + "." + digits.substring(1) + exponent;
  }

  private void copy(int start, int end) {
    System.arraycopy(source, start, target, length, end - start);
    length += end - start;
  }

  private void put(int value) {
    target[length++] = (byte) value;
  }
}
