package gongbei.replication.machine;

import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.CommandKind;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.machine.ClientTable.Batch;
import gongbei.replication.machine.ClientTable.Client;
import gongbei.replication.map.StatusMap;
import gongbei.replication.protocol.BatchReplyEncoder;
import gongbei.replication.protocol.BatchStatus;
import gongbei.replication.protocol.BeginHistoryDecoder;
import gongbei.replication.protocol.CommandBatchDecoder;
import gongbei.replication.protocol.MessageHeaderDecoder;
import gongbei.replication.protocol.MessageHeaderEncoder;
import gongbei.replication.protocol.PutDocumentDecoder;
import gongbei.replication.protocol.SignedChangeDecoder;
import gongbei.replication.protocol.StateMarkDecoder;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * All that the log makes: the holders, what stands beside them, and what is remembered of clients.
 * Deterministic, so that every node that has applied the same messages holds the same. For the
 * applier's thread, but for what its parts let others read.
 */
public final class ReplicatedState {
  /** The most bytes of a reply. */
  public static final int MAX_REPLY_BYTES =
      MessageHeaderEncoder.ENCODED_LENGTH
          + BatchReplyEncoder.BLOCK_LENGTH
          + BatchReplyEncoder.outcomesHeaderLength()
          + CommandBatches.MAX_COMMANDS;

  /** The newest version of the protocol that this node knows. */
  public static final int PROTOCOL = CommandBatchDecoder.SCHEMA_VERSION;

  private static final int FIRST_PROTOCOL = 1;

  /** The first version of the protocol that has changes together with a nonce. */
  private static final int SIGNED_PROTOCOL = 4;

  /** The first version of the protocol in which a nonce has an author and a time of the log. */
  private static final int AUTHORED_PROTOCOL = 5;

  /** The first version of the protocol in which a log is of a history. */
  public static final int HISTORY_PROTOCOL = 6;

  /** The bytes of a {@code SignedChange} that has no author yet. */
  private static final int UNAUTHORED_BLOCK = 40;

  /** What goes with a change that no signed request has asked for. */
  private static final Documents.Entry NO_NONCE =
      new Documents.Entry(CommandKind.NONCE, new byte[0], new byte[0], 0, 0);

  private static final byte[] ALL_APPLIED = {};

  private final StatusMap map;
  private final Documents documents = new Documents();
  private final ClientTable clients = new ClientTable();
  private final StatusStateMachine machine;
  private final MessageHeaderDecoder header = new MessageHeaderDecoder();
  private final MessageHeaderEncoder replyHeader = new MessageHeaderEncoder();
  private final CommandBatchDecoder batch = new CommandBatchDecoder();
  private final PutDocumentDecoder document = new PutDocumentDecoder();
  private final SignedChangeDecoder signed = new SignedChangeDecoder();
  private final BeginHistoryDecoder beginning = new BeginHistoryDecoder();
  private final StateMarkDecoder stateMark = new StateMarkDecoder();
  private final BatchReplyEncoder reply = new BatchReplyEncoder();
  private final byte[] outcomes = new byte[CommandBatches.MAX_COMMANDS];
  private final UnsafeBuffer replyBuffer = new UnsafeBuffer(new byte[MAX_REPLY_BYTES]);
  private int replyLength;
  private int protocol = FIRST_PROTOCOL;
  private volatile long clusterTimeMillis;
  private volatile History history = History.NONE;
  private volatile long historyPosition = -1;
  private volatile StateNote noted = StateNote.NONE;
  private long applyingPosition = -1;

  public ReplicatedState(StatusMap map) {
    this.map = map;
    this.machine = new StatusStateMachine(map);
  }

  /** The cluster's time of the last message, in milliseconds since 1970; 0 where not known. */
  public long clusterTimeMillis() {
    return clusterTimeMillis;
  }

  /** Remembers the cluster's time of the last message. */
  public void clusterTimeMillis(long millis) {
    clusterTimeMillis = millis;
  }

  /**
   * Takes the version of the protocol that the leader of a term speaks: until the next term, only
   * messages up to it are applied, by every node alike.
   *
   * @throws NewerProtocolException where this node does not know it, and must apply nothing more
   */
  public void protocol(int ofLeader) {
    NewerProtocolException.requireKnown("the leader's log", ofLeader);
    protocol = Math.max(FIRST_PROTOCOL, ofLeader);
  }

  /** The version of the protocol that the leader speaks. */
  public int protocol() {
    return protocol;
  }

  /** The history that the log is, as far as it is applied. For any thread. */
  public History history() {
    return history;
  }

  /** Where in the log that history began, in bytes; -1 where it has none. For any thread. */
  public long historyPosition() {
    return historyPosition;
  }

  /**
   * Takes the history of whom it follows.
   *
   * @param position where in the log it began; -1 where that is not known
   */
  public void history(History of, long position) {
    history = of;
    historyPosition = position;
  }

  /** What this node held at the last mark of the log that it has applied. For any thread. */
  public StateNote noted() {
    return noted;
  }

  /** The holders. */
  public StatusMap map() {
    return map;
  }

  /** What stands beside the holders. */
  public Documents documents() {
    return documents;
  }

  public ClientTable clients() {
    return clients;
  }

  /** The reply to the last message. */
  public DirectBuffer reply() {
    return replyBuffer;
  }

  /** The bytes of {@link #reply}. */
  public int replyLength() {
    return replyLength;
  }

  /**
   * Applies a message at a position of the log: see {@link #apply(DirectBuffer, int, int)}.
   *
   * @throws DivergedException where it tells that this node's leader held something else at an
   *     earlier position
   */
  public int apply(long position, DirectBuffer buffer, int offset, int length) {
    applyingPosition = position;
    return apply(buffer, offset, length);
  }

  /**
   * Applies a message of the log where it is new, and makes the {@link #reply} to its client.
   *
   * @return how many versions were given: 0 where nothing was applied
   */
  public int apply(DirectBuffer buffer, int offset, int length) {
    if (length < MessageHeaderDecoder.ENCODED_LENGTH) {
      return refuse(0, 0, 0, BatchStatus.UNREADABLE, 0);
    }
    header.wrap(buffer, offset);
    if (header.schemaId() != CommandBatchDecoder.SCHEMA_ID) {
      return refuse(0, 0, 0, BatchStatus.UNREADABLE, 0);
    }
    final int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
    final int bodyLength = length - MessageHeaderDecoder.ENCODED_LENGTH;
    if (header.version() > protocol) {
      return refuseNewer(buffer, body, bodyLength);
    }
    return switch (header.templateId()) {
      case SignedChangeDecoder.TEMPLATE_ID -> applySigned(buffer, body, bodyLength);
      case BeginHistoryDecoder.TEMPLATE_ID -> beginHistory(buffer, body, bodyLength);
      case StateMarkDecoder.TEMPLATE_ID -> compare(buffer, body, bodyLength);
      default -> applyChange(buffer, body, bodyLength, NO_NONCE);
    };
  }

  private int beginHistory(DirectBuffer buffer, int offset, int length) {
    if (length < BeginHistoryDecoder.BLOCK_LENGTH) {
      return refuse(0, 0, 0, BatchStatus.UNREADABLE, 0);
    }
    beginning.wrap(buffer, offset, header.blockLength(), header.version());
    final History begun = new History(beginning.high(), beginning.low());
    if (!begun.isNone()
        && history.equals(new History(beginning.previousHigh(), beginning.previousLow()))) {
      history(begun, applyingPosition);
    }
    return refuse(0, 0, 0, BatchStatus.DONE, 0);
  }

  /** Compares what this node noted at the mark before with what the leader did, and notes anew. */
  private int compare(DirectBuffer buffer, int offset, int length) {
    if (length < StateMarkDecoder.BLOCK_LENGTH) {
      return refuse(0, 0, 0, BatchStatus.UNREADABLE, 0);
    }
    stateMark.wrap(buffer, offset, header.blockLength(), header.version());
    final StateNote leaders =
        new StateNote(
            stateMark.position(),
            stateMark.version(),
            stateMark.digest(),
            new History(stateMark.historyHigh(), stateMark.historyLow()));
    final StateNote own = noted;
    if (own.position() >= 0 && own.position() == leaders.position() && !own.equals(leaders)) {
      throw new DivergedException(
          "at position "
              + own.position()
              + " of the log it held another state ("
              + differences(own, leaders)
              + ")");
    }
    noted = new StateNote(applyingPosition, map.version(), map.digest(), history);
    return refuse(0, 0, 0, BatchStatus.DONE, 0);
  }

  private static String differences(StateNote own, StateNote leaders) {
    if (!own.history().equals(leaders.history())) {
      return "history " + own.history().toHex() + ", its leader " + leaders.history().toHex();
    }
    return own.version() == leaders.version()
        ? "version " + own.version() + ", another digest"
        : "version " + own.version() + ", its leader " + leaders.version();
  }

  /** Applies the change whose header was read, and with it takes a nonce. */
  private int applyChange(DirectBuffer buffer, int body, int bodyLength, Documents.Entry nonce) {
    return switch (header.templateId()) {
      case CommandBatchDecoder.TEMPLATE_ID -> applyBatch(buffer, body, bodyLength, nonce);
      case PutDocumentDecoder.TEMPLATE_ID -> applyDocument(buffer, body, bodyLength, nonce);
      default -> refuse(0, 0, 0, BatchStatus.UNREADABLE, 0);
    };
  }

  private int applySigned(DirectBuffer buffer, int offset, int length) {
    final int block = header.blockLength();
    final int opening = block + MessageHeaderDecoder.ENCODED_LENGTH;
    // Both the change's and this message's first fields are their client and its number.
    if (header.version() < SIGNED_PROTOCOL
        || isOfOlderLeader()
        || block != (hasAuthor() ? SignedChangeDecoder.BLOCK_LENGTH : UNAUTHORED_BLOCK)
        || length < opening + 2 * Long.BYTES) {
      return refuse(0, 0, 0, BatchStatus.UNREADABLE, 0);
    }
    signed.wrap(buffer, offset, block, header.version());
    final Documents.Entry nonce = nonce();
    final int change = offset + block;
    final int body = offset + opening;
    header.wrap(buffer, change);
    if (signed.madeAtEpochSeconds() < 1
        || header.schemaId() != CommandBatchDecoder.SCHEMA_ID
        || header.version() > protocol
        || buffer.getLong(offset) != buffer.getLong(body)
        || buffer.getLong(offset + Long.BYTES) != buffer.getLong(body + Long.BYTES)) {
      return refuse(signed.clientId(), signed.firstSequence(), 0, BatchStatus.UNREADABLE, 0);
    }
    return applyChange(buffer, body, length - opening, nonce);
  }

  private boolean hasAuthor() {
    return header.version() >= AUTHORED_PROTOCOL;
  }

  /**
   * Whether a nonce is told as no leader of this term tells it: what forgets nonces by their number
   * must not mix with what forgets them by their time.
   */
  private boolean isOfOlderLeader() {
    return !hasAuthor() && protocol >= AUTHORED_PROTOCOL;
  }

  /** The nonce of a signed change whose header was read, not taken yet. */
  private Documents.Entry nonce() {
    final byte[] name = new byte[DocumentCommand.NONCE_BYTES];
    signed.getNonce(name, 0, name.length);
    if (hasAuthor()) {
      return NonceStore.of(name, signed.author(), signed.madeAtEpochSeconds());
    }
    return new Documents.Entry(
        CommandKind.NONCE, name, new byte[0], signed.madeAtEpochSeconds(), 0);
  }

  private static boolean isSigned(Documents.Entry nonce) {
    return nonce.revision() > 0;
  }

  /** Takes the nonce of a change that has been applied from a version on. */
  private void take(Documents.Entry nonce, long firstVersion) {
    if (isSigned(nonce)) {
      map.addToDigest(documents.putNonce(nonce, clusterTimeMillis, firstVersion));
    }
  }

  /**
   * Answers a change whose nonce can't be taken: no version is given. One that is known is told
   * when it was applied.
   */
  private int refuse(
      Client client, long firstSequence, int count, Documents.Entry nonce, Outcome fault) {
    final byte[] made = new byte[count];
    Arrays.fill(made, fault.code());
    remember(client, firstSequence, documents.versionOf(nonce), count, made);
    return 0;
  }

  /** Who sent it, and its number, stand first in messages of every version. */
  private int refuseNewer(DirectBuffer buffer, int offset, int length) {
    if (length < CommandBatchDecoder.BLOCK_LENGTH) {
      return refuse(0, 0, 0, BatchStatus.UNREADABLE, 0);
    }
    batch.wrap(buffer, offset, header.blockLength(), header.version());
    return refuse(batch.clientId(), batch.firstSequence(), 0, BatchStatus.UNREADABLE, 0);
  }

  private int applyBatch(DirectBuffer buffer, int offset, int length, Documents.Entry nonce) {
    final int opening =
        CommandBatchDecoder.BLOCK_LENGTH + CommandBatchDecoder.CommandsDecoder.HEADER_SIZE;
    if (length < opening || header.blockLength() != CommandBatchDecoder.BLOCK_LENGTH) {
      return refuse(0, 0, 0, BatchStatus.UNREADABLE, 0);
    }
    batch.wrap(buffer, offset, header.blockLength(), header.version());
    final long clientId = batch.clientId();
    final long firstSequence = batch.firstSequence();
    final long capacity = batch.capacity();
    final CommandBatchDecoder.CommandsDecoder commands = batch.commands();
    final int count = commands.count();
    if (count == 0
        || count > CommandBatches.MAX_COMMANDS
        || commands.actingBlockLength() != CommandBatchDecoder.CommandsDecoder.sbeBlockLength()
        || length < opening + count * commands.actingBlockLength()) {
      return refuse(clientId, firstSequence, count, BatchStatus.UNREADABLE, 0);
    }
    final Client client = due(clientId, firstSequence, count);
    if (client == null) {
      return 0;
    }
    final Outcome fault = isSigned(nonce) ? documents.faultOf(nonce, clusterTimeMillis) : null;
    if (fault != null) {
      return refuse(client, firstSequence, count, nonce, fault);
    }
    final long firstVersion = map.version() + 1;
    final byte[] made;
    map.beginChange();
    try {
      made = applyAll(commands, capacity);
      take(nonce, firstVersion);
    } finally {
      map.endChange();
    }
    remember(client, firstSequence, firstVersion, count, made);
    return count;
  }

  /** Applies the commands of a batch without regard to who sent it. */
  private byte[] applyAll(CommandBatchDecoder.CommandsDecoder commands, long capacity) {
    boolean allApplied = true;
    int at = 0;
    while (commands.hasNext()) {
      final Outcome outcome = machine.apply(commands.next(), capacity, header.version());
      allApplied &= outcome == Outcome.APPLIED;
      outcomes[at++] = outcome.code();
    }
    return allApplied ? ALL_APPLIED : Arrays.copyOf(outcomes, at);
  }

  private int applyDocument(DirectBuffer buffer, int offset, int length, Documents.Entry nonce) {
    if (!isWholeDocument(buffer, offset, length)) {
      return refuse(0, 0, 0, BatchStatus.UNREADABLE, 0);
    }
    document.wrap(buffer, offset, header.blockLength(), header.version());
    if (document.kind() == CommandKind.NONCE && isOfOlderLeader()) {
      return refuse(document.clientId(), document.sequence(), 1, BatchStatus.UNREADABLE, 0);
    }
    final long clientId = document.clientId();
    final long sequence = document.sequence();
    final Client client = due(clientId, sequence, 1);
    if (client == null) {
      return 0;
    }
    final Outcome fault = isSigned(nonce) ? documents.faultOf(nonce, clusterTimeMillis) : null;
    if (fault != null) {
      return refuse(client, sequence, 1, nonce, fault);
    }
    final long version = map.version() + 1;
    final Outcome outcome;
    map.beginChange();
    try {
      outcome = putDocument(nonce);
    } finally {
      map.endChange();
    }
    remember(
        client,
        sequence,
        version,
        1,
        outcome == Outcome.APPLIED ? ALL_APPLIED : new byte[] {outcome.code()});
    return 1;
  }

  private boolean isWholeDocument(DirectBuffer buffer, int offset, int length) {
    int at = PutDocumentDecoder.BLOCK_LENGTH;
    if (header.blockLength() != at) {
      return false;
    }
    for (int field = 0; field < 2; field++) {
      if (length < at + Short.BYTES) {
        return false;
      }
      at += Short.BYTES + (buffer.getShort(offset + at, ByteOrder.LITTLE_ENDIAN) & 0xFFFF);
    }
    return length >= at;
  }

  private Outcome putDocument(Documents.Entry nonce) {
    final int kind = document.kind();
    final byte[] name = new byte[document.nameLength()];
    document.getName(name, 0, name.length);
    final byte[] content = new byte[document.contentLength()];
    document.getContent(content, 0, content.length);
    final long version = map.version() + 1;
    final Outcome outcome =
        put(new Documents.Entry(kind, name, content, document.revision(), version));
    map.version(version);
    if (outcome == Outcome.APPLIED || outcome == Outcome.SUPERSEDED) {
      take(nonce, version);
    }
    if (kind == CommandKind.RULESET && outcome == Outcome.APPLIED) {
      documents.publishRulesets();
    }
    return outcome;
  }

  private Outcome put(Documents.Entry entry) {
    if (entry.kind() == CommandKind.NONCE) {
      return takeNonce(entry);
    }
    if (entry.kind() < CommandKind.LINK
        || entry.kind() > CommandKind.RULESET
        || entry.revision() < 0
        || entry.name().length > DocumentCommand.MAX_NAME_BYTES
        || entry.content().length > DocumentCommand.MAX_CONTENT_BYTES) {
      return Outcome.INVALID;
    }
    if (!documents.hasRoomFor(entry)) {
      return Outcome.MAP_FULL;
    }
    if (documents.isSuperseded(entry)) {
      return Outcome.SUPERSEDED;
    }
    map.addToDigest(documents.put(entry));
    return Outcome.APPLIED;
  }

  private Outcome takeNonce(Documents.Entry nonce) {
    // Since nonces go with their change there is no such command any more.
    if (hasAuthor()
        || nonce.revision() < 1
        || nonce.name().length != DocumentCommand.NONCE_BYTES
        || nonce.content().length != 0) {
      return Outcome.INVALID;
    }
    if (documents.faultOf(nonce, clusterTimeMillis) != null) {
      return Outcome.SUPERSEDED;
    }
    map.addToDigest(documents.putNonce(nonce, clusterTimeMillis, nonce.version()));
    return Outcome.APPLIED;
  }

  /** The client whose next sequence this is; else null, with the reply made. */
  private Client due(long clientId, long firstSequence, int count) {
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
      reply(clientId, firstSequence, count, BatchStatus.DONE, next, before);
    }
    return null;
  }

  private void remember(
      Client client, long firstSequence, long firstVersion, int count, byte[] made) {
    final Batch done = new Batch(firstSequence, firstVersion, count, made);
    client.remember(done);
    reply(client.id(), firstSequence, count, BatchStatus.DONE, client.lastSequence() + 1, done);
  }

  private int refuse(
      long clientId, long firstSequence, int count, BatchStatus status, long nextSequence) {
    reply(
        clientId,
        firstSequence,
        count,
        status,
        nextSequence,
        new Batch(firstSequence, 0, count, ALL_APPLIED));
    return 0;
  }

  private void reply(
      long clientId,
      long firstSequence,
      int count,
      BatchStatus status,
      long nextSequence,
      Batch done) {
    reply
        .wrapAndApplyHeader((MutableDirectBuffer) replyBuffer, 0, replyHeader)
        .clientId(clientId)
        .firstSequence(firstSequence)
        .firstVersion(done.firstVersion())
        .nextSequence(nextSequence)
        .commandCount(count)
        .status(status)
        .putOutcomes(done.outcomes(), 0, done.outcomes().length);
    replyLength = MessageHeaderEncoder.ENCODED_LENGTH + reply.encodedLength();
  }

  /**
   * Applies a message that another node has applied, without regard to who sent it.
   *
   * @return how many versions were given
   */
  public int applyFed(DirectBuffer buffer, int offset, int length) {
    header.wrap(buffer, offset);
    NewerProtocolException.requireKnown("the feed", header.version());
    int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
    Documents.Entry nonce = NO_NONCE;
    if (header.templateId() == SignedChangeDecoder.TEMPLATE_ID) {
      signed.wrap(buffer, body, header.blockLength(), header.version());
      nonce = nonce();
      final int change = body + header.blockLength();
      header.wrap(buffer, change);
      NewerProtocolException.requireKnown("the feed", header.version());
      body = change + MessageHeaderDecoder.ENCODED_LENGTH;
    }
    final long firstVersion = map.version() + 1;
    final int count;
    map.beginChange();
    try {
      if (header.templateId() == CommandBatchDecoder.TEMPLATE_ID) {
        batch.wrap(buffer, body, header.blockLength(), header.version());
        final long capacity = batch.capacity();
        final CommandBatchDecoder.CommandsDecoder commands = batch.commands();
        count = commands.count();
        while (commands.hasNext()) {
          machine.apply(commands.next(), capacity, header.version());
        }
        take(nonce, firstVersion);
      } else if (header.templateId() == PutDocumentDecoder.TEMPLATE_ID) {
        document.wrap(buffer, body, header.blockLength(), header.version());
        count = 1;
        putDocument(nonce);
      } else {
        throw new IllegalStateException("the feed holds an unknown message");
      }
    } finally {
      map.endChange();
    }
    return count;
  }

  /** Forgets everything. */
  public void reset() {
    clients.clear();
    documents.clear();
    map.reset();
    protocol = FIRST_PROTOCOL;
    history(History.NONE, -1);
    noted = StateNote.NONE;
  }
}
