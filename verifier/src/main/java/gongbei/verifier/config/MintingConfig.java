package gongbei.verifier.config;

import gongbei.codec.model.DegradedMinting;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * Whether a node mints codes for screens, and how it notices that minting is degraded.
 *
 * @param offered whether it mints; default true. A node that makes packs and has the keys for them
 *     need not mint: so packs are made while those that mint are down
 * @param nodes the addresses of other nodes that mint, which this one watches; default none
 * @param caFile certificates of the authorities that sign theirs; null (default) for those that
 *     Java trusts
 * @param switchAfterSeconds how long minting must have failed, at this node and all that it
 *     watches, before it says in the log that minting is degraded, and how long it must have worked
 *     at one of them before it says that it is restored; 0 for never; default {@link
 *     Limits#DEFAULT_MINTING_SWITCH_SECONDS}
 * @param marginSeconds how long reserve codes count after that; default {@link
 *     Limits#DEFAULT_RESERVE_MARGIN_SECONDS}
 * @param packSeconds for how long the word of a pack that this node makes counts that minting is
 *     degraded; default {@link Limits#DEFAULT_MINTING_PACK_SECONDS}
 */
public record MintingConfig(
    Boolean offered,
    List<URI> nodes,
    Path caFile,
    Integer switchAfterSeconds,
    Integer marginSeconds,
    Integer packSeconds) {
  public MintingConfig {
    offered = offered == null || offered;
    nodes = nodes == null ? List.of() : List.copyOf(nodes);
    switchAfterSeconds =
        switchAfterSeconds == null ? Limits.DEFAULT_MINTING_SWITCH_SECONDS : switchAfterSeconds;
    marginSeconds = marginSeconds == null ? Limits.DEFAULT_RESERVE_MARGIN_SECONDS : marginSeconds;
    packSeconds = packSeconds == null ? Limits.DEFAULT_MINTING_PACK_SECONDS : packSeconds;
    NodeConfig.requireRange("minting.nodes", nodes.size(), 0, Limits.MAX_WATCHED_NODES);
    NodeConfig.requireRange(
        "minting.switchAfterSeconds", switchAfterSeconds, 0, Limits.MAX_MINTING_SWITCH_SECONDS);
    NodeConfig.requireRange(
        "minting.marginSeconds", marginSeconds, 0, DegradedMinting.MAX_MARGIN_SECONDS);
    NodeConfig.requireRange("minting.packSeconds", packSeconds, 0, Limits.MAX_MINTING_PACK_SECONDS);
    for (final URI node : nodes) {
      if (node.getHost() == null
          || !("http".equals(node.getScheme()) || "https".equals(node.getScheme()))) {
        throw new IllegalArgumentException(
            "minting.nodes holds " + node + ", which is no address as https://host:port");
      }
    }
  }

  /** Every setting at its default. */
  public static MintingConfig defaults() {
    return new MintingConfig(null, null, null, null, null, null);
  }

  MintingConfig resolvedAgainst(Path base) {
    return new MintingConfig(
        offered,
        nodes,
        NodeConfig.resolve(base, caFile),
        switchAfterSeconds,
        marginSeconds,
        packSeconds);
  }
}
