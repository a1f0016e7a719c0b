package gongbei.replication.machine;

import gongbei.replication.command.CommandBatches;
import gongbei.replication.protocol.CommandBatchDecoder;
import gongbei.replication.protocol.MessageHeaderDecoder;
import gongbei.replication.protocol.MessageHeaderEncoder;
import gongbei.replication.protocol.PutDocumentDecoder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Messages as nodes wrote them of earlier versions of the protocol, down to 4. */
public final class EarlierMessages {
  private static final int DOCUMENT_BLOCK = 25;
  private static final int UNCONDITIONAL_ORIGIN = 18;
  private static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;

  private EarlierMessages() {}

  /** A message of today's as one of an earlier protocol. */
  public static UnsafeBuffer of(DirectBuffer message, int protocol) {
    final MessageHeaderDecoder header = new MessageHeaderDecoder().wrap(message, 0);
    final byte[] earlier =
        switch (header.templateId()) {
          case CommandBatchDecoder.TEMPLATE_ID -> batch(message, protocol);
          case PutDocumentDecoder.TEMPLATE_ID ->
              protocol < ReplicatedState.GROUND_PROTOCOL
                  ? withoutOrigin(message)
                  : bytes(message, 0, message.capacity());
          default -> signed(message, HEADER + header.blockLength(), protocol);
        };
    final UnsafeBuffer buffer = new UnsafeBuffer(earlier);
    buffer.putShort(MessageHeaderEncoder.versionEncodingOffset(), (short) protocol);
    return buffer;
  }

  private static byte[] batch(DirectBuffer message, int protocol) {
    if (protocol < ReplicatedState.GROUND_PROTOCOL) {
      return withoutOrigins(message);
    }
    return protocol < ReplicatedState.RESTRICTION_PROTOCOL
        ? withoutConditions(message)
        : bytes(message, 0, message.capacity());
  }

  private static byte[] withoutOrigins(DirectBuffer message) {
    final CommandBatchDecoder batch =
        new CommandBatchDecoder().wrapAndApplyHeader(message, 0, new MessageHeaderDecoder());
    return bytes(
        message,
        0,
        CommandBatches.lengthOf(batch.commands().count(), 0)
            - CommandBatchDecoder.OriginsDecoder.HEADER_SIZE);
  }

  private static byte[] withoutConditions(DirectBuffer message) {
    final CommandBatchDecoder batch =
        new CommandBatchDecoder().wrapAndApplyHeader(message, 0, new MessageHeaderDecoder());
    final int commands = batch.commands().count();
    final int first = CommandBatches.lengthOf(commands, 0);
    final int block = CommandBatchDecoder.OriginsDecoder.sbeBlockLength();
    final int origins = (message.capacity() - first) / block;
    final UnsafeBuffer earlier =
        new UnsafeBuffer(bytes(message, 0, first + origins * UNCONDITIONAL_ORIGIN));
    earlier.putShort(
        first - CommandBatchDecoder.OriginsDecoder.HEADER_SIZE, (short) UNCONDITIONAL_ORIGIN);
    for (int i = 0; i < origins; i++) {
      earlier.putBytes(
          first + i * UNCONDITIONAL_ORIGIN, message, first + i * block, UNCONDITIONAL_ORIGIN);
    }
    return earlier.byteArray();
  }

  private static byte[] withoutOrigin(DirectBuffer message) {
    final int cut = PutDocumentDecoder.BLOCK_LENGTH - DOCUMENT_BLOCK;
    final byte[] earlier = bytes(message, 0, message.capacity() - cut);
    message.getBytes(
        HEADER + PutDocumentDecoder.BLOCK_LENGTH,
        earlier,
        HEADER + DOCUMENT_BLOCK,
        earlier.length - HEADER - DOCUMENT_BLOCK);
    new UnsafeBuffer(earlier)
        .putShort(MessageHeaderEncoder.blockLengthEncodingOffset(), (short) DOCUMENT_BLOCK);
    return earlier;
  }

  private static byte[] signed(DirectBuffer message, int opening, int protocol) {
    final DirectBuffer change =
        of(new UnsafeBuffer(message, opening, message.capacity() - opening), protocol);
    final UnsafeBuffer earlier = new UnsafeBuffer(bytes(message, 0, opening + change.capacity()));
    earlier.putBytes(opening, change, 0, change.capacity());
    return earlier.byteArray();
  }

  private static byte[] bytes(DirectBuffer from, int at, int length) {
    final byte[] bytes = new byte[length];
    from.getBytes(at, bytes);
    return bytes;
  }
}
