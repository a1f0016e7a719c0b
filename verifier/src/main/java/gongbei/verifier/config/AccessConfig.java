package gongbei.verifier.config;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

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
 * @param lookupsPerMinute how many holders one key may look up by document in a minute, on each
 *     node; 0 for no bound; default {@link Limits#DEFAULT_LOOKUPS_PER_MINUTE}
 * @param unknownLookupsPerHour how many of its lookups in an hour may find nobody; 0 for no bound;
 *     default {@link Limits#DEFAULT_UNKNOWN_LOOKUPS_PER_HOUR}
 * @param connectionsPerAddress the most connections of one address to each server; default (null)
 *     {@link Limits#DEFAULT_LOOPBACK_CONNECTIONS_PER_ADDRESS} on the plain loopback, and {@link
 *     Limits#DEFAULT_CONNECTIONS_PER_ADDRESS} elsewhere
 * @param hosts the names by which clients know the node over HTTP, beside addresses and localhost;
 *     default none: then every name is taken of who must show a key, and no other of who need not
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
    Integer lookupsPerMinute,
    Integer unknownLookupsPerHour,
    Integer connectionsPerAddress,
    Integer handshakesPerSecond,
    Integer deviceScansPerSecond,
    Integer deviceTranslationsPerSecond,
    List<String> hosts) {
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,252})");

  public AccessConfig {
    keyRequestsPerSecond =
        keyRequestsPerSecond == null
            ? Limits.DEFAULT_KEY_REQUESTS_PER_SECOND
            : keyRequestsPerSecond;
    lookupsPerMinute =
        lookupsPerMinute == null ? Limits.DEFAULT_LOOKUPS_PER_MINUTE : lookupsPerMinute;
    unknownLookupsPerHour =
        unknownLookupsPerHour == null
            ? Limits.DEFAULT_UNKNOWN_LOOKUPS_PER_HOUR
            : unknownLookupsPerHour;
    hosts = hosts == null ? List.of() : List.copyOf(hosts);
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
    NodeConfig.requireRange("lookupsPerMinute", lookupsPerMinute, 0, Limits.MAX_LOOKUPS_PER_PERIOD);
    NodeConfig.requireRange(
        "unknownLookupsPerHour", unknownLookupsPerHour, 0, Limits.MAX_LOOKUPS_PER_PERIOD);
    if (connectionsPerAddress != null) {
      NodeConfig.requireRange(
          "connectionsPerAddress", connectionsPerAddress, 1, Limits.MAX_TCP_CONNECTIONS);
    }
    NodeConfig.requireRange("hosts", hosts.size(), 0, Limits.MAX_HOSTS);
    for (final String host : hosts) {
      if (!HOST.matcher(host).matches()) {
        throw new IllegalArgumentException("hosts has " + host + ", which is no name of a host");
      }
    }
  }

  private static void requireRate(String name, int perSecond) {
    NodeConfig.requireRange(name, perSecond, 0, Limits.MAX_REQUESTS_PER_SECOND);
  }

  /** Every setting at its default. */
  public static AccessConfig defaults() {
    return new AccessConfig(null, null, null, null, null, null, null, null, null, null);
  }

  AccessConfig resolvedAgainst(Path base) {
    return new AccessConfig(
        NodeConfig.resolve(base, apiKeyFile),
        keyRequestsPerSecond,
        addressRequestsPerSecond,
        lookupsPerMinute,
        unknownLookupsPerHour,
        connectionsPerAddress,
        handshakesPerSecond,
        deviceScansPerSecond,
        deviceTranslationsPerSecond,
        hosts);
  }
}
