package gongbei.codec.code;

/**
 * Turns the text of a SMART Health Card into its JWS: pairs of digits behind {@code shc:/}, each a
 * character less 45 (SMART Health Cards, "Encoding QRs"); the parts of a card that was cut, with
 * white space between them and in any order; or a JWS as it stands in a file. Allocates nothing.
 * For one thread.
 */
final class HealthCardText {
  private static final String PART = "part";
  private static final int PREFIX_LENGTH = CodeFormat.SHC.prefix().length();
  private static final int LEAST_CHARACTER = 45;

  private final CodeCursor cursor;
  private final int[] starts = new int[CodeLimits.MAX_HEALTH_CARD_PARTS + 1];
  private final int[] ends = new int[CodeLimits.MAX_HEALTH_CARD_PARTS + 1];
  private byte[] text;
  private int position;
  private int parts;
  private int found;

  HealthCardText(CodeCursor cursor) {
    this.cursor = cursor;
  }

  /**
   * Writes the JWS.
   *
   * @param jws has room for as many characters as the text has
   * @return how many characters it has, or {@link HealthCode#ABSENT}; then the cursor has the fault
   */
  int decode(byte[] source, int offset, int length, byte[] jws) {
    if (source[offset] == 'e') {
      System.arraycopy(source, offset, jws, 0, length);
      return length;
    }
    text = source;
    position = offset;
    parts = 0;
    found = 0;
    final int end = offset + length;
    while (position < end) {
      if (!readPart(end)) {
        return HealthCode.ABSENT;
      }
      while (position < end && text[position] <= ' ') {
        position++;
      }
    }
    if (found != parts) {
      cursor.malformed(PART, "is one of several that belong together, and others are missing");
      return HealthCode.ABSENT;
    }
    return join(jws);
  }

  private boolean readPart(int end) {
    if (!CodeFormat.isHealthCardPrefix(text, position, end - position)) {
      return cursor.malformed(PART, "does not begin with shc:/");
    }
    position += PREFIX_LENGTH;
    int start = position;
    int number = 1;
    int count = 1;
    skipDigits(end);
    if (position < end && text[position] == '/') {
      number = number(start, position);
      start = ++position;
      skipDigits(end);
      if (position == end || text[position] != '/') {
        return cursor.malformed(PART, "does not say of how many it is");
      }
      count = number(start, position);
      start = ++position;
      skipDigits(end);
    }
    if (position < end && text[position] > ' ') {
      return cursor.malformed("digits", "have another character among them");
    }
    return takePart(number, count, start);
  }

  private boolean takePart(int number, int count, int start) {
    if (count < 1 || count > CodeLimits.MAX_HEALTH_CARD_PARTS || number < 1 || number > count) {
      return cursor.malformed(PART, "has a number that is not from 1 to 99");
    }
    if (parts == 0) {
      parts = count;
      for (int i = 1; i <= parts; i++) {
        starts[i] = HealthCode.ABSENT;
      }
    }
    if (count != parts || starts[number] != HealthCode.ABSENT) {
      return cursor.malformed(PART, "is of another card, or there twice");
    }
    starts[number] = start;
    ends[number] = position;
    found++;
    return true;
  }

  private void skipDigits(int end) {
    while (position < end && text[position] >= '0' && text[position] <= '9') {
      position++;
    }
  }

  private int number(int start, int end) {
    int number = 0;
    for (int i = start; i < end && number <= CodeLimits.MAX_HEALTH_CARD_PARTS; i++) {
      number = number * 10 + text[i] - '0';
    }
    return number;
  }

  private int join(byte[] jws) {
    int length = 0;
    for (int part = 1; part <= parts; part++) {
      if ((ends[part] - starts[part]) % 2 != 0 || ends[part] == starts[part]) {
        cursor.malformed("digits", "are not in pairs");
        return HealthCode.ABSENT;
      }
      for (int i = starts[part]; i < ends[part]; i += 2) {
        jws[length++] = (byte) ((text[i] - '0') * 10 + text[i + 1] - '0' + LEAST_CHARACTER);
      }
    }
    return length;
  }
}
