package gongbei.verifier.config;

import gongbei.replication.context.HostName;
import gongbei.replication.wire.WireCipher;
import gongbei.verifier.client.Audience;
import java.nio.file.Path;
import java.util.List;

/**
 * How a node replicates: the {@code replication} section of its file. Everything has a default that
 * suits one member alone, or three on two processors.
 *
 * @param members the members of the cluster, 1, 3 or 5, the same list on every node; empty
 *     (default) for a single node that no other reaches
 * @param memberId which of them this is, from 0; a replica has none
 * @param clusterName what signed requests must name beside the region, 1 to 32 small letters,
 *     digits and hyphens, the same on every node; default {@link Audience#DEFAULT_CLUSTER}
 * @param secretFile what seals the datagrams of members, replicas and backups, and what they show
 *     each other, 16 bytes or more; it may be left out only where all of them are on the loopback
 * @param acceptedSecretFile another secret that is accepted too, while the secret is changed on one
 *     node after the other; none by default
 * @param networkIsSealed whether something else seals all that nodes send each other, such as a
 *     tunnel, so that their datagrams are sent plain; default false
 * @param cipher what seals datagrams, the same on every node: aes-256-gcm (default) or sm4-gcm
 * @param host where the members reach this replica; default 127.0.0.1; a member has it in the list
 * @param heartbeatIntervalMillis how often a leader says that it is there; default 50
 * @param heartbeatTimeoutMillis after what silence of it an election is called; default 400
 * @param electionTimeoutMillis how long a candidate waits for votes; default 150
 * @param maxParkMicros the longest sleep of an idle thread; default 250
 * @param logTermBytes a third of the log's buffer, a power of two; default 16 MiB
 * @param segmentBytes a file of a recording, a power of two; default 64 MiB
 * @param datagramBytes the bytes of a datagram, a multiple of 32; default 1,408
 * @param snapshotLogBytes after how much log a snapshot is taken; default 1 GiB; 0 for never
 * @param feedBytes how much of the feed is kept for replicas; default 1 GiB
 * @param fileSyncLevel whether what is recorded is forced to disk: 0 (default) no, 1 its data, 2
 *     its data and the files' sizes
 * @param lowStorageBytes below how much free disk nothing more is recorded; default 256 MiB
 * @param leaderWaitSeconds how long a member that starts and has no map yet waits for one to lead
 *     before it ends; default 300
 * @param driverDirectory where the media driver's buffers are; default in shared memory
 */
public record ReplicationConfig(
    List<Member> members,
    Integer memberId,
    String clusterName,
    Path secretFile,
    Path acceptedSecretFile,
    Boolean networkIsSealed,
    String cipher,
    String host,
    Integer heartbeatIntervalMillis,
    Integer heartbeatTimeoutMillis,
    Integer electionTimeoutMillis,
    Integer maxParkMicros,
    Integer logTermBytes,
    Integer segmentBytes,
    Integer datagramBytes,
    Long snapshotLogBytes,
    Long feedBytes,
    Integer fileSyncLevel,
    Long lowStorageBytes,
    Integer leaderWaitSeconds,
    Path driverDirectory) {

  private static final int MAX_MEMBERS = 5;
  private static final int MAX_MILLIS = 60_000;
  private static final int MIN_TERM_BYTES = 1 << 20;
  private static final int MAX_TERM_BYTES = 1 << 30;
  private static final int MIN_DATAGRAM_BYTES = 1_024;
  private static final int MAX_DATAGRAM_BYTES = 65_440;
  private static final int DATAGRAM_ALIGNMENT = 32;
  private static final int MAX_PARK_MICROS = 100_000;
  private static final int MAX_LEADER_WAIT_SECONDS = 86_400;

  public ReplicationConfig {
    members = members == null ? List.of() : List.copyOf(members);
    clusterName = clusterName == null ? Audience.DEFAULT_CLUSTER : clusterName;
    networkIsSealed = networkIsSealed != null && networkIsSealed;
    cipher = cipher == null ? WireCipher.AES_256_GCM.configName() : cipher;
    host = host == null ? "127.0.0.1" : HostName.bare(host);
    heartbeatIntervalMillis = or(heartbeatIntervalMillis, 50);
    heartbeatTimeoutMillis = or(heartbeatTimeoutMillis, 400);
    electionTimeoutMillis = or(electionTimeoutMillis, 150);
    maxParkMicros = or(maxParkMicros, 250);
    logTermBytes = or(logTermBytes, 16 << 20);
    segmentBytes = or(segmentBytes, 64 << 20);
    datagramBytes = or(datagramBytes, 1_408);
    snapshotLogBytes = snapshotLogBytes == null ? Long.valueOf(1L << 30) : snapshotLogBytes;
    feedBytes = feedBytes == null ? Long.valueOf(1L << 30) : feedBytes;
    fileSyncLevel = or(fileSyncLevel, 0);
    lowStorageBytes = lowStorageBytes == null ? Long.valueOf(256L << 20) : lowStorageBytes;
    leaderWaitSeconds = or(leaderWaitSeconds, 300);
    if (!Audience.isCluster(clusterName)) {
      throw new IllegalArgumentException(
          "replication.clusterName is not 1 to 32 small letters, digits and hyphens");
    }
    if (members.size() > MAX_MEMBERS || (!members.isEmpty() && members.size() % 2 == 0)) {
      throw new IllegalArgumentException(
          "replication.members are " + members.size() + ", not 1, 3 or 5");
    }
    if (memberId != null && members.isEmpty()) {
      throw new IllegalArgumentException("replication.members is missing, which a member needs");
    }
    if (memberId != null) {
      NodeConfig.requireRange("replication.memberId", memberId, 0, members.size() - 1);
    }
    NodeConfig.requireRange(
        "replication.heartbeatIntervalMillis", heartbeatIntervalMillis, 1, MAX_MILLIS);
    NodeConfig.requireRange(
        "replication.heartbeatTimeoutMillis",
        heartbeatTimeoutMillis,
        2L * heartbeatIntervalMillis,
        MAX_MILLIS);
    NodeConfig.requireRange(
        "replication.electionTimeoutMillis", electionTimeoutMillis, 1, MAX_MILLIS);
    NodeConfig.requireRange("replication.maxParkMicros", maxParkMicros, 1, MAX_PARK_MICROS);
    requirePowerOfTwo("replication.logTermBytes", logTermBytes, MIN_TERM_BYTES);
    requirePowerOfTwo("replication.segmentBytes", segmentBytes, logTermBytes);
    NodeConfig.requireRange(
        "replication.datagramBytes", datagramBytes, MIN_DATAGRAM_BYTES, MAX_DATAGRAM_BYTES);
    if (datagramBytes % DATAGRAM_ALIGNMENT != 0) {
      throw new IllegalArgumentException(
          "replication.datagramBytes is not a multiple of " + DATAGRAM_ALIGNMENT);
    }
    NodeConfig.requireRange("replication.snapshotLogBytes", snapshotLogBytes, 0, Long.MAX_VALUE);
    NodeConfig.requireRange("replication.feedBytes", feedBytes, segmentBytes, Long.MAX_VALUE);
    NodeConfig.requireRange("replication.fileSyncLevel", fileSyncLevel, 0, 2);
    NodeConfig.requireRange("replication.lowStorageBytes", lowStorageBytes, 0, Long.MAX_VALUE);
    NodeConfig.requireRange(
        "replication.leaderWaitSeconds", leaderWaitSeconds, 1, MAX_LEADER_WAIT_SECONDS);
    if (acceptedSecretFile != null && secretFile == null) {
      throw new IllegalArgumentException(
          "replication.secretFile is missing, and acceptedSecretFile is another beside it");
    }
    if (WireCipher.named(cipher).isEmpty()) {
      throw new IllegalArgumentException(
          "replication.cipher is " + cipher + ", not one of " + WireCipher.configNames());
    }
    if (secretFile == null && !members.stream().allMatch(Member::isLoopback)) {
      throw new IllegalArgumentException(
          "replication.secretFile is missing, and not all members are on the loopback");
    }
  }

  /** Every setting at its default. */
  public static ReplicationConfig defaults() {
    return new ReplicationConfig(
        null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
        null, null, null, null, null, null);
  }

  ReplicationConfig resolvedAgainst(Path base) {
    return with(
        NodeConfig.resolve(base, secretFile),
        NodeConfig.resolve(base, acceptedSecretFile),
        host,
        NodeConfig.resolve(base, driverDirectory));
  }

  /** The same of a replica that the members reach at another address. */
  ReplicationConfig withHost(String other) {
    return with(secretFile, acceptedSecretFile, other, driverDirectory);
  }

  private ReplicationConfig with(
      Path ownSecretFile, Path ownAcceptedSecretFile, String ownHost, Path ownDriverDirectory) {
    return new ReplicationConfig(
        members,
        memberId,
        clusterName,
        ownSecretFile,
        ownAcceptedSecretFile,
        networkIsSealed,
        cipher,
        ownHost,
        heartbeatIntervalMillis,
        heartbeatTimeoutMillis,
        electionTimeoutMillis,
        maxParkMicros,
        logTermBytes,
        segmentBytes,
        datagramBytes,
        snapshotLogBytes,
        feedBytes,
        fileSyncLevel,
        lowStorageBytes,
        leaderWaitSeconds,
        ownDriverDirectory);
  }

  private static Integer or(Integer given, int otherwise) {
    return given == null ? Integer.valueOf(otherwise) : given;
  }

  private static void requirePowerOfTwo(String name, int value, int least) {
    NodeConfig.requireRange(name, value, least, MAX_TERM_BYTES);
    if (Integer.bitCount(value) != 1) {
      throw new IllegalArgumentException(name + " is not a power of two");
    }
  }

  /**
   * A member of the cluster.
   *
   * @param host a name or address that the other members and the replicas reach it by
   * @param basePort the first of the 8 UDP ports that it takes
   */
  public record Member(String host, Integer basePort) {
    private static final int MAX_BASE_PORT = 65_528;

    public Member {
      if (host == null || host.isBlank()) {
        throw new IllegalArgumentException("replication.members: host is missing");
      }
      if (basePort == null) {
        throw new IllegalArgumentException("replication.members: basePort is missing");
      }
      host = HostName.bare(host);
      NodeConfig.requireRange("replication.members: basePort", basePort, 1_024, MAX_BASE_PORT);
    }

    boolean isLoopback() {
      return HostName.isLoopback(host);
    }
  }
}
