package gongbei.replication.snapshot;

import gongbei.replication.machine.Ceilings;
import gongbei.replication.machine.ClientTable;
import gongbei.replication.machine.Documents;
import gongbei.replication.machine.History;
import gongbei.replication.machine.HistorySink;
import gongbei.replication.machine.NewerProtocolException;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.replication.protocol.MessageHeaderDecoder;
import gongbei.replication.protocol.SnapshotCeilingsDecoder;
import gongbei.replication.protocol.SnapshotClientDecoder;
import gongbei.replication.protocol.SnapshotDocumentDecoder;
import gongbei.replication.protocol.SnapshotEndDecoder;
import gongbei.replication.protocol.SnapshotEntriesDecoder;
import gongbei.replication.protocol.SnapshotStartDecoder;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads a snapshot's messages into the state, over what is there: since no holder is ever removed,
 * every holder then is as the snapshot says. What stands beside the holders changes at the end, all
 * at once, so that whoever asks meanwhile misses nothing. Checks its checksum, its counts and its
 * digest. For one thread and one snapshot.
 */
public final class SnapshotReader {
  private final ReplicatedState state;
  private final Documents documents = new Documents();
  private final Ceilings ceilings = new Ceilings();
  private final CRC32C checksum = new CRC32C();
  private final MessageHeaderDecoder header = new MessageHeaderDecoder();
  private final SnapshotStartDecoder start = new SnapshotStartDecoder();
  private final SnapshotEntriesDecoder entries = new SnapshotEntriesDecoder();
  private final byte[] key = new byte[Subject.BYTES];
  private final StatusRecord record = new StatusRecord();
  private final StatusRecord scratch = new StatusRecord();
  private byte[] copy = new byte[64 * 1024];
  private long messages;
  private long version;
  private long digest;
  private long entryCount;
  private long clientCount;
  private long documentCount;
  private long ceilingCount;
  private int ceilingEpochMinutes;
  private long logPosition;
  private long clusterTimeMillis;
  private History history = History.NONE;
  private long historyPosition = -1;
  private byte[] frontier = {};
  private boolean started;
  private boolean done;

  public SnapshotReader(ReplicatedState state) {
    this.state = state;
  }

  /** Whether the end has been read and all was as it should be. */
  public boolean isDone() {
    return done;
  }

  /** Whether the state is no longer what it was before: a start has been read and believed. */
  public boolean hasStarted() {
    return started;
  }

  /** Where in the log the snapshot was taken. */
  public long logPosition() {
    return logPosition;
  }

  /** The cluster's time when the snapshot was taken. */
  public long clusterTimeMillis() {
    return clusterTimeMillis;
  }

  /** The version of the snapshot; 0 before its start is read. */
  public long version() {
    return version;
  }

  /**
   * Takes the next message.
   *
   * @throws IllegalStateException when the snapshot is damaged; the message says how
   * @throws NewerProtocolException when a newer node has written it
   */
  public void onMessage(DirectBuffer buffer, int offset, int length) {
    require(!done, "goes on after its end");
    try {
      read(new UnsafeBuffer(buffer, offset, length), length);
    } catch (IndexOutOfBoundsException e) {
      throw new IllegalStateException("the snapshot holds a message that is cut short", e);
    }
  }

  private void read(DirectBuffer buffer, int length) {
    final int offset = 0;
    require(length >= MessageHeaderDecoder.ENCODED_LENGTH, "holds a message without a header");
    header.wrap(buffer, offset);
    require(header.schemaId() == SnapshotStartDecoder.SCHEMA_ID, "holds something else");
    NewerProtocolException.requireKnown("the snapshot", header.version());
    final int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
    final int template = header.templateId();
    require(
        started || template == SnapshotStartDecoder.TEMPLATE_ID, "does not open with its start");
    if (template != SnapshotEndDecoder.TEMPLATE_ID) {
      sum(buffer, offset, length);
    }
    switch (template) {
      case SnapshotStartDecoder.TEMPLATE_ID -> onStart(buffer, body);
      case SnapshotClientDecoder.TEMPLATE_ID -> onClient(buffer, body);
      case SnapshotDocumentDecoder.TEMPLATE_ID -> onDocument(buffer, body);
      case SnapshotCeilingsDecoder.TEMPLATE_ID -> onCeilings(buffer, body);
      case SnapshotEntriesDecoder.TEMPLATE_ID -> onEntries(buffer, body);
      case SnapshotEndDecoder.TEMPLATE_ID -> onEnd(buffer, body);
      default -> require(false, "holds an unknown message");
    }
  }

  private void sum(DirectBuffer buffer, int offset, int length) {
    if (copy.length < length) {
      copy = new byte[length];
    }
    buffer.getBytes(offset, copy, 0, length);
    checksum.update(copy, 0, length);
    messages++;
  }

  private void onStart(DirectBuffer buffer, int body) {
    require(!started, "starts twice");
    start.wrap(buffer, body, header.blockLength(), header.version());
    require(
        start.version() >= state.map().version(),
        "is of version " + start.version() + ", the map is at " + state.map().version());
    started = true;
    version = start.version();
    digest = start.digest();
    entryCount = start.entries();
    clientCount = start.clients();
    documentCount = start.documents();
    logPosition = start.logPosition();
    clusterTimeMillis = start.clusterTimeMillis();
    if (start.protocol() != SnapshotStartDecoder.protocolNullValue()) {
      state.protocol(start.protocol());
    }
    if (header.version() >= ReplicatedState.HISTORY_PROTOCOL) {
      history = new History(start.historyHigh(), start.historyLow());
      historyPosition = start.historyPosition();
    }
    if (header.version() >= ReplicatedState.GROUND_PROTOCOL) {
      ceilingCount = start.ceilings();
      ceilingEpochMinutes = start.ceilingEpochMinutes();
    }
    frontier = new byte[start.frontierLength()];
    start.getFrontier(frontier, 0, frontier.length);
    require(
        frontier.length <= HistorySink.MAX_FRONTIER_BYTES,
        "has a frontier of " + frontier.length + " bytes");
    state.clients().clear();
  }

  private void onClient(DirectBuffer buffer, int body) {
    final SnapshotClientDecoder decoder =
        new SnapshotClientDecoder().wrap(buffer, body, header.blockLength(), header.version());
    final ClientTable.Client client =
        state.clients().add(decoder.clientId(), decoder.lastSequence());
    for (final SnapshotClientDecoder.BatchesDecoder batch : decoder.batches()) {
      final long firstSequence = batch.firstSequence();
      final long firstVersion = batch.firstVersion();
      final int count = batch.commandCount();
      final byte[] outcomes = new byte[batch.outcomesLength()];
      batch.getOutcomes(outcomes, 0, outcomes.length);
      client.remember(new ClientTable.Batch(firstSequence, firstVersion, count, outcomes));
    }
    clientCount--;
  }

  private void onDocument(DirectBuffer buffer, int body) {
    final SnapshotDocumentDecoder decoder =
        new SnapshotDocumentDecoder().wrap(buffer, body, header.blockLength(), header.version());
    final byte[] name = new byte[decoder.nameLength()];
    decoder.getName(name, 0, name.length);
    final byte[] content = new byte[decoder.contentLength()];
    decoder.getContent(content, 0, content.length);
    final Documents.Entry entry =
        new Documents.Entry(decoder.kind(), name, content, decoder.revision(), decoder.version());
    documents.put(entry);
    documentCount--;
  }

  private void onCeilings(DirectBuffer buffer, int body) {
    final SnapshotCeilingsDecoder decoder =
        new SnapshotCeilingsDecoder().wrap(buffer, body, header.blockLength(), header.version());
    for (final SnapshotCeilingsDecoder.CountsDecoder each : decoder.counts()) {
      require(
          ceilings.restore(
              each.authority(),
              each.ground(),
              each.epochMinutes(),
              each.changes(),
              ceilingEpochMinutes),
          "holds a count out of its range or order");
      ceilingCount--;
    }
  }

  private void onEntries(DirectBuffer buffer, int body) {
    entries.wrap(buffer, body, header.blockLength(), header.version());
    for (final SnapshotEntriesDecoder.EntriesDecoder entry : entries.entries()) {
      entry.getSubject(key, 0, Subject.BYTES);
      entry.getStatus(record.bytes(), 0, StatusRecord.BYTES);
      require(record.isSound(), "holds an entry with a field out of its range");
      state.map().putFromSnapshot(key, scratch, record);
      entryCount--;
    }
  }

  private void onEnd(DirectBuffer buffer, int body) {
    final SnapshotEndDecoder end =
        new SnapshotEndDecoder().wrap(buffer, body, header.blockLength(), header.version());
    require(end.messages() == messages, "has lost messages");
    require(end.checksum() == checksum.getValue(), "has not the checksum that it says");
    require(
        entryCount == 0 && clientCount == 0 && documentCount == 0 && ceilingCount == 0,
        "has not the entries it says");
    final long holders =
        state.map().digest() - state.documents().digest() - state.ceilings().digest();
    require(
        holders + documents.digest() + ceilings.digest() == digest,
        "has not the digest that it says");
    requireTable();
    state.map().addToDigest(state.documents().takeAll(documents));
    state.map().addToDigest(state.ceilings().takeAll(ceilings, ceilingEpochMinutes));
    state.map().version(version);
    state.clusterTimeMillis(clusterTimeMillis);
    state.history(history, historyPosition);
    state.documents().publishRulesets();
    state.documents().publishGrounds();
    state.documents().publishMinting();
    state.documents().publishRevocations();
    state.historySink().begin(version, frontier);
    done = true;
  }

  /** Looks at the table of grounds before anything of the snapshot counts. */
  private void requireTable() {
    try {
      documents.publishGrounds();
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(
          "the snapshot holds a table of grounds that is none: " + e.getMessage(), e);
    }
  }

  /** Throws where the snapshot has ended before its end. */
  public void requireDone() {
    require(done, "is cut short");
  }

  private static void require(boolean condition, String fault) {
    if (!condition) {
      throw new IllegalStateException("the snapshot " + fault);
    }
  }
}
