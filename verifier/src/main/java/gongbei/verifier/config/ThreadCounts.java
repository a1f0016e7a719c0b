package gongbei.verifier.config;

/**
 * How many threads of each kind a node has unless told otherwise, by the cores that there are, each
 * with its reason. {@code load run --node-cores} measures others.
 */
final class ThreadCounts {
  /**
   * The workers that one event loop of devices serves. At 70,000 scans a second workers took 71 %
   * of the node's processor time and the loop 17 % (measurements, "Where the time goes"): a loop
   * for four. More loops read and write less at a time, and wake as often for less.
   */
  private static final int CORES_A_TCP_LOOP = 4;

  /**
   * A request over HTTP is expected to cost its loop about as much as its signature costs a worker;
   * not measured on more cores than two.
   */
  private static final int CORES_AN_HTTP_LOOP = 2;

  /** A handshake waits for its thread, and what is there already goes before it. */
  private static final int CORES_A_HANDSHAKE_THREAD = 4;

  private ThreadCounts() {}

  /** The cores of this process. */
  private static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  /**
   * Threads that evaluate: one for each core, for they sleep where there is nothing to do, and
   * where there is too much they are all that counts.
   */
  static int workers() {
    return Math.max(1, Math.min(cores(), Limits.MAX_WORKERS));
  }

  /** Event loops of the device server. */
  static int tcpLoops() {
    return tcpLoops(cores());
  }

  static int tcpLoops(int cores) {
    return loops(cores, CORES_A_TCP_LOOP);
  }

  /** Event loops of HTTP. */
  static int httpLoops() {
    return httpLoops(cores());
  }

  static int httpLoops(int cores) {
    return loops(cores, CORES_AN_HTTP_LOOP);
  }

  private static int loops(int cores, int coresALoop) {
    return Math.max(1, Math.min(cores / coresALoop, Limits.MAX_DEFAULT_EVENT_LOOPS));
  }

  /** Threads of one server's TLS handshakes. */
  static int handshakeThreads() {
    return handshakeThreads(cores());
  }

  static int handshakeThreads(int cores) {
    return Math.max(1, Math.min(cores / CORES_A_HANDSHAKE_THREAD, Limits.MAX_SERVER_THREADS));
  }
}
