package gongbei.verifier.cli.holder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.model.DocumentType;
import gongbei.replication.map.Subject;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.input.CodeInput;
import gongbei.verifier.cli.remote.AuthorityAccess;
import gongbei.verifier.cli.remote.Outcome;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Links a person's subjects of the two regions, or takes the link away. */
@Command(
    name = "link",
    description =
        "Links a subject of the other region to one of the node's region, with "
            + "the holder's consent, or removes the link. Signed by an authority.",
    mixinStandardHelpOptions = true)
public final class LinkCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private AuthorityAccess authority;

  @Option(
      names = "--other",
      paramLabel = "HEX",
      required = true,
      description = "The other region's subject, 32 hexadecimal digits.")
  private String other;

  @ArgGroup(multiplicity = "1")
  private Change change;

  @Option(names = "--json", description = "Write JSON.")
  private boolean json;

  private static final class Change {
    @ArgGroup(exclusive = false)
    private Grant grant;

    @Option(names = "--withdraw", description = "Remove the link.")
    private boolean withdraw;
  }

  private static final class Grant {
    @Option(
        names = "--subject",
        paramLabel = "HEX",
        required = true,
        description = "The subject in the node's region.")
    private String subject;

    @Option(
        names = "--other-document",
        paramLabel = "TYPE",
        required = true,
        description = "The type of their document in the other region.")
    private DocumentType otherDocument;

    @Option(
        names = "--document",
        paramLabel = "TYPE",
        required = true,
        description = "The type of their document in the node's region.")
    private DocumentType document;
  }

  @Override
  public Integer call() throws InterruptedException {
    try {
      Subject.ofHex(other);
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("--other is not 32 hexadecimal digits");
    }
    final ObjectNode body = JsonNodeFactory.instance.objectNode();
    final String now = Instant.ofEpochSecond(CodeInput.nowEpochSeconds()).toString();
    if (change.withdraw) {
      body.put("withdrawnAt", now);
    } else {
      body.put("subject", change.grant.subject)
          .put("otherDocument", change.grant.otherDocument.wireName())
          .put("document", change.grant.document.wireName())
          .put("consentedAt", now);
    }
    final JsonNode answer = authority.node().put("/v1/links/" + other, body);
    spec.commandLine().getOut().println(json ? answer : Outcome.of(answer).inWords());
    spec.commandLine().getOut().flush();
    return ExitCode.OK;
  }
}
