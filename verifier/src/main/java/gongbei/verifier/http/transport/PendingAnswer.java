package gongbei.verifier.http.transport;

import gongbei.codec.code.CodeFormat;
import gongbei.verifier.mint.Minting;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.server.ReplyQueue;

/**
 * A scan or a display that a connection waits for, and then its answer. Used again and again: a
 * worker writes the answer before the end of its batch, all else is for the event loop.
 */
final class PendingAnswer extends ReplyQueue.Place implements Minting.Listener {
  /** A place keeps a longer buffer, of a group's findings, no longer than for their answer. */
  private static final int KEPT_BYTES = 1_024;

  private final QuickReplies replies;
  private VerdictJson verdict = new VerdictJson();
  private CodeJson code;
  private Form form = Form.SHED;
  private boolean isDone;
  private Response refusal;
  private QuickAsker asker;
  private RateLimit rate = RateLimit.UNBOUNDED;

  /** What is answered. */
  enum Form {
    /** {@link PendingAnswer#verdict} is. */
    VERDICT,
    /** {@link PendingAnswer#code} is. */
    CODE,
    /** That the node is at its limit. */
    SHED,
    /** {@link PendingAnswer#refusal} is. */
    REFUSAL
  }

  /**
   * @param id its place, by which the scan finds it
   * @param replies the places that it is of
   */
  PendingAnswer(int id, QuickReplies replies) {
    super(id);
    this.replies = replies;
  }

  PendingAnswer begin(QuickAsker whose, RateLimit left) {
    asker = whose;
    rate = left;
    isDone = false;
    form = Form.SHED;
    refusal = null;
    return this;
  }

  /** Is answered at once: the node is at its limit. */
  void shed() {
    form = Form.SHED;
    isDone = true;
  }

  private void refuse(Problem why) {
    refusal = Response.of(why);
    form = Form.REFUSAL;
  }

  /** The answer has come to the event loop. */
  void done() {
    isDone = true;
  }

  @Override
  protected void clear() {
    asker = null;
    rate = RateLimit.UNBOUNDED;
    refusal = null;
    if (verdict.bytes().length > KEPT_BYTES) {
      verdict = new VerdictJson();
    }
  }

  QuickAsker asker() {
    return asker;
  }

  boolean isDone() {
    return isDone;
  }

  /** What is left of the caller's rate. */
  RateLimit rate() {
    return rate;
  }

  Form form() {
    return form;
  }

  /** What it is answered with in the form of a refusal. */
  Response refusal() {
    return refusal;
  }

  VerdictJson verdict() {
    return verdict;
  }

  CodeJson code() {
    return code;
  }

  /** Writes what came of the scan. For its worker. */
  void take(Scan scan) {
    if (scan.reason() == Reason.BUSY) {
      form = Form.SHED;
    } else {
      form = Form.VERDICT;
      verdict.write(scan);
    }
  }

  @Override
  public void onMinted(Minting minting) {
    final CodeFormat format = replies.mintedFormat();
    switch (minting.outcome()) {
      case MINTED -> {
        if (code == null) {
          code = new CodeJson();
        }
        form = Form.CODE;
        code.write(minting);
      }
      case UNKNOWN_SUBJECT -> refuse(Problem.unknownSubject());
      case NO_SIGNING_KEY -> refuse(Problem.noSigningKey(format));
      case BUSY -> refuse(Problem.rebuilding());
    }
    replies.answered(this);
  }

  @Override
  public void onBatchEnd() {
    replies.onBatchEnd();
  }
}
