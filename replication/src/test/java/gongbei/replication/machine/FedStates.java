package gongbei.replication.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.log.Submission;
import gongbei.replication.map.StatusMap;
import gongbei.replication.protocol.BatchReplyDecoder;
import gongbei.replication.protocol.MessageHeaderDecoder;
import org.agrona.DirectBuffer;

/** A state that one client's documents go to, and a replica's that is fed by it. */
final class FedStates implements AutoCloseable {
  private static final long CLIENT = 7;
  private static final int CAPACITY = 100;

  private final StatusMap map = StatusMap.inMemory(CAPACITY);
  private final ReplicatedState state = new ReplicatedState(map);
  private final StatusMap replicaMap = StatusMap.inMemory(CAPACITY);
  private final ReplicatedState replica = new ReplicatedState(replicaMap);
  private final BatchReplyDecoder reply = new BatchReplyDecoder();
  private final long atEpochSeconds;
  private long sequence = 1;

  /** Speaks the newest protocol, at one time of the log. */
  FedStates(long atEpochSeconds) {
    this.atEpochSeconds = atEpochSeconds;
    state.protocol(ReplicatedState.PROTOCOL);
  }

  ReplicatedState state() {
    return state;
  }

  ReplicatedState replica() {
    return replica;
  }

  /** The client's next message. */
  DirectBuffer encoded(DocumentCommand document) {
    return Submission.of(document).encode(CLIENT, sequence++, CAPACITY);
  }

  /** Applies a message of one command, and feeds it to the replica where it gave a version. */
  Outcome apply(DirectBuffer message) {
    state.clusterTimeMillis(atEpochSeconds * 1_000);
    replica.clusterTimeMillis(atEpochSeconds * 1_000);
    if (state.apply(message, 0, message.capacity()) > 0) {
      replica.applyFed(message, 0, message.capacity());
    }
    assertEquals(map.digest(), replicaMap.digest(), "the replica holds the same");
    reply.wrapAndApplyHeader(state.reply(), 0, new MessageHeaderDecoder());
    final byte[] codes = new byte[1];
    return reply.getOutcomes(codes, 0, 1) == 0 ? Outcome.APPLIED : Outcome.ofCode(codes[0]);
  }

  @Override
  public void close() {
    map.close();
    replicaMap.close();
  }
}
