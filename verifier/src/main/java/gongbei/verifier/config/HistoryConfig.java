package gongbei.verifier.config;

/**
 * How a node keeps the history of what every version changed.
 *
 * @param keep whether entries are kept and served; default true. Without them the tree is computed
 *     all the same, so that snapshots have it
 * @param keepDays after how many days entries are purged; 0 keeps them for ever; default {@link
 *     Limits#DEFAULT_HISTORY_DAYS}
 * @param segmentEntries the entries of a file, a multiple of 256: what is purged at a time; default
 *     {@link Limits#DEFAULT_HISTORY_SEGMENT}. A history that has begun goes on with its own
 */
public record HistoryConfig(Boolean keep, Integer keepDays, Integer segmentEntries) {
  private static final int MULTIPLE = 256;

  public HistoryConfig {
    keep = keep == null || keep;
    keepDays = keepDays == null ? Limits.DEFAULT_HISTORY_DAYS : keepDays;
    NodeConfig.requireRange("history.keepDays", keepDays, 0, Limits.MAX_HISTORY_DAYS);
    segmentEntries = segmentEntries == null ? Limits.DEFAULT_HISTORY_SEGMENT : segmentEntries;
    NodeConfig.requireRange(
        "history.segmentEntries", segmentEntries, MULTIPLE, Limits.MAX_HISTORY_SEGMENT);
    if (segmentEntries % MULTIPLE != 0) {
      throw new IllegalArgumentException(
          "history.segmentEntries is " + segmentEntries + ", not a multiple of " + MULTIPLE);
    }
  }

  /** Every setting at its default. */
  public static HistoryConfig defaults() {
    return new HistoryConfig(null, null, null);
  }
}
