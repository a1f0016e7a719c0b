package gongbei.verifier.cli.remote;

import gongbei.verifier.client.NodeConnection;
import java.net.URI;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options by which a command that signs nothing reaches one node. */
public final class OpenAccess {
  @Mixin private NodeAccess access;

  @Option(
      names = "--url",
      defaultValue = NodeAccess.DEFAULT_URL,
      description = "The node; default ${DEFAULT-VALUE}.")
  private URI url;

  public URI url() {
    return url;
  }

  /** How the node is spoken to. */
  public NodeConnection connection() {
    return access.connection();
  }

  /** The node, asked as whoever the options show. */
  public NodeHttp node() {
    return NodeHttp.ofAnyone(url, access.connection());
  }
}
