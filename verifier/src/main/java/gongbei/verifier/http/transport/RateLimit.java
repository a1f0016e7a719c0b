package gongbei.verifier.http.transport;

/**
 * What a request leaves of its caller's rate, as the fields of draft-ietf-httpapi-ratelimit-headers
 * say it.
 *
 * @param name {@code key} or {@code address}
 * @param quota the bucket's size, in units
 * @param windowSeconds the time in which the bucket is filled
 * @param remaining what is left in it
 * @param fullSeconds how long until it is full again
 * @param retryAfterSeconds how long until a request will be taken; 0 where this one was
 */
public record RateLimit(
    String name,
    int quota,
    int windowSeconds,
    long remaining,
    long fullSeconds,
    long retryAfterSeconds) {
  /** That of a caller without a bound. */
  public static final RateLimit UNBOUNDED = new RateLimit("", 0, 0, 0, 0, 0);

  /** Whether there is a bound. */
  public boolean isBounded() {
    return quota > 0;
  }

  /** Whether the request is over the rate. */
  public boolean isExceeded() {
    return retryAfterSeconds > 0;
  }

  /** The field {@code RateLimit-Policy}. */
  public String policyField() {
    return "\"" + name + "\";q=" + quota + ";w=" + windowSeconds;
  }

  /** The field {@code RateLimit}. */
  public String field() {
    return "\"" + name + "\";r=" + remaining + ";t=" + fullSeconds;
  }
}
