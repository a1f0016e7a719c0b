package gongbei.verifier.http.transport;

import gongbei.codec.code.CodeLimits;
import gongbei.verifier.limits.ClientLimits;
import java.nio.charset.StandardCharsets;

/**
 * The commonest request for a scan, an object of {@code code} and {@code checkpoint} alone, both of
 * printable ASCII without an escape, read in place without a parser. What is anything else, right
 * or wrong, is left to {@code JsonBody}. For one thread.
 */
public final class ScanRequest {
  private static final byte[] CODE = "\"code\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CHECKPOINT = "\"checkpoint\"".getBytes(StandardCharsets.US_ASCII);
  private static final int NONE = -1;

  private final JsonCursor json = new JsonCursor();
  private int textStart;
  private int codeStart;
  private int codeLength;
  private int checkpointStart;
  private int checkpointLength;

  /**
   * Reads a body, which must stay as it is while the request is used.
   *
   * @return false where it is another request than the commonest
   */
  boolean read(byte[] body, int length) {
    json.begin(body, length);
    codeStart = NONE;
    checkpointStart = NONE;
    return json.take('{')
        && members()
        && json.isAtEnd()
        && codeStart != NONE
        && checkpointStart != NONE
        && codeLength <= CodeLimits.MAX_TEXT_CHARACTERS
        && checkpointLength <= ClientLimits.MAX_CHECKPOINT_CHARACTERS;
  }

  private boolean members() {
    do {
      if (codeStart == NONE && json.take(CODE)) {
        if (!json.take(':') || !takeText()) {
          return false;
        }
        codeStart = textStart;
        codeLength = json.at() - 1 - textStart;
      } else if (checkpointStart == NONE && json.take(CHECKPOINT)) {
        if (!json.take(':') || !takeText()) {
          return false;
        }
        checkpointStart = textStart;
        checkpointLength = json.at() - 1 - textStart;
      } else {
        return false;
      }
    } while (json.take(','));
    return json.take('}');
  }

  /** Takes a text, and its closing quote; false where a sign in it is not itself. */
  private boolean takeText() {
    if (!json.take('"')) {
      return false;
    }
    textStart = json.at();
    final byte[] text = json.text();
    int at = textStart;
    while (at < json.length() && text[at] != '"') {
      if (text[at] < ' ' || text[at] > '~' || text[at] == '\\') {
        return false;
      }
      at++;
    }
    json.skip(at + 1 - textStart);
    return at < json.length();
  }

  /** The body that was read. */
  byte[] body() {
    return json.text();
  }

  /** Where the code's characters stand in the body. */
  int codeStart() {
    return codeStart;
  }

  int codeLength() {
    return codeLength;
  }

  /** Where the checkpoint's name stands in the body. */
  int checkpointStart() {
    return checkpointStart;
  }

  int checkpointLength() {
    return checkpointLength;
  }
}
