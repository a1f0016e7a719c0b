package gongbei.replication.machine;

import gongbei.replication.command.CommandBatches;
import gongbei.replication.protocol.CommandBatchDecoder.OriginsDecoder;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/**
 * Reads the origins that stand behind the commands of a batch, before these are applied: a
 * flyweight over the bytes of the log. For the applier's thread; allocates nothing.
 */
final class BatchOrigins {
  private static final int AUTHORITY_AT = 0;
  private static final int SECOND_AT = Long.BYTES;
  private static final int GROUND_AT = 2 * Long.BYTES;
  private static final int IF_VERSION_AT = GROUND_AT + Short.BYTES;

  /** The bytes of an origin before version 8 of the protocol, which asks for no version. */
  private static final int UNCONDITIONAL_BYTES = IF_VERSION_AT;

  private static final int MASK = 0xFFFF;

  private DirectBuffer buffer;
  private int first;
  private int count;
  private int block;

  /** Holds no origins, as in messages before version 7 of the protocol. */
  void clear() {
    count = 0;
  }

  /**
   * Reads where the origins are.
   *
   * @param protocol the version of the protocol that the message is of
   * @param offset where their group begins
   * @param length the bytes from there to the end of the message
   * @return whether they are whole
   */
  boolean wrap(int protocol, DirectBuffer message, int offset, int length) {
    buffer = message;
    first = offset + OriginsDecoder.HEADER_SIZE;
    count = 0;
    if (length < OriginsDecoder.HEADER_SIZE) {
      return false;
    }
    block = message.getShort(offset, ByteOrder.LITTLE_ENDIAN) & MASK;
    count = message.getShort(offset + Short.BYTES, ByteOrder.LITTLE_ENDIAN) & MASK;
    return block
            == (protocol < ReplicatedState.RESTRICTION_PROTOCOL
                ? UNCONDITIONAL_BYTES
                : OriginsDecoder.sbeBlockLength())
        && count <= CommandBatches.MAX_COMMANDS
        && length >= OriginsDecoder.HEADER_SIZE + count * block;
  }

  /** Whether there is such a place: 0 for no origin, or one of those that are there. */
  boolean has(int place) {
    return place <= count;
  }

  /** The id of the key that signed, of an origin at a place from 1; 0 at 0. */
  long authority(int place) {
    return place == 0 ? 0 : buffer.getLong(at(place) + AUTHORITY_AT, ByteOrder.LITTLE_ENDIAN);
  }

  /** The id of the second key that signed; 0 at 0. */
  long secondAuthority(int place) {
    return place == 0 ? 0 : buffer.getLong(at(place) + SECOND_AT, ByteOrder.LITTLE_ENDIAN);
  }

  /** The number of the ground; 0 at 0. */
  int ground(int place) {
    return place == 0 ? 0 : buffer.getShort(at(place) + GROUND_AT, ByteOrder.LITTLE_ENDIAN) & MASK;
  }

  /** The version that the holder must be at; 0 for any, and at 0. */
  long ifVersion(int place) {
    return place == 0 || block == UNCONDITIONAL_BYTES
        ? 0
        : buffer.getLong(at(place) + IF_VERSION_AT, ByteOrder.LITTLE_ENDIAN);
  }

  private int at(int place) {
    return first + (place - 1) * block;
  }
}
