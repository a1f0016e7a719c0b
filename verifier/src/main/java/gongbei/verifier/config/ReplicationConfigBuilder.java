package gongbei.verifier.config;

import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import gongbei.verifier.client.Audience;
import java.nio.file.Path;
import java.util.List;

/** Builds a {@link ReplicationConfig}. What is not set, or is null, has the default named here. */
@JsonPOJOBuilder(withPrefix = "")
public final class ReplicationConfigBuilder {
  List<ReplicationConfig.Member> members;
  Integer memberId;
  String clusterName;
  Path secretFile;
  Path acceptedSecretFile;
  Boolean networkIsSealed;
  String cipher;
  String host;
  Integer heartbeatIntervalMillis;
  Integer heartbeatTimeoutMillis;
  Integer electionTimeoutMillis;
  Integer maxParkMicros;
  Integer maxRestMicros;
  Integer logTermBytes;
  Integer segmentBytes;
  Integer datagramBytes;
  Long snapshotLogBytes;
  Long feedBytes;
  Integer fileSyncLevel;
  Long lowStorageBytes;
  Integer leaderWaitSeconds;
  Path driverDirectory;

  ReplicationConfigBuilder() {}

  /** Begins with the settings of another configuration. */
  static ReplicationConfigBuilder from(ReplicationConfig other) {
    final ReplicationConfigBuilder copy = new ReplicationConfigBuilder();
    copy.members = other.members();
    copy.memberId = other.memberId();
    copy.clusterName = other.clusterName();
    copy.secretFile = other.secretFile();
    copy.acceptedSecretFile = other.acceptedSecretFile();
    copy.networkIsSealed = other.networkIsSealed();
    copy.cipher = other.cipher();
    copy.host = other.host();
    copy.heartbeatIntervalMillis = other.heartbeatIntervalMillis();
    copy.heartbeatTimeoutMillis = other.heartbeatTimeoutMillis();
    copy.electionTimeoutMillis = other.electionTimeoutMillis();
    copy.maxParkMicros = other.maxParkMicros();
    copy.maxRestMicros = other.maxRestMicros();
    copy.logTermBytes = other.logTermBytes();
    copy.segmentBytes = other.segmentBytes();
    copy.datagramBytes = other.datagramBytes();
    copy.snapshotLogBytes = other.snapshotLogBytes();
    copy.feedBytes = other.feedBytes();
    copy.fileSyncLevel = other.fileSyncLevel();
    copy.lowStorageBytes = other.lowStorageBytes();
    copy.leaderWaitSeconds = other.leaderWaitSeconds();
    copy.driverDirectory = other.driverDirectory();
    return copy;
  }

  /**
   * Sets the members of the cluster, 1, 3 or 5, the same list on every node; empty (default) for a
   * single node that no other reaches.
   */
  public ReplicationConfigBuilder members(List<ReplicationConfig.Member> value) {
    members = value;
    return this;
  }

  /** Sets which of the members this is, from 0; a replica has none. */
  public ReplicationConfigBuilder memberId(Integer value) {
    memberId = value;
    return this;
  }

  /**
   * Sets what signed requests must name beside the region, 1 to 32 small letters, digits and
   * hyphens, the same on every node; default {@link Audience#DEFAULT_CLUSTER}.
   */
  public ReplicationConfigBuilder clusterName(String value) {
    clusterName = value;
    return this;
  }

  /**
   * Sets what seals the datagrams of members, replicas and backups, and what they show each other,
   * 16 bytes or more; it may be left out only where all of them are on the loopback.
   */
  public ReplicationConfigBuilder secretFile(Path value) {
    secretFile = value;
    return this;
  }

  /**
   * Sets another secret that is accepted too, while the secret is changed on one node after the
   * other; none by default.
   */
  public ReplicationConfigBuilder acceptedSecretFile(Path value) {
    acceptedSecretFile = value;
    return this;
  }

  /**
   * Sets whether something else seals all that nodes send each other, such as a tunnel, so that
   * their datagrams are sent plain; default false.
   */
  public ReplicationConfigBuilder networkIsSealed(Boolean value) {
    networkIsSealed = value;
    return this;
  }

  /** Sets what seals datagrams, the same on every node: aes-256-gcm (default) or sm4-gcm. */
  public ReplicationConfigBuilder cipher(String value) {
    cipher = value;
    return this;
  }

  /** Sets where the members reach this replica; default 127.0.0.1; a member has it in the list. */
  public ReplicationConfigBuilder host(String value) {
    host = value;
    return this;
  }

  /** Sets how often a leader sends its heartbeat; default 50. */
  public ReplicationConfigBuilder heartbeatIntervalMillis(Integer value) {
    heartbeatIntervalMillis = value;
    return this;
  }

  /** Sets after what silence of a leader an election is called; default 400. */
  public ReplicationConfigBuilder heartbeatTimeoutMillis(Integer value) {
    heartbeatTimeoutMillis = value;
    return this;
  }

  /** Sets how long a candidate waits for votes; default 150. */
  public ReplicationConfigBuilder electionTimeoutMillis(Integer value) {
    electionTimeoutMillis = value;
    return this;
  }

  /** Sets the longest sleep of an idle thread; default 250. */
  public ReplicationConfigBuilder maxParkMicros(Integer value) {
    maxParkMicros = value;
    return this;
  }

  /** Sets the longest sleep of a thread that has had nothing to do for a while; default 2000. */
  public ReplicationConfigBuilder maxRestMicros(Integer value) {
    maxRestMicros = value;
    return this;
  }

  /** Sets the bytes of a third of the log's buffer, a power of two; default 16 MiB. */
  public ReplicationConfigBuilder logTermBytes(Integer value) {
    logTermBytes = value;
    return this;
  }

  /** Sets the bytes of a file of a recording, a power of two; default 64 MiB. */
  public ReplicationConfigBuilder segmentBytes(Integer value) {
    segmentBytes = value;
    return this;
  }

  /** Sets the bytes of a datagram, a multiple of 32; default 1,408. */
  public ReplicationConfigBuilder datagramBytes(Integer value) {
    datagramBytes = value;
    return this;
  }

  /** Sets after how much log a snapshot is taken; default 1 GiB; 0 for never. */
  public ReplicationConfigBuilder snapshotLogBytes(Long value) {
    snapshotLogBytes = value;
    return this;
  }

  /** Sets how much of the feed is kept for replicas; default 1 GiB. */
  public ReplicationConfigBuilder feedBytes(Long value) {
    feedBytes = value;
    return this;
  }

  /**
   * Sets whether what is recorded is forced to disk: 0 (default) no, 1 its data, 2 its data and the
   * files' sizes.
   */
  public ReplicationConfigBuilder fileSyncLevel(Integer value) {
    fileSyncLevel = value;
    return this;
  }

  /** Sets how much free disk there must be for anything more to be recorded; default 256 MiB. */
  public ReplicationConfigBuilder lowStorageBytes(Long value) {
    lowStorageBytes = value;
    return this;
  }

  /**
   * Sets how long a member that starts and has no map yet waits for one to lead before it ends;
   * default 300.
   */
  public ReplicationConfigBuilder leaderWaitSeconds(Integer value) {
    leaderWaitSeconds = value;
    return this;
  }

  /** Sets where the media driver's buffers are; default in shared memory. */
  public ReplicationConfigBuilder driverDirectory(Path value) {
    driverDirectory = value;
    return this;
  }

  /**
   * The configuration.
   *
   * @throws IllegalArgumentException where a setting is out of range, or one that others need is
   *     missing; the message names it
   */
  public ReplicationConfig build() {
    return new ReplicationConfig(this);
  }
}
