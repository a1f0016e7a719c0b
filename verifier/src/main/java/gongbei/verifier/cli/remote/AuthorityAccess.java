package gongbei.verifier.cli.remote;

import java.net.URI;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options by which an authority's command reaches the node that is to change something. */
public final class AuthorityAccess {
  @Mixin private NodeAccess access;

  @Option(names = "--url", required = true, description = "A node of the region.")
  private URI url;

  @Option(
      names = "--authority-keys",
      paramLabel = "DIR|FILE",
      required = true,
      description = "The authority's key and certificate, *.pem; or a token's file, *.yaml.")
  private Path keys;

  @Option(
      names = "--second-keys",
      paramLabel = "DIR|FILE",
      description =
          "A second authority's key and certificate, for grounds that need two signatures.")
  private Path secondKeys;

  /** The node, asked with the authorities' keys that are valid now. */
  public NodeHttp node() {
    final NodeHttp node = NodeHttp.ofAuthority(url, keys, access.connection());
    return secondKeys == null ? node : node.seconded(secondKeys);
  }
}
