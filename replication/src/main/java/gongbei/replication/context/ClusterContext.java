package gongbei.replication.context;

import gongbei.replication.machine.HistorySink;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.map.StatusMap;
import gongbei.replication.wire.WireCipher;
import gongbei.replication.wire.WireSeal;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.security.AuthenticatorSupplier;
import io.aeron.security.CredentialsSupplier;
import io.aeron.security.DefaultAuthenticatorSupplier;
import io.aeron.security.NullCredentialsSupplier;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.agrona.concurrent.IdleStrategy;

/**
 * What a node of a cluster is made of. Setters are for one thread, before the node is started; what
 * is not set has the default named here, which is meant for members that share two processors.
 */
public final class ClusterContext {
  /**
   * The directory of the history's files, in a node's data directory, where {@code history} is the
   * log's identity.
   */
  public static final String HISTORY = "transparency";

  private static final long MIN_PARK_NANOS = 10_000;
  private static final int MIN_CANVASS_MILLIS = 3_000;
  private static final int UDP_TERM_BYTES = 1 << 20;

  /** Room for 8,192 counters; the default is eight times that, and takes 40 MB of shared memory. */
  private static final int COUNTERS_BYTES = 1 << 20;

  private static final int IPC_MTU_BYTES = 16 * 1024;

  private int protocol = ReplicatedState.PROTOCOL;
  private Path directory;
  private Path aeronDirectory;
  private StatusMap map;
  private HistorySink historySink = HistorySink.NONE;
  private List<MemberAddress> members = List.of();
  private int memberId;
  private Optional<ClusterSecret> secret = Optional.empty();
  private boolean networkIsSealed;
  private WireCipher wireCipher = WireCipher.AES_256_GCM;
  private Optional<WireSeal> seal = Optional.empty();

  /**
   * After what silence a driver gives up a client of its own process: longer than a machine is
   * likely to stand still.
   */
  static final long CLIENT_LIVENESS_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** After what time a driver finishes what a client has begun to publish; longer than that. */
  static final long UNBLOCK_NANOS = TimeUnit.SECONDS.toNanos(90);

  private int heartbeatIntervalMillis = 50;
  private int heartbeatTimeoutMillis = 400;
  private int electionTimeoutMillis = 150;
  private int electionStatusIntervalMillis = 20;
  private int sessionTimeoutMillis = 10_000;
  private int maxParkMicros = 250;
  private int maxRestMicros = 2_000;
  private int logTermBytes = 16 << 20;
  private int ipcTermBytes = 4 << 20;
  private int segmentBytes = 64 << 20;
  private int mtuBytes = 1_408;
  private long snapshotLogBytes = 1L << 30;
  private long feedBytes = 1L << 30;
  private int fileSyncLevel;
  private long lowStorageBytes = 256L << 20;

  /** The version of the protocol that this member speaks when it leads. */
  public int protocol() {
    return protocol;
  }

  /** Sets what version of the protocol this member says it speaks: for tests. */
  public ClusterContext protocol(int value) {
    protocol = value;
    return this;
  }

  /** Where log, snapshots and feed are kept. */
  public Path directory() {
    return directory;
  }

  /** Sets where log, snapshots and feed are kept. */
  public ClusterContext directory(Path value) {
    directory = value;
    return this;
  }

  /**
   * The directory of the media driver's buffers; none is one with room: {@link DriverDirectory}.
   */
  Optional<Path> aeronDirectory() {
    return Optional.ofNullable(aeronDirectory);
  }

  /** Sets the directory of the media driver's buffers. */
  public ClusterContext aeronDirectory(Path value) {
    aeronDirectory = value;
    return this;
  }

  /** The map that the log is applied to. */
  public StatusMap map() {
    return map;
  }

  /** Sets the map that the log is applied to; the node closes it. */
  public ClusterContext map(StatusMap value) {
    map = value;
    return this;
  }

  /** What receives the history; by default nothing does. */
  public HistorySink historySink() {
    return historySink;
  }

  /** Sets what receives the history of every version; the node does not close it. */
  public ClusterContext historySink(HistorySink value) {
    historySink = value;
    return this;
  }

  /** All members; empty (default) is one member alone that takes no UDP ports. */
  public List<MemberAddress> members() {
    return members;
  }

  /** Sets all members, in the order of their ids. */
  public ClusterContext members(List<MemberAddress> value) {
    members = List.copyOf(value);
    return this;
  }

  /** Which of the members this is; default 0. */
  public int memberId() {
    return memberId;
  }

  /** Sets which of the members this is. */
  public ClusterContext memberId(int value) {
    memberId = value;
    return this;
  }

  /** Sets what members and replicas show each other; by default everyone is let in. */
  public ClusterContext secret(ClusterSecret value) {
    return secret(Optional.of(value));
  }

  /** Sets what members and replicas show each other; without a secret everyone is let in. */
  public ClusterContext secret(Optional<ClusterSecret> value) {
    secret = value;
    return this;
  }

  /** What shows others that this node is one of them; nothing without a secret. */
  public CredentialsSupplier credentials() {
    return secret.<CredentialsSupplier>map(each -> each).orElseGet(NullCredentialsSupplier::new);
  }

  /** What lets others in: those who show the secret, and everyone without one. */
  public AuthenticatorSupplier authenticators() {
    return secret
        .<AuthenticatorSupplier>map(each -> each)
        .orElse(DefaultAuthenticatorSupplier.INSTANCE);
  }

  /**
   * Sets whether something else seals all that nodes send each other, so that they need not; by
   * default their datagrams are sealed where there is a secret.
   */
  public ClusterContext networkIsSealed(boolean value) {
    networkIsSealed = value;
    return this;
  }

  /** Sets the cipher that seals datagrams, the same on every node; default AES-256-GCM. */
  public ClusterContext wireCipher(WireCipher value) {
    wireCipher = value;
    return this;
  }

  /** What seals the datagrams of this node's driver; empty where they are plain. */
  public Optional<WireSeal> seal() {
    if (seal.isEmpty() && !networkIsSealed) {
      seal = secret.map(each -> each.newSeal(wireCipher));
    }
    return seal;
  }

  /**
   * A driver for this node, as far as nodes of all kinds agree.
   *
   * @param driverDirectory where its buffers are
   */
  public MediaDriver.Context newDriverContext(Path driverDirectory) {
    final MediaDriver.Context made =
        new MediaDriver.Context()
            .aeronDirectoryName(driverDirectory.toString())
            .dirDeleteOnStart(true)
            .dirDeleteOnShutdown(true)
            .threadingMode(ThreadingMode.SHARED)
            .sharedIdleStrategy(idleStrategies().get())
            .termBufferSparseFile(false)
            .counterValuesBufferLength(COUNTERS_BYTES)
            .publicationTermBufferLength(UDP_TERM_BYTES)
            .mtuLength(mtuBytes)
            .ipcMtuLength(IPC_MTU_BYTES)
            .epochClock(SteadyClock.OF_PROCESS)
            .clientLivenessTimeoutNs(CLIENT_LIVENESS_NANOS)
            .publicationUnblockTimeoutNs(UNBLOCK_NANOS);
    seal().ifPresent(wire -> wire.applyTo(made));
    return made;
  }

  /** How often a leader says that it is there; default 50 ms. */
  public long heartbeatIntervalNanos() {
    return TimeUnit.MILLISECONDS.toNanos(heartbeatIntervalMillis);
  }

  /** Sets how often a leader says that it is there, in milliseconds. */
  public ClusterContext heartbeatIntervalMillis(int value) {
    heartbeatIntervalMillis = value;
    return this;
  }

  /** After what silence of its leader a member calls an election; default 400 ms. */
  public long heartbeatTimeoutNanos() {
    return TimeUnit.MILLISECONDS.toNanos(heartbeatTimeoutMillis);
  }

  /** Sets after what silence a member calls an election, in milliseconds. */
  public ClusterContext heartbeatTimeoutMillis(int value) {
    heartbeatTimeoutMillis = value;
    return this;
  }

  /** How long a candidate waits for votes; default 150 ms. */
  public long electionTimeoutNanos() {
    return TimeUnit.MILLISECONDS.toNanos(electionTimeoutMillis);
  }

  /** Sets how long a candidate waits for votes, in milliseconds. */
  public ClusterContext electionTimeoutMillis(int value) {
    electionTimeoutMillis = value;
    return this;
  }

  public long electionStatusIntervalNanos() {
    return TimeUnit.MILLISECONDS.toNanos(electionStatusIntervalMillis);
  }

  /** How long a member that starts waits for all others: a multiple of the heartbeat timeout. */
  public long startupCanvassNanos() {
    final long timeouts = Math.max(2, MIN_CANVASS_MILLIS / heartbeatTimeoutMillis);
    return timeouts * heartbeatTimeoutNanos();
  }

  public long sessionTimeoutNanos() {
    return TimeUnit.MILLISECONDS.toNanos(sessionTimeoutMillis);
  }

  /** Sets the longest sleep of an idle thread, in microseconds; default 250. */
  public ClusterContext maxParkMicros(int value) {
    maxParkMicros = value;
    return this;
  }

  public long maxParkNanos() {
    return Math.max(MIN_PARK_NANOS, TimeUnit.MICROSECONDS.toNanos(maxParkMicros));
  }

  /**
   * Sets the longest sleep of a thread that has had nothing to do for a while, in microseconds;
   * default 2000.
   */
  public ClusterContext maxRestMicros(int value) {
    maxRestMicros = value;
    return this;
  }

  private long restNanos() {
    return TimeUnit.MICROSECONDS.toNanos(maxRestMicros);
  }

  /** How the log's threads wait for work. */
  public Supplier<IdleStrategy> idleStrategies() {
    return () -> new RestingIdleStrategy(maxParkNanos(), restNanos());
  }

  /** The bytes of each of the three term buffers of the log; default 16 MiB. */
  public int logTermBytes() {
    return logTermBytes;
  }

  /** Sets the bytes of a term buffer of the log, a power of two. */
  public ClusterContext logTermBytes(int value) {
    logTermBytes = value;
    return this;
  }

  public int ipcTermBytes() {
    return ipcTermBytes;
  }

  /** The bytes of a file of a recording; default 64 MiB. */
  public int segmentBytes() {
    return segmentBytes;
  }

  /** Sets the bytes of a file of a recording, a power of two no less than a term buffer. */
  public ClusterContext segmentBytes(int value) {
    segmentBytes = value;
    return this;
  }

  public int mtuBytes() {
    return mtuBytes;
  }

  /** Sets the bytes of a datagram; default 1,408, which passes every network. */
  public ClusterContext mtuBytes(int value) {
    mtuBytes = value;
    return this;
  }

  /** After how many bytes of log a snapshot is taken; default 1 GiB. */
  public long snapshotLogBytes() {
    return snapshotLogBytes;
  }

  /** Sets after how many bytes of log a snapshot is taken; 0 takes none by itself. */
  public ClusterContext snapshotLogBytes(long value) {
    snapshotLogBytes = value;
    return this;
  }

  /** How many bytes of the feed are kept for replicas; default 1 GiB. */
  public long feedBytes() {
    return feedBytes;
  }

  /** Sets how many bytes of the feed are kept for replicas. */
  public ClusterContext feedBytes(long value) {
    feedBytes = value;
    return this;
  }

  /** 0 leaves writing back to the operating system, 1 forces data, 2 data and file sizes. */
  public int fileSyncLevel() {
    return fileSyncLevel;
  }

  /** Sets whether what is recorded is forced to disk: 0 (default), 1 or 2. */
  public ClusterContext fileSyncLevel(int value) {
    fileSyncLevel = value;
    return this;
  }

  public long lowStorageBytes() {
    return lowStorageBytes;
  }

  /** Sets below how much free disk nothing more is recorded; default 256 MiB. */
  public ClusterContext lowStorageBytes(long value) {
    lowStorageBytes = value;
    return this;
  }

  /** Whether this is one member alone, without UDP ports. */
  public boolean isAlone() {
    return members.isEmpty();
  }

  public MemberAddress self() {
    return members.get(memberId);
  }

  public String memberEndpoints() {
    return isAlone()
        ? new MemberAddress(0, "localhost", 0).endpointsOfNone()
        : members.stream().map(MemberAddress::endpoints).collect(Collectors.joining("|"));
  }

  public String ingressEndpoints() {
    return members.stream()
        .map(member -> member.id() + "=" + member.ingress())
        .collect(Collectors.joining(","));
  }

  public Path archiveDirectory() {
    return directory.resolve("archive");
  }

  public Path clusterDirectory() {
    return directory.resolve("cluster");
  }
}
