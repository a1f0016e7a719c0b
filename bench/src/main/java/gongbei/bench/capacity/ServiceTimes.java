package gongbei.bench.capacity;

/**
 * How long a node takes for scans that it evaluates together, as was measured: what a batch costs
 * whatever its size, and what its scans cost at some sizes, evenly changing between these.
 *
 * @param batchNanos a wake-up, a flush and the network's work for a batch
 * @param sizes batch sizes, from 1, rising
 * @param scanNanos a scan's cost in a batch of each size
 */
record ServiceTimes(double batchNanos, int[] sizes, double[] scanNanos) {
  /** The time of a batch, in nanoseconds. */
  double nanos(int batch) {
    int at = 1;
    while (at < sizes.length - 1 && batch > sizes[at]) {
      at++;
    }
    final double share = (double) (batch - sizes[at - 1]) / (sizes[at] - sizes[at - 1]);
    final double scan =
        scanNanos[at - 1] + Math.min(1, share) * (scanNanos[at] - scanNanos[at - 1]);
    return batchNanos + batch * scan;
  }

  /** The most that one node can evaluate in a second. */
  double mostASecond() {
    final int batch = sizes[sizes.length - 1];
    return batch * 1e9 / nanos(batch);
  }
}
