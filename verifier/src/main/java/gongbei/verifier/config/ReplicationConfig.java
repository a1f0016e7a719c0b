package gongbei.verifier.config;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import gongbei.replication.context.HostName;
import gongbei.replication.wire.WireCipher;
import gongbei.verifier.client.Audience;
import java.nio.file.Path;
import java.util.List;

/**
 * How a node replicates: the {@code replication} section of its file. Everything has a default that
 * suits one member alone, or three on two processors. Each setting is described where {@link
 * ReplicationConfigBuilder} takes it. A path is null where none is given.
 */
@JsonDeserialize(builder = ReplicationConfigBuilder.class)
public final class ReplicationConfig {
  private static final int MAX_MEMBERS = 5;
  private static final int MAX_MILLIS = 60_000;
  private static final int MIN_TERM_BYTES = 1 << 20;
  private static final int MAX_TERM_BYTES = 1 << 30;
  private static final int MIN_DATAGRAM_BYTES = 1_024;
  private static final int MAX_DATAGRAM_BYTES = 65_440;
  private static final int DATAGRAM_ALIGNMENT = 32;
  private static final int MAX_PARK_MICROS = 100_000;
  private static final int MAX_LEADER_WAIT_SECONDS = 86_400;

  private final List<Member> members;
  private final Integer memberId;
  private final String clusterName;
  private final Path secretFile;
  private final Path acceptedSecretFile;
  private final Boolean networkIsSealed;
  private final String cipher;
  private final String host;
  private final Integer heartbeatIntervalMillis;
  private final Integer heartbeatTimeoutMillis;
  private final Integer electionTimeoutMillis;
  private final Integer maxParkMicros;
  private final Integer maxRestMicros;
  private final Integer logTermBytes;
  private final Integer segmentBytes;
  private final Integer datagramBytes;
  private final Long snapshotLogBytes;
  private final Long feedBytes;
  private final Integer fileSyncLevel;
  private final Long lowStorageBytes;
  private final Integer leaderWaitSeconds;
  private final Path driverDirectory;

  ReplicationConfig(ReplicationConfigBuilder given) {
    members = given.members == null ? List.of() : List.copyOf(given.members);
    memberId = given.memberId;
    clusterName = given.clusterName == null ? Audience.DEFAULT_CLUSTER : given.clusterName;
    secretFile = given.secretFile;
    acceptedSecretFile = given.acceptedSecretFile;
    networkIsSealed = given.networkIsSealed != null && given.networkIsSealed;
    cipher = given.cipher == null ? WireCipher.AES_256_GCM.configName() : given.cipher;
    host = given.host == null ? "127.0.0.1" : HostName.bare(given.host);
    heartbeatIntervalMillis = or(given.heartbeatIntervalMillis, 50);
    heartbeatTimeoutMillis = or(given.heartbeatTimeoutMillis, 400);
    electionTimeoutMillis = or(given.electionTimeoutMillis, 150);
    maxParkMicros = or(given.maxParkMicros, 250);
    maxRestMicros = or(given.maxRestMicros, 2_000);
    logTermBytes = or(given.logTermBytes, 16 << 20);
    segmentBytes = or(given.segmentBytes, 64 << 20);
    datagramBytes = or(given.datagramBytes, 1_408);
    snapshotLogBytes =
        given.snapshotLogBytes == null ? Long.valueOf(1L << 30) : given.snapshotLogBytes;
    feedBytes = given.feedBytes == null ? Long.valueOf(1L << 30) : given.feedBytes;
    fileSyncLevel = or(given.fileSyncLevel, 0);
    lowStorageBytes =
        given.lowStorageBytes == null ? Long.valueOf(256L << 20) : given.lowStorageBytes;
    leaderWaitSeconds = or(given.leaderWaitSeconds, 300);
    driverDirectory = given.driverDirectory;
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
    NodeConfig.requireRange("replication.maxRestMicros", maxRestMicros, 1, MAX_PARK_MICROS);
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

  /** Begins a configuration with every setting at its default. */
  public static ReplicationConfigBuilder builder() {
    return new ReplicationConfigBuilder();
  }

  /** A configuration with every setting at its default. */
  public static ReplicationConfig defaults() {
    return builder().build();
  }

  ReplicationConfig resolvedAgainst(Path base) {
    return ReplicationConfigBuilder.from(this)
        .secretFile(NodeConfig.resolve(base, secretFile))
        .acceptedSecretFile(NodeConfig.resolve(base, acceptedSecretFile))
        .driverDirectory(NodeConfig.resolve(base, driverDirectory))
        .build();
  }

  /** The same of a replica that the members reach at another address. */
  ReplicationConfig withHost(String other) {
    return ReplicationConfigBuilder.from(this).host(other).build();
  }

  public List<Member> members() {
    return members;
  }

  public Integer memberId() {
    return memberId;
  }

  public String clusterName() {
    return clusterName;
  }

  public Path secretFile() {
    return secretFile;
  }

  public Path acceptedSecretFile() {
    return acceptedSecretFile;
  }

  public Boolean networkIsSealed() {
    return networkIsSealed;
  }

  public String cipher() {
    return cipher;
  }

  public String host() {
    return host;
  }

  public Integer heartbeatIntervalMillis() {
    return heartbeatIntervalMillis;
  }

  public Integer heartbeatTimeoutMillis() {
    return heartbeatTimeoutMillis;
  }

  public Integer electionTimeoutMillis() {
    return electionTimeoutMillis;
  }

  public Integer maxParkMicros() {
    return maxParkMicros;
  }

  public Integer maxRestMicros() {
    return maxRestMicros;
  }

  public Integer logTermBytes() {
    return logTermBytes;
  }

  public Integer segmentBytes() {
    return segmentBytes;
  }

  public Integer datagramBytes() {
    return datagramBytes;
  }

  public Long snapshotLogBytes() {
    return snapshotLogBytes;
  }

  public Long feedBytes() {
    return feedBytes;
  }

  public Integer fileSyncLevel() {
    return fileSyncLevel;
  }

  public Long lowStorageBytes() {
    return lowStorageBytes;
  }

  public Integer leaderWaitSeconds() {
    return leaderWaitSeconds;
  }

  public Path driverDirectory() {
    return driverDirectory;
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
