package gongbei.verifier.cli.history;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * What a monitor has found.
 *
 * @param reason its name, as in {@code fork}
 * @param message what that means here
 * @param figures what it is of, by name
 * @param isFinal whether there is nothing more to watch
 */
record Finding(String reason, String message, Map<String, String> figures, boolean isFinal) {
  static Finding of(String reason, String message) {
    return new Finding(reason, message, Map.of(), false);
  }

  static Finding last(String reason, String message) {
    return new Finding(reason, message, Map.of(), true);
  }

  ObjectNode json() {
    final ObjectNode json =
        JsonNodeFactory.instance.objectNode().put("finding", reason).put("detail", message);
    figures.forEach(json::put);
    return json;
  }
}
