package gongbei.verifier.server;

import gongbei.codec.model.CodeKind;
import gongbei.replication.map.Subject;
import gongbei.verifier.mint.MintMetrics;
import gongbei.verifier.mint.MintPipeline;
import gongbei.verifier.mint.Minting;
import gongbei.verifier.mint.ReserveStrip;
import gongbei.verifier.scan.ScanPipeline;

/**
 * Admits displays to minting where scans leave room for them. Whoever shows a code holds it and can
 * ask again in a moment; whoever scans one has a queue behind it. So a node that falls behind with
 * its scans sheds displays before it would shed a scan, as when all wallets come back at once after
 * an outage. For any thread.
 */
public final class MintAdmission {
  /** Scans have fallen behind where no more than this part of their places is free: a half. */
  private static final int FREE_PARTS = 2;

  private final MintPipeline pipeline;
  private final ScanPipeline scans;
  private final MintMetrics metrics;

  /**
   * @param scans what displays give way to
   * @param metrics counts what is shed
   */
  public MintAdmission(MintPipeline pipeline, ScanPipeline scans, MintMetrics metrics) {
    this.pipeline = pipeline;
    this.scans = scans;
    this.metrics = metrics;
  }

  /**
   * Asks for a code.
   *
   * @param ttlSeconds how long it lives, 1 or more
   * @param listener is told what came of it, on a worker's thread
   * @return false at once where there is no room, and then nobody is told anything
   */
  public boolean mint(Subject subject, CodeKind kind, int ttlSeconds, Minting.Listener listener) {
    if (isBehind()) {
      metrics.recordShed();
      return false;
    }
    return pipeline.mint(subject, kind, ttlSeconds, listener);
  }

  /**
   * Asks for a strip of reserve codes.
   *
   * @param strip is told what came of it
   * @return false at once where there is no room
   */
  public boolean mint(Subject subject, ReserveStrip strip) {
    return !isBehind() && pipeline.mint(subject, strip);
  }

  private boolean isBehind() {
    return scans.remaining() * FREE_PARTS < scans.capacity();
  }
}
