package gongbei.verifier.http.transport;

import gongbei.verifier.config.Limits;
import gongbei.verifier.server.ReplyQueue;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpResponseEncoder;
import java.util.ArrayDeque;

/**
 * The scans and displays of one connection that workers do beside one another, and their answers,
 * which are written in the order of the requests. For its event loop.
 */
final class QuickAnswers implements QuickAsker, ReplyQueue.Flushable {
  private static final int ANSWER_BYTES = 512;

  private final QuickReplies replies;
  private final ResponseWriter writer;
  private final RequestDeadline deadline;
  private final Connection connection;
  private final ChannelFutureListener taken;
  private final ArrayDeque<PendingAnswer> answers = new ArrayDeque<>();
  private ChannelHandlerContext channel;
  private ChannelHandlerContext encoder;
  private ByteBuf ready;
  private boolean isTouched;
  private boolean isUnflushed;

  /** Whose requests they are. */
  interface Connection {
    /** Whether nothing more is written. */
    boolean isEnding();

    /** Goes on with what waited for an answer. */
    void verdictIsIn(boolean wasLast);
  }

  QuickAnswers(
      QuickReplies replies,
      ResponseWriter writer,
      RequestDeadline deadline,
      Connection connection) {
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
    return answers.isEmpty();
  }

  /** Whether the work of one more request may be done beside that of those before it. */
  boolean hasRoom() {
    return answers.size() < Limits.MAX_HTTP_SCANS_IN_FLIGHT && channel.channel().isWritable();
  }

  /**
   * Has a request's work done beside that of those before it, whose answers it waits for.
   *
   * @param languages that the asker prefers, as in Accept-Language; may be empty
   * @return false where the request is other than the commonest, and nothing was done
   */
  boolean begin(QuickWork quick, Admission admission, String languages, byte[] json, int length) {
    final PendingAnswer pending = replies.begin(this, quick, admission, languages, json, length);
    if (pending == null) {
      return false;
    }
    answers.add(pending);
    deadline.answerIsOwed();
    write();
    return true;
  }

  @Override
  public ReplyQueue.Flushable connection() {
    return this;
  }

  @Override
  public boolean takeVerdict(PendingAnswer done) {
    if (connection.isEnding()) {
      replies.giveBack(done);
      return false;
    }
    write();
    connection.verdictIsIn(answers.isEmpty());
    final boolean isFirst = !isTouched;
    isTouched = true;
    return isFirst;
  }

  /** Writes the answers that have come, as far as none before them is missing. */
  private void write() {
    while (!answers.isEmpty() && answers.peek().isDone()) {
      final PendingAnswer answer = answers.remove();
      switch (answer.form()) {
        case VERDICT -> writer.write(out(), answer.verdict(), answer.rate());
        case CODE -> writer.write(out(), answer.code(), answer.rate());
        case SHED -> writer.writeShed(out(), answer.rate());
        case REFUSAL -> {
          pass();
          final Response refusal = ResponseWriter.withRate(answer.refusal(), answer.rate());
          final var unused = channel.write(writer.responseOf(refusal, false)).addListener(taken);
          isUnflushed = true;
        }
      }
      replies.giveBack(answer);
      if (answers.isEmpty()) {
        deadline.answerIsGiven();
      }
    }
  }

  private ByteBuf out() {
    if (ready == null) {
      ready = channel.alloc().ioBuffer(ANSWER_BYTES);
    }
    return ready;
  }

  /** Hands the answers that are written out on, in front of what is written next. */
  void pass() {
    if (ready != null) {
      final ByteBuf written = ready;
      ready = null;
      isUnflushed = true;
      // The encoder has nothing to do with what is encoded: it begins behind it.
      final var unused = encoder.write(written).addListener(taken);
    }
  }

  /** Sends what answers there are. */
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
    for (final PendingAnswer answer : answers) {
      if (answer.isDone()) {
        replies.giveBack(answer);
      }
    }
    answers.clear();
    if (ready != null) {
      ready.release();
      ready = null;
    }
  }
}
