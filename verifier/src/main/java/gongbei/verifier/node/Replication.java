package gongbei.verifier.node;

import gongbei.codec.trust.FileFault;
import gongbei.replication.cluster.ClusterNode;
import gongbei.replication.cluster.ReplicaNode;
import gongbei.replication.context.ClusterContext;
import gongbei.replication.context.ClusterSecret;
import gongbei.replication.context.HostName;
import gongbei.replication.context.MemberAddress;
import gongbei.replication.log.CommandLog;
import gongbei.replication.log.LocalCommandLog;
import gongbei.replication.log.LogRole;
import gongbei.replication.machine.HistorySink;
import gongbei.replication.map.DigestKey;
import gongbei.replication.map.StatusMap;
import gongbei.replication.wire.WireCipher;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.config.ReplicationConfig;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the log that a configuration asks for. */
public final class Replication {
  private static final Logger LOGGER = LoggerFactory.getLogger(Replication.class);
  private static final int TURN_MILLIS = 5;
  private static final long SAY_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(30);

  private Replication() {}

  /**
   * Requires that the data directory is this node's, and has room for log and map, before either is
   * opened.
   */
  static void requireDirectory(NodeConfig config) throws NodeException {
    if (config.dataDirectory().isEmpty()) {
      return;
    }
    final boolean isReplica = config.role() == NodeConfig.Role.REPLICA;
    try {
      ClusterNode.requireOwn(context(config), isReplica);
      if (!isReplica) {
        ClusterNode.requireRoom(context(config));
      }
    } catch (IOException e) {
      throw new NodeException(messageOf(e));
    }
  }

  private static String messageOf(Exception e) {
    return e instanceof FileSystemException file && file.getFile() != null
        ? file.getFile() + " " + FileFault.reasonOf(file)
        : e.getMessage();
  }

  /** Starts the log that a map is filled from, without a history: see the other. */
  public static CommandLog start(NodeConfig config, StatusMap map) throws NodeException {
    return start(config, map, HistorySink.NONE);
  }

  /**
   * Starts the log that a map is filled from; it closes the map, too, where it is persisted.
   *
   * @param history receives what every version changes
   */
  static CommandLog start(NodeConfig config, StatusMap map, HistorySink history)
      throws NodeException {
    if (config.dataDirectory().isEmpty()) {
      return LocalCommandLog.with(map, history);
    }
    try {
      final CommandLog log =
          config.role() == NodeConfig.Role.REPLICA
              ? ReplicaNode.launch(
                  context(config).map(map).historySink(history), config.replication().host())
              : ClusterNode.launch(context(config).map(map).historySink(history));
      awaitServing(log, config);
      return log;
    } catch (IOException | IllegalArgumentException e) {
      map.close(false);
      throw new NodeException(messageOf(e));
    }
  }

  /**
   * Waits until the map is one that may be asked: for as long as that takes while there is a leader
   * to take it from, and for a while until there is one. Both are said.
   */
  private static void awaitServing(CommandLog log, NodeConfig config) throws NodeException {
    final long leaderNanos = TimeUnit.SECONDS.toNanos(config.replication().leaderWaitSeconds());
    long aloneSince = System.nanoTime();
    long saidNanos = aloneSince + TimeUnit.SECONDS.toNanos(1) - SAY_AGAIN_NANOS;
    while (!log.isServing()) {
      final LogRole role = log.status().role();
      final long now = System.nanoTime();
      if (role == LogRole.FAILED && !log.status().isRenewing()) {
        log.close();
        throw new NodeException("the node's log has failed: see what it logged");
      }
      if (role != LogRole.CANDIDATE) {
        aloneSince = now;
      } else if (now - aloneSince > leaderNanos) {
        log.close();
        throw new NodeException(
            "no member leads after "
                + config.replication().leaderWaitSeconds()
                + " s (replication.leaderWaitSeconds): "
                + othersOf(config));
      }
      if (now - saidNanos > SAY_AGAIN_NANOS) {
        saidNanos = now;
        say(role, log, config);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(TURN_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        log.close();
        throw new NodeException("interrupted");
      }
    }
  }

  private static void say(LogRole role, CommandLog log, NodeConfig config) {
    if (role == LogRole.CANDIDATE) {
      LOGGER.info("Waiting for a leader: {}", othersOf(config));
    } else {
      LOGGER.info("The node answers when its map is up to date: {}", log.status());
    }
  }

  /** Who has to be there for one to lead. */
  private static String othersOf(NodeConfig config) {
    final ReplicationConfig replication = config.replication();
    final int size = replication.members().size();
    if (size < 2) {
      return "it needs no other member, so what it logged before says why none leads";
    }
    final StringBuilder others = new StringBuilder();
    for (int id = 0; id < size; id++) {
      if (replication.memberId() != null && id != replication.memberId()) {
        final ReplicationConfig.Member member = replication.members().get(id);
        others
            .append(others.length() == 0 ? "" : ", ")
            .append(id)
            .append(" at ")
            .append(HostName.withPort(member.host(), member.basePort()));
      }
    }
    return "of "
        + size
        + " members "
        + (size / 2 + 1)
        + " must run and reach each other; the others are "
        + others
        + " (UDP)";
  }

  /** What a configuration makes of a cluster's settings, but for its map. */
  public static ClusterContext context(NodeConfig config) throws IOException {
    final ReplicationConfig replication = config.replication();
    final List<MemberAddress> members = new ArrayList<>();
    if (config.role() != NodeConfig.Role.SINGLE || replication.members().size() == 1) {
      for (final ReplicationConfig.Member member : replication.members()) {
        members.add(new MemberAddress(members.size(), member.host(), member.basePort()));
      }
    }
    return new ClusterContext()
        .directory(config.dataDirectory().orElseThrow())
        .aeronDirectory(replication.driverDirectory())
        .members(members)
        .memberId(replication.memberId() == null ? 0 : replication.memberId())
        .secret(secret(replication))
        .networkIsSealed(replication.networkIsSealed())
        .wireCipher(WireCipher.named(replication.cipher()).orElseThrow())
        .heartbeatIntervalMillis(replication.heartbeatIntervalMillis())
        .heartbeatTimeoutMillis(replication.heartbeatTimeoutMillis())
        .electionTimeoutMillis(replication.electionTimeoutMillis())
        .maxParkMicros(replication.maxParkMicros())
        .maxRestMicros(replication.maxRestMicros())
        .logTermBytes(replication.logTermBytes())
        .segmentBytes(replication.segmentBytes())
        .mtuBytes(replication.datagramBytes())
        .snapshotLogBytes(replication.snapshotLogBytes())
        .feedBytes(replication.feedBytes())
        .fileSyncLevel(replication.fileSyncLevel())
        .lowStorageBytes(replication.lowStorageBytes());
  }

  /**
   * What the digest is shown by: a key of the cluster's secret, or one of a single node's own; none
   * in a cluster without a secret, which can only be on the loopback.
   */
  static Optional<DigestKey> digestKey(NodeConfig config) throws IOException {
    final Optional<ClusterSecret> secret = secret(config.replication());
    if (secret.isPresent()) {
      return secret.map(ClusterSecret::digestKey);
    }
    if (config.role() != NodeConfig.Role.SINGLE) {
      return Optional.empty();
    }
    return Optional.of(
        config.dataDirectory().isEmpty()
            ? DigestKey.random()
            : DigestKey.kept(config.dataDirectory().get()));
  }

  private static Optional<ClusterSecret> secret(ReplicationConfig replication) throws IOException {
    if (replication.secretFile() == null) {
      return Optional.empty();
    }
    final ClusterSecret secret = ClusterSecret.ofFile(replication.secretFile());
    return Optional.of(
        replication.acceptedSecretFile() == null
            ? secret
            : secret.accepting(ClusterSecret.ofFile(replication.acceptedSecretFile())));
  }
}
