package gongbei.replication.cluster;

import gongbei.replication.context.ClusterContext;
import gongbei.replication.context.HostName;
import gongbei.replication.context.MemberAddress;
import gongbei.replication.machine.History;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.protocol.FeedMarkDecoder;
import gongbei.replication.protocol.MessageHeaderDecoder;
import gongbei.replication.recording.Recording;
import gongbei.replication.recording.RemoteArchive;
import gongbei.replication.recording.ReplayPort;
import io.aeron.Aeron;
import io.aeron.FragmentAssembler;
import io.aeron.archive.client.AeronArchive;
import io.aeron.exceptions.AeronException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the other members which history their cluster is of, by the marks of their feeds: those of a
 * member that is in touch with its leader, whose marks tell another time again and again.
 */
final class PeerHistories {
  private static final Logger LOGGER = LoggerFactory.getLogger(PeerHistories.class);
  private static final Executor ASIDE = task -> new Thread(task, "gongbei-histories").start();
  private static final long PEER_TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);
  private static final int FRAGMENTS_A_POLL = 16;
  private static final long PARK_NANOS = 1_000_000;

  private final ClusterContext context;
  private final Aeron aeron;

  PeerHistories(ClusterContext context, Aeron aeron) {
    this.context = context;
    this.aeron = aeron;
  }

  /** The history of the cluster, where it runs and another member tells one. */
  Optional<History> ofCluster() {
    final List<CompletableFuture<Optional<History>>> asked =
        context.members().stream()
            .filter(member -> member.id() != context.memberId())
            .map(member -> CompletableFuture.supplyAsync(() -> of(member), ASIDE))
            .toList();
    return asked.stream().map(CompletableFuture::join).flatMap(Optional::stream).findFirst();
  }

  private Optional<History> of(MemberAddress member) {
    final String host = context.self().host();
    final AeronArchive.Context archiveContext =
        new AeronArchive.Context()
            .aeron(aeron)
            .messageTimeoutNs(PEER_TIMEOUT_NANOS)
            .controlRequestChannel("aeron:udp?endpoint=" + member.archive())
            .controlResponseChannel("aeron:udp?endpoint=" + HostName.withPort(host, 0))
            .credentialsSupplier(context.credentials());
    try (AeronArchive archive = RemoteArchive.connect(archiveContext);
        ReplayPort port = ReplayPort.at(aeron, host)) {
      final Recording feed = Recording.lastFeed(archive);
      return feed == null || feed.stopPosition() != AeronArchive.NULL_POSITION
          ? Optional.empty()
          : live(archive, port, feed);
    } catch (AeronException e) {
      LOGGER.debug("Member {} reports no history", member.id(), e);
      return Optional.empty();
    }
  }

  private static Optional<History> live(AeronArchive archive, ReplayPort port, Recording feed) {
    final Marks marks = new Marks();
    final FragmentAssembler assembler =
        new FragmentAssembler((buffer, offset, length, frame) -> marks.onFrame(buffer, offset));
    final long deadline = System.nanoTime() + PEER_TIMEOUT_NANOS;
    try (ReplayPort.Replay replay =
        port.start(archive, feed.id(), feed.endPosition(archive), Long.MAX_VALUE)) {
      while (!marks.isEnough() && System.nanoTime() - deadline < 0 && !replay.image().isClosed()) {
        if (replay.image().poll(assembler, FRAGMENTS_A_POLL) == 0) {
          LockSupport.parkNanos(PARK_NANOS);
        }
      }
    }
    return marks.isInTouch && !marks.history.isNone()
        ? Optional.of(marks.history)
        : Optional.empty();
  }

  /** What marks have told. */
  private static final class Marks {
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final FeedMarkDecoder mark = new FeedMarkDecoder();
    private History history = History.NONE;
    private long firstMillis = -1;
    private boolean isInTouch;
    private boolean hasJustStarted;

    /** Whether more marks would tell no more. */
    boolean isEnough() {
      return isInTouch || hasJustStarted;
    }

    void onFrame(DirectBuffer buffer, int offset) {
      header.wrap(buffer, offset);
      if (header.templateId() != FeedMarkDecoder.TEMPLATE_ID
          || header.version() < ReplicatedState.HISTORY_PROTOCOL) {
        return;
      }
      mark.wrap(
          buffer,
          offset + MessageHeaderDecoder.ENCODED_LENGTH,
          header.blockLength(),
          header.version());
      history = new History(mark.historyHigh(), mark.historyLow());
      // It has not been up to date since it was started, so it does not know what its cluster
      // holds.
      hasJustStarted = mark.clusterTimeMillis() == 0;
      isInTouch |= firstMillis > 0 && mark.clusterTimeMillis() > firstMillis;
      firstMillis = firstMillis < 0 ? mark.clusterTimeMillis() : firstMillis;
    }
  }
}
