package gongbei.replication.machine;

import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.CommandKind;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.machine.ClientTable.Batch;
import gongbei.replication.machine.ClientTable.Client;
import gongbei.replication.map.StatusMap;
import gongbei.replication.protocol.BatchStatus;
import gongbei.replication.protocol.BeginHistoryDecoder;
import gongbei.replication.protocol.CommandBatchDecoder;
import gongbei.replication.protocol.MessageHeaderDecoder;
import gongbei.replication.protocol.PutDocumentDecoder;
import gongbei.replication.protocol.SignedChangeDecoder;
import gongbei.replication.protocol.StateMarkDecoder;
import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * All that the log makes: the holders, what stands beside them, and what is remembered of clients.
 * Deterministic, so that every node that has applied the same messages holds the same. For the
 * applier's thread, but for what its parts let others read.
 */
public final class ReplicatedState {
  /** The most bytes of a reply. */
  public static final int MAX_REPLY_BYTES = ClientReplies.MAX_REPLY_BYTES;

  /** The newest version of the protocol that this node knows. */
  public static final int PROTOCOL = CommandBatchDecoder.SCHEMA_VERSION;

  private static final int FIRST_PROTOCOL = 1;

  /** The first version of the protocol that has changes together with a nonce. */
  private static final int SIGNED_PROTOCOL = 4;

  /** The first version of the protocol in which a log is of a history. */
  public static final int HISTORY_PROTOCOL = 6;

  /** The first version of the protocol in which changes have grounds and colours have ends. */
  public static final int GROUND_PROTOCOL = 7;

  /** The first version of the protocol in which the log says whether minting is degraded. */
  static final int MINTING_PROTOCOL = 8;

  /** The first version in which there are lists of revoked foreign codes. */
  static final int REVOCATION_PROTOCOL = 8;

  /** The first version of the protocol in which whatever stops a holder counts. */
  public static final int RESTRICTION_PROTOCOL = 8;

  /** The first version in which guardians show the codes of wards. */
  static final int GUARDIAN_PROTOCOL = 8;

  /** The first version of the protocol whose changes the history marks by what they did. */
  static final int EFFECT_PROTOCOL = 9;

  /** The bytes of a {@code SignedChange} that has no author yet. */
  private static final int UNAUTHORED_BLOCK = 40;

  /** The bytes of a {@code PutDocument} that has no origin yet. */
  private static final int UNORIGINATED_BLOCK = 25;

  private final StatusMap map;
  private final Documents documents = new Documents();
  private final ClientTable clients = new ClientTable();
  private final ClientReplies replies = new ClientReplies(clients);
  private final AppliedHistory history = new AppliedHistory();
  private final StatusStateMachine machine;
  private final DocumentStateMachine documentMachine;
  private final MessageHeaderDecoder header = new MessageHeaderDecoder();
  private final CommandBatchDecoder batch = new CommandBatchDecoder();
  private final PutDocumentDecoder document = new PutDocumentDecoder();
  private final SignedChangeDecoder signed = new SignedChangeDecoder();
  private final BeginHistoryDecoder beginning = new BeginHistoryDecoder();
  private final StateMarkDecoder stateMark = new StateMarkDecoder();
  private final BatchOrigins origins = new BatchOrigins();
  private final Ceilings ceilings = new Ceilings();
  private final HistorySink sink;
  private final byte[] outcomes = new byte[CommandBatches.MAX_COMMANDS];
  private int protocol = FIRST_PROTOCOL;
  private volatile long clusterTimeMillis;
  private long applyingPosition = -1;

  /** The state of a node that keeps no history. */
  public ReplicatedState(StatusMap map) {
    this(map, HistorySink.NONE);
  }

  /**
   * @param sink receives what every version changes
   */
  public ReplicatedState(StatusMap map, HistorySink sink) {
    this.map = map;
    this.sink = sink;
    final AppealStateMachine appeals = new AppealStateMachine(map, documents);
    this.machine =
        new StatusStateMachine(map, new GroundRules(documents, ceilings), appeals.before(sink));
    this.documentMachine = new DocumentStateMachine(map, documents, appeals, sink);
    if (map.version() == 0) {
      sink.begin(0, HistorySink.NONE.frontier());
    }
  }

  /** What receives the history. */
  public HistorySink historySink() {
    return sink;
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
    return history.history();
  }

  /** Where in the log that history began, in bytes; -1 where it has none. For any thread. */
  public long historyPosition() {
    return history.position();
  }

  /**
   * Takes the history of whom it follows.
   *
   * @param position where in the log it began; -1 where that is not known
   */
  public void history(History of, long position) {
    history.set(of, position);
  }

  /** What this node held at the last mark of the log that it has applied. For any thread. */
  public StateNote noted() {
    return history.noted();
  }

  /** The holders. */
  public StatusMap map() {
    return map;
  }

  /** What stands beside the holders. */
  public Documents documents() {
    return documents;
  }

  /** What authorities have counted towards their ceilings. */
  public Ceilings ceilings() {
    return ceilings;
  }

  public ClientTable clients() {
    return clients;
  }

  /** The reply to the last message. */
  public DirectBuffer reply() {
    return replies.buffer();
  }

  /** The bytes of {@link #reply}. */
  public int replyLength() {
    return replies.length();
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
      return refuseUnreadable(0, 0, 0);
    }
    header.wrap(buffer, offset);
    if (header.schemaId() != CommandBatchDecoder.SCHEMA_ID) {
      return refuseUnreadable(0, 0, 0);
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
      default -> applyChange(buffer, body, bodyLength, NonceStore.NO_NONCE);
    };
  }

  private int refuseUnreadable(long clientId, long firstSequence, int count) {
    replies.refuseUnreadable(clientId, firstSequence, count);
    return 0;
  }

  /** Makes the reply to what the leader writes of the log itself: no client waits for it. */
  private int answerNobody() {
    replies.refuse(0, 0, 0, BatchStatus.DONE, 0);
    return 0;
  }

  private int beginHistory(DirectBuffer buffer, int offset, int length) {
    if (length < BeginHistoryDecoder.BLOCK_LENGTH) {
      return refuseUnreadable(0, 0, 0);
    }
    beginning.wrap(buffer, offset, header.blockLength(), header.version());
    history.begin(beginning, applyingPosition);
    return answerNobody();
  }

  /** Compares what this node noted at the mark before with what the leader did, and notes anew. */
  private int compare(DirectBuffer buffer, int offset, int length) {
    if (length < StateMarkDecoder.BLOCK_LENGTH) {
      return refuseUnreadable(0, 0, 0);
    }
    stateMark.wrap(buffer, offset, header.blockLength(), header.version());
    history.compare(stateMark, map, applyingPosition);
    return answerNobody();
  }

  /** Applies the change whose header was read, and with it takes a nonce. */
  private int applyChange(DirectBuffer buffer, int body, int bodyLength, Documents.Entry nonce) {
    return switch (header.templateId()) {
      case CommandBatchDecoder.TEMPLATE_ID -> applyBatch(buffer, body, bodyLength, nonce);
      case PutDocumentDecoder.TEMPLATE_ID -> applyDocument(buffer, body, bodyLength, nonce);
      default -> refuseUnreadable(0, 0, 0);
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
      return refuseUnreadable(0, 0, 0);
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
      return refuseUnreadable(signed.clientId(), signed.firstSequence(), 0);
    }
    return applyChange(buffer, body, length - opening, nonce);
  }

  private boolean hasAuthor() {
    return header.version() >= NonceStore.AUTHORED_PROTOCOL;
  }

  /**
   * Whether a nonce is told as no leader of this term tells it: what forgets nonces by their number
   * must not mix with what forgets them by their time.
   */
  private boolean isOfOlderLeader() {
    return !hasAuthor() && protocol >= NonceStore.AUTHORED_PROTOCOL;
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

  /**
   * Answers a change whose nonce can't be taken: no version is given. One that is known is told
   * when it was applied.
   */
  private int refuse(
      Client client, long firstSequence, int count, Documents.Entry nonce, Outcome fault) {
    final byte[] made = new byte[count];
    Arrays.fill(made, fault.code());
    replies.remember(client, new Batch(firstSequence, documents.versionOf(nonce), count, made));
    return 0;
  }

  /** Who sent it, and its number, stand first in messages of every version. */
  private int refuseNewer(DirectBuffer buffer, int offset, int length) {
    if (length < CommandBatchDecoder.BLOCK_LENGTH) {
      return refuseUnreadable(0, 0, 0);
    }
    batch.wrap(buffer, offset, header.blockLength(), header.version());
    return refuseUnreadable(batch.clientId(), batch.firstSequence(), 0);
  }

  private int applyBatch(DirectBuffer buffer, int offset, int length, Documents.Entry nonce) {
    final int opening =
        CommandBatchDecoder.BLOCK_LENGTH + CommandBatchDecoder.CommandsDecoder.HEADER_SIZE;
    if (length < opening || header.blockLength() != CommandBatchDecoder.BLOCK_LENGTH) {
      return refuseUnreadable(0, 0, 0);
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
        || length < opening + count * commands.actingBlockLength()
        || !hasOrigins(buffer, offset + opening, length - opening, count)) {
      return refuseUnreadable(clientId, firstSequence, count);
    }
    final Client client = replies.due(clientId, firstSequence, count);
    if (client == null) {
      return 0;
    }
    final Outcome fault = documentMachine.faultOf(nonce, clusterTimeMillis);
    if (fault != null) {
      return refuse(client, firstSequence, count, nonce, fault);
    }
    final long firstVersion = map.version() + 1;
    final byte[] made;
    map.beginChange();
    try {
      made = applyAll(commands, capacity, nonce);
      documentMachine.take(nonce, clusterTimeMillis, firstVersion);
    } finally {
      map.endChange();
    }
    replies.remember(client, new Batch(firstSequence, firstVersion, count, made));
    return count;
  }

  /** Reads the origins behind the commands, whose bytes begin at the offset. */
  private boolean hasOrigins(DirectBuffer buffer, int offset, int length, int count) {
    if (header.version() < GROUND_PROTOCOL) {
      origins.clear();
      return true;
    }
    final int commandBytes = count * CommandBatchDecoder.CommandsDecoder.sbeBlockLength();
    return origins.wrap(header.version(), buffer, offset + commandBytes, length - commandBytes);
  }

  /** Applies the commands of a batch without regard to who sent it. */
  private byte[] applyAll(
      CommandBatchDecoder.CommandsDecoder commands, long capacity, Documents.Entry nonce) {
    machine.begin(header.version(), capacity, clusterTimeMillis, NonceStore.authorOf(nonce));
    boolean allApplied = true;
    int at = 0;
    while (commands.hasNext()) {
      final Outcome outcome = machine.apply(commands.next(), origins);
      allApplied &= outcome == Outcome.APPLIED;
      outcomes[at++] = outcome.code();
    }
    return allApplied ? ClientReplies.ALL_APPLIED : Arrays.copyOf(outcomes, at);
  }

  private int applyDocument(DirectBuffer buffer, int offset, int length, Documents.Entry nonce) {
    if (header.blockLength()
            != (header.version() < GROUND_PROTOCOL
                ? UNORIGINATED_BLOCK
                : PutDocumentDecoder.BLOCK_LENGTH)
        || !DocumentStateMachine.isWhole(buffer, offset, header.blockLength(), length)) {
      return refuseUnreadable(0, 0, 0);
    }
    document.wrap(buffer, offset, header.blockLength(), header.version());
    if (document.kind() == CommandKind.NONCE && isOfOlderLeader()) {
      return refuseUnreadable(document.clientId(), document.sequence(), 1);
    }
    final long clientId = document.clientId();
    final long sequence = document.sequence();
    final Client client = replies.due(clientId, sequence, 1);
    if (client == null) {
      return 0;
    }
    final Outcome fault = documentMachine.faultOf(nonce, clusterTimeMillis);
    if (fault != null) {
      return refuse(client, sequence, 1, nonce, fault);
    }
    final long version = map.version() + 1;
    final Outcome outcome;
    map.beginChange();
    try {
      outcome = documentMachine.apply(document, header.version(), nonce, clusterTimeMillis);
    } finally {
      map.endChange();
    }
    final byte[] made =
        outcome == Outcome.APPLIED ? ClientReplies.ALL_APPLIED : new byte[] {outcome.code()};
    replies.remember(client, new Batch(sequence, version, 1, made));
    return 1;
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
    Documents.Entry nonce = NonceStore.NO_NONCE;
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
        final int first =
            body + header.blockLength() + CommandBatchDecoder.CommandsDecoder.HEADER_SIZE;
        if (!hasOrigins(buffer, first, offset + length - first, count)) {
          throw new IllegalStateException("the feed holds a batch that is cut short");
        }
        applyAll(commands, capacity, nonce);
        documentMachine.take(nonce, clusterTimeMillis, firstVersion);
      } else if (header.templateId() == PutDocumentDecoder.TEMPLATE_ID) {
        document.wrap(buffer, body, header.blockLength(), header.version());
        count = 1;
        documentMachine.apply(document, header.version(), nonce, clusterTimeMillis);
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
    ceilings.clear();
    map.reset();
    protocol = FIRST_PROTOCOL;
    history.reset();
    sink.begin(0, HistorySink.NONE.frontier());
  }
}
