package gongbei.verifier.http.transport;

import gongbei.verifier.config.Limits;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.server.ReplyQueue;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpResponseEncoder;
import java.util.ArrayDeque;

/**
 * The scans of one connection that are evaluated beside one another, and their answers, which are
 * written in the order of the requests. For its event loop.
 */
final class ScanAnswers implements ReplyQueue.Flushable {
  private static final int ANSWER_BYTES = 512;

  private final ScanReplies replies;
  private final ResponseWriter writer;
  private final RequestDeadline deadline;
  private final Connection connection;
  private final ChannelFutureListener taken;
  private final ScanRequest request = new ScanRequest();
  private final ArrayDeque<PendingScan> scans = new ArrayDeque<>();
  private ChannelHandlerContext channel;
  private ChannelHandlerContext encoder;
  private ByteBuf verdicts;
  private boolean isTouched;
  private boolean isUnflushed;

  /** Whose scans they are. */
  interface Connection {
    /** Whether nothing more is written. */
    boolean isEnding();

    /** Goes on with what waited for a scan's answer. */
    void verdictIsIn(boolean wasLast);
  }

  ScanAnswers(
      ScanReplies replies, ResponseWriter writer, RequestDeadline deadline, Connection connection) {
    this.replies = replies;
    this.writer = writer;
    this.deadline = deadline;
    this.connection = connection;
    this.taken = done -> deadline.answerIsTaken();
  }

  void channelActive(ChannelHandlerContext ctx) {
    channel = ctx;
    encoder = ctx.pipeline().context(HttpResponseEncoder.class);
  }

  /** Whether no answer is missing. */
  boolean isEmpty() {
    return scans.isEmpty();
  }

  /** Whether one more scan may be evaluated beside those before it. */
  boolean hasRoom() {
    return scans.size() < Limits.MAX_HTTP_SCANS_IN_FLIGHT && channel.channel().isWritable();
  }

  /**
   * Has a code evaluated beside those before it, whose answers it waits for.
   *
   * @param languages that the asker prefers, as in Accept-Language; may be empty
   * @return false where the request is other than the commonest, and nothing was done
   */
  boolean scan(Admission admission, String languages, byte[] json, int length) {
    if (!request.read(json, length)) {
      return false;
    }
    final Ruleset ruleset = replies.rulesetOf(request.checkpoint());
    final PendingScan pending = ruleset == null ? null : replies.take(this, admission.rate());
    if (pending == null) {
      return false;
    }
    scans.add(pending);
    deadline.answerIsOwed();
    if (!replies.submit(request, languages, ruleset, pending)) {
      pending.refuse(Response.of(Problem.shed()));
    }
    write();
    return true;
  }

  /** Takes an answer in; returns whether it is the first since the last flush. */
  boolean takeVerdict(PendingScan done) {
    if (connection.isEnding()) {
      replies.giveBack(done);
      return false;
    }
    write();
    connection.verdictIsIn(scans.isEmpty());
    final boolean isFirst = !isTouched;
    isTouched = true;
    return isFirst;
  }

  /** Writes the answers that have come, as far as none before them is missing. */
  private void write() {
    while (!scans.isEmpty() && scans.peek().isDone()) {
      final PendingScan scan = scans.remove();
      if (scan.isShed()) {
        scan.refuse(Response.of(Problem.shed()));
      }
      if (scan.refusal() == null) {
        if (verdicts == null) {
          verdicts = channel.alloc().ioBuffer(ANSWER_BYTES);
        }
        writer.write(verdicts, scan.json(), scan.rate());
      } else {
        pass();
        final Response refusal = ResponseWriter.withRate(scan.refusal(), scan.rate());
        final var unused = channel.write(writer.responseOf(refusal, false)).addListener(taken);
        isUnflushed = true;
      }
      replies.giveBack(scan);
      if (scans.isEmpty()) {
        deadline.answerIsGiven();
      }
    }
  }

  /** Hands the verdicts that are written out on, in front of what is written next. */
  void pass() {
    if (verdicts != null) {
      final ByteBuf written = verdicts;
      verdicts = null;
      isUnflushed = true;
      // The encoder has nothing to do with what is encoded: it begins behind it.
      final var unused = encoder.write(written).addListener(taken);
    }
  }

  /** Sends what verdicts there are. */
  @Override
  public void flush() {
    isTouched = false;
    pass();
    if (isUnflushed) {
      isUnflushed = false;
      channel.flush();
    }
  }

  /** Drops what is not written: the connection has ended. */
  void forget() {
    for (final PendingScan scan : scans) {
      if (scan.isDone()) {
        replies.giveBack(scan);
      }
    }
    scans.clear();
    if (verdicts != null) {
      verdicts.release();
      verdicts = null;
    }
  }
}
