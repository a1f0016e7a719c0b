package gongbei.verifier.http.guard;

/**
 * Kinds of work that don't wait for one another: each has threads and a queue of its own, so that
 * no number of papers, scans or readings stands before an authority's change.
 */
public enum WorkClass {
  /** What an authority has signed. */
  CHANGES(2, 1_024, 512, 2),
  /** Judging what is not one scan of the commonest form: batches, lookups by document. */
  CHECKS(2, 1_024, 256, 2),
  /** What crosses the border. */
  TRANSLATIONS(1, 4_096, 1_024, 1),
  /** What takes long for each request: pages to be printed, pictures, packs. */
  PRINTS(2, 256, 32, 1),
  /** What tells how the node is, and what it goes by. */
  READS(1, 256, 64, 1);

  private final int threads;
  private final int maxHeld;
  private final int maxHeldOfCaller;
  private final int maxRunningOfCaller;

  /**
   * @param threads how many work on it
   * @param maxHeld the most requests that are not answered yet
   * @param maxHeldOfCaller the most of those of one caller
   * @param maxRunningOfCaller the most of its threads that one caller has at a time
   */
  WorkClass(int threads, int maxHeld, int maxHeldOfCaller, int maxRunningOfCaller) {
    this.threads = threads;
    this.maxHeld = maxHeld;
    this.maxHeldOfCaller = maxHeldOfCaller;
    this.maxRunningOfCaller = maxRunningOfCaller;
  }

  int threads() {
    return threads;
  }

  int maxHeld() {
    return maxHeld;
  }

  public int maxHeldOfCaller() {
    return maxHeldOfCaller;
  }

  int maxRunningOfCaller() {
    return maxRunningOfCaller;
  }
}
