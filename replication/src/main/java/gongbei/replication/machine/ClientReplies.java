package gongbei.replication.machine;

import gongbei.replication.command.CommandBatches;
import gongbei.replication.machine.ClientTable.Batch;
import gongbei.replication.machine.ClientTable.Client;
import gongbei.replication.protocol.BatchReplyEncoder;
import gongbei.replication.protocol.BatchStatus;
import gongbei.replication.protocol.MessageHeaderEncoder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Checks that a message has its client's next sequence, remembers what became of it, and makes the
 * reply. A message that was applied before is answered from memory. For the applier's thread.
 */
final class ClientReplies {
  /** The most bytes of a reply. */
  static final int MAX_REPLY_BYTES =
      MessageHeaderEncoder.ENCODED_LENGTH
          + BatchReplyEncoder.BLOCK_LENGTH
          + BatchReplyEncoder.outcomesHeaderLength()
          + CommandBatches.MAX_COMMANDS;

  /** The outcomes of a message whose commands were all applied, and of one that was refused. */
  static final byte[] ALL_APPLIED = {};

  private final ClientTable clients;
  private final MessageHeaderEncoder header = new MessageHeaderEncoder();
  private final BatchReplyEncoder reply = new BatchReplyEncoder();
  private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[MAX_REPLY_BYTES]);
  private int length;

  ClientReplies(ClientTable clients) {
    this.clients = clients;
  }

  /** The reply to the last message. It is overwritten by the next. */
  DirectBuffer buffer() {
    return buffer;
  }

  /** The bytes of the reply in {@link #buffer}. */
  int length() {
    return length;
  }

  /** The client whose next sequence this is; else null, with the reply made. */
  Client due(long clientId, long firstSequence, int count) {
    Client client = clients.hear(clientId);
    if (client == null) {
      if (firstSequence != 1) {
        refuse(clientId, firstSequence, count, BatchStatus.UNKNOWN_CLIENT, 1);
        return null;
      }
      client = clients.add(clientId, 0);
    }
    final long next = client.lastSequence() + 1;
    if (firstSequence == next) {
      return client;
    }
    if (firstSequence > next || firstSequence + count > next || firstSequence < 1) {
      refuse(clientId, firstSequence, count, BatchStatus.OUT_OF_ORDER, next);
      return null;
    }
    final Batch before = client.recall(firstSequence, count);
    if (before == null) {
      refuse(clientId, firstSequence, count, BatchStatus.FORGOTTEN, next);
    } else {
      reply(clientId, BatchStatus.DONE, next, before);
    }
    return null;
  }

  /** Remembers what became of a client's message, and makes the reply. */
  void remember(Client client, Batch done) {
    client.remember(done);
    reply(client.id(), BatchStatus.DONE, client.lastSequence() + 1, done);
  }

  /** Makes the reply to a message that is refused and not remembered. */
  void refuse(long clientId, long firstSequence, int count, BatchStatus status, long nextSequence) {
    reply(clientId, status, nextSequence, new Batch(firstSequence, 0, count, ALL_APPLIED));
  }

  /** Makes the reply to a message that can't be read, as far as its client is known. */
  void refuseUnreadable(long clientId, long firstSequence, int count) {
    refuse(clientId, firstSequence, count, BatchStatus.UNREADABLE, 0);
  }

  private void reply(long clientId, BatchStatus status, long nextSequence, Batch done) {
    reply
        .wrapAndApplyHeader((MutableDirectBuffer) buffer, 0, header)
        .clientId(clientId)
        .firstSequence(done.firstSequence())
        .firstVersion(done.firstVersion())
        .nextSequence(nextSequence)
        .commandCount(done.count())
        .status(status)
        .putOutcomes(done.outcomes(), 0, done.outcomes().length);
    length = MessageHeaderEncoder.ENCODED_LENGTH + reply.encodedLength();
  }
}
