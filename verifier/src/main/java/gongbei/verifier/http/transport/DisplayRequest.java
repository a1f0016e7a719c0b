package gongbei.verifier.http.transport;

import gongbei.replication.map.Subject;
import gongbei.verifier.config.Limits;
import java.nio.charset.StandardCharsets;

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

  private final JsonCursor json = new JsonCursor();
  private Subject subject;
  private int ttlSeconds;

  /** Reads a body; false where it is another request than the commonest. */
  public boolean read(byte[] body, int length) {
    json.begin(body, length);
    subject = null;
    ttlSeconds = NONE;
    final boolean isRead = json.take('{') && members() && json.isAtEnd() && subject != null;
    json.clear();
    if (isRead && ttlSeconds == NONE) {
      ttlSeconds = Limits.DEFAULT_CODE_SECONDS;
    }
    return isRead;
  }

  private boolean members() {
    do {
      if (subject == null && json.take(SUBJECT)) {
        if (!json.take(':') || !takeSubject()) {
          return false;
        }
      } else if (ttlSeconds != NONE
          || !json.take(TTL_SECONDS)
          || !json.take(':')
          || !takeSeconds()) {
        return false;
      }
    } while (json.take(','));
    return json.take('}');
  }

  private boolean takeSubject() {
    if (!json.take('"')) {
      return false;
    }
    final byte[] text = json.text();
    final int at = json.at();
    if (json.length() - at <= 2 * WORD_DIGITS || text[at + 2 * WORD_DIGITS] != '"') {
      return false;
    }
    long high = 0;
    long low = 0;
    for (int i = 0; i < WORD_DIGITS; i++) {
      final int highDigit = Character.digit(text[at + i], 16);
      final int lowDigit = Character.digit(text[at + WORD_DIGITS + i], 16);
      if (highDigit < 0 || lowDigit < 0) {
        return false;
      }
      high = (high << 4) | highDigit;
      low = (low << 4) | lowDigit;
    }
    json.skip(2 * WORD_DIGITS + 1);
    subject = new Subject(high, low);
    return true;
  }

  /** Takes a whole number from 1 to the longest life of a code on a screen. */
  private boolean takeSeconds() {
    json.skipBlanks();
    final byte[] text = json.text();
    final int start = json.at();
    final int end = json.length();
    int at = start;
    int seconds = 0;
    while (at < end && text[at] >= '0' && text[at] <= '9' && seconds <= Limits.MAX_CODE_SECONDS) {
      seconds = 10 * seconds + text[at] - '0';
      at++;
    }
    json.skip(at - start);
    ttlSeconds = seconds;
    return at > start
        && text[start] != '0'
        && seconds <= Limits.MAX_CODE_SECONDS
        && at < end
        && (text[at] == ',' || text[at] == '}' || text[at] == ' ');
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
