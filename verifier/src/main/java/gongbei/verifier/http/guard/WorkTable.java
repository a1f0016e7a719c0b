package gongbei.verifier.http.guard;

import static gongbei.verifier.http.guard.WorkClass.CHANGES;
import static gongbei.verifier.http.guard.WorkClass.CHECKS;
import static gongbei.verifier.http.guard.WorkClass.PRINTS;
import static gongbei.verifier.http.guard.WorkClass.READS;
import static gongbei.verifier.http.guard.WorkClass.TRANSLATIONS;

import gongbei.verifier.config.Limits;
import java.util.Map;

/**
 * Which class of work each operation is, and what it costs its caller's rate: the one place that
 * says it. The unit is one scan. What grows with the number of things asked for is counted by the
 * bytes of the body, which are known before anything is read in it.
 */
public final class WorkTable {
  private static final int ANY_BODY = Integer.MAX_VALUE;

  private static final Map<String, Work> TABLE =
      Map.ofEntries(
          Map.entry("GET /", new Work(READS, 1, ANY_BODY)),
          Map.entry("GET /health/live", new Work(READS, 1, ANY_BODY)),
          Map.entry("GET /health/ready", new Work(READS, 1, ANY_BODY)),
          Map.entry("GET /health/ready/changes", new Work(READS, 1, ANY_BODY)),
          Map.entry("GET /openapi.yaml", new Work(READS, 1, ANY_BODY)),
          Map.entry("GET /v1/region", new Work(READS, 1, ANY_BODY)),
          Map.entry("GET /v1/issuers", new Work(READS, 1, ANY_BODY)),
          Map.entry("GET /v1/rulesets", new Work(READS, 1, ANY_BODY)),
          Map.entry("GET /v1/grounds", new Work(READS, 1, ANY_BODY)),
          Map.entry("GET /v1/foreign-rules", new Work(READS, 5, ANY_BODY)),
          Map.entry("GET /v1/revocations", new Work(READS, 5, ANY_BODY)),
          // Some thousand lists are put into JSON as fast as a hundred scans.
          Map.entry("GET /v1/revocations/{name}", new Work(READS, 100, ANY_BODY)),
          Map.entry("GET /v1/ops", new Work(READS, 2, ANY_BODY)),
          Map.entry("GET /v1/oversight", new Work(READS, 10, ANY_BODY)),
          Map.entry("GET /history/checkpoint", new Work(READS, 1, ANY_BODY)),
          Map.entry("GET /history/checkpoint/snapshot", new Work(READS, 1, ANY_BODY)),
          Map.entry("GET /history/entries/{version}", new Work(READS, 5, ANY_BODY)),
          // 256 hashes of entries at most, a few scans; a proof as much for each level.
          Map.entry("GET /history/tile/{rest}", new Work(READS, 2, ANY_BODY)),
          Map.entry("GET /history/proof/{rest}", new Work(READS, 5, ANY_BODY)),
          Map.entry("GET /metrics", new Work(READS, 10, ANY_BODY)),
          Map.entry("GET /v1/audit", new Work(READS, 20, ANY_BODY)),
          Map.entry("POST /v1/scans", new Work(CHECKS, 1, ANY_BODY)),
          // A code takes 256 bytes or more, where it is one.
          Map.entry("POST /v1/scans/batch", new Work(CHECKS, 1, 256)),
          Map.entry("POST /v1/lookups", new Work(CHECKS, 2, ANY_BODY)),
          Map.entry("GET /v1/packs", new Work(PRINTS, 20, ANY_BODY)),
          Map.entry("POST /v1/packs", new Work(PRINTS, 100, ANY_BODY)),
          Map.entry("POST /v1/codes", new Work(PRINTS, 1, ANY_BODY)),
          // A paper takes 46 bytes or more, and as long as a dozen scans.
          Map.entry("POST /v1/papers", new Work(PRINTS, 1, 4)),
          Map.entry("POST /v1/venues", new Work(PRINTS, 1, ANY_BODY)),
          Map.entry("POST /v1/venues/codes", new Work(PRINTS, 1, ANY_BODY)),
          // A code a minute for up to an hour.
          Map.entry("POST /v1/venues/watch", new Work(PRINTS, 10, ANY_BODY)),
          // The holder's code as in a scan; the venue's is verified once and remembered.
          Map.entry("POST /v1/visits", new Work(CHECKS, 2, ANY_BODY)),
          Map.entry("POST /v1/translations", new Work(TRANSLATIONS, 10, ANY_BODY)),
          Map.entry("GET /v1/subjects/{subject}/status", new Work(READS, 2, ANY_BODY)),
          Map.entry("PUT /v1/subjects/{subject}/status", new Work(CHANGES, 1, ANY_BODY)),
          // A change takes 63 bytes or more, and a fiftieth of a scan.
          Map.entry("PUT /v1/subjects/status", new Work(CHANGES, 1, 3_000)),
          Map.entry("PUT /v1/links/{subject}", new Work(CHANGES, 1, ANY_BODY)),
          Map.entry("POST /v1/groups", new Work(CHANGES, 2, 3_000)),
          Map.entry("PUT /v1/groups/{group}", new Work(CHANGES, 2, 3_000)),
          // A holder's code is verified alone, which takes as long as ten in a batch.
          Map.entry("POST /v1/appeals", new Work(CHANGES, 10, ANY_BODY)),
          Map.entry("PUT /v1/subjects/{subject}/guardians", new Work(CHANGES, 10, ANY_BODY)),
          Map.entry("GET /v1/subjects/{subject}/guardians", new Work(READS, 10, ANY_BODY)),
          Map.entry("GET /v1/subjects/{subject}/history", new Work(READS, 10, ANY_BODY)),
          Map.entry("GET /v1/appeals", new Work(READS, 5, ANY_BODY)),
          Map.entry("GET /v1/appeals/queues/{queue}", new Work(READS, 5, ANY_BODY)),
          Map.entry("GET /v1/appeals/{appeal}", new Work(READS, 1, ANY_BODY)),
          Map.entry("PUT /v1/appeals/{appeal}", new Work(CHANGES, 2, ANY_BODY)),
          Map.entry("PUT /v1/grounds", new Work(CHANGES, 10, ANY_BODY)),
          Map.entry("GET /v1/minting", new Work(READS, 1, ANY_BODY)),
          Map.entry("PUT /v1/minting", new Work(CHANGES, 1, ANY_BODY)),
          // Compiling takes as long as some hundred changes for each 64 KiB.
          Map.entry("PUT /v1/foreign-rules/{country}", new Work(CHANGES, 5, 600)),
          // Each node indexes all hashes anew, some 20 times as fast as it decodes a body.
          Map.entry("PUT /v1/revocations/{name}", new Work(CHANGES, 2, 3_000)),
          Map.entry("PUT /v1/rulesets/{name}", new Work(CHANGES, 5, ANY_BODY)));

  private WorkTable() {}

  /**
   * What an operation is.
   *
   * @param units what it costs whatever is in its body
   * @param bytesOfUnit how many bytes of its body cost one more
   */
  public record Work(WorkClass kind, int units, int bytesOfUnit) {
    /** What a request costs; its body's length is 0 where that is not known yet. */
    int cost(long bodyBytes) {
      return (int) Math.min(Limits.MAX_REQUEST_UNITS, units + bodyBytes / bytesOfUnit);
    }
  }

  /**
   * What an operation is, as in {@code POST /v1/scans}.
   *
   * @throws IllegalStateException where it is not in the table
   */
  static Work of(String operation) {
    final Work work = TABLE.get(operation);
    if (work == null) {
      throw new IllegalStateException(operation + " is not in the table of work");
    }
    return work;
  }
}
