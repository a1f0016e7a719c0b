package gongbei.verifier.cli.node;

/** What {@code GET /health/ready} shows an operator, as far as commands compare it. */
record NodeStatus(
    Log log, long version, long scans, Long dataAgeMillis, String digest, String digestKey) {
  NodeStatus {
    log = log == null ? new Log(null, null, 0, 0, null, null) : log;
  }

  /** The node's part in the replicated log. */
  record Log(
      String role,
      String leader,
      long commitPosition,
      long appliedPosition,
      Long lagVersions,
      Long lagMillis) {}
}
