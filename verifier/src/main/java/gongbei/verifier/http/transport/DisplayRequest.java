package gongbei.verifier.http.transport;

import gongbei.replication.map.Subject;
import gongbei.verifier.config.Limits;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The commonest request for a code, an object of {@code subject} and perhaps {@code ttlSeconds}
 * alone, each once and without escapes, read byte by byte. What is anything else, right or wrong,
 * is left to {@code JsonBody}. For one thread.
 */
public final class DisplayRequest {
  private static final byte[] SUBJECT = "\"subject\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TTL_SECONDS = "\"ttlSeconds\"".getBytes(StandardCharsets.US_ASCII);
  private static final int WORD_DIGITS = 16;
  private static final int NONE = -1;

  private byte[] json;
  private int end;
  private int at;
  private Subject subject;
  private int ttlSeconds;

  /** Reads a body; false where it is another request than the commonest. */
  public boolean read(byte[] body, int length) {
    json = body;
    end = length;
    at = 0;
    subject = null;
    ttlSeconds = NONE;
    final boolean isRead = take('{') && members() && isAtEnd() && subject != null;
    json = null;
    if (isRead && ttlSeconds == NONE) {
      ttlSeconds = Limits.DEFAULT_CODE_SECONDS;
    }
    return isRead;
  }

  private boolean members() {
    do {
      if (subject == null && take(SUBJECT)) {
        if (!take(':') || !takeSubject()) {
          return false;
        }
      } else if (ttlSeconds != NONE || !take(TTL_SECONDS) || !take(':') || !takeSeconds()) {
        return false;
      }
    } while (take(','));
    return take('}');
  }

  private boolean isAtEnd() {
    skipBlanks();
    return at == end;
  }

  private void skipBlanks() {
    while (at < end
        && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t')) {
      at++;
    }
  }

  private boolean take(char sign) {
    skipBlanks();
    if (at < end && json[at] == sign) {
      at++;
      return true;
    }
    return false;
  }

  private boolean take(byte[] name) {
    skipBlanks();
    if (end - at < name.length
        || !Arrays.equals(json, at, at + name.length, name, 0, name.length)) {
      return false;
    }
    at += name.length;
    return true;
  }

  private boolean takeSubject() {
    if (!take('"') || end - at <= 2 * WORD_DIGITS || json[at + 2 * WORD_DIGITS] != '"') {
      return false;
    }
    long high = 0;
    long low = 0;
    for (int i = 0; i < WORD_DIGITS; i++) {
      final int highDigit = Character.digit(json[at + i], 16);
      final int lowDigit = Character.digit(json[at + WORD_DIGITS + i], 16);
      if (highDigit < 0 || lowDigit < 0) {
        return false;
      }
      high = (high << 4) | highDigit;
      low = (low << 4) | lowDigit;
    }
    at += 2 * WORD_DIGITS + 1;
    subject = new Subject(high, low);
    return true;
  }

  /** Takes a whole number from 1 to the longest life of a code on a screen. */
  private boolean takeSeconds() {
    skipBlanks();
    int seconds = 0;
    final int start = at;
    while (at < end && json[at] >= '0' && json[at] <= '9' && seconds <= Limits.MAX_CODE_SECONDS) {
      seconds = 10 * seconds + json[at] - '0';
      at++;
    }
    ttlSeconds = seconds;
    return at > start
        && json[start] != '0'
        && seconds <= Limits.MAX_CODE_SECONDS
        && at < end
        && (json[at] == ',' || json[at] == '}' || json[at] == ' ');
  }

  /** Whose code is asked for. */
  public Subject subject() {
    return subject;
  }

  /** How long it is to live. */
  public int ttlSeconds() {
    return ttlSeconds;
  }
}
