package gongbei.verifier.http.transport;

import gongbei.codec.code.CodeFormat;
import java.util.HashMap;
import java.util.Map;

/** A request that is refused, as RFC 9457 tells it. */
public final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final String RETRY_AFTER_SECONDS = "1";

  private final int status;
  private final String type;
  private final String field;
  private final transient Map<String, String> headers;
  private final long version;

  private Problem(
      int status, String type, String field, String detail, Map<String, String> headers) {
    this(status, type, field, detail, headers, 0);
  }

  private Problem(
      int status,
      String type,
      String field,
      String detail,
      Map<String, String> headers,
      long version) {
    super(detail, null, false, false);
    this.status = status;
    this.type = type;
    this.field = field;
    this.headers = Map.copyOf(headers);
    this.version = version;
  }

  /** The request as a whole is at fault. */
  public static Problem of(int status, String type, String detail) {
    return new Problem(status, type, null, detail, Map.of());
  }

  /** One field of the request's body is at fault. */
  public static Problem ofField(String field, String reason) {
    return ofField("invalid-field", field, reason);
  }

  /** One field of the request's body is at fault in a way that has a name of its own. */
  public static Problem ofField(String type, String field, String reason) {
    return new Problem(400, type, field, field + " " + reason, Map.of());
  }

  /** A header field of the request is at fault. */
  public static Problem ofHeader(int status, String type, String field, String reason) {
    return new Problem(status, type, field, field + " " + reason, Map.of());
  }

  /** The request is well-formed, but what one field holds can't be done. */
  public static Problem unprocessable(String type, String field, String reason) {
    return new Problem(422, type, field, field + " " + reason, Map.of());
  }

  /** Where a map can't be asked because it is being rebuilt. */
  public static Problem rebuilding() {
    return busy("the node's map is being rebuilt; ask another node");
  }

  /** There is no room at the moment. */
  public static Problem busy(String detail) {
    return of(503, "busy", detail).with("Retry-After", RETRY_AFTER_SECONDS);
  }

  /** A scan was shed. */
  public static Problem shed() {
    return busy("the node is at its limit; try again");
  }

  /** The map knows no such holder. */
  public static Problem unknownSubject() {
    return of(404, "unknown-subject", "the map knows no such subject");
  }

  /** No key of the format is valid now. */
  public static Problem noSigningKey(CodeFormat format) {
    return of(
        503,
        "no-signing-key",
        "this node has no key for " + format + " that is valid now and trusted here");
  }

  /** The node is about to stop, and has done nothing of what was asked. */
  public static Problem stopping() {
    return of(503, "stopping", "the node is about to stop; ask another")
        .with("Retry-After", RETRY_AFTER_SECONDS);
  }

  /** The node does not answer scans, for whatever reason. */
  public static Problem notReady() {
    return of(503, "not-ready", "ask another node").with("Retry-After", RETRY_AFTER_SECONDS);
  }

  /** The same, with one more header field in its answer. */
  public Problem with(String header, String value) {
    final Map<String, String> more = new HashMap<>(headers);
    more.put(header, value);
    return new Problem(status, type, field, getMessage(), more, version);
  }

  /** The same, which says at what version of the map what was asked for was done. */
  public Problem ofVersion(long mapVersion) {
    return new Problem(status, type, field, getMessage(), headers, mapVersion);
  }

  public int status() {
    return status;
  }

  public String type() {
    return type;
  }

  String field() {
    return field;
  }

  /** The version of the map at which what was asked for was done before; 0 for none. */
  long version() {
    return version;
  }

  /** Header fields that go with the answer. */
  public Map<String, String> headers() {
    return headers;
  }
}
