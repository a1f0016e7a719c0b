package gongbei.codec.cbor;

import java.util.Arrays;

/**
 * Finds out whether bytes are exactly one well-formed CBOR item (RFC 8949 §5.3.1 and appendix C)
 * within bounds of depth and of pairs a map, without duplicate map keys and with valid UTF-8, and,
 * where asked, in deterministic encoding (§4.2.1) without floats and without tagged map keys.
 * Allocates nothing. For one thread.
 */
public final class CborValidator {
  private static final int INDEFINITE = 31;

  private final int maxDepth;
  private final int maxMapPairs;
  private final int[] keyStarts;
  private final int[] keyEnds;
  private final CborReader left = new CborReader();
  private final CborReader right = new CborReader();

  private byte[] buffer;
  private int position;
  private int limit;
  private int keysHeld;
  private boolean deterministic;
  private String fault;

  /**
   * @param maxDepth the deepest nesting of arrays, maps and tags
   * @param maxMapPairs the most pairs in one map
   */
  public CborValidator(int maxDepth, int maxMapPairs) {
    this.maxDepth = maxDepth;
    this.maxMapPairs = maxMapPairs;
    this.keyStarts = new int[maxDepth * maxMapPairs];
    this.keyEnds = new int[maxDepth * maxMapPairs];
  }

  /**
   * Examines the bytes.
   *
   * @return null when they are one valid item and nothing else, or what is wrong with them, a
   *     constant for people to read
   */
  public String examine(byte[] bytes, int offset, int length, boolean inDeterministicEncoding) {
    buffer = bytes;
    position = offset;
    limit = offset + length;
    keysHeld = 0;
    deterministic = inDeterministicEncoding;
    fault = null;
    if (item(0) && position != limit) {
      fault = "has bytes after its end";
    }
    return fault;
  }

  private boolean item(int depth) {
    if (position >= limit) {
      return refuse("is cut short");
    }
    final int initial = buffer[position++] & 0xFF;
    final int major = initial >>> 5;
    final int additional = initial & 0x1F;
    if (additional == INDEFINITE) {
      return indefinite(major, depth);
    }
    if (additional > 27) {
      return refuse("has a reserved CBOR head");
    }
    long argument = additional;
    if (additional >= 24) {
      final int bytes = 1 << (additional - 24);
      if (limit - position < bytes) {
        return refuse("is cut short");
      }
      argument = 0;
      for (int i = 0; i < bytes; i++) {
        argument = (argument << 8) | (buffer[position++] & 0xFF);
      }
      if (deterministic && major != CborReader.SIMPLE && !isShortest(bytes, argument)) {
        return refuse("is not in deterministic CBOR: a head is longer than need be");
      }
    }
    return switch (major) {
      case CborReader.BYTES -> string(argument);
      case CborReader.TEXT -> text(argument);
      case CborReader.ARRAY -> array(argument, depth + 1);
      case CborReader.MAP -> map(argument, depth + 1);
      case CborReader.TAG -> withinDepth(depth + 1) && item(depth + 1);
      case CborReader.SIMPLE -> simple(additional, argument);
      default -> true;
    };
  }

  private static boolean isShortest(int bytes, long argument) {
    return switch (bytes) {
      case 1 -> argument >= 24;
      case 2 -> argument > 0xFFL;
      case 4 -> argument > 0xFFFFL;
      default -> argument >>> 32 != 0;
    };
  }

  private boolean withinDepth(int depth) {
    return depth <= maxDepth || refuse("is nested too deep");
  }

  private boolean string(long length) {
    if (length < 0 || length > limit - position) {
      return refuse("is cut short");
    }
    position += (int) length;
    return true;
  }

  private boolean text(long length) {
    final int start = position;
    return string(length) && (isUtf8(start, position) || refuse("has text that is not UTF-8"));
  }

  private boolean array(long items, int depth) {
    if (!withinDepth(depth)) {
      return false;
    }
    if (items < 0 || items > limit - position) {
      return refuse("is cut short");
    }
    for (long i = 0; i < items; i++) {
      if (!item(depth)) {
        return false;
      }
    }
    return true;
  }

  private boolean map(long pairs, int depth) {
    if (!withinDepth(depth)) {
      return false;
    }
    if (pairs < 0 || pairs > limit - position) {
      return refuse("is cut short");
    }
    final int firstKey = keysHeld;
    for (long i = 0; i < pairs; i++) {
      if (!pair(firstKey, depth)) {
        return false;
      }
    }
    keysHeld = firstKey;
    return true;
  }

  private boolean pair(int firstKey, int depth) {
    if (keysHeld - firstKey == maxMapPairs) {
      return refuse("has a map of too many pairs");
    }
    final int start = position;
    if (!item(depth)) {
      return false;
    }
    if (deterministic) {
      if (isTagged(start)) {
        return refuse("is not in deterministic CBOR: a map key is tagged");
      }
      if (keysHeld > firstKey && !follows(keysHeld - 1, start, position)) {
        return false;
      }
    } else {
      for (int other = firstKey; other < keysHeld; other++) {
        if (isSameKey(other, start, position)) {
          return refuse(
              isTagged(keyStarts[other]) || isTagged(start)
                  ? "has map keys that differ in their tags alone"
                  : "has a duplicate map key");
        }
      }
    }
    keyStarts[keysHeld] = start;
    keyEnds[keysHeld] = position;
    keysHeld++;
    return item(depth);
  }

  private boolean follows(int previous, int start, int end) {
    final int order =
        Arrays.compareUnsigned(buffer, keyStarts[previous], keyEnds[previous], buffer, start, end);
    if (order == 0) {
      return refuse("has a duplicate map key");
    }
    return order < 0 || refuse("is not in deterministic CBOR: map keys are out of order");
  }

  /**
   * Whether two keys mean the same to {@link CborReader}: tags, bignums and chunks make no
   * difference.
   */
  private boolean isSameKey(int other, int start, int end) {
    if (isShortText(keyStarts[other]) && isShortText(start)) {
      // Nearly every key of a certificate: heads of one byte, so that equal texts are equal bytes.
      return Arrays.equals(buffer, keyStarts[other], keyEnds[other], buffer, start, end);
    }
    final long leftInteger = left.wrap(buffer, keyStarts[other]).integer();
    final long rightInteger = right.wrap(buffer, start).integer();
    if (leftInteger != CborReader.NO_INTEGER || rightInteger != CborReader.NO_INTEGER) {
      return leftInteger == rightInteger;
    }
    left.wrap(buffer, keyStarts[other]).nextUntagged();
    right.wrap(buffer, start).nextUntagged();
    if (left.major() != right.major()) {
      return false;
    }
    return switch (left.major()) {
      case CborReader.UNSIGNED, CborReader.NEGATIVE -> left.argument() == right.argument();
      case CborReader.BYTES, CborReader.TEXT -> isSameString();
      case CborReader.SIMPLE ->
          (left.isFloat() && right.isFloat())
              ? Double.compare(left.floatValue(), right.floatValue()) == 0
              : left.isFloat() == right.isFloat() && left.argument() == right.argument();
      default ->
          left.argument() == right.argument()
              && Arrays.equals(
                  buffer, left.position(), keyEnds[other], buffer, right.position(), end);
    };
  }

  /** Whether an item is an untagged text in one piece, whose length its first byte says. */
  private boolean isShortText(int start) {
    final int initial = buffer[start] & 0xFF;
    return initial >>> 5 == CborReader.TEXT && (initial & 0x1F) < 24;
  }

  private boolean isTagged(int start) {
    return (buffer[start] & 0xFF) >>> 5 == CborReader.TAG;
  }

  private boolean isSameString() {
    left.openString();
    right.openString();
    int next = left.nextByte();
    while (next >= 0 && next == right.nextByte()) {
      next = left.nextByte();
    }
    return next < 0 && right.nextByte() < 0;
  }

  private boolean indefinite(int major, int depth) {
    if (major < CborReader.BYTES || major > CborReader.MAP) {
      return refuse(
          major == CborReader.SIMPLE ? "has a break without a start" : "has a reserved CBOR head");
    }
    if (deterministic) {
      return refuse("has an item of indefinite length");
    }
    if (!withinDepth(depth + 1)) {
      return false;
    }
    final int firstKey = keysHeld;
    while (position < limit) {
      if ((buffer[position] & 0xFF) == 0xFF) {
        position++;
        keysHeld = firstKey;
        return true;
      }
      final boolean valid =
          switch (major) {
            case CborReader.ARRAY -> item(depth + 1);
            case CborReader.MAP -> pair(firstKey, depth + 1);
            default -> chunk(major, depth + 1);
          };
      if (!valid) {
        return false;
      }
    }
    return refuse("is cut short");
  }

  private boolean chunk(int major, int depth) {
    final int initial = buffer[position] & 0xFF;
    if (initial >>> 5 != major || (initial & 0x1F) == INDEFINITE) {
      return refuse("has a string of indefinite length with a chunk of another type");
    }
    return item(depth);
  }

  private boolean simple(int additional, long value) {
    if (additional == 24 && value < 32) {
      return refuse("has a reserved CBOR head");
    }
    if (deterministic && additional >= 25) {
      return refuse("has a floating-point number");
    }
    return true;
  }

  /** RFC 3629 §4. */
  private boolean isUtf8(int start, int end) {
    int at = start;
    while (at < end) {
      final int first = buffer[at++];
      if (first >= 0) {
        continue;
      }
      final int lead = first & 0xFF;
      final int more;
      final int lowest;
      int point;
      if (lead >= 0xC2 && lead <= 0xDF) {
        more = 1;
        lowest = 0x80;
        point = lead & 0x1F;
      } else if (lead >= 0xE0 && lead <= 0xEF) {
        more = 2;
        lowest = 0x800;
        point = lead & 0x0F;
      } else if (lead >= 0xF0 && lead <= 0xF4) {
        more = 3;
        lowest = 0x10000;
        point = lead & 0x07;
      } else {
        return false;
      }
      if (end - at < more) {
        return false;
      }
      for (int i = 0; i < more; i++) {
        final int next = buffer[at++] & 0xFF;
        if (next >>> 6 != 2) {
          return false;
        }
        point = (point << 6) | (next & 0x3F);
      }
      if (point < lowest || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
        return false;
      }
    }
    return true;
  }

  private boolean refuse(String explanation) {
    if (fault == null) {
      fault = explanation;
    }
    return false;
  }
}
