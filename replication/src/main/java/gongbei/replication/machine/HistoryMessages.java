package gongbei.replication.machine;

import gongbei.replication.protocol.BeginHistoryEncoder;
import gongbei.replication.protocol.MessageHeaderEncoder;
import gongbei.replication.protocol.StateMarkEncoder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** What a leader writes into the log of the log itself. */
public final class HistoryMessages {
  private HistoryMessages() {}

  /** Begins a history, where the log still is the one before. */
  public static DirectBuffer begin(History previous, History begun) {
    final UnsafeBuffer buffer =
        new UnsafeBuffer(
            new byte[MessageHeaderEncoder.ENCODED_LENGTH + BeginHistoryEncoder.BLOCK_LENGTH]);
    new BeginHistoryEncoder()
        .wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
        .previousHigh(previous.high())
        .previousLow(previous.low())
        .high(begun.high())
        .low(begun.low());
    return buffer;
  }

  /** Has every member note what it holds, and compare what it held at the mark before. */
  public static DirectBuffer mark(StateNote before) {
    final UnsafeBuffer buffer =
        new UnsafeBuffer(
            new byte[MessageHeaderEncoder.ENCODED_LENGTH + StateMarkEncoder.BLOCK_LENGTH]);
    new StateMarkEncoder()
        .wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
        .position(before.position())
        .version(before.version())
        .digest(before.digest())
        .historyHigh(before.history().high())
        .historyLow(before.history().low());
    return buffer;
  }
}
