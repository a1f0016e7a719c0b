package gongbei.verifier.http;

import java.util.Map;

/** A request that is refused, as RFC 9457 tells it. */
final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String type;
  private final String field;
  private final int retryAfterSeconds;
  private final String allowedMethod;

  private Problem(int status, String type, String field, String detail, int retryAfterSeconds) {
    this(status, type, field, detail, retryAfterSeconds, null);
  }

  private Problem(
      int status,
      String type,
      String field,
      String detail,
      int retryAfterSeconds,
      String allowedMethod) {
    super(detail, null, false, false);
    this.status = status;
    this.type = type;
    this.field = field;
    this.retryAfterSeconds = retryAfterSeconds;
    this.allowedMethod = allowedMethod;
  }

  /** The request as a whole is at fault. */
  static Problem of(int status, String type, String detail) {
    return new Problem(status, type, null, detail, 0);
  }

  /** One field of the request's body is at fault. */
  static Problem ofField(String field, String reason) {
    return new Problem(400, "invalid-field", field, field + " " + reason, 0);
  }

  /** The path takes only that method. */
  static Problem ofMethod(String allowed) {
    return new Problem(
        405, "method-not-allowed", null, "this path takes " + allowed + " only", 0, allowed);
  }

  /** There is no room at the moment. */
  static Problem busy(String detail) {
    return new Problem(503, "busy", null, detail, 1);
  }

  int status() {
    return status;
  }

  String type() {
    return type;
  }

  String field() {
    return field;
  }

  /** Header fields that go with the answer. */
  Map<String, String> headers() {
    if (allowedMethod != null) {
      return Map.of("Allow", allowedMethod);
    }
    return retryAfterSeconds > 0
        ? Map.of("Retry-After", Integer.toString(retryAfterSeconds))
        : Map.of();
  }
}
