package gongbei.verifier.config;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import gongbei.codec.model.Region;
import java.nio.file.Path;

/** Builds a {@link NodeConfig}. What is not set, or is null, has the default named here. */
@JsonPOJOBuilder(withPrefix = "")
public final class NodeConfigBuilder {
  NodeConfig.Role role;
  Region region;
  Path dataDirectory;
  Long maxSubjects;
  Path trustDirectory;
  Path signingKeyDirectory;
  TokenConfig signingToken;
  Path authorityDirectory;
  Path rulesetDirectory;
  Path deviceFile;
  Path subjectSecretFile;
  Path lookupDirectory;
  Path paperFontFile;
  TranslationConfig translation;
  Integer reloadSeconds;
  Integer clockSkewSeconds;
  Integer drainSeconds;
  Integer appealHours;
  NodeConfig.Engine signatureEngine;
  NodeConfig.SignatureTables signatureTables;
  NodeConfig.Endpoint http;
  NodeConfig.Endpoint tcp;
  NodeConfig.Pipeline pipeline;
  ReplicationConfig replication;
  AccessConfig access;
  HistoryConfig history;
  MintingConfig minting;

  NodeConfigBuilder() {}

  /** Begins with the settings of another configuration. */
  static NodeConfigBuilder from(NodeConfig other) {
    final NodeConfigBuilder copy = new NodeConfigBuilder();
    copy.role = other.role();
    copy.region = other.region();
    copy.dataDirectory = other.dataDirectory().orElse(null);
    copy.maxSubjects = other.maxSubjects();
    copy.trustDirectory = other.trustDirectory().orElse(null);
    copy.signingKeyDirectory = other.signingKeyDirectory().orElse(null);
    copy.signingToken = other.signingToken().orElse(null);
    copy.authorityDirectory = other.authorityDirectory().orElse(null);
    copy.rulesetDirectory = other.rulesetDirectory().orElse(null);
    copy.deviceFile = other.deviceFile().orElse(null);
    copy.subjectSecretFile = other.subjectSecretFile().orElse(null);
    copy.lookupDirectory = other.lookupDirectory().orElse(null);
    copy.paperFontFile = other.paperFontFile().orElse(null);
    copy.translation = other.translation();
    copy.reloadSeconds = other.reloadSeconds();
    copy.clockSkewSeconds = other.clockSkewSeconds();
    copy.drainSeconds = other.drainSeconds();
    copy.appealHours = other.appealHours();
    copy.signatureEngine = other.signatureEngine();
    copy.signatureTables = other.signatureTables();
    copy.http = other.http();
    copy.tcp = other.tcp();
    copy.pipeline = other.pipeline();
    copy.replication = other.replication();
    copy.access = other.access();
    copy.history = other.history();
    copy.minting = other.minting();
    return copy;
  }

  /** The same configuration, its paths relative to a directory. */
  static NodeConfig resolved(NodeConfig config, Path base) {
    final NodeConfigBuilder copy = from(config);
    copy.dataDirectory = NodeConfig.resolve(base, copy.dataDirectory);
    copy.trustDirectory = NodeConfig.resolve(base, copy.trustDirectory);
    copy.signingKeyDirectory = NodeConfig.resolve(base, copy.signingKeyDirectory);
    copy.authorityDirectory = NodeConfig.resolve(base, copy.authorityDirectory);
    copy.rulesetDirectory = NodeConfig.resolve(base, copy.rulesetDirectory);
    copy.deviceFile = NodeConfig.resolve(base, copy.deviceFile);
    copy.subjectSecretFile = NodeConfig.resolve(base, copy.subjectSecretFile);
    copy.lookupDirectory = NodeConfig.resolve(base, copy.lookupDirectory);
    copy.paperFontFile = NodeConfig.resolve(base, copy.paperFontFile);
    copy.signingToken = copy.signingToken == null ? null : copy.signingToken.resolvedAgainst(base);
    copy.translation = copy.translation.resolvedAgainst(base);
    copy.http = copy.http.resolvedAgainst(base);
    copy.tcp = copy.tcp.resolvedAgainst(base);
    copy.replication = copy.replication.resolvedAgainst(base);
    copy.access = copy.access.resolvedAgainst(base);
    copy.minting = copy.minting.resolvedAgainst(base);
    return copy.build();
  }

  /** Sets what a node is to its cluster; default {@link Role#SINGLE}. */
  public NodeConfigBuilder role(NodeConfig.Role value) {
    role = value;
    return this;
  }

  /** Sets whose codes the node mints; default Guangdong's. */
  @JsonIgnore
  public NodeConfigBuilder region(Region value) {
    region = value;
    return this;
  }

  /** Sets the region by its name in a file: {@code GD} or {@code MO}; null for the default. */
  @JsonProperty("region")
  NodeConfigBuilder regionNamed(String name) {
    region =
        name == null
            ? null
            : Region.ofWireName(name)
                .orElseThrow(() -> new IllegalArgumentException("is neither GD nor MO"));
    return this;
  }

  /**
   * Sets where map, log and snapshots are kept; null (default) keeps nothing: a single node in
   * memory.
   */
  public NodeConfigBuilder dataDirectory(Path value) {
    dataDirectory = value;
    return this;
  }

  /** Sets the most holders in the map; default a million. */
  public NodeConfigBuilder maxSubjects(Long value) {
    maxSubjects = value;
    return this;
  }

  /** Sets issuers' certificates, {@code *.pem}; null (default) trusts nobody. */
  public NodeConfigBuilder trustDirectory(Path value) {
    trustDirectory = value;
    return this;
  }

  /** Sets keys and certificates to mint with; null (default) mints nothing. */
  public NodeConfigBuilder signingKeyDirectory(Path value) {
    signingKeyDirectory = value;
    return this;
  }

  /** Sets keys that a token holds, beside those of the directory; null (default) none. */
  public NodeConfigBuilder signingToken(TokenConfig value) {
    signingToken = value;
    return this;
  }

  /** Sets certificates of those who may change statuses; null (default) nobody. */
  public NodeConfigBuilder authorityDirectory(Path value) {
    authorityDirectory = value;
    return this;
  }

  /** Sets rulesets, {@code *.yaml}; null (default) takes the four shipped. */
  public NodeConfigBuilder rulesetDirectory(Path value) {
    rulesetDirectory = value;
    return this;
  }

  /** Sets scanner devices' credentials; null (default) lets every device in. */
  public NodeConfigBuilder deviceFile(Path value) {
    deviceFile = value;
    return this;
  }

  /**
   * Sets the region's secret; null (default) knows no documents and no visitors, and translates
   * nothing.
   */
  public NodeConfigBuilder subjectSecretFile(Path value) {
    subjectSecretFile = value;
    return this;
  }

  /**
   * Sets certificates of checkpoints that may look holders up by document; null (default) nobody.
   */
  public NodeConfigBuilder lookupDirectory(Path value) {
    lookupDirectory = value;
    return this;
  }

  /**
   * Sets a TrueType font that labels of codes on paper are written in; null (default) writes Latin
   * letters alone.
   */
  public NodeConfigBuilder paperFontFile(Path value) {
    paperFontFile = value;
    return this;
  }

  /** Sets how codes of the other region are translated. */
  public NodeConfigBuilder translation(TranslationConfig value) {
    translation = value;
    return this;
  }

  /** Sets how often keys, rulesets and devices are looked at for changes; default 5. */
  public NodeConfigBuilder reloadSeconds(Integer value) {
    reloadSeconds = value;
    return this;
  }

  /** Sets how far ahead an issuer's clock may be; default 5. */
  public NodeConfigBuilder clockSkewSeconds(Integer value) {
    clockSkewSeconds = value;
    return this;
  }

  /** Sets how long a node that stops waits for the answers that it owes; default 5. */
  public NodeConfigBuilder drainSeconds(Integer value) {
    drainSeconds = value;
    return this;
  }

  /** Sets how long an authority has to decide an appeal; default 72. */
  public NodeConfigBuilder appealHours(Integer value) {
    appealHours = value;
    return this;
  }

  /** Sets what verifies signatures; default {@link Engine#FIXED_BASE}. */
  public NodeConfigBuilder signatureEngine(NodeConfig.Engine value) {
    signatureEngine = value;
    return this;
  }

  /** Sets how much memory {@link Engine#FIXED_BASE} spends on tables. */
  public NodeConfigBuilder signatureTables(NodeConfig.SignatureTables value) {
    signatureTables = value;
    return this;
  }

  /** Sets where checkpoints ask; default 127.0.0.1:8080. */
  public NodeConfigBuilder http(NodeConfig.Endpoint value) {
    http = value;
    return this;
  }

  /** Sets where scanner devices connect; default 127.0.0.1:9700. */
  public NodeConfigBuilder tcp(NodeConfig.Endpoint value) {
    tcp = value;
    return this;
  }

  /** Sets the ring buffer and its workers. */
  public NodeConfigBuilder pipeline(NodeConfig.Pipeline value) {
    pipeline = value;
    return this;
  }

  /** Sets members, replicas and the log. */
  public NodeConfigBuilder replication(ReplicationConfig value) {
    replication = value;
    return this;
  }

  /** Sets who may ask over HTTP, and how much. */
  public NodeConfigBuilder access(AccessConfig value) {
    access = value;
    return this;
  }

  /** Sets whether codes are minted, and how it is noticed that they can't be. */
  public NodeConfigBuilder minting(MintingConfig value) {
    minting = value;
    return this;
  }

  /** Sets how the history of changes is kept. */
  public NodeConfigBuilder history(HistoryConfig value) {
    history = value;
    return this;
  }

  /**
   * The configuration.
   *
   * @throws IllegalArgumentException where a setting is out of range, or one that others need is
   *     missing; the message names it
   */
  public NodeConfig build() {
    return new NodeConfig(this);
  }
}
