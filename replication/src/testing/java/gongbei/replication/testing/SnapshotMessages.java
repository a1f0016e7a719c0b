package gongbei.replication.testing;

import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.snapshot.SnapshotReader;
import gongbei.replication.snapshot.SnapshotWriter;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Snapshots of a replicated state as tests take and read them: the messages, one after the other.
 */
public final class SnapshotMessages {
  private SnapshotMessages() {}

  /**
   * The messages of a whole snapshot.
   *
   * @param position of the log, which it is of
   * @param epochMillis the cluster's time
   */
  public static List<UnsafeBuffer> of(ReplicatedState state, long position, long epochMillis) {
    final List<UnsafeBuffer> messages = new ArrayList<>();
    new SnapshotWriter(
            state,
            (buffer, offset, length) -> {
              final byte[] copy = new byte[length];
              buffer.getBytes(offset, copy);
              messages.add(new UnsafeBuffer(copy));
            })
        .write(position, epochMillis, true);
    return messages;
  }

  /** Reads messages; fails where they are not a whole snapshot. */
  public static void read(List<UnsafeBuffer> messages, ReplicatedState into) {
    final SnapshotReader reader = new SnapshotReader(into);
    messages.forEach(each -> reader.onMessage(each, 0, each.capacity()));
    reader.requireDone();
  }

  /** Makes a state what another is, by way of a snapshot. */
  public static void copy(ReplicatedState from, ReplicatedState into, long epochMillis) {
    read(of(from, 0, epochMillis), into);
  }
}
