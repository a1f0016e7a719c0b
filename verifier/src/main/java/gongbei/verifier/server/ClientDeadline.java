package gongbei.verifier.server;

import gongbei.verifier.net.ConnectionLimiter;

/**
 * When a connection's client has taken too long: for the rest of a message that has begun to come,
 * or, where none has, for the next or for its answers. While the node owes an answer no time runs.
 * Times are of {@link System#nanoTime}. For its event loop, but for {@link #idleSinceNanos}.
 *
 * <p>Netty's {@code IdleStateHandler} measures the time since the last byte alone: a client that
 * sends one now and then would hold half a message, and its share of the input budget, for ever,
 * and one that waits for its answer would be idle.
 */
public final class ClientDeadline {
  private final long messageNanos;
  private final long idleNanos;
  private long begunNanos;
  private boolean inMessage;
  private volatile long progressNanos;
  private volatile boolean answerOwed;

  /** What a client is late with. */
  public enum Late {
    /** It is in time. */
    NOTHING,
    /** A message that has begun to come is not whole. */
    MESSAGE,
    /** Nothing has come, and no answer was taken. */
    IDLE
  }

  /**
   * @param messageNanos how long a message may take to come
   * @param idleNanos how long there may be nothing from one message to the next
   * @param nowNanos when the connection was opened
   */
  public ClientDeadline(long messageNanos, long idleNanos, long nowNanos) {
    this.messageNanos = messageNanos;
    this.idleNanos = idleNanos;
    progressNanos = nowNanos;
  }

  /** A part of a message has come: the first, or one more. */
  public void messageComes(long nowNanos) {
    if (!inMessage) {
      inMessage = true;
      begunNanos = nowNanos;
    }
  }

  /** The message that was coming is whole, or is not waited for. */
  public void messageIsWhole() {
    inMessage = false;
  }

  /** The client has sent something, or taken an answer. */
  public void progress(long nowNanos) {
    progressNanos = nowNanos;
  }

  /** The node works on an answer. */
  public void answerIsOwed() {
    answerOwed = true;
  }

  /** The node has answered, and what the client has sent meanwhile counts as sent now. */
  public void answerIsGiven(long nowNanos) {
    answerOwed = false;
    progressNanos = nowNanos;
    begunNanos = nowNanos;
  }

  /**
   * Since when nothing has been asked and answered; {@link ConnectionLimiter#NOT_IDLE} while an
   * answer is owed. For any thread.
   */
  public long idleSinceNanos() {
    return answerOwed ? ConnectionLimiter.NOT_IDLE : progressNanos;
  }

  /** What the client is late with now. */
  public Late look(long nowNanos) {
    if (answerOwed) {
      return Late.NOTHING;
    }
    if (inMessage) {
      return nowNanos - begunNanos > messageNanos ? Late.MESSAGE : Late.NOTHING;
    }
    return nowNanos - progressNanos > idleNanos ? Late.IDLE : Late.NOTHING;
  }
}
