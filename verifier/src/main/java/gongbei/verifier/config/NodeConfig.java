package gongbei.verifier.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import gongbei.codec.file.YamlFault;
import gongbei.codec.trust.FileFault;
import gongbei.replication.context.HostName;
import gongbei.verifier.limits.ClientLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The configuration of one node. What a file leaves out has the default named here. Paths in a file
 * are relative to the file's directory.
 *
 * @param role default {@link Role#SINGLE}
 * @param region whose codes the node mints: {@code GD} (default) or {@code MO}
 * @param dataDirectory where map, log and snapshots are kept; null (default) keeps nothing: a
 *     single node in memory
 * @param maxSubjects the most holders in the map; default a million
 * @param trustDirectory issuers' certificates, {@code *.pem}; null (default) trusts nobody
 * @param signingKeyDirectory keys and certificates to mint with; null (default) mints nothing
 * @param signingToken keys that a token holds, beside those of the directory; null (default) none
 * @param authorityDirectory certificates of those who may change statuses; null (default) nobody
 * @param rulesetDirectory rulesets, {@code *.yaml}; null (default) takes the four shipped
 * @param deviceFile scanner devices' credentials; null (default) lets every device in
 * @param subjectSecretFile the region's secret; null (default) knows no documents and no visitors,
 *     and translates nothing
 * @param lookupDirectory certificates of checkpoints that may look holders up by document; null
 *     (default) nobody
 * @param paperFontFile a TrueType font that labels of codes on paper are written in; null (default)
 *     writes Latin letters alone
 * @param translation how codes of the other region are translated
 * @param reloadSeconds how often keys, rulesets and devices are looked at for changes; default 5
 * @param clockSkewSeconds how far ahead an issuer's clock may be; default 5
 * @param drainSeconds how long a node that stops waits for the answers that it owes; default 5
 * @param signatureEngine what verifies signatures; default {@link Engine#FIXED_BASE}
 * @param signatureTables how much memory {@link Engine#FIXED_BASE} spends on tables
 * @param http where checkpoints ask; default 127.0.0.1:8080
 * @param tcp where scanner devices connect; default 127.0.0.1:9700
 * @param pipeline the ring buffer and its workers
 * @param replication members, replicas and the log
 * @param access who may ask over HTTP, and how much
 */
public record NodeConfig(
    Role role,
    String region,
    Path dataDirectory,
    Long maxSubjects,
    Path trustDirectory,
    Path signingKeyDirectory,
    TokenConfig signingToken,
    Path authorityDirectory,
    Path rulesetDirectory,
    Path deviceFile,
    Path subjectSecretFile,
    Path lookupDirectory,
    Path paperFontFile,
    TranslationConfig translation,
    Integer reloadSeconds,
    Integer clockSkewSeconds,
    Integer drainSeconds,
    Engine signatureEngine,
    SignatureTables signatureTables,
    Endpoint http,
    Endpoint tcp,
    Pipeline pipeline,
    ReplicationConfig replication,
    AccessConfig access) {

  private static final ObjectMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .build();

  public NodeConfig {
    role = role == null ? Role.SINGLE : role;
    region = region == null ? "GD" : region;
    translation = translation == null ? TranslationConfig.defaults() : translation;
    maxSubjects = maxSubjects == null ? Limits.DEFAULT_SUBJECTS : maxSubjects;
    reloadSeconds = reloadSeconds == null ? Limits.DEFAULT_RELOAD_SECONDS : reloadSeconds;
    clockSkewSeconds =
        clockSkewSeconds == null ? ClientLimits.CLOCK_SKEW_SECONDS : clockSkewSeconds;
    drainSeconds = drainSeconds == null ? Limits.DEFAULT_DRAIN_SECONDS : drainSeconds;
    signatureEngine = signatureEngine == null ? Engine.FIXED_BASE : signatureEngine;
    signatureTables =
        signatureTables == null ? new SignatureTables(null, null, null) : signatureTables;
    access = access == null ? AccessConfig.defaults() : access;
    http = Endpoint.orDefault(http, Limits.DEFAULT_HTTP_PORT);
    tcp = Endpoint.orDefault(tcp, Limits.DEFAULT_TCP_PORT);
    pipeline = pipeline == null ? new Pipeline(null, null, null, null, null) : pipeline;
    replication = replication == null ? ReplicationConfig.defaults() : replication;
    if (role != Role.SINGLE && dataDirectory == null) {
      throw new IllegalArgumentException(
          "dataDirectory is missing, which a " + role.wireName() + " needs");
    }
    if (role == Role.MEMBER && replication.memberId() == null) {
      throw new IllegalArgumentException("replication.memberId is missing, which a member needs");
    }
    if (role == Role.REPLICA && replication.members().isEmpty()) {
      throw new IllegalArgumentException("replication.members is missing, which a replica needs");
    }
    requireAccess("http", http, access.apiKeyFile(), "access.apiKeyFile");
    requireAccess("tcp", tcp, deviceFile, "deviceFile");
    if (!region.equals("GD") && !region.equals("MO")) {
      throw new IllegalArgumentException("region is neither GD nor MO");
    }
    requireRange("maxSubjects", maxSubjects, 1, Limits.MAX_SUBJECTS);
    requireRange("reloadSeconds", reloadSeconds, 1, Limits.MAX_RELOAD_SECONDS);
    requireRange("clockSkewSeconds", clockSkewSeconds, 0, Limits.MAX_CLOCK_SKEW_SECONDS);
    requireRange("drainSeconds", drainSeconds, 0, Limits.MAX_DRAIN_SECONDS);
  }

  /** A configuration with every setting at its default. */
  public static NodeConfig defaults() {
    return new NodeConfig(
        null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
        null, null, null, null, null, null, null, null, null);
  }

  /** Whether everybody may ask everything over HTTP who shows no key. */
  public boolean isHttpOpen() {
    final boolean knowsClients = http.tls() != null && http.tls().clientCaDirectory() != null;
    return access.apiKeyFile() == null && !knowsClients && (http.isOpen() || http.allowAnonymous());
  }

  /** What an address may ask in a second over HTTP without key or certificate; 0 for no bound. */
  public int addressRequestsPerSecond() {
    if (access.addressRequestsPerSecond() != null) {
      return access.addressRequestsPerSecond();
    }
    return http.isOpen() && access.apiKeyFile() == null
        ? 0
        : Limits.DEFAULT_ADDRESS_REQUESTS_PER_SECOND;
  }

  /** The most connections of one address to a server. */
  public int connectionsPerAddress(Endpoint server) {
    if (access.connectionsPerAddress() != null) {
      return access.connectionsPerAddress();
    }
    return server.isOpen()
        ? Limits.DEFAULT_LOOPBACK_CONNECTIONS_PER_ADDRESS
        : Limits.DEFAULT_CONNECTIONS_PER_ADDRESS;
  }

  /** Beyond the loopback a server must know who asks, unless the configuration says otherwise. */
  private static void requireAccess(String name, Endpoint endpoint, Path file, String setting) {
    final boolean knowsClients =
        file != null || (endpoint.tls() != null && endpoint.tls().clientCaDirectory() != null);
    if (!endpoint.isOpen() && !knowsClients && !endpoint.allowAnonymous()) {
      throw new IllegalArgumentException(
          setting
              + " is missing, and so is "
              + name
              + ".tls.clientCaDirectory: one of them says who may ask, or "
              + name
              + ".allowAnonymous: true lets everybody");
    }
  }

  /** A single node in memory, all else at its default. */
  public static NodeConfig inMemory(
      String region, long maxSubjects, Endpoint http, Endpoint tcp, Pipeline pipeline) {
    return new NodeConfig(
        null,
        region,
        null,
        maxSubjects,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        http,
        tcp,
        pipeline,
        null,
        null);
  }

  /** Reads a YAML file; a setting that is not known is a fault. */
  public static NodeConfig read(Path file) throws ConfigException {
    final NodeConfig read = read(file, NodeConfig.class);
    return read == null ? defaults() : read.resolvedAgainst(file.toAbsolutePath().getParent());
  }

  /** The settings of a file, or null where there are none in it. */
  static <T> T read(Path file, Class<T> settings) throws ConfigException {
    try {
      if (Files.size(file) > Limits.MAX_CONFIG_BYTES) {
        throw new ConfigException(file + " is longer than " + Limits.MAX_CONFIG_BYTES + " bytes");
      }
      return YAML.readValue(Files.readAllBytes(file), settings);
    } catch (UnrecognizedPropertyException e) {
      throw new ConfigException(file + ": " + pathOf(e) + " is not a setting");
    } catch (ValueInstantiationException e) {
      final String within = e.getPath().isEmpty() ? "" : pathOf(e) + ".";
      throw new ConfigException(file + ": " + within + e.getCause().getMessage());
    } catch (InvalidFormatException e) {
      throw new ConfigException(file + ": " + pathOf(e) + " " + explain(e));
    } catch (JsonMappingException e) {
      throw new ConfigException(file + ": " + pathOf(e) + " " + explain(e));
    } catch (JsonProcessingException e) {
      throw new ConfigException(file + " is not YAML: " + YamlFault.inOneLine(e));
    } catch (IOException e) {
      throw new ConfigException(file + " " + FileFault.reasonOf(e));
    }
  }

  /** The same with another role. */
  public NodeConfig withRole(Role other) {
    return with(other, translation, replication);
  }

  /** The same that the members reach at another address, as a replica. */
  public NodeConfig withReplicationHost(String host) {
    return with(role, translation, replication.withHost(host));
  }

  /** The same that translates otherwise. */
  public NodeConfig withTranslation(TranslationConfig other) {
    return with(role, other, replication);
  }

  private NodeConfig with(
      Role ownRole, TranslationConfig ownTranslation, ReplicationConfig ownReplication) {
    return new NodeConfig(
        ownRole,
        region,
        dataDirectory,
        maxSubjects,
        trustDirectory,
        signingKeyDirectory,
        signingToken,
        authorityDirectory,
        rulesetDirectory,
        deviceFile,
        subjectSecretFile,
        lookupDirectory,
        paperFontFile,
        ownTranslation,
        reloadSeconds,
        clockSkewSeconds,
        drainSeconds,
        signatureEngine,
        signatureTables,
        http,
        tcp,
        pipeline,
        ownReplication,
        access);
  }

  private NodeConfig resolvedAgainst(Path base) {
    return new NodeConfig(
        role,
        region,
        resolve(base, dataDirectory),
        maxSubjects,
        resolve(base, trustDirectory),
        resolve(base, signingKeyDirectory),
        signingToken == null ? null : signingToken.resolvedAgainst(base),
        resolve(base, authorityDirectory),
        resolve(base, rulesetDirectory),
        resolve(base, deviceFile),
        resolve(base, subjectSecretFile),
        resolve(base, lookupDirectory),
        resolve(base, paperFontFile),
        translation.resolvedAgainst(base),
        reloadSeconds,
        clockSkewSeconds,
        drainSeconds,
        signatureEngine,
        signatureTables,
        http.resolvedAgainst(base),
        tcp.resolvedAgainst(base),
        pipeline,
        replication.resolvedAgainst(base),
        access.resolvedAgainst(base));
  }

  static Path resolve(Path base, Path path) {
    return path == null ? null : base.resolve(path.toString()).normalize();
  }

  private static String explain(InvalidFormatException e) {
    if (!e.getTargetType().isEnum()) {
      return wrongKind(e.getTargetType());
    }
    return Arrays.stream(e.getTargetType().getEnumConstants())
        .map(constant -> constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
        .collect(Collectors.joining(", ", "is not one of ", ""));
  }

  private static String wrongKind(Class<?> wanted) {
    if (wanted == int.class
        || wanted == long.class
        || wanted == Integer.class
        || wanted == Long.class) {
      return "is not a whole number";
    }
    return wanted == boolean.class || wanted == Boolean.class
        ? "is neither true nor false"
        : "has a value of the wrong kind";
  }

  private static String explain(JsonMappingException e) {
    return e.getCause() instanceof InvalidPathException path
        ? "is '" + path.getInput() + "', which " + FileFault.reasonOf(path)
        : wrongKind(e instanceof MismatchedInputException wrong ? wrong.getTargetType() : null);
  }

  private static String pathOf(JsonMappingException e) {
    final String path =
        e.getPath().stream()
            .map(JsonMappingException.Reference::getFieldName)
            .collect(Collectors.joining("."));
    return path.isEmpty() ? "the file" : path;
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
   * @param eventLoops the threads that read and write, which no other server has; default half as
   *     many as there are cores, from 1 to {@link Limits#MAX_DEFAULT_EVENT_LOOPS}
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
      eventLoops = eventLoops == null ? defaultEventLoops() : eventLoops;
      requireRange("eventLoops", eventLoops, 1, Limits.MAX_SERVER_THREADS);
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

    private static int defaultEventLoops() {
      final int half = Runtime.getRuntime().availableProcessors() / 2;
      return Math.max(1, Math.min(half, Limits.MAX_DEFAULT_EVENT_LOOPS));
    }

    /**
     * Whether this is plain text on the loopback, where everybody may ask unless told otherwise.
     */
    public boolean isOpen() {
      return tls == null && HostName.isLoopback(host);
    }

    private Endpoint resolvedAgainst(Path base) {
      return new Endpoint(
          host,
          port,
          tls == null ? null : tls.resolvedAgainst(base),
          allowPlainText,
          allowAnonymous,
          eventLoops);
    }

    private static Endpoint orDefault(Endpoint given, int port) {
      if (given == null) {
        return new Endpoint(DEFAULT_HOST, port);
      }
      return given.port != null
          ? given
          : new Endpoint(
              given.host,
              port,
              given.tls,
              given.allowPlainText,
              given.allowAnonymous,
              given.eventLoops);
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
      workers = workers == null ? Runtime.getRuntime().availableProcessors() : workers;
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
