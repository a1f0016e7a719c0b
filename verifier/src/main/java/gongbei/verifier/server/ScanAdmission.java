package gongbei.verifier.server;

import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.scan.ScanListener;
import gongbei.verifier.scan.ScanMetrics;
import gongbei.verifier.scan.ScanPipeline;

/**
 * Admits scans to the pipeline, whatever transport they came by, and counts those that are shed.
 * Whoever claims a place fills {@link #scan} in and must {@link #publish} it. For any thread.
 */
public final class ScanAdmission {
  /** What {@link #claim} returns where a scan is shed. */
  public static final long SHED = ScanPipeline.BUSY;

  private final ScanPipeline pipeline;
  private final ScanMetrics metrics;

  /**
   * @param metrics counts what is shed
   */
  public ScanAdmission(ScanPipeline pipeline, ScanMetrics metrics) {
    this.pipeline = pipeline;
    this.metrics = metrics;
  }

  /**
   * What a code is evaluated by.
   *
   * @param place the checkpoint's name
   * @param atEpochSeconds the time that counts, or {@link Scan#NOW}
   * @param languages that the asker prefers, as in Accept-Language; may be empty
   */
  public record Terms(Ruleset ruleset, String place, long atEpochSeconds, String languages) {}

  /** Claims a place in the pipeline; returns {@link #SHED}, and counts that, where it is full. */
  public long claim() {
    final long sequence = pipeline.claim();
    if (sequence == SHED) {
      metrics.recordShed();
    }
    return sequence;
  }

  /**
   * Counts a scan as shed for which the transport itself has no room, and returns {@link #SHED}.
   */
  public long shed() {
    metrics.recordShed();
    return SHED;
  }

  /** The scan of a claimed place, accepted now. */
  public Scan scan(long sequence) {
    return pipeline.scan(sequence).acceptedNanos(System.nanoTime());
  }

  /** Hands a claimed place to the workers. */
  public void publish(long sequence) {
    pipeline.publish(sequence);
  }

  /**
   * Admits a scan whose code is text.
   *
   * @param listener receives the verdict
   * @param id the scan's connection id and correlation id, by which the listener knows it
   * @return false where the scan is shed
   */
  public boolean submit(String code, Terms terms, ScanListener listener, int id) {
    final long sequence = claim();
    if (sequence == SHED) {
      return false;
    }
    try {
      scan(sequence)
          .text(code)
          .ruleset(terms.ruleset())
          .place(terms.place())
          .atEpochSeconds(terms.atEpochSeconds())
          .languages(terms.languages())
          .correlationId(id)
          .connectionId(id)
          .listener(listener);
    } finally {
      publish(sequence);
    }
    return true;
  }

  /** After how many milliseconds a scan that was shed may come again. */
  public int retryAfterMillis() {
    return pipeline.retryAfterMillis();
  }
}
