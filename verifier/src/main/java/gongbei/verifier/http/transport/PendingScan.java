package gongbei.verifier.http.transport;

import gongbei.codec.model.Colour;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.server.ReplyQueue;

/**
 * A scan that a connection waits for, and then its answer. Used again and again: a worker writes
 * the answer between the scan's verdict and the end of its batch, all else is for the event loop.
 */
final class PendingScan extends ReplyQueue.Place {
  /** A place keeps a longer buffer, of a group's findings, no longer than for their answer. */
  private static final int KEPT_BYTES = 1_024;

  private VerdictJson json = new VerdictJson();
  private boolean isShed;
  private boolean isDone;
  private Response refusal;
  private ScanAnswers asker;
  private RateLimit rate;

  /**
   * @param id its place, by which the scan finds it
   */
  PendingScan(int id) {
    super(id);
  }

  PendingScan begin(ScanAnswers connection, RateLimit left) {
    asker = connection;
    rate = left;
    isDone = false;
    isShed = false;
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

  @Override
  protected void clear() {
    asker = null;
    rate = null;
    refusal = null;
    if (json.bytes().length > KEPT_BYTES) {
      json = new VerdictJson();
    }
  }

  ScanAnswers asker() {
    return asker;
  }

  boolean isDone() {
    return isDone;
  }

  /** What is left of the caller's rate, or null. */
  RateLimit rate() {
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

  VerdictJson json() {
    return json;
  }

  /** Writes what came of the scan. For its worker. */
  void take(Scan scan) {
    if (scan.reason() == Reason.BUSY) {
      isShed = true;
    } else {
      json.write(scan);
    }
  }
}
