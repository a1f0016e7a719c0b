package gongbei.verifier.tcp;

import gongbei.verifier.server.ReplyQueue;
import java.util.Arrays;

/**
 * A scan that a device waits for, and then the frames of its answer. Used again and again: a worker
 * writes the answer between the scan's verdict and the end of its batch, all else is for the event
 * loop.
 */
final class PendingReply extends ReplyQueue.Place {
  /** More than the answer of a code that is no group's takes. */
  static final int MAX_SHORT_BYTES = 256;

  private final byte[] bytes = new byte[MAX_SHORT_BYTES];
  private byte[] longAnswer = bytes;
  private int length;
  private DeviceConnection connection;

  /**
   * Makes a place for a scan and its answer.
   *
   * @param id its place, by which the scan finds it
   */
  PendingReply(int id) {
    super(id);
  }

  PendingReply begin(DeviceConnection asker) {
    connection = asker;
    return this;
  }

  @Override
  protected void clear() {
    connection = null;
    longAnswer = bytes;
    length = 0;
  }

  DeviceConnection connection() {
    return connection;
  }

  /** Takes the frames of an answer. For the scan's worker. */
  void take(byte[] frames, int frameBytes) {
    length = frameBytes;
    if (frameBytes <= MAX_SHORT_BYTES) {
      System.arraycopy(frames, 0, bytes, 0, frameBytes);
    } else {
      longAnswer = Arrays.copyOf(frames, frameBytes);
    }
  }

  byte[] answer() {
    return longAnswer;
  }

  int answerBytes() {
    return length;
  }
}
