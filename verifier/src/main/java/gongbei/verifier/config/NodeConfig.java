package gongbei.verifier.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import gongbei.codec.model.Region;
import gongbei.replication.context.HostName;
import gongbei.verifier.limits.ClientLimits;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * The configuration of one node: what a YAML file says, and defaults for what it leaves out. Each
 * setting is described where {@link NodeConfigBuilder} takes it. A path is null where none is
 * given; paths in a file are relative to the file's directory.
 */
@JsonDeserialize(builder = NodeConfigBuilder.class)
public final class NodeConfig {
  private final Role role;
  private final Region region;
  private final Optional<Path> dataDirectory;
  private final Long maxSubjects;
  private final Path trustDirectory;
  private final Path signingKeyDirectory;
  private final TokenConfig signingToken;
  private final Path authorityDirectory;
  private final Path rulesetDirectory;
  private final Path deviceFile;
  private final Path subjectSecretFile;
  private final Path lookupDirectory;
  private final Path paperFontFile;
  private final TranslationConfig translation;
  private final Integer reloadSeconds;
  private final Integer clockSkewSeconds;
  private final Integer drainSeconds;
  private final Integer appealHours;
  private final Engine signatureEngine;
  private final SignatureTables signatureTables;
  private final Endpoint http;
  private final Endpoint tcp;
  private final Pipeline pipeline;
  private final ReplicationConfig replication;
  private final AccessConfig access;
  private final HistoryConfig history;
  private final MintingConfig minting;

  NodeConfig(NodeConfigBuilder given) {
    role = or(given.role, Role.SINGLE);
    region = or(given.region, Region.GUANGDONG);
    dataDirectory = Optional.ofNullable(given.dataDirectory);
    maxSubjects = or(given.maxSubjects, Limits.DEFAULT_SUBJECTS);
    trustDirectory = given.trustDirectory;
    signingKeyDirectory = given.signingKeyDirectory;
    signingToken = given.signingToken;
    authorityDirectory = given.authorityDirectory;
    rulesetDirectory = given.rulesetDirectory;
    deviceFile = given.deviceFile;
    subjectSecretFile = given.subjectSecretFile;
    lookupDirectory = given.lookupDirectory;
    paperFontFile = given.paperFontFile;
    translation = or(given.translation, TranslationConfig.defaults());
    reloadSeconds = or(given.reloadSeconds, Limits.DEFAULT_RELOAD_SECONDS);
    clockSkewSeconds = or(given.clockSkewSeconds, ClientLimits.CLOCK_SKEW_SECONDS);
    drainSeconds = or(given.drainSeconds, Limits.DEFAULT_DRAIN_SECONDS);
    appealHours = or(given.appealHours, Limits.DEFAULT_APPEAL_HOURS);
    signatureEngine = or(given.signatureEngine, Engine.FIXED_BASE);
    signatureTables = or(given.signatureTables, new SignatureTables(null, null, null));
    http = Endpoint.orDefault(given.http, Limits.DEFAULT_HTTP_PORT, ThreadCounts.httpLoops());
    tcp = Endpoint.orDefault(given.tcp, Limits.DEFAULT_TCP_PORT, ThreadCounts.tcpLoops());
    pipeline = or(given.pipeline, new Pipeline(null, null, null, null, null));
    replication = or(given.replication, ReplicationConfig.defaults());
    access = or(given.access, AccessConfig.defaults());
    history = or(given.history, HistoryConfig.defaults());
    minting = or(given.minting, MintingConfig.defaults());
    if (role != Role.SINGLE && dataDirectory.isEmpty()) {
      throw new IllegalArgumentException(
          "dataDirectory is missing, which a " + role.wireName() + " needs");
    }
    if (role == Role.MEMBER && replication.memberId() == null) {
      throw new IllegalArgumentException("replication.memberId is missing, which a member needs");
    }
    if (role == Role.REPLICA && replication.members().isEmpty()) {
      throw new IllegalArgumentException("replication.members is missing, which a replica needs");
    }
    ServerAccess.require("http", http, access.apiKeyFile(), "access.apiKeyFile");
    ServerAccess.require("tcp", tcp, deviceFile, "deviceFile");
    requireRange("maxSubjects", maxSubjects, 1, Limits.MAX_SUBJECTS);
    requireRange("reloadSeconds", reloadSeconds, 1, Limits.MAX_RELOAD_SECONDS);
    requireRange("clockSkewSeconds", clockSkewSeconds, 0, Limits.MAX_CLOCK_SKEW_SECONDS);
    requireRange("drainSeconds", drainSeconds, 0, Limits.MAX_DRAIN_SECONDS);
    requireRange("appealHours", appealHours, 1, Limits.MAX_APPEAL_HOURS);
  }

  /** Begins a configuration with every setting at its default. */
  public static NodeConfigBuilder builder() {
    return new NodeConfigBuilder();
  }

  /** A configuration with every setting at its default. */
  public static NodeConfig defaults() {
    return builder().build();
  }

  /** A single node in memory, all else at its default. */
  public static NodeConfig inMemory(
      Region region, long maxSubjects, Endpoint http, Endpoint tcp, Pipeline pipeline) {
    return builder()
        .region(region)
        .maxSubjects(maxSubjects)
        .http(http)
        .tcp(tcp)
        .pipeline(pipeline)
        .build();
  }

  /** Reads a YAML file; a setting that is not known is a fault. */
  public static NodeConfig read(Path file) throws ConfigException {
    final NodeConfig read = ConfigFile.read(file, NodeConfig.class);
    return read == null
        ? defaults()
        : NodeConfigBuilder.resolved(read, file.toAbsolutePath().getParent());
  }

  /** Begins a configuration with the settings of this one. */
  public NodeConfigBuilder toBuilder() {
    return NodeConfigBuilder.from(this);
  }

  /** The same with another role. */
  public NodeConfig withRole(Role other) {
    return toBuilder().role(other).build();
  }

  /** The same that the members reach at another address, as a replica. */
  public NodeConfig withReplicationHost(String host) {
    return toBuilder().replication(replication.withHost(host)).build();
  }

  /** The same that translates otherwise. */
  public NodeConfig withTranslation(TranslationConfig other) {
    return toBuilder().translation(other).build();
  }

  /** Whether everybody may ask everything over HTTP who shows no key. */
  public boolean isHttpOpen() {
    return ServerAccess.isOpenToAll(http, access);
  }

  /** What an address may ask in a second over HTTP without key or certificate; 0 for no bound. */
  public int addressRequestsPerSecond() {
    return ServerAccess.addressRequestsPerSecond(http, access);
  }

  /** The most connections of one address to a server. */
  public int connectionsPerAddress(Endpoint server) {
    return ServerAccess.connectionsPerAddress(server, access);
  }

  static Path resolve(Path base, Path path) {
    return path == null ? null : base.resolve(path.toString()).normalize();
  }

  private static <T> T or(T given, T otherwise) {
    return given == null ? otherwise : given;
  }

  public Role role() {
    return role;
  }

  public Region region() {
    return region;
  }

  public Optional<Path> dataDirectory() {
    return dataDirectory;
  }

  public Long maxSubjects() {
    return maxSubjects;
  }

  public Optional<Path> trustDirectory() {
    return Optional.ofNullable(trustDirectory);
  }

  public Optional<Path> signingKeyDirectory() {
    return Optional.ofNullable(signingKeyDirectory);
  }

  public Optional<TokenConfig> signingToken() {
    return Optional.ofNullable(signingToken);
  }

  public Optional<Path> authorityDirectory() {
    return Optional.ofNullable(authorityDirectory);
  }

  public Optional<Path> rulesetDirectory() {
    return Optional.ofNullable(rulesetDirectory);
  }

  public Optional<Path> deviceFile() {
    return Optional.ofNullable(deviceFile);
  }

  public Optional<Path> subjectSecretFile() {
    return Optional.ofNullable(subjectSecretFile);
  }

  public Optional<Path> lookupDirectory() {
    return Optional.ofNullable(lookupDirectory);
  }

  public Optional<Path> paperFontFile() {
    return Optional.ofNullable(paperFontFile);
  }

  public TranslationConfig translation() {
    return translation;
  }

  public Integer reloadSeconds() {
    return reloadSeconds;
  }

  public Integer clockSkewSeconds() {
    return clockSkewSeconds;
  }

  public Integer drainSeconds() {
    return drainSeconds;
  }

  public Integer appealHours() {
    return appealHours;
  }

  public Engine signatureEngine() {
    return signatureEngine;
  }

  public SignatureTables signatureTables() {
    return signatureTables;
  }

  public Endpoint http() {
    return http;
  }

  public Endpoint tcp() {
    return tcp;
  }

  public Pipeline pipeline() {
    return pipeline;
  }

  public ReplicationConfig replication() {
    return replication;
  }

  public AccessConfig access() {
    return access;
  }

  public HistoryConfig history() {
    return history;
  }

  public MintingConfig minting() {
    return minting;
  }

  static void requireRange(String name, long value, long least, long greatest) {
    if (value < least || value > greatest) {
      throw new IllegalArgumentException(
          name + " is " + value + ", not from " + least + " to " + greatest);
    }
  }

  /** What a node is to its cluster. */
  public enum Role {
    /** A node by itself. */
    SINGLE,
    /** One of three or five that replicate a log. */
    MEMBER,
    /** One that follows the members and takes no writes. */
    REPLICA;

    /** The name in files and in JSON. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What verifies signatures. */
  public enum Engine {
    /** Tables of multiples of every trusted SM2 and P-256 key; the library for the rest. */
    @JsonProperty("fixed-base")
    FIXED_BASE,
    /** The library, on its optimised curves. */
    @JsonProperty("bouncy-castle")
    BOUNCY_CASTLE;

    /** The name in files and in JSON. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * The tables of multiples that {@link Engine#FIXED_BASE} verifies by. A key with windows of w
   * bits takes 256/w + 1 of them with 2ʷ⁻¹ points of 64 bytes each, the last one less: 0.26 MB for
   * 8 bits, 5 MB for 13. Wider windows make fewer additions and more misses of the processor's
   * caches.
   *
   * @param wideBits windows of keys that sign GD1 or MO1 and of the two generators, 4 to 16 bits;
   *     default {@link Limits#DEFAULT_WIDE_TABLE_BITS}
   * @param narrowBits windows of other issuers' keys, 4 bits to {@code wideBits}; default {@link
   *     Limits#DEFAULT_NARROW_TABLE_BITS}, or {@code wideBits} where that is less
   * @param maxMebibytes the most memory of all keys' tables, the generators' aside; the library
   *     verifies for keys that find no room, regions' keys first of all having it; default {@link
   *     Limits#DEFAULT_TABLE_MEBIBYTES}
   */
  public record SignatureTables(Integer wideBits, Integer narrowBits, Integer maxMebibytes) {
    public SignatureTables {
      wideBits = wideBits == null ? Limits.DEFAULT_WIDE_TABLE_BITS : wideBits;
      narrowBits =
          narrowBits == null
              ? Integer.valueOf(Math.min(wideBits, Limits.DEFAULT_NARROW_TABLE_BITS))
              : narrowBits;
      maxMebibytes = maxMebibytes == null ? Limits.DEFAULT_TABLE_MEBIBYTES : maxMebibytes;
      requireRange(
          "signatureTables.wideBits", wideBits, Limits.MIN_TABLE_BITS, Limits.MAX_TABLE_BITS);
      requireRange("signatureTables.narrowBits", narrowBits, Limits.MIN_TABLE_BITS, wideBits);
      requireRange("signatureTables.maxMebibytes", maxMebibytes, 0, Limits.MAX_TABLE_MEBIBYTES);
    }
  }

  /**
   * Where a server listens, and how what is said there is kept from others.
   *
   * @param host an address of this machine; default 127.0.0.1
   * @param port 0 takes any free port; default (null) the server's own, see {@link NodeConfig}
   * @param tls null (default) speaks plain text, which needs a loopback address or {@code
   *     allowPlainText}
   * @param allowPlainText whether plain text may be spoken on an address that is no loopback;
   *     default false
   * @param allowAnonymous whether everybody may ask where neither keys nor client certificates say
   *     who may; default false, which matters only beyond the plain loopback
   * @param eventLoops the threads that read and write, which no other server has; default (null)
   *     the server's own, see {@link ThreadCounts}
   */
  public record Endpoint(
      String host,
      Integer port,
      TlsConfig tls,
      Boolean allowPlainText,
      Boolean allowAnonymous,
      Integer eventLoops) {
    private static final String DEFAULT_HOST = "127.0.0.1";

    public Endpoint {
      if (host != null && host.isBlank()) {
        throw new IllegalArgumentException("host is empty");
      }
      host = HostName.bare(host == null ? DEFAULT_HOST : host);
      if (port != null) {
        requireRange("port", port, 0, 65_535);
      }
      allowPlainText = allowPlainText != null && allowPlainText;
      allowAnonymous = allowAnonymous != null && allowAnonymous;
      if (eventLoops != null) {
        requireRange("eventLoops", eventLoops, 1, Limits.MAX_SERVER_THREADS);
      }
      if (tls == null && !allowPlainText && !HostName.isLoopback(host)) {
        throw new IllegalArgumentException(
            "host is "
                + host
                + ", no loopback address: tls is missing, or allowPlainText: true to speak plain"
                + " text all the same");
      }
    }

    /** Plain text on a loopback address. */
    public Endpoint(String host, Integer port) {
      this(host, port, null, null, null, null);
    }

    /**
     * Whether this is plain text on the loopback, where everybody may ask unless told otherwise.
     */
    public boolean isOpen() {
      return tls == null && HostName.isLoopback(host);
    }

    Endpoint resolvedAgainst(Path base) {
      return new Endpoint(
          host,
          port,
          tls == null ? null : tls.resolvedAgainst(base),
          allowPlainText,
          allowAnonymous,
          eventLoops);
    }

    private static Endpoint orDefault(Endpoint given, int port, int loops) {
      return given == null
          ? new Endpoint(DEFAULT_HOST, port, null, null, null, loops)
          : new Endpoint(
              given.host,
              given.port == null ? Integer.valueOf(port) : given.port,
              given.tls,
              given.allowPlainText,
              given.allowAnonymous,
              given.eventLoops == null ? Integer.valueOf(loops) : given.eventLoops);
    }
  }

  /**
   * The ring buffer and its workers.
   *
   * @param capacity places, a power of two; default 1,024 for each worker
   * @param workers threads that evaluate; default one for each core
   * @param batch the most scans evaluated together; default 64
   * @param gatherMicros the longest that a worker waits for a batch to fill, in microseconds, where
   *     scans come so fast that it fills; default 1,000, 0 for never
   * @param waitStrategy how an idle worker waits; default {@link Wait#BLOCKING}
   */
  public record Pipeline(
      Integer capacity, Integer workers, Integer batch, Integer gatherMicros, Wait waitStrategy) {
    public Pipeline {
      workers = workers == null ? ThreadCounts.workers() : workers;
      capacity = capacity == null ? capacityFor(workers) : capacity;
      batch = batch == null ? Limits.DEFAULT_BATCH : batch;
      gatherMicros = gatherMicros == null ? Limits.DEFAULT_GATHER_MICROS : gatherMicros;
      waitStrategy = waitStrategy == null ? Wait.BLOCKING : waitStrategy;
      requireRange("capacity", capacity, 2, Limits.MAX_RING_CAPACITY);
      requireRange("workers", workers, 1, Limits.MAX_WORKERS);
      requireRange("batch", batch, 1, Limits.MAX_BATCH);
      requireRange("gatherMicros", gatherMicros, 0, Limits.MAX_GATHER_MICROS);
      if (Integer.bitCount(capacity) != 1) {
        throw new IllegalArgumentException("capacity is not a power of two");
      }
    }

    /** So that who waits for the last place waits for as long on any machine. */
    private static int capacityFor(int workers) {
      final int least =
          Limits.DEFAULT_PLACES_A_WORKER * Math.max(1, Math.min(workers, Limits.MAX_WORKERS));
      return Integer.highestOneBit(2 * least - 1);
    }
  }

  /** How an idle worker waits for the next scan. */
  public enum Wait {
    /** Sleeps until woken: least processor time. */
    BLOCKING,
    /** Sleeps for short spells. */
    SLEEPING,
    /** Yields the processor in a loop: for machines with cores to spare. */
    YIELDING
  }
}
