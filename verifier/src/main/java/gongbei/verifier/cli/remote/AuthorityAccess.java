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

  /** The node, asked with the authority's key that is valid now. */
  public NodeHttp node() {
    return NodeHttp.ofAuthority(url, keys, access.connection());
  }
}
