package gongbei.verifier.scan;

/**
 * Takes verdicts back to whoever asked. Called on a worker thread, so it must not block, and copies
 * what it needs: the scan is used again as soon as the call returns.
 */
public interface ScanListener {
  /** A scan has its verdict. */
  void onVerdict(Scan scan);

  /** The last verdict of this batch has been given; called once for each listener in it. */
  void onBatchEnd();
}
