package gongbei.replication.snapshot;

import gongbei.replication.machine.ClientTable;
import gongbei.replication.machine.Documents;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.replication.protocol.MessageHeaderEncoder;
import gongbei.replication.protocol.SnapshotCeilingsEncoder;
import gongbei.replication.protocol.SnapshotClientEncoder;
import gongbei.replication.protocol.SnapshotDocumentEncoder;
import gongbei.replication.protocol.SnapshotEndEncoder;
import gongbei.replication.protocol.SnapshotEntriesEncoder;
import gongbei.replication.protocol.SnapshotStartEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes the whole state as messages, a checksum at the end. The map must not change meanwhile. For
 * one thread and one snapshot.
 */
public final class SnapshotWriter {
  /** The most entries in one message. */
  static final int ENTRIES_A_MESSAGE = 300;

  private static final int ENTRY_BYTES = Subject.BYTES + StatusRecord.BYTES;
  private static final int ENTRIES_START =
      MessageHeaderEncoder.ENCODED_LENGTH
          + SnapshotEntriesEncoder.BLOCK_LENGTH
          + SnapshotEntriesEncoder.EntriesEncoder.HEADER_SIZE;

  private static final int COUNTS_A_MESSAGE = 700;
  private static final int COUNT_BYTES = SnapshotCeilingsEncoder.CountsEncoder.sbeBlockLength();
  private static final int COUNTS_START =
      MessageHeaderEncoder.ENCODED_LENGTH
          + SnapshotCeilingsEncoder.BLOCK_LENGTH
          + SnapshotCeilingsEncoder.CountsEncoder.HEADER_SIZE;

  private final ReplicatedState state;
  private final MessageSink sink;
  private final CRC32C checksum = new CRC32C();
  private final MessageHeaderEncoder header = new MessageHeaderEncoder();
  private final byte[] entryBytes = new byte[ENTRIES_START + ENTRIES_A_MESSAGE * ENTRY_BYTES];
  private final UnsafeBuffer entries = new UnsafeBuffer(entryBytes);
  private final ByteBuffer countBytes =
      ByteBuffer.allocate(COUNTS_START + COUNTS_A_MESSAGE * COUNT_BYTES)
          .order(ByteOrder.LITTLE_ENDIAN);
  private final UnsafeBuffer counts = new UnsafeBuffer(countBytes.array());
  private final ExpandableArrayBuffer other = new ExpandableArrayBuffer();
  private int pending;
  private long messages;

  public SnapshotWriter(ReplicatedState state, MessageSink sink) {
    this.state = state;
    this.sink = sink;
  }

  /**
   * Writes all.
   *
   * @param logPosition where in the log the state is
   * @param clusterTimeMillis the cluster's time there
   * @param withHolders whether the holders are written, or only what stands beside them
   */
  public void write(long logPosition, long clusterTimeMillis, boolean withHolders) {
    final StatusMap map = state.map();
    final byte[] frontier = state.historySink().frontier();
    final SnapshotStartEncoder start =
        new SnapshotStartEncoder()
            .wrapAndApplyHeader(other, 0, header)
            .version(map.version())
            .digest(map.digest())
            .entries(withHolders ? map.size() : 0)
            .clients(state.clients().size())
            .documents(state.documents().size())
            .clusterTimeMillis(clusterTimeMillis)
            .logPosition(logPosition)
            .protocol(state.protocol())
            .historyHigh(state.history().high())
            .historyLow(state.history().low())
            .historyPosition(state.historyPosition())
            .ceilings(state.ceilings().size())
            .ceilingEpochMinutes(state.ceilings().epochMinutes())
            .putFrontier(frontier, 0, frontier.length);
    emitOther(start.encodedLength());
    state.clients().forEach(this::write);
    state.documents().forEach(this::write);
    writeCeilings();
    if (withHolders) {
      map.forEachEntry(this::add, new StatusRecord());
      flushEntries();
    }
    final SnapshotEndEncoder end =
        new SnapshotEndEncoder()
            .wrapAndApplyHeader(other, 0, header)
            .messages(messages)
            .checksum(checksum.getValue());
    sink.take(other, 0, MessageHeaderEncoder.ENCODED_LENGTH + end.encodedLength());
  }

  private void write(ClientTable.Client client) {
    final SnapshotClientEncoder encoder =
        new SnapshotClientEncoder()
            .wrapAndApplyHeader(other, 0, header)
            .clientId(client.id())
            .lastSequence(client.lastSequence());
    final SnapshotClientEncoder.BatchesEncoder batches =
        encoder.batchesCount(client.batches().size());
    for (final ClientTable.Batch batch : client.batches()) {
      batches
          .next()
          .firstSequence(batch.firstSequence())
          .firstVersion(batch.firstVersion())
          .commandCount(batch.count())
          .putOutcomes(batch.outcomes(), 0, batch.outcomes().length);
    }
    emitOther(encoder.encodedLength());
  }

  private void write(Documents.Entry document) {
    final SnapshotDocumentEncoder encoder =
        new SnapshotDocumentEncoder()
            .wrapAndApplyHeader(other, 0, header)
            .version(document.version())
            .kind((short) document.kind())
            .revision(document.revision())
            .putName(document.name(), 0, document.name().length)
            .putContent(document.content(), 0, document.content().length);
    emitOther(encoder.encodedLength());
  }

  private void writeCeilings() {
    state
        .ceilings()
        .forEach(
            (authority, ground, epochMinutes, count) -> {
              if (countBytes.position() == 0) {
                countBytes.position(COUNTS_START);
              }
              countBytes
                  .putLong(authority)
                  .putShort((short) ground)
                  .putInt(epochMinutes)
                  .putInt(count);
              if (countBytes.remaining() < COUNT_BYTES) {
                flushCounts();
              }
            });
    flushCounts();
  }

  private void flushCounts() {
    final int length = countBytes.position();
    if (length > 0) {
      new SnapshotCeilingsEncoder()
          .wrapAndApplyHeader(counts, 0, header)
          .countsCount((length - COUNTS_START) / COUNT_BYTES);
      checksum.update(countBytes.array(), 0, length);
      messages++;
      sink.take(counts, 0, length);
      countBytes.clear();
    }
  }

  private void add(byte[] key, StatusRecord record) {
    final int at = ENTRIES_START + pending * ENTRY_BYTES;
    System.arraycopy(key, 0, entryBytes, at, Subject.BYTES);
    System.arraycopy(record.bytes(), 0, entryBytes, at + Subject.BYTES, StatusRecord.BYTES);
    if (++pending == ENTRIES_A_MESSAGE) {
      flushEntries();
    }
  }

  private void flushEntries() {
    if (pending > 0) {
      new SnapshotEntriesEncoder().wrapAndApplyHeader(entries, 0, header).entriesCount(pending);
      final int length = ENTRIES_START + pending * ENTRY_BYTES;
      checksum.update(entryBytes, 0, length);
      messages++;
      sink.take(entries, 0, length);
      pending = 0;
    }
  }

  private void emitOther(int bodyLength) {
    final int length = MessageHeaderEncoder.ENCODED_LENGTH + bodyLength;
    checksum.update(other.byteArray(), 0, length);
    messages++;
    sink.take(other, 0, length);
  }
}
