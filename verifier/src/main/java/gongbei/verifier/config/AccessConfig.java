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
 * @param handshakesPerSecond the TLS handshakes that one address may begin at each server on
 *     average; 0 for no bound; default {@link Limits#DEFAULT_HANDSHAKES_PER_SECOND}
 * @param deviceScansPerSecond the scans that are taken from one device on average; default 0, no
 *     bound
 * @param deviceTranslationsPerSecond the translations that one device may ask for on average; 0 for
 *     no bound; default {@link Limits#DEFAULT_DEVICE_TRANSLATIONS_PER_SECOND}
 */
public record AccessConfig(
    Path apiKeyFile,
    Integer keyRequestsPerSecond,
    Integer addressRequestsPerSecond,
    Integer connectionsPerAddress,
    Integer handshakesPerSecond,
    Integer deviceScansPerSecond,
    Integer deviceTranslationsPerSecond) {
  public AccessConfig {
    keyRequestsPerSecond =
        keyRequestsPerSecond == null
            ? Limits.DEFAULT_KEY_REQUESTS_PER_SECOND
            : keyRequestsPerSecond;
    connectionsPerAddress =
        connectionsPerAddress == null
            ? Limits.DEFAULT_CONNECTIONS_PER_ADDRESS
            : connectionsPerAddress;
    handshakesPerSecond =
        handshakesPerSecond == null ? Limits.DEFAULT_HANDSHAKES_PER_SECOND : handshakesPerSecond;
    deviceScansPerSecond = deviceScansPerSecond == null ? 0 : deviceScansPerSecond;
    deviceTranslationsPerSecond =
        deviceTranslationsPerSecond == null
            ? Limits.DEFAULT_DEVICE_TRANSLATIONS_PER_SECOND
            : deviceTranslationsPerSecond;
    requireRate("handshakesPerSecond", handshakesPerSecond);
    requireRate("deviceScansPerSecond", deviceScansPerSecond);
    requireRate("deviceTranslationsPerSecond", deviceTranslationsPerSecond);
    NodeConfig.requireRange(
        "keyRequestsPerSecond", keyRequestsPerSecond, 0, Limits.MAX_REQUESTS_PER_SECOND);
    if (addressRequestsPerSecond != null) {
      NodeConfig.requireRange(
          "addressRequestsPerSecond", addressRequestsPerSecond, 0, Limits.MAX_REQUESTS_PER_SECOND);
    }
    NodeConfig.requireRange(
        "connectionsPerAddress", connectionsPerAddress, 1, Limits.MAX_TCP_CONNECTIONS);
  }

  private static void requireRate(String name, int perSecond) {
    NodeConfig.requireRange(name, perSecond, 0, Limits.MAX_REQUESTS_PER_SECOND);
  }

  /** Every setting at its default. */
  public static AccessConfig defaults() {
    return new AccessConfig(null, null, null, null, null, null, null);
  }

  AccessConfig resolvedAgainst(Path base) {
    return new AccessConfig(
        NodeConfig.resolve(base, apiKeyFile),
        keyRequestsPerSecond,
        addressRequestsPerSecond,
        connectionsPerAddress,
        handshakesPerSecond,
        deviceScansPerSecond,
        deviceTranslationsPerSecond);
  }
}
