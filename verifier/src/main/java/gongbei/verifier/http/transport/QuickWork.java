package gongbei.verifier.http.transport;

import gongbei.verifier.access.Caller;
import gongbei.verifier.config.Limits;

/** What workers do for the requests of a connection beside one another, past the resources. */
public enum QuickWork {
  /** Nothing: the request waits for those before it, and its resource answers. */
  NONE,
  /** A code is evaluated. */
  SCAN,
  /** A code is minted for a screen. */
  DISPLAY;

  /**
   * What a request may be that has come whole; whatever is unusual in it goes by its resource.
   *
   * @param bodyBytes the length of its body
   */
  static QuickWork of(RequestHead head, Admission admission, int bodyBytes) {
    final QuickWork quick = admission.quickWork();
    if (quick == NONE
        || !head.isKeepAlive()
        || head.isHttp10()
        || bodyBytes > Limits.MAX_EVENT_LOOP_BODY_BYTES
        || !isJson(admission.caller(), head)
        || head.hasContentEncoding()
        || head.hasTraceparent()) {
      return NONE;
    }
    return quick == DISPLAY && (head.hasIdempotencyKey() || !head.takesJson()) ? NONE : quick;
  }

  private static boolean isJson(Caller caller, RequestHead head) {
    final String type = head.contentType();
    return type == null ? caller.isNamed() : type.equalsIgnoreCase(Response.JSON);
  }
}
