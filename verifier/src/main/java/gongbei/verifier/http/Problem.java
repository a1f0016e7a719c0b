package gongbei.verifier.http;

/** A request that is refused, as RFC 9457 tells it. */
final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String type;
  private final String field;
  private final int retryAfterSeconds;

  private Problem(int status, String type, String field, String detail, int retryAfterSeconds) {
    super(detail, null, false, false);
    this.status = status;
    this.type = type;
    this.field = field;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** The request as a whole is at fault. */
  static Problem of(int status, String type, String detail) {
    return new Problem(status, type, null, detail, 0);
  }

  /** One field of the request's body is at fault. */
  static Problem ofField(String field, String reason) {
    return new Problem(400, "invalid-field", field, field + " " + reason, 0);
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

  int retryAfterSeconds() {
    return retryAfterSeconds;
  }
}
