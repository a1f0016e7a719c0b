package gongbei.verifier.config;

import java.nio.file.Path;

/** What follows for a server's callers from where it listens and whom it knows. */
final class ServerAccess {
  private ServerAccess() {}

  /**
   * Beyond the loopback a server must know who asks, unless the configuration says otherwise.
   *
   * @param file says who may ask, or null
   * @param setting what names the file
   * @throws IllegalArgumentException where it does not
   */
  static void require(String name, NodeConfig.Endpoint endpoint, Path file, String setting) {
    if (!endpoint.isOpen()
        && file == null
        && !knowsClients(endpoint)
        && !endpoint.allowAnonymous()) {
      throw new IllegalArgumentException(
          setting
              + " is missing, and so is "
              + name
              + ".tls.clientCaDirectory: one of them says who may ask, or "
              + name
              + ".allowAnonymous: true lets everybody");
    }
  }

  private static boolean knowsClients(NodeConfig.Endpoint endpoint) {
    return endpoint.tls() != null && endpoint.tls().clientCaDirectory() != null;
  }

  /** Whether everybody may ask everything over HTTP who shows no key. */
  static boolean isOpenToAll(NodeConfig.Endpoint http, AccessConfig access) {
    return access.apiKeyFile() == null
        && !knowsClients(http)
        && (http.isOpen() || http.allowAnonymous());
  }

  /** What an address may ask in a second over HTTP without key or certificate; 0 for no bound. */
  static int addressRequestsPerSecond(NodeConfig.Endpoint http, AccessConfig access) {
    if (access.addressRequestsPerSecond() != null) {
      return access.addressRequestsPerSecond();
    }
    return http.isOpen() && access.apiKeyFile() == null
        ? 0
        : Limits.DEFAULT_ADDRESS_REQUESTS_PER_SECOND;
  }

  /** The most connections of one address to a server. */
  static int connectionsPerAddress(NodeConfig.Endpoint server, AccessConfig access) {
    if (access.connectionsPerAddress() != null) {
      return access.connectionsPerAddress();
    }
    return server.isOpen()
        ? Limits.DEFAULT_LOOPBACK_CONNECTIONS_PER_ADDRESS
        : Limits.DEFAULT_CONNECTIONS_PER_ADDRESS;
  }
}
