package gongbei.verifier.http.guard;

import static gongbei.verifier.access.Role.AUDITOR;
import static gongbei.verifier.access.Role.AUTHORITY;
import static gongbei.verifier.access.Role.CHECKPOINT;
import static gongbei.verifier.access.Role.ISSUER;
import static gongbei.verifier.access.Role.OPERATOR;
import static gongbei.verifier.access.Role.PAPER;

import gongbei.verifier.access.Role;
import java.util.Map;
import java.util.Set;

/**
 * Who may ask for what: the one place that says it. Operations that are not here can't be served. A
 * role opens an operation to keys that have it, beside the signature that some operations want.
 */
public final class AccessTable {
  /** For everybody, keys or not: what watches the node, and what is public by its nature. */
  private static final Set<Role> PUBLIC = Set.of();

  /** For everybody who has a key, whatever its roles. */
  private static final Set<Role> ANY = Set.of(Role.values());

  private static final Map<String, Set<Role>> TABLE =
      Map.ofEntries(
          Map.entry("GET /", PUBLIC),
          Map.entry("GET /health/live", PUBLIC),
          Map.entry("GET /health/ready", PUBLIC),
          Map.entry("GET /health/ready/changes", PUBLIC),
          Map.entry("GET /openapi.yaml", PUBLIC),
          // Blinded and signed, for any number of auditors.
          Map.entry("GET /history/checkpoint", PUBLIC),
          Map.entry("GET /history/checkpoint/snapshot", PUBLIC),
          Map.entry("GET /history/entries/{version}", PUBLIC),
          Map.entry("GET /history/tile/{rest}", PUBLIC),
          Map.entry("GET /history/proof/{rest}", PUBLIC),
          Map.entry("GET /v1/region", PUBLIC),
          Map.entry("GET /v1/issuers", ANY),
          Map.entry("GET /v1/rulesets", ANY),
          Map.entry("GET /v1/foreign-rules", ANY),
          Map.entry("GET /v1/revocations", ANY),
          Map.entry("GET /v1/revocations/{name}", ANY),
          Map.entry("POST /v1/scans", Set.of(CHECKPOINT)),
          Map.entry("POST /v1/scans/batch", Set.of(CHECKPOINT)),
          Map.entry("POST /v1/lookups", Set.of(CHECKPOINT)),
          Map.entry("GET /v1/packs", Set.of(CHECKPOINT)),
          Map.entry("POST /v1/packs", Set.of(CHECKPOINT)),
          Map.entry("POST /v1/translations", Set.of(CHECKPOINT, ISSUER)),
          Map.entry("POST /v1/codes", Set.of(ISSUER, PAPER)),
          Map.entry("POST /v1/papers", Set.of(PAPER)),
          Map.entry("POST /v1/venues", Set.of(PAPER)),
          Map.entry("POST /v1/venues/codes", Set.of(CHECKPOINT)),
          Map.entry("POST /v1/venues/watch", Set.of(CHECKPOINT)),
          // Who mints sees it in codes, who changes it could set it to be sure.
          Map.entry("GET /v1/subjects/{subject}/status", Set.of(ISSUER, AUTHORITY)),
          Map.entry("PUT /v1/subjects/{subject}/status", Set.of(AUTHORITY)),
          Map.entry("PUT /v1/subjects/status", Set.of(AUTHORITY)),
          Map.entry("PUT /v1/subjects/{subject}/guardians", Set.of(AUTHORITY)),
          Map.entry("PUT /v1/links/{subject}", Set.of(AUTHORITY)),
          Map.entry("POST /v1/groups", Set.of(AUTHORITY)),
          Map.entry("PUT /v1/groups/{group}", Set.of(AUTHORITY)),
          Map.entry("PUT /v1/rulesets/{name}", Set.of(AUTHORITY)),
          // The holder's own fresh code is looked for by the operations.
          Map.entry("POST /v1/visits", PUBLIC),
          Map.entry("POST /v1/appeals", PUBLIC),
          Map.entry("GET /v1/subjects/{subject}/history", PUBLIC),
          Map.entry("GET /v1/subjects/{subject}/guardians", PUBLIC),
          Map.entry("GET /v1/appeals", Set.of(AUTHORITY)),
          Map.entry("GET /v1/appeals/queues/{queue}", Set.of(AUTHORITY)),
          Map.entry("GET /v1/appeals/{appeal}", Set.of(AUTHORITY)),
          Map.entry("PUT /v1/appeals/{appeal}", Set.of(AUTHORITY)),
          Map.entry("GET /v1/grounds", ANY),
          Map.entry("PUT /v1/grounds", Set.of(AUTHORITY)),
          Map.entry("PUT /v1/foreign-rules/{country}", Set.of(AUTHORITY)),
          // Wallets and checkpoints say so on their pages.
          Map.entry("GET /v1/minting", PUBLIC),
          Map.entry("PUT /v1/minting", Set.of(AUTHORITY)),
          Map.entry("PUT /v1/revocations/{name}", Set.of(AUTHORITY)),
          Map.entry("GET /v1/audit", Set.of(OPERATOR)),
          Map.entry("GET /v1/ops", Set.of(OPERATOR)),
          Map.entry("GET /v1/oversight", Set.of(AUDITOR)),
          Map.entry("GET /metrics", Set.of(OPERATOR)));

  private AccessTable() {}

  /**
   * The roles of which one is needed for an operation, as in {@code POST /v1/scans}.
   *
   * @return none for an operation that is public
   * @throws IllegalStateException where the operation is not in the table
   */
  public static Set<Role> rolesFor(String operation) {
    final Set<Role> roles = TABLE.get(operation);
    if (roles == null) {
      throw new IllegalStateException(operation + " is not in the access table");
    }
    return roles;
  }

  /** The operations that the table has. */
  static Set<String> operations() {
    return TABLE.keySet();
  }
}
