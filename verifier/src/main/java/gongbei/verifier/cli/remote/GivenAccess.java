package gongbei.verifier.cli.remote;

import java.net.URI;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options by which a command reaches one node that has to be named. */
public final class GivenAccess {
  @Mixin private NodeAccess access;

  @Option(names = "--url", required = true, description = "The node.")
  private URI url;

  /** The node, for requests without a signature. */
  public NodeHttp node() {
    return NodeHttp.ofAnyone(url, access.connection());
  }

  /** The node, for requests that are signed with the key of a directory that is valid now. */
  public NodeHttp node(Path keys) {
    return NodeHttp.ofAuthority(url, keys, access.connection());
  }
}
