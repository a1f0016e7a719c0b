package gongbei.verifier.cli.code;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.codec.time.Rfc3339;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.remote.NodeAccess;
import gongbei.verifier.cli.remote.NodeHttp;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows a holder's code as a wallet does. */
@Command(
    name = "mint",
    description =
        "Asks a node to mint a holder's code, repeatedly, each time before the "
            + "shown code expires.",
    mixinStandardHelpOptions = true)
public final class MintCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private NodeAccess access;

  @Option(names = "--url", required = true, description = "The node.")
  private URI url;

  @Option(
      names = "--subject",
      paramLabel = "HEX",
      required = true,
      description = "32 hexadecimal digits.")
  private String subject;

  @Option(
      names = "--times",
      defaultValue = "1",
      description = "Number of codes; 0 for unlimited. Default ${DEFAULT-VALUE}.")
  private int times;

  @Option(names = "--ttl-seconds", description = "Lifetime of the codes; the node's default is 60.")
  private Integer ttlSeconds;

  @Option(names = "--json", description = "Write one JSON object a code.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    if (times < 0) {
      throw CommandException.usage("--times is not 0 or more");
    }
    final var body = JsonNodeFactory.instance.objectNode().put("subject", subject);
    if (ttlSeconds != null) {
      body.put("ttlSeconds", ttlSeconds);
    }
    final NodeHttp node = NodeHttp.ofAnyone(url, access.connection());
    for (int i = 1; times == 0 || i <= times; i++) {
      final JsonNode minted = node.post("/v1/codes", body);
      spec.commandLine().getOut().println(json ? minted : minted.path("code").asText());
      spec.commandLine().getOut().flush();
      if (i != times) {
        final Instant refreshAt = Rfc3339.instant(minted.path("refreshAt").asText());
        final long waitMillis = Duration.between(Instant.now(), refreshAt).toMillis();
        TimeUnit.MILLISECONDS.sleep(Math.max(0, waitMillis));
      }
    }
    return ExitCode.OK;
  }
}
