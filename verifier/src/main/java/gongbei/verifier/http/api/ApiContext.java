package gongbei.verifier.http.api;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.TrustStore;
import gongbei.replication.history.PublishedHistory;
import gongbei.replication.log.CommandLog;
import gongbei.replication.map.StatusMap;
import gongbei.verifier.audit.KnownDocuments;
import gongbei.verifier.client.Audience;
import gongbei.verifier.config.Limits;
import gongbei.verifier.metrics.NodeMetrics;
import gongbei.verifier.mint.MintMetrics;
import gongbei.verifier.mint.MintPipeline;
import gongbei.verifier.outage.MintingWatch;
import gongbei.verifier.oversight.Oversight;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.scan.ScanMetrics;
import gongbei.verifier.scan.ScanPipeline;
import gongbei.verifier.server.MintAdmission;
import gongbei.verifier.translate.TranslationTables;
import gongbei.verifier.translate.Translations;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What the resources need. A server's context adds what transport and guard need.
 *
 * @param <C> the context whose setters these are
 */
public abstract class ApiContext<C extends ApiContext<C>> {
  private static final long MILLIS_A_SECOND = 1_000;

  private ScanPipeline pipeline;
  private RulesetStore rulesets;
  private TrustStore trust;
  private Optional<TrustStore> authorities = Optional.empty();
  private Audience audience = Audience.DEFAULT;
  private Optional<SigningKeys> signingKeys = Optional.empty();
  private CodeFormat format;
  private Optional<MintPipeline> mintPipeline = Optional.empty();
  private MintMetrics mintMetrics;
  private Optional<MintingWatch> mintingWatch = Optional.empty();
  private int mintingPackSeconds = Limits.DEFAULT_MINTING_PACK_SECONDS;
  private Optional<Path> paperFont = Optional.empty();
  private Optional<URI> otherWallet = Optional.empty();
  private Optional<TrustStore> lookups = Optional.empty();
  private Optional<KnownDocuments> documents = Optional.empty();
  private int lookupsPerMinute = Limits.DEFAULT_LOOKUPS_PER_MINUTE;
  private long appealSeconds = TimeUnit.HOURS.toSeconds(Limits.DEFAULT_APPEAL_HOURS);
  private int unknownLookupsPerHour = Limits.DEFAULT_UNKNOWN_LOOKUPS_PER_HOUR;
  private Translations translations = Translations.OFF;
  private TranslationTables tables;
  private StatusMap statusMap;
  private CommandLog log;
  private Oversight oversight;
  private Optional<PublishedHistory> history = Optional.empty();
  private ScanMetrics scanMetrics;
  private NodeMetrics nodeMetrics;
  private LongSupplier epochSeconds = () -> System.currentTimeMillis() / MILLIS_A_SECOND;

  /** This, as whoever sets something goes on with it. */
  protected abstract C self();

  /** Sets where scans go and by what rules they are judged. */
  public C scans(ScanPipeline scans, RulesetStore store) {
    pipeline = scans;
    rulesets = store;
    return self();
  }

  /** Sets whose codes are trusted. */
  public C trust(TrustStore store) {
    trust = store;
    return self();
  }

  /** Sets whom signed requests must be for. */
  public C audience(Audience own) {
    audience = own;
    return self();
  }

  /** Sets who may change statuses; empty (default) for nobody. */
  public C authorities(Optional<TrustStore> store) {
    authorities = store;
    return self();
  }

  /** Sets which format is minted, with what keys and where; without keys nothing is. */
  public C minting(
      CodeFormat minted,
      Optional<SigningKeys> keys,
      Optional<MintPipeline> codes,
      MintMetrics measured) {
    format = minted;
    signingKeys = keys;
    mintPipeline = codes;
    mintMetrics = measured;
    return self();
  }

  /**
   * Sets what tells whether this node mints; by default it does not.
   *
   * @param packSeconds for how long a pack's word counts that minting is degraded
   */
  public C mintingWatch(MintingWatch watch, int packSeconds) {
    mintingWatch = Optional.of(watch);
    mintingPackSeconds = packSeconds;
    return self();
  }

  /** Sets the status map and the log by which it is changed. */
  public C status(StatusMap map, CommandLog commands) {
    statusMap = map;
    log = commands;
    return self();
  }

  /** Sets what the log's changes come to. */
  public C oversight(Oversight counts) {
    oversight = counts;
    return self();
  }

  /** Sets the history that anybody may read; default none. */
  public C history(Optional<PublishedHistory> read) {
    history = read;
    return self();
  }

  /**
   * Sets where codes of the other region are translated, and by what table links are made.
   *
   * @param offered by default {@link Translations#OFF}
   */
  public C translating(Translations offered, TranslationTables translationTables) {
    translations = offered;
    tables = translationTables;
    return self();
  }

  /** Sets the TrueType font of labels on paper; without one (default) Latin letters alone. */
  public C paperFont(Optional<Path> file) {
    paperFont = file;
    return self();
  }

  /** Sets where the other region's wallet is, for holders to go to; default nowhere. */
  public C otherWallet(Optional<URI> address) {
    otherWallet = address;
    return self();
  }

  /**
   * Sets who may look holders up by their documents.
   *
   * @param allowed certificates of checkpoints; empty (default) for nobody
   * @param known empty (default) where this node knows no documents
   */
  public C lookingUp(Optional<TrustStore> allowed, Optional<KnownDocuments> known) {
    lookups = allowed;
    documents = known;
    return self();
  }

  /**
   * Sets how many holders one key may look up; 0 for no bound.
   *
   * @param perMinute lookups in a minute
   * @param unknown lookups in an hour that find nobody
   */
  public C lookupQuota(int perMinute, int unknown) {
    lookupsPerMinute = perMinute;
    unknownLookupsPerHour = unknown;
    return self();
  }

  /** Sets how long an authority has to decide an appeal, in seconds. */
  public C appealSeconds(long seconds) {
    appealSeconds = seconds;
    return self();
  }

  /** Sets what is measured. */
  public C metrics(ScanMetrics scans, NodeMetrics node) {
    scanMetrics = scans;
    nodeMetrics = node;
    return self();
  }

  /** Sets the clock of signatures, minted codes and Date fields, in seconds since 1970. */
  public C clock(LongSupplier clock) {
    epochSeconds = clock;
    return self();
  }

  /** See the setter. */
  public ScanPipeline pipeline() {
    return pipeline;
  }

  /** See the setter. */
  public RulesetStore rulesets() {
    return rulesets;
  }

  TrustStore trust() {
    return trust;
  }

  Audience audience() {
    return audience;
  }

  Optional<TrustStore> authorities() {
    return authorities;
  }

  Optional<SigningKeys> signingKeys() {
    return signingKeys;
  }

  Optional<MintPipeline> mintPipeline() {
    return mintPipeline;
  }

  /** Where displays are admitted; empty where this node mints nothing. */
  public Optional<MintAdmission> mintAdmission() {
    return mintPipeline.map(codes -> new MintAdmission(codes, pipeline, mintMetrics));
  }

  MintMetrics mintMetrics() {
    return mintMetrics;
  }

  Optional<MintingWatch> mintingWatch() {
    return mintingWatch;
  }

  int mintingPackSeconds() {
    return mintingPackSeconds;
  }

  Optional<Path> paperFont() {
    return paperFont;
  }

  Optional<URI> otherWallet() {
    return otherWallet;
  }

  Optional<TrustStore> lookups() {
    return lookups;
  }

  Optional<KnownDocuments> documents() {
    return documents;
  }

  int lookupsPerMinute() {
    return lookupsPerMinute;
  }

  int unknownLookupsPerHour() {
    return unknownLookupsPerHour;
  }

  long appealSeconds() {
    return appealSeconds;
  }

  Translations translations() {
    return translations;
  }

  TranslationTables tables() {
    return tables;
  }

  /** See the setter. */
  public CodeFormat format() {
    return format;
  }

  StatusMap statusMap() {
    return statusMap;
  }

  Oversight oversight() {
    return oversight;
  }

  CommandLog log() {
    return log;
  }

  Optional<PublishedHistory> history() {
    return history;
  }

  /** See the setter. */
  public ScanMetrics scanMetrics() {
    return scanMetrics;
  }

  /** See the setter. */
  public NodeMetrics nodeMetrics() {
    return nodeMetrics;
  }

  /** See the setter. */
  public LongSupplier epochSeconds() {
    return epochSeconds;
  }
}
