package gongbei.verifier.cli;

import gongbei.verifier.client.NodeConnection;
import java.net.URI;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options by which a command that signs nothing reaches one node. */
final class OpenAccess {
  @Mixin private NodeAccess access;

  @Option(
      names = "--url",
      defaultValue = NodeAccess.DEFAULT_URL,
      description = "The node; default ${DEFAULT-VALUE}.")
  private URI url;

  URI url() {
    return url;
  }

  /** How the node is spoken to. */
  NodeConnection connection() {
    return access.connection();
  }

  /** The node, asked as whoever the options show. */
  NodeHttp node() {
    return NodeHttp.ofAnyone(url, access.connection());
  }
}
