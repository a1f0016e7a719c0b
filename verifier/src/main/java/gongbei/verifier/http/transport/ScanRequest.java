package gongbei.verifier.http.transport;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import gongbei.codec.code.CodeLimits;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.api.JsonBody;
import gongbei.verifier.limits.ClientLimits;
import java.io.IOException;

/**
 * The commonest request for a scan, an object of {@code code} and {@code checkpoint} alone, read
 * without a tree. What is anything else, right or wrong, is left to {@link JsonBody}. For one
 * thread.
 */
public final class ScanRequest {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(Limits.MAX_JSON_DEPTH)
                  .maxNameLength(Limits.MAX_JSON_NAME_CHARACTERS)
                  .build())
          .build();

  private String code;
  private String checkpoint;

  /** Reads a body; false where it is another request than the commonest. */
  boolean read(byte[] body, int length) {
    code = null;
    checkpoint = null;
    try (JsonParser parser = JSON.createParser(body, 0, length)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        // What is no text is left to the other reader at once, so that a member that is told twice
        // can't pass for one that is told first.
        final boolean isCode = name.equals("code") && code == null;
        final boolean isCheckpoint = name.equals("checkpoint") && checkpoint == null;
        final String value = isCode || isCheckpoint ? parser.nextTextValue() : null;
        if (value == null) {
          return false;
        }
        if (isCode) {
          code = value;
        } else {
          checkpoint = value;
        }
      }
      return parser.currentToken() == JsonToken.END_OBJECT
          && parser.nextToken() == null
          && isWithinLimits();
    } catch (IOException e) {
      return false;
    }
  }

  private boolean isWithinLimits() {
    return code != null
        && checkpoint != null
        && code.length() <= CodeLimits.MAX_TEXT_CHARACTERS
        && checkpoint.length() <= ClientLimits.MAX_CHECKPOINT_CHARACTERS;
  }

  public String code() {
    return code;
  }

  public String checkpoint() {
    return checkpoint;
  }
}
