package gongbei.verifier.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an HTTP request is answered with.
 *
 * @param headers further header fields
 */
record HttpAnswer(int status, String contentType, byte[] body, Map<String, String> headers) {
  static final String JSON = "application/json";
  private static final String PROBLEM_JSON = "application/problem+json";

  static HttpAnswer json(int status, JsonNode body) {
    return new HttpAnswer(status, JSON, body.toString().getBytes(StandardCharsets.UTF_8), Map.of());
  }

  static HttpAnswer of(String contentType, byte[] body) {
    return new HttpAnswer(200, contentType, body, Map.of());
  }

  static HttpAnswer of(Problem problem) {
    final ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("type", "/problems/" + problem.type());
    body.put("title", problem.type().replace('-', ' '));
    body.put("status", problem.status());
    body.put("detail", problem.getMessage());
    if (problem.field() != null) {
      body.put("field", problem.field());
    }
    if (problem.version() != 0) {
      body.put("version", problem.version());
    }
    if (problem.type().equals("busy")) {
      body.put("reason", "busy");
    }
    return new HttpAnswer(
        problem.status(),
        PROBLEM_JSON,
        body.toString().getBytes(StandardCharsets.UTF_8),
        problem.headers());
  }

  /** The same, with one more header field. */
  HttpAnswer with(String header, String value) {
    final Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new HttpAnswer(status, contentType, body, more);
  }
}
