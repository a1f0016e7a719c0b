package gongbei.verifier.http.transport;

import gongbei.codec.model.Colour;
import gongbei.verifier.http.api.ScanResource;
import gongbei.verifier.http.guard.RateLimits;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.scan.Scan;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A scan that a connection waits for, and then its answer. Used again and again: a worker writes
 * the answer between the scan's verdict and {@link ScanReplies#onBatchEnd}, all else is for the
 * event loop.
 */
public final class PendingScan {
  /** More than an answer without a group's findings takes, whose every part is bounded. */
  private static final int MAX_ANSWER_BYTES = 512;

  private final int id;
  private final byte[] bytes = new byte[MAX_ANSWER_BYTES];
  private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
  private int length;
  private byte[] longAnswer;
  private boolean isShed;
  private boolean isDone;
  private Response refusal;
  private HttpConnection connection;
  private RateLimits.Rate rate;
  PendingScan next;

  /**
   * @param id its place, by which the scan's correlation id finds it
   */
  PendingScan(int id) {
    this.id = id;
  }

  PendingScan begin(HttpConnection asker, RateLimits.Rate left) {
    connection = asker;
    rate = left;
    isDone = false;
    isShed = false;
    longAnswer = null;
    refusal = null;
    return this;
  }

  /** Is answered with something else than a verdict. */
  void refuse(Response answer) {
    refusal = answer;
    isDone = true;
  }

  /** The answer has come to the event loop. */
  void done() {
    isDone = true;
  }

  void forget() {
    connection = null;
    rate = null;
    longAnswer = null;
    refusal = null;
  }

  int id() {
    return id;
  }

  HttpConnection connection() {
    return connection;
  }

  boolean isDone() {
    return isDone;
  }

  /** What is left of the caller's rate, or null. */
  RateLimits.Rate rate() {
    return rate;
  }

  /** Whether the node was at its limit after all. */
  boolean isShed() {
    return isShed;
  }

  /** What it is answered with instead of a verdict, or null. */
  Response refusal() {
    return refusal;
  }

  byte[] answer() {
    return longAnswer == null ? bytes : longAnswer;
  }

  int answerBytes() {
    return longAnswer == null ? length : longAnswer.length;
  }

  /** Writes what came of the scan, as JSON. For its worker. */
  void take(Scan scan) {
    if (scan.reason() == Reason.BUSY) {
      isShed = true;
    } else if (scan.group() != null) {
      longAnswer = ScanResource.json(scan).toString().getBytes(StandardCharsets.UTF_8);
    } else {
      int at = put(0, "{\"verdict\":\"");
      at = put(at, scan.verdict().wireName());
      at = put(at, "\",\"reason\":\"");
      at = put(at, scan.reason().wireName());
      if (scan.field() != null) {
        at = put(at, "\",\"field\":\"");
        at = put(at, scan.field());
      }
      if (scan.colour() != Scan.COLOUR_UNKNOWN) {
        at = put(at, "\",\"colour\":\"");
        at = put(at, Colour.ofNumber(scan.colour()).wireName());
      }
      at = put(at, "\",\"ruleset\":\"");
      at = put(at, scan.ruleset().label());
      at = put(at, "\",\"version\":");
      at += buffer.putLongAscii(at, scan.mapVersion());
      at = put(at, ",\"dataAgeMillis\":");
      at += buffer.putLongAscii(at, scan.dataAgeMillis());
      at = put(at, scan.stale() ? ",\"stale\":true}" : ",\"stale\":false}");
      length = at;
    }
  }

  private int put(int at, String ascii) {
    return at + buffer.putStringWithoutLengthAscii(at, ascii);
  }
}
