package gongbei.replication.machine;

import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.CommandKind;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Guardianship;
import gongbei.replication.command.MintingSwitch;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.replication.protocol.PutDocumentDecoder;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * Applies changes of documents and takes the nonces of signed changes, in the order that the log
 * gives them. Deterministic, like {@link StatusStateMachine}: time is the log's. For the applier's
 * thread.
 */
final class DocumentStateMachine {
  private static final int MILLIS_PER_SECOND = 1_000;
  private static final byte[] GROUNDS = GroundTable.NAME.getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MINTING = MintingSwitch.NAME.getBytes(StandardCharsets.US_ASCII);

  private final StatusMap map;
  private final Documents documents;
  private final HistorySink sink;
  private final HistoryChange change = new HistoryChange();
  private final AppealStateMachine appeals;

  /**
   * @param map gives the versions, and holds the digest in which the documents share
   * @param appeals opens and closes appeals
   * @param sink receives what every version changes
   */
  DocumentStateMachine(
      StatusMap map, Documents documents, AppealStateMachine appeals, HistorySink sink) {
    this.map = map;
    this.documents = documents;
    this.sink = sink;
    change.clearStatus();
    this.appeals = appeals;
  }

  /**
   * Whether a change's body is as long as its fields say.
   *
   * @param block the bytes of its fields before name and content
   */
  static boolean isWhole(DirectBuffer buffer, int offset, int block, int length) {
    int at = block;
    for (int field = 0; field < 2; field++) {
      if (length < at + Short.BYTES) {
        return false;
      }
      at += Short.BYTES + (buffer.getShort(offset + at, ByteOrder.LITTLE_ENDIAN) & 0xFFFF);
    }
    return length >= at;
  }

  /**
   * Applies the change that a decoder stands on, with its nonce, and gives it the next version.
   *
   * @param protocol the version of the protocol that the change's message is of
   * @param nonce {@link NonceStore#NO_NONCE} where the change is not signed
   * @param logMillis the log's time, since 1970; 0 where it is not known
   */
  Outcome apply(PutDocumentDecoder document, int protocol, Documents.Entry nonce, long logMillis) {
    final int kind = document.kind();
    final byte[] name = new byte[document.nameLength()];
    document.getName(name, 0, name.length);
    final byte[] content = new byte[document.contentLength()];
    document.getContent(content, 0, content.length);
    final long version = map.version() + 1;
    final Documents.Entry entry =
        new Documents.Entry(kind, name, content, document.revision(), version);
    final Outcome outcome =
        switch (kind) {
          case CommandKind.NONCE -> putNonce(entry, protocol, logMillis);
          case CommandKind.APPEAL ->
              protocol < ReplicatedState.GROUND_PROTOCOL
                  ? Outcome.INVALID
                  : appeals.put(entry, logMillis, change);
          default -> put(entry, protocol, logMillis);
        };
    map.version(version);
    if (outcome == Outcome.APPLIED || outcome == Outcome.SUPERSEDED) {
      take(nonce, logMillis, version);
    }
    if ((kind == CommandKind.RULESET || kind == CommandKind.NATIONAL_RULES)
        && outcome == Outcome.APPLIED) {
      documents.publishRulesets();
    }
    if (kind == CommandKind.GROUNDS && outcome == Outcome.APPLIED) {
      documents.publishGrounds();
    }
    if (kind == CommandKind.MINTING && outcome == Outcome.APPLIED) {
      documents.publishMinting();
    }
    if (kind == CommandKind.REVOCATIONS && outcome == Outcome.APPLIED) {
      documents.publishRevocations();
    }
    tell(document, nonce, logMillis, outcome);
    change.clearStatus();
    return outcome;
  }

  private void tell(
      PutDocumentDecoder document, Documents.Entry nonce, long logMillis, Outcome outcome) {
    final boolean hasOrigin = document.actingVersion() >= ReplicatedState.GROUND_PROTOCOL;
    final long stated = hasOrigin ? document.authority() : 0;
    sink.onVersion(
        change
            .at(logMillis / MILLIS_PER_SECOND)
            .protocol(document.actingVersion())
            .origin(
                stated == 0 ? NonceStore.authorOf(nonce) : stated,
                hasOrigin ? document.ground() : HistoryChange.BEFORE_HISTORY,
                hasOrigin ? document.secondAuthority() : 0)
            .done(map.version(), document.kind(), outcome));
  }

  private static boolean isDocument(int kind, int protocol) {
    return (kind >= CommandKind.LINK && kind <= CommandKind.RULESET)
        || (protocol >= ReplicatedState.GROUND_PROTOCOL
            && (kind == CommandKind.GROUNDS || kind == CommandKind.NATIONAL_RULES))
        || (protocol >= ReplicatedState.MINTING_PROTOCOL && kind == CommandKind.MINTING)
        || (protocol >= ReplicatedState.REVOCATION_PROTOCOL && kind == CommandKind.REVOCATIONS)
        || (protocol >= ReplicatedState.GUARDIAN_PROTOCOL && kind == CommandKind.GUARDIAN);
  }

  /** Whether a document says, under its one name, whether minting is degraded. */
  private static boolean isMinting(Documents.Entry entry, long logMillis) {
    return Arrays.equals(entry.name(), MINTING)
        && MintingSwitch.of(entry.content(), entry.revision())
            .filter(minting -> minting.isPossibleAt(logMillis / MILLIS_PER_SECOND))
            .isPresent();
  }

  /** Whether the next table of grounds may count in the place of the one that does. */
  private boolean isTable(Documents.Entry entry, int protocol) {
    if (!Arrays.equals(entry.name(), GROUNDS)) {
      return false;
    }
    try {
      final GroundTable table = GroundTable.parse(entry.content(), entry.revision());
      table.requireNamesOf(documents.grounds());
      return !table.hasNeeds() || protocol >= ReplicatedState.RESTRICTION_PROTOCOL;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Whether it is a guardianship, or the end of one. */
  private static boolean isGuardianship(Documents.Entry entry) {
    return entry.name().length == 2 * Subject.BYTES
        && (entry.content().length == 0
            || Guardianship.of(entry.name(), entry.content()).isPresent());
  }

  private boolean isOverLimit(Documents.Entry entry) {
    return Guardianship.of(entry.name(), entry.content())
        .filter(documents.guardians()::isFull)
        .isPresent();
  }

  private Outcome put(Documents.Entry entry, int protocol, long logMillis) {
    if (!isDocument(entry.kind(), protocol)
        || entry.revision() < 0
        || entry.name().length > DocumentCommand.MAX_NAME_BYTES
        || entry.content().length > DocumentCommand.MAX_CONTENT_BYTES
        || (entry.kind() == CommandKind.GROUNDS && !isTable(entry, protocol))
        || (entry.kind() == CommandKind.MINTING && !isMinting(entry, logMillis))
        || (entry.kind() == CommandKind.GUARDIAN && !isGuardianship(entry))) {
      return Outcome.INVALID;
    }
    if (!documents.hasRoomFor(entry)) {
      return Outcome.MAP_FULL;
    }
    if (documents.isSuperseded(entry)) {
      return Outcome.SUPERSEDED;
    }
    if (entry.kind() == CommandKind.GUARDIAN && isOverLimit(entry)) {
      return Outcome.CEILING_REACHED;
    }
    map.addToDigest(documents.put(entry));
    return Outcome.APPLIED;
  }

  private Outcome putNonce(Documents.Entry nonce, int protocol, long logMillis) {
    // Since nonces go with their change there is no such command any more.
    if (protocol >= NonceStore.AUTHORED_PROTOCOL
        || nonce.revision() < 1
        || nonce.name().length != DocumentCommand.NONCE_BYTES
        || nonce.content().length != 0) {
      return Outcome.INVALID;
    }
    if (documents.faultOf(nonce, logMillis) != null) {
      return Outcome.SUPERSEDED;
    }
    map.addToDigest(documents.putNonce(nonce, logMillis, nonce.version()));
    return Outcome.APPLIED;
  }

  private static boolean isSigned(Documents.Entry nonce) {
    return nonce.revision() > 0;
  }

  /** Why a signed change's nonce can't be taken; null where it can, and for {@code NO_NONCE}. */
  Outcome faultOf(Documents.Entry nonce, long logMillis) {
    return isSigned(nonce) ? documents.faultOf(nonce, logMillis) : null;
  }

  /** Takes the nonce of a change that has been applied from a version on, where it is signed. */
  void take(Documents.Entry nonce, long logMillis, long firstVersion) {
    if (isSigned(nonce)) {
      map.addToDigest(documents.putNonce(nonce, logMillis, firstVersion));
    }
  }
}
