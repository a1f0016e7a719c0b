package gongbei.replication.log;

import gongbei.replication.command.Applied;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Nonce;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.machine.Documents;
import gongbei.replication.wire.WireCounts;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Where every change to the status map goes: it orders commands, applies them on one thread and
 * then acknowledges them. Callers know nothing of how: {@link LocalCommandLog} orders on this node
 * alone, the cluster's log on a majority of its members. For any thread.
 */
public interface CommandLog extends AutoCloseable {
  /**
   * Submits commands to be applied one after the other.
   *
   * @return completes when all are applied, with what became of each; fails at once with {@link
   *     LogBusyException} where there is no room, and with {@link IllegalStateException} where the
   *     log takes nothing: after {@link #close}, on a replica, or when it has failed
   */
  CompletableFuture<List<Applied>> submit(List<StatusCommand> commands);

  /**
   * Submits commands that a client has numbered, so that they are applied once however often they
   * are submitted, at whatever node. A client's first command is number 1, and its submissions are
   * cut the same way each time.
   *
   * @return as {@link #submit(List)}; fails with {@link SequenceException} where the numbers are
   *     not the ones that are due
   */
  CompletableFuture<List<Applied>> submit(Origin origin, List<StatusCommand> commands);

  /** Submits a change of what stands beside the holders: see {@link #submit(List)}. */
  CompletableFuture<Applied> submit(DocumentCommand command);

  /**
   * Submits commands that a signed request asks for: with its nonce they are one change, which is
   * applied wholly or not at all, and once. Where the nonce is known nothing changes: every outcome
   * is {@link Applied.Outcome#REPLAYED}, and the versions are those of the first time. Where its
   * author has too many, {@link Applied.Outcome#TOO_MANY}; where it was made too long before the
   * log's time, and may have been forgotten, or after it, {@link Applied.Outcome#OUTSIDE_WINDOW}.
   *
   * @param commands up to {@link CommandBatches#MAX_COMMANDS}
   * @return as {@link #submit(List)}
   */
  CompletableFuture<List<Applied>> submit(Nonce nonce, List<StatusCommand> commands);

  /**
   * Submits a change of what stands beside the holders that a signed request asks for: see {@link
   * #submit(Nonce, List)}. One that there is no room for takes no nonce.
   */
  CompletableFuture<Applied> submit(Nonce nonce, DocumentCommand command);

  /** Submits one command: see {@link #submit(List)}. */
  default CompletableFuture<Applied> submit(StatusCommand command) {
    return submit(List.of(command)).thenApply(applied -> applied.get(0));
  }

  /** What the log keeps beside the holders, as far as this node has applied it. */
  Documents documents();

  /** How far this node's map may be behind the newest acknowledged command, in milliseconds. */
  long dataAgeMillis();

  /**
   * Whether this node may answer from its map: not while it is being made. Whoever looks something
   * up asks afterwards, so that no answer comes from a map that was emptied meanwhile.
   */
  boolean isServing();

  /** How the log is doing. */
  LogStatus status();

  /** Why this node takes no changes, or follows nobody, until it is helped; empty while it does. */
  default Optional<String> failure() {
    return Optional.empty();
  }

  /** How often this node went on by itself after its disk was full. */
  default long recoveries() {
    return 0;
  }

  /**
   * Returns when the state of the newest snapshot was, in milliseconds since 1970: 0 where there is
   * none yet, empty where this node takes none.
   */
  default OptionalLong newestSnapshotMillis() {
    return OptionalLong.empty();
  }

  /** How many datagrams were sealed, opened and refused; empty where none are sealed. */
  default Optional<WireCounts> wireCounts() {
    return Optional.empty();
  }

  /** Applies what was submitted, then stops. */
  @Override
  void close();

  /**
   * Who numbered the commands, and from where.
   *
   * @param clientId the client's own, drawn at random; not 0
   * @param firstSequence the number of the first command
   */
  record Origin(long clientId, long firstSequence) {
    public Origin {
      if (clientId == 0) {
        throw new IllegalArgumentException("client is 0");
      }
      if (firstSequence < 1) {
        throw new IllegalArgumentException("sequence is " + firstSequence + ", not 1 or more");
      }
    }
  }
}
