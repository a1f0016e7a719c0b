package gongbei.verifier.node;

import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.TrustException;
import gongbei.codec.trust.TrustList;
import gongbei.codec.trust.TrustStore;
import gongbei.replication.log.CommandLog;
import gongbei.replication.log.LocalCommandLog;
import gongbei.replication.machine.HistorySink;
import gongbei.replication.machine.HistorySinks;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusMapException;
import gongbei.verifier.audit.AuditException;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.oversight.Oversight;
import gongbei.verifier.print.PaperPages;
import gongbei.verifier.rules.RulesetException;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.tcp.DeviceRegistry;
import gongbei.verifier.token.SigningToken;
import gongbei.verifier.translate.TableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a node works on. A node that is given its resources closes map and log with itself. */
public final class NodeResources {
  private final StatusMap statusMap;
  private final CommandLog log;
  private final TrustStore trust;
  private final Optional<TrustStore> authorities;
  private final Optional<SigningKeys> signingKeys;
  private final RulesetStore rulesets;
  private final DeviceRegistry devices;
  private final Optional<TranslationSetup> translation;
  private final Oversight oversight;
  private final Optional<NodeHistory> history;
  private final Optional<SignatureEngines> engines;
  private final Optional<StartTimes> startTimes;

  private NodeResources(Builder given) {
    engines = given.engines;
    startTimes = given.startTimes;
    statusMap = given.statusMap;
    log = given.log;
    oversight = given.oversight;
    trust = given.trust;
    authorities = given.authorities;
    signingKeys = given.signingKeys;
    rulesets = given.rulesets;
    devices = given.devices;
    translation = given.translation;
    history = given.history;
    history.ifPresent(kept -> kept.signWith(trust, signingKeys));
  }

  /**
   * Begins with a map and the log that fills it: no trusted keys, the rulesets shipped.
   *
   * @param oversight counts what the log changes
   */
  public static Builder over(StatusMap map, CommandLog log, Oversight oversight) {
    return new Builder(map, log, oversight);
  }

  /** Begins with a map and a log in memory. */
  public static Builder inMemory(NodeConfig config) {
    final StatusMap map = StatusMap.inMemory(config.maxSubjects());
    final Oversight oversight = new Oversight(map, Optional.empty());
    final NodeHistory history = NodeHistory.inMemory(config);
    return over(map, LocalCommandLog.with(map, told(history, oversight)), oversight)
        .history(history);
  }

  /** Reads what a configuration names. */
  public static NodeResources of(NodeConfig config) throws NodeException {
    final StartTimes times = StartTimes.ofThisProcess();
    times.done("JVM and configuration");
    try {
      final TrustStore trust =
          config.trustDirectory().isEmpty()
              ? TrustStore.of(TrustList.EMPTY)
              : TrustStore.ofDirectory(config.trustDirectory().get());
      final Optional<TrustStore> authorities =
          config.authorityDirectory().isEmpty()
              ? Optional.empty()
              : Optional.of(TrustStore.ofAuthorities(config.authorityDirectory().get()));
      final Optional<SigningKeys> keys = readSigningKeys(config);
      if (keys.isPresent()) {
        SigningKeyWatch.require(config, keys.get(), trust.current());
      }
      final RulesetStore rulesets =
          config.rulesetDirectory().isEmpty()
              ? RulesetStore.shipped()
              : RulesetStore.ofDirectory(config.rulesetDirectory().get());
      final DeviceRegistry devices =
          config.deviceFile().isEmpty()
              ? DeviceRegistry.open()
              : DeviceRegistry.ofFile(config.deviceFile().get());
      if (config.paperFontFile().isPresent()) {
        requireFont(config.paperFontFile().get());
      }
      Replication.requireDirectory(config);
      final Optional<TranslationSetup> translation = TranslationSetup.of(config);
      times.done("keys, lists and rules");
      // What verifies is made ready meanwhile.
      final SignatureEngines engines = SignatureEngines.of(config);
      engines.begin(trust.current());
      final NodeHistory history = NodeHistory.of(config);
      history.signWith(trust, keys);
      final Builder resources = started(config, translation, history);
      authorities.ifPresent(resources::authorities);
      keys.ifPresent(resources::signingKeys);
      resources.engines = Optional.of(engines);
      times.done("map and log");
      resources.startTimes = Optional.of(times);
      return resources.trust(trust).rulesets(rulesets).devices(devices).build();
    } catch (TrustException
        | RulesetException
        | ConfigException
        | StatusMapException
        | TableException
        | AuditException e) {
      throw new NodeException(e.getMessage());
    }
  }

  /** Who is told what every version changes. */
  private static HistorySink told(NodeHistory history, Oversight oversight) {
    return new HistorySinks(List.of(history.sink(), oversight));
  }

  /** Opens map and log; the audit log and the history are closed where they can't be. */
  private static Builder started(
      NodeConfig config, Optional<TranslationSetup> translation, NodeHistory history)
      throws NodeException, StatusMapException {
    boolean isStarted = false;
    try {
      final StatusMap map =
          config.dataDirectory().isEmpty()
              ? StatusMap.inMemory(config.maxSubjects())
              : StatusMap.persisted(config.dataDirectory().get(), config.maxSubjects());
      final Oversight oversight = new Oversight(map, config.dataDirectory().map(Oversight::fileIn));
      final Builder resources =
          over(map, Replication.start(config, map, told(history, oversight)), oversight)
              .history(history);
      translation.ifPresent(resources::translation);
      isStarted = true;
      return resources;
    } finally {
      if (!isStarted) {
        history.close();
        translation.ifPresent(setup -> setup.audit().close());
      }
    }
  }

  private static Optional<SigningKeys> readSigningKeys(NodeConfig config) throws TrustException {
    final Optional<Path> directory = config.signingKeyDirectory();
    if (config.signingToken().isEmpty()) {
      return directory.isEmpty()
          ? Optional.empty()
          : Optional.of(SigningKeys.ofSecretDirectory(directory.get(), List.of()));
    }
    final List<SigningKey> held;
    try {
      held = SigningToken.keysOf(config.signingToken().get());
    } catch (TrustException e) {
      throw new TrustException("signingToken." + e.getMessage());
    }
    return Optional.of(
        directory.isEmpty()
            ? new SigningKeys(held)
            : SigningKeys.ofSecretDirectory(directory.get(), held));
  }

  private static void requireFont(Path file) throws NodeException {
    if (!Files.isReadable(file)) {
      throw new NodeException(file + " can't be read");
    }
    try {
      PaperPages.requireFont(file);
    } catch (IllegalArgumentException e) {
      throw new NodeException(e.getMessage());
    }
  }

  /** The map of holders. */
  public StatusMap statusMap() {
    return statusMap;
  }

  /** The log that fills the map. */
  public CommandLog log() {
    return log;
  }

  /** Whose codes are trusted. */
  public TrustStore trust() {
    return trust;
  }

  /** Who may change statuses; empty for nobody. */
  public Optional<TrustStore> authorities() {
    return authorities;
  }

  /** What to mint with; empty where nothing is minted. */
  public Optional<SigningKeys> signingKeys() {
    return signingKeys;
  }

  /** The rules of checkpoints. */
  public RulesetStore rulesets() {
    return rulesets;
  }

  /** Which scanner devices may connect. */
  public DeviceRegistry devices() {
    return devices;
  }

  /** What documents are known and codes of the other region translated with; empty for neither. */
  public Optional<TranslationSetup> translation() {
    return translation;
  }

  /** What the log's changes come to, by authority and ground. */
  public Oversight oversight() {
    return oversight;
  }

  /** The history of what every version changed; empty where none is kept. */
  public Optional<NodeHistory> history() {
    return history;
  }

  /** What verifies signatures: begun when the trust list was read, or now. */
  SignatureEngines engines(NodeConfig config) {
    return engines.orElseGet(() -> SignatureEngines.of(config));
  }

  /** Where the time of the start went so far; empty of resources that were given. */
  public Optional<StartTimes> startTimes() {
    return startTimes;
  }

  /** Closes log, history, map and audit log, in this order; a second time does nothing. */
  void close() {
    oversight.stop();
    try {
      log.close();
      oversight.save();
    } finally {
      history.ifPresent(NodeHistory::close);
      statusMap.close();
      translation.ifPresent(setup -> setup.audit().close());
    }
  }

  /** Gathers resources; what is not given is off, and every device is let in. */
  public static final class Builder {
    private final StatusMap statusMap;
    private final CommandLog log;
    private final Oversight oversight;
    private TrustStore trust = TrustStore.of(TrustList.EMPTY);
    private Optional<TrustStore> authorities = Optional.empty();
    private Optional<SigningKeys> signingKeys = Optional.empty();
    private RulesetStore rulesets = RulesetStore.shipped();
    private DeviceRegistry devices = DeviceRegistry.open();
    private Optional<TranslationSetup> translation = Optional.empty();
    private Optional<NodeHistory> history = Optional.empty();
    private Optional<SignatureEngines> engines = Optional.empty();
    private Optional<StartTimes> startTimes = Optional.empty();

    private Builder(StatusMap statusMap, CommandLog log, Oversight oversight) {
      this.statusMap = statusMap;
      this.log = log;
      this.oversight = oversight;
    }

    /** Sets whose codes are trusted; default nobody's. */
    public Builder trust(TrustStore value) {
      trust = value;
      return this;
    }

    /** Sets who may change statuses; default nobody. */
    public Builder authorities(TrustStore value) {
      authorities = Optional.of(value);
      return this;
    }

    /** Sets what to mint with; by default nothing is minted. */
    public Builder signingKeys(SigningKeys value) {
      signingKeys = Optional.of(value);
      return this;
    }

    /** Sets the rules of checkpoints; default those shipped. */
    public Builder rulesets(RulesetStore value) {
      rulesets = value;
      return this;
    }

    /** Sets which scanner devices may connect; default all. */
    public Builder devices(DeviceRegistry value) {
      devices = value;
      return this;
    }

    /** Sets what documents are known and codes translated with; by default neither. */
    public Builder translation(TranslationSetup value) {
      translation = Optional.of(value);
      return this;
    }

    /** Sets the history that the log tells of changes; default none. */
    public Builder history(NodeHistory value) {
      history = Optional.of(value);
      return this;
    }

    /** The resources, which belong to the node that is given them. */
    public NodeResources build() {
      return new NodeResources(this);
    }
  }
}
