package gongbei.verifier.http.transport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What an HTTP request is answered with.
 *
 * @param headers further header fields
 * @param events what the response goes on with in place of a body; mostly empty
 */
public record Response(
    int status,
    String contentType,
    byte[] body,
    Map<String, String> headers,
    Optional<EventSource> events) {
  private static final byte[] NO_BODY = {};

  /** A response that is whole. */
  public Response(int status, String contentType, byte[] body, Map<String, String> headers) {
    this(status, contentType, body, headers, Optional.empty());
  }

  /** A response that goes on with events. */
  public static Response of(EventSource events) {
    return new Response(200, "text/event-stream", NO_BODY, Map.of(), Optional.of(events));
  }

  public static final String JSON = "application/json";
  private static final String PROBLEM_JSON = "application/problem+json";

  public static Response json(int status, JsonNode body) {
    return new Response(status, JSON, body.toString().getBytes(StandardCharsets.UTF_8), Map.of());
  }

  public static Response of(String contentType, byte[] body) {
    return new Response(200, contentType, body, Map.of());
  }

  public static Response of(Problem problem) {
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
    return new Response(
        problem.status(),
        PROBLEM_JSON,
        body.toString().getBytes(StandardCharsets.UTF_8),
        problem.headers());
  }

  /** The same, with one more header field. */
  public Response with(String header, String value) {
    final Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Response(status, contentType, body, more, events);
  }
}
