package gongbei.verifier.cli.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.model.DocumentType;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.remote.GivenAccess;
import gongbei.verifier.cli.remote.NodeJson;
import gongbei.verifier.cli.remote.VerdictView;
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

  @Mixin private GivenAccess access;

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

  /** What the node is asked. */
  private record Question(String documentType, String documentNumber, String checkpoint) {}

  @Override
  public Integer call() throws InterruptedException {
    final JsonNode answer =
        access
            .node(keys)
            .postSigned(
                "/v1/lookups",
                NodeJson.write(new Question(type.wireName(), new String(number), checkpoint)));
    final VerdictView verdict = VerdictView.of(answer);
    spec.commandLine()
        .getOut()
        .println(json ? answer : verdict.verdict() + ": " + verdict.reason());
    spec.commandLine().getOut().flush();
    return verdict.isPass() ? ExitCode.OK : ExitCode.REFUSED;
  }
}
