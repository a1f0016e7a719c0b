package gongbei.replication.log;

import gongbei.replication.command.Applied;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Nonce;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.protocol.BatchReplyDecoder;
import gongbei.replication.protocol.BatchStatus;
import gongbei.replication.protocol.MessageHeaderEncoder;
import gongbei.replication.protocol.PutDocumentEncoder;
import gongbei.replication.protocol.SignedChangeEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Commands that wait for the log, and whom to tell. It goes into the log as one or more messages,
 * and is done when all have their reply. For the log's one thread, but for its future.
 */
public final class Submission {
  private final Optional<CommandLog.Origin> origin;
  private final Optional<Nonce> nonce;
  private final List<StatusCommand> commands;
  private final Optional<DocumentCommand> document;
  private final CompletableFuture<List<Applied>> future = new CompletableFuture<>();
  private final Applied[] applied;
  private int waiting;

  private Submission(
      Optional<CommandLog.Origin> origin,
      Optional<Nonce> nonce,
      List<StatusCommand> commands,
      Optional<DocumentCommand> document) {
    this.origin = origin;
    this.nonce = nonce;
    this.commands = commands;
    this.document = document;
    this.applied = new Applied[document.isPresent() ? 1 : commands.size()];
    this.waiting = applied.length;
  }

  /** Commands that the log numbers. */
  public static Submission of(List<StatusCommand> commands) {
    return new Submission(
        Optional.empty(), Optional.empty(), List.copyOf(commands), Optional.empty());
  }

  /** Commands that their client has numbered. */
  public static Submission of(CommandLog.Origin origin, List<StatusCommand> commands) {
    return new Submission(
        Optional.of(origin), Optional.empty(), List.copyOf(commands), Optional.empty());
  }

  /** Commands that are applied together with a nonce: up to {@link CommandBatches#MAX_COMMANDS}. */
  public static Submission of(Nonce nonce, List<StatusCommand> commands) {
    if (commands.size() > CommandBatches.MAX_COMMANDS) {
      throw new IllegalArgumentException(
          "commands are "
              + commands.size()
              + ", more than "
              + CommandBatches.MAX_COMMANDS
              + " that can go with a nonce");
    }
    return new Submission(
        Optional.empty(), Optional.of(nonce), List.copyOf(commands), Optional.empty());
  }

  /** A change of what stands beside the holders that is applied together with a nonce. */
  public static Submission of(Nonce nonce, DocumentCommand document) {
    return new Submission(Optional.empty(), Optional.of(nonce), List.of(), Optional.of(document));
  }

  /** A change of what stands beside the holders. */
  public static Submission of(DocumentCommand document) {
    return new Submission(Optional.empty(), Optional.empty(), List.of(), Optional.of(document));
  }

  /** Who numbered it; empty where the log does. */
  public Optional<CommandLog.Origin> origin() {
    return origin;
  }

  /** Whether somebody outside has signed or numbered it, and waits for it. */
  boolean isOfAuthority() {
    return nonce.isPresent() || origin.isPresent();
  }

  /** How many commands. */
  public int size() {
    return applied.length;
  }

  /** Whether it goes into the log as one message that holds nothing else. */
  public boolean isOneMessage() {
    return document.isPresent() || nonce.isPresent();
  }

  /** Some of the commands. */
  public List<StatusCommand> commands(int from, int to) {
    return commands.subList(from, to);
  }

  /**
   * The message of what {@link #isOneMessage}.
   *
   * @param capacity the most holders that there may be
   */
  public UnsafeBuffer encode(long clientId, long sequence, long capacity) {
    final UnsafeBuffer change =
        document
            .map(put -> encodeDocument(put, clientId, sequence))
            .orElseGet(() -> CommandBatches.encode(clientId, sequence, capacity, commands));
    return nonce.map(once -> encodeSigned(once, clientId, sequence, change)).orElse(change);
  }

  private static UnsafeBuffer encodeSigned(
      Nonce nonce, long clientId, long sequence, UnsafeBuffer change) {
    final int opening = MessageHeaderEncoder.ENCODED_LENGTH + SignedChangeEncoder.BLOCK_LENGTH;
    final UnsafeBuffer message = new UnsafeBuffer(new byte[opening + change.capacity()]);
    new SignedChangeEncoder()
        .wrapAndApplyHeader(message, 0, new MessageHeaderEncoder())
        .clientId(clientId)
        .firstSequence(sequence)
        .putNonce(nonce.digest(), 0, nonce.digest().length)
        .madeAtEpochSeconds(nonce.madeAtEpochSeconds())
        .author(nonce.author());
    message.putBytes(opening, change, 0, change.capacity());
    return message;
  }

  private static UnsafeBuffer encodeDocument(
      DocumentCommand document, long clientId, long sequence) {
    final UnsafeBuffer message =
        new UnsafeBuffer(
            new byte
                [MessageHeaderEncoder.ENCODED_LENGTH
                    + PutDocumentEncoder.BLOCK_LENGTH
                    + PutDocumentEncoder.nameHeaderLength()
                    + document.name().length
                    + PutDocumentEncoder.contentHeaderLength()
                    + document.content().length]);
    new PutDocumentEncoder()
        .wrapAndApplyHeader(message, 0, new MessageHeaderEncoder())
        .clientId(clientId)
        .sequence(sequence)
        .kind((short) document.kind().code())
        .revision(document.revision())
        .authority(document.origin().authority())
        .secondAuthority(document.origin().secondAuthority())
        .ground(document.origin().ground())
        .putName(document.name(), 0, document.name().length)
        .putContent(document.content(), 0, document.content().length);
    return message;
  }

  /** Completes when every command has been applied. */
  public CompletableFuture<List<Applied>> future() {
    return future;
  }

  /**
   * Takes what a reply says of some of its commands.
   *
   * @param from the first of them
   * @param count how many
   * @param reply a reply, just wrapped
   * @param outcomes where the reply's outcomes are put, at least as long as they are
   * @param replyFrom which of the reply's commands is the first
   */
  public void onReply(
      int from,
      int count,
      BatchReplyDecoder reply,
      byte[] outcomes,
      int outcomeCount,
      int replyFrom) {
    if (reply.status() != BatchStatus.DONE) {
      future.completeExceptionally(
          switch (reply.status()) {
            case FORGOTTEN ->
                new SequenceException(SequenceException.Reason.FORGOTTEN, reply.nextSequence());
            case OUT_OF_ORDER ->
                new SequenceException(SequenceException.Reason.OUT_OF_ORDER, reply.nextSequence());
            case UNKNOWN_CLIENT ->
                new SequenceException(
                    SequenceException.Reason.UNKNOWN_CLIENT, reply.nextSequence());
            default ->
                new IllegalStateException(
                    "the leader's version of the protocol is older than this node's: upgrade the"
                        + " other members");
          });
      return;
    }
    for (int i = 0; i < count; i++) {
      applied[from + i] =
          new Applied(
              reply.firstVersion() == 0 ? 0 : reply.firstVersion() + replyFrom + i,
              outcomeCount == 0
                  ? Applied.Outcome.APPLIED
                  : Applied.Outcome.ofCode(outcomes[replyFrom + i]));
    }
    waiting -= count;
    if (waiting == 0) {
      final List<Applied> all = new ArrayList<>(applied.length);
      for (final Applied each : applied) {
        all.add(each);
      }
      future.complete(all);
    }
  }
}
