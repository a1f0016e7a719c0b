package gongbei.verifier.http.transport;

import gongbei.codec.code.CodeLimits;
import gongbei.verifier.limits.ClientLimits;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The commonest request for a scan, an object of {@code code} and {@code checkpoint} alone, both of
 * printable ASCII without an escape, read in place without a parser. What is anything else, right
 * or wrong, is left to {@code JsonBody}. For one thread.
 */
public final class ScanRequest {
  private static final byte[] CODE = "\"code\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CHECKPOINT = "\"checkpoint\"".getBytes(StandardCharsets.US_ASCII);
  private static final int NONE = -1;

  private byte[] json;
  private int end;
  private int at;
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
    json = body;
    end = length;
    at = 0;
    codeStart = NONE;
    checkpointStart = NONE;
    return take('{')
        && members()
        && isAtEnd()
        && codeStart != NONE
        && checkpointStart != NONE
        && codeLength <= CodeLimits.MAX_TEXT_CHARACTERS
        && checkpointLength <= ClientLimits.MAX_CHECKPOINT_CHARACTERS;
  }

  private boolean members() {
    do {
      if (codeStart == NONE && take(CODE)) {
        if (!take(':') || !takeText()) {
          return false;
        }
        codeStart = textStart;
        codeLength = at - 1 - textStart;
      } else if (checkpointStart == NONE && take(CHECKPOINT)) {
        if (!take(':') || !takeText()) {
          return false;
        }
        checkpointStart = textStart;
        checkpointLength = at - 1 - textStart;
      } else {
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

  /** Takes a text, and its closing quote; false where a sign in it is not itself. */
  private boolean takeText() {
    if (!take('"')) {
      return false;
    }
    textStart = at;
    while (at < end && json[at] != '"') {
      if (json[at] < ' ' || json[at] > '~' || json[at] == '\\') {
        return false;
      }
      at++;
    }
    return at++ < end;
  }

  /** The body that was read. */
  byte[] body() {
    return json;
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
