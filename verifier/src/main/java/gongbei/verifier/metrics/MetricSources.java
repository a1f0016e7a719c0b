package gongbei.verifier.metrics;

import gongbei.codec.model.Region;
import gongbei.codec.trust.TrustStore;
import gongbei.replication.log.CommandLog;
import gongbei.replication.map.StatusMap;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.scan.ScanMetrics;
import gongbei.verifier.scan.ScanPipeline;
import java.util.function.IntSupplier;

/** The parts of a node that {@link NodeMetrics} shows; all of them must be given. */
public final class MetricSources {
  NodeConfig.Role role;
  Region region;
  String signatureEngine;
  ScanMetrics scans;
  ScanPipeline pipeline;
  StatusMap statusMap;
  CommandLog log;
  TrustStore trust;
  RulesetStore rulesets;
  IntSupplier devices;

  /** Takes the node's role as it is configured. */
  public MetricSources role(NodeConfig.Role value) {
    this.role = value;
    return this;
  }

  /** Takes the region whose codes the node mints. */
  public MetricSources region(Region value) {
    this.region = value;
    return this;
  }

  /** Takes the name of what verifies signatures. */
  public MetricSources signatureEngine(String value) {
    this.signatureEngine = value;
    return this;
  }

  /** Takes what has come of scans. */
  public MetricSources scans(ScanMetrics value) {
    this.scans = value;
    return this;
  }

  /** Takes where scans are evaluated. */
  public MetricSources pipeline(ScanPipeline value) {
    this.pipeline = value;
    return this;
  }

  /** Takes the map of holders. */
  public MetricSources statusMap(StatusMap value) {
    this.statusMap = value;
    return this;
  }

  /** Takes the log that fills the map. */
  public MetricSources log(CommandLog value) {
    this.log = value;
    return this;
  }

  /** Takes the issuers that are trusted. */
  public MetricSources trust(TrustStore value) {
    this.trust = value;
    return this;
  }

  /** Takes the rulesets in force. */
  public MetricSources rulesets(RulesetStore value) {
    this.rulesets = value;
    return this;
  }

  /** Takes how many scanner devices are connected. */
  public MetricSources devices(IntSupplier value) {
    this.devices = value;
    return this;
  }
}
