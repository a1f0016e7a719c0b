package gongbei.replication.snapshot;

import org.agrona.DirectBuffer;

/** Takes the messages of a snapshot, one after the other. */
@FunctionalInterface
public interface MessageSink {
  /** Takes a message; returns when it is written, and throws where it can't be. */
  void take(DirectBuffer buffer, int offset, int length);
}
