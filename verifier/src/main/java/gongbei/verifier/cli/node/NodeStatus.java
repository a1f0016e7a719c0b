package gongbei.verifier.cli.node;

import java.util.List;

/**
 * What {@code GET /health/ready} shows an operator, in the order in which it is shown; everything
 * but {@code status} is null for others.
 *
 * @param dataAgeMillis how old the map's data may be; null where that is not known
 * @param digest of the map, with the key that it is made by; null where it is not shown
 */
record NodeStatus(
    String status,
    String role,
    String region,
    Long version,
    Long subjects,
    Long dataAgeMillis,
    Integer issuers,
    String signatureEngine,
    Long scans,
    Long shed,
    Long latencyP50Micros,
    Long latencyP99Micros,
    Integer ringCapacity,
    Integer ringRemaining,
    Integer devices,
    Long uptimeSeconds,
    Can can,
    String digest,
    String digestKey,
    Log log,
    List<String> rulesets) {

  /** What it can do, in words. */
  record Can(String scan, String change) {}

  /** The node's part in the replicated log. */
  record Log(
      String role,
      String leader,
      Long term,
      long commitPosition,
      long appliedPosition,
      Long lagVersions,
      Long lagMillis,
      Boolean writing,
      String history) {}
}
