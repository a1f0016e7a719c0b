package gongbei.verifier.cli.code;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.time.Rfc3339;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.remote.GivenAccess;
import gongbei.verifier.cli.remote.NodeHttp;
import gongbei.verifier.cli.remote.NodeJson;
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

  @Mixin private GivenAccess access;

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

  /** What the node is asked. */
  private record Question(String subject, Integer ttlSeconds) {}

  /** A code, and when to ask for the next. */
  private record Minted(String code, String refreshAt) {}

  @Override
  public Integer call() throws InterruptedException {
    if (times < 0) {
      throw CommandException.usage("--times is not 0 or more");
    }
    final ObjectNode body = NodeJson.write(new Question(subject, ttlSeconds));
    final NodeHttp node = access.node();
    for (int i = 1; times == 0 || i <= times; i++) {
      final JsonNode answer = node.post("/v1/codes", body);
      final Minted minted = NodeJson.read(answer, Minted.class);
      spec.commandLine().getOut().println(json ? answer : minted.code());
      spec.commandLine().getOut().flush();
      if (i != times) {
        final Instant refreshAt = Rfc3339.instant(minted.refreshAt());
        final long waitMillis = Duration.between(Instant.now(), refreshAt).toMillis();
        TimeUnit.MILLISECONDS.sleep(Math.max(0, waitMillis));
      }
    }
    return ExitCode.OK;
  }
}
