package gongbei.verifier.http.transport;

import java.util.Arrays;

/**
 * Goes through the bytes of a JSON text in place, sign by sign, over the blanks between them (RFC
 * 8259 §2). What it takes is for those to judge that know what they look for. For one thread.
 */
final class JsonCursor {
  private static final byte[] NOTHING = {};

  private byte[] json = NOTHING;
  private int end;
  private int at;

  /** Begins at the first byte of a text, which must stay as it is meanwhile. */
  void begin(byte[] text, int length) {
    json = text;
    end = length;
    at = 0;
  }

  /** Lets go of the text. */
  void clear() {
    begin(NOTHING, 0);
  }

  /** The text. */
  byte[] text() {
    return json;
  }

  /** Where the next byte stands; {@link #length} after the last. */
  int at() {
    return at;
  }

  /** How long the text is. */
  int length() {
    return end;
  }

  /** Goes on over some bytes. */
  void skip(int bytes) {
    at += bytes;
  }

  /** Goes on over blanks. */
  void skipBlanks() {
    while (at < end
        && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t')) {
      at++;
    }
  }

  /** Whether nothing but blanks follows. */
  boolean isAtEnd() {
    skipBlanks();
    return at == end;
  }

  /** Takes a sign, if it is the next but for blanks. */
  boolean take(char sign) {
    skipBlanks();
    if (at < end && json[at] == sign) {
      at++;
      return true;
    }
    return false;
  }

  /** Takes these bytes, if they are the next but for blanks. */
  boolean take(byte[] name) {
    skipBlanks();
    if (end - at < name.length
        || !Arrays.equals(json, at, at + name.length, name, 0, name.length)) {
      return false;
    }
    at += name.length;
    return true;
  }
}
