package gongbei.verifier.http.transport;

import gongbei.verifier.config.Limits;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * The request of a connection that is being read: what was found at its header, and its body as far
 * as it has come. The body of a request that is refused is not kept. For its event loop.
 *
 * <p>Netty's {@code HttpObjectAggregator} would collect the body first, and answer {@code
 * 100-continue} before roles, rates and the budget that all bodies share have admitted it. Its
 * {@code HttpServerKeepAliveHandler} counts responses of the encoder; those to scans and displays
 * go past it, already encoded.
 */
public final class IncomingRequest {
  private static final byte[] NO_BODY = {};
  private static final int FIRST_BODY_BYTES = 1_024;
  private static final int KEPT_BODY_BYTES = 4_096;

  private final BodyBudget budget;
  private RequestHead head;
  private Admission admission;
  private boolean continueAwaited;
  private byte[] body = NO_BODY;
  private int length;
  private int dropped;
  private int reserved;

  IncomingRequest(BodyBudget budget) {
    this.budget = budget;
  }

  /** Takes a header. */
  void begin(RequestHead header, Admission found) {
    head = header;
    admission = found;
    continueAwaited = found.problem().isEmpty() && header.isContinueExpected();
  }

  /** Whether a header has come, and not the whole body yet. */
  boolean isThere() {
    return head != null;
  }

  RequestHead head() {
    return head;
  }

  Admission admission() {
    return admission;
  }

  /** The bytes of the body, with others behind them. */
  byte[] body() {
    return body;
  }

  /** How many bytes of the body there are. */
  int length() {
    return length;
  }

  /** Whether the client waits to be told that it may send the body. */
  boolean isContinueAwaited() {
    return continueAwaited;
  }

  void continueIsSaid() {
    continueAwaited = false;
  }

  /**
   * Takes more of the body.
   *
   * @param isLast whether nothing comes after it: then it has no room yet, unless it is a long one
   * @return why it can't be taken, or null
   */
  Problem take(ByteBuf bytes, boolean isLast) {
    final int more = bytes.readableBytes();
    continueAwaited &= more == 0;
    if (more > Limits.MAX_HTTP_BODY_BYTES - length - dropped) {
      return RequestFaults.bodyTooLarge();
    }
    if (admission.problem().isPresent()) {
      dropped += more;
      return null;
    }
    if (length + more > body.length) {
      body =
          Arrays.copyOf(body, Math.max(length + more, Math.max(FIRST_BODY_BYTES, 2 * body.length)));
    }
    bytes.readBytes(body, length, more);
    length += more;
    return isLast && length <= Limits.MAX_EVENT_LOOP_BODY_BYTES ? null : reserve();
  }

  /** Takes room for all of the body that has come; why there is none, or null. */
  Problem reserve() {
    final int more = length - reserved;
    final BodyBudget.Outcome outcome = budget.take(admission.caller().id(), reserved, more);
    reserved += outcome == BodyBudget.Outcome.TAKEN ? more : 0;
    return switch (outcome) {
      case TAKEN -> null;
      case NO_ROOM -> Problem.busy("the budget for request bodies is used up");
      case NO_ROOM_FOR_CALLER ->
          Problem.of(
                  429,
                  "too-much-at-once",
                  "the bodies of this caller's requests use up its share of the budget for"
                      + " request bodies")
              .with("Retry-After", "1");
    };
  }

  /** Forgets the request, and gives its room back. */
  void forget() {
    if (head != null) {
      budget.free(admission.caller().id(), reserved);
    }
    body = body.length <= KEPT_BODY_BYTES ? body : NO_BODY;
    clear();
  }

  /** Hands the body over, and with it its room, which the taker is to give back. */
  byte[] handOver() {
    final byte[] whole = length == 0 ? NO_BODY : Arrays.copyOf(body, length);
    body = body.length <= KEPT_BODY_BYTES ? body : NO_BODY;
    clear();
    return whole;
  }

  private void clear() {
    head = null;
    admission = null;
    continueAwaited = false;
    length = 0;
    dropped = 0;
    reserved = 0;
  }
}
