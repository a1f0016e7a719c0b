package gongbei.verifier.config;

import java.nio.file.Path;

/**
 * Who may ask over HTTP, and how much.
 *
 * @param apiKeyFile hashes of the keys and their roles, as {@code gongbei apikey} writes it; null
 *     (default) knows no keys: then everybody may ask over plain text on the loopback
 * @param keyRequestsPerSecond what one key, or one client certificate, may ask on average; 0 for no
 *     bound; default {@link Limits#DEFAULT_KEY_REQUESTS_PER_SECOND}
 * @param addressRequestsPerSecond what one address may ask on average without either; 0 for no
 *     bound; default (null) no bound on the plain loopback without keys, and {@link
 *     Limits#DEFAULT_ADDRESS_REQUESTS_PER_SECOND} elsewhere
 * @param connectionsPerAddress the most connections of one address to each server; default {@link
 *     Limits#DEFAULT_CONNECTIONS_PER_ADDRESS}
 */
public record AccessConfig(
    Path apiKeyFile,
    Integer keyRequestsPerSecond,
    Integer addressRequestsPerSecond,
    Integer connectionsPerAddress) {
  public AccessConfig {
    keyRequestsPerSecond =
        keyRequestsPerSecond == null
            ? Limits.DEFAULT_KEY_REQUESTS_PER_SECOND
            : keyRequestsPerSecond;
    connectionsPerAddress =
        connectionsPerAddress == null
            ? Limits.DEFAULT_CONNECTIONS_PER_ADDRESS
            : connectionsPerAddress;
    NodeConfig.requireRange(
        "keyRequestsPerSecond", keyRequestsPerSecond, 0, Limits.MAX_REQUESTS_PER_SECOND);
    if (addressRequestsPerSecond != null) {
      NodeConfig.requireRange(
          "addressRequestsPerSecond", addressRequestsPerSecond, 0, Limits.MAX_REQUESTS_PER_SECOND);
    }
    NodeConfig.requireRange(
        "connectionsPerAddress", connectionsPerAddress, 1, Limits.MAX_TCP_CONNECTIONS);
  }

  /** Every setting at its default. */
  public static AccessConfig defaults() {
    return new AccessConfig(null, null, null, null);
  }

  AccessConfig resolvedAgainst(Path base) {
    return new AccessConfig(
        NodeConfig.resolve(base, apiKeyFile),
        keyRequestsPerSecond,
        addressRequestsPerSecond,
        connectionsPerAddress);
  }
}
