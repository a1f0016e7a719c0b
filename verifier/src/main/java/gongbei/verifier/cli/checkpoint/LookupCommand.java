package gongbei.verifier.cli.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.codec.model.DocumentType;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.remote.NodeAccess;
import gongbei.verifier.cli.remote.NodeHttp;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Has a holder evaluated by their document. */
@Command(
    name = "lookup",
    description =
        "Evaluates a holder by document, for a checkpoint with that permission. "
            + "Without --document-number the command prompts for the number without "
            + "echo.",
    mixinStandardHelpOptions = true)
public final class LookupCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private NodeAccess access;

  @Option(names = "--url", required = true, description = "The node.")
  private URI url;

  @Option(
      names = "--keys",
      paramLabel = "DIR",
      required = true,
      description = "The checkpoint's key and certificate, *.pem.")
  private Path keys;

  @Option(
      names = "--checkpoint",
      required = true,
      description = "kind, or kind/place, as in hospital/zhongshan.")
  private String checkpoint;

  @Option(
      names = "--document-type",
      required = true,
      description = "mainland-id, home-return-permit, exit-entry-permit, macau-bir or passport.")
  private DocumentType type;

  @Option(
      names = "--document-number",
      required = true,
      interactive = true,
      arity = "0..1",
      description = "The number; neither printed nor stored.")
  private char[] number;

  @Option(names = "--json", description = "Write JSON.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    final JsonNode verdict =
        NodeHttp.ofAuthority(url, keys, access.connection())
            .postSigned(
                "/v1/lookups",
                JsonNodeFactory.instance
                    .objectNode()
                    .put("documentType", type.wireName())
                    .put("documentNumber", new String(number))
                    .put("checkpoint", checkpoint));
    spec.commandLine()
        .getOut()
        .println(
            json
                ? verdict
                : verdict.path("verdict").asText() + ": " + verdict.path("reason").asText());
    spec.commandLine().getOut().flush();
    return verdict.path("verdict").asText().equals("pass") ? ExitCode.OK : ExitCode.REFUSED;
  }
}
