package gongbei.verifier.cli.holder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.trust.FileFault;
import gongbei.codec.trust.TextFile;
import gongbei.replication.map.Subject;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.remote.AuthorityAccess;
import gongbei.verifier.cli.remote.NodeHttp;
import gongbei.verifier.cli.remote.Outcome;
import gongbei.verifier.config.Limits;
import gongbei.verifier.print.QrImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a group's code, changes its members, or dissolves it. */
@Command(
    name = "group",
    description =
        "Creates one code for a group of up to 500 people, changes its members, "
            + "or dissolves it. Signed by an authority.",
    mixinStandardHelpOptions = true)
public final class GroupCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private AuthorityAccess authority;

  @Option(
      names = "--group",
      paramLabel = "HEX",
      description = "The group to change or dissolve; without it a new group is created.")
  private String group;

  @ArgGroup(multiplicity = "1")
  private Change change;

  @Option(
      names = "--ttl-seconds",
      description = "The code's life; default " + Limits.MAX_GROUP_CODE_SECONDS + ".")
  private Integer ttlSeconds;

  @Option(names = "--png", paramLabel = "FILE", description = "Also draw the code to a PNG file.")
  private Path png;

  @Option(names = "--json", description = "Write JSON.")
  private boolean json;

  private static final class Change {
    @Option(
        names = "--members",
        paramLabel = "FILE",
        description = "The members' subjects, one a line; their order gives their ordinals.")
    private Path members;

    @Option(
        names = "--dissolve",
        description = "Dissolve the group: its code passes nowhere from now on.")
    private boolean dissolve;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (group == null && change.dissolve) {
      throw CommandException.usage("--dissolve needs --group");
    }
    if (group != null && !group.matches("[0-9a-fA-F]{32}")) {
      throw CommandException.usage("--group is not 32 hexadecimal digits");
    }
    final ObjectNode body = JsonNodeFactory.instance.objectNode();
    if (change.dissolve) {
      body.put("dissolved", true);
    } else {
      readMembers(body.putArray("members"));
      if (ttlSeconds != null) {
        body.put("ttlSeconds", ttlSeconds);
      }
    }
    final NodeHttp node = authority.node();
    final JsonNode answer =
        group == null ? node.postSigned("/v1/groups", body) : node.put("/v1/groups/" + group, body);
    if (png != null && answer.has("code")) {
      try {
        Files.write(png, QrImage.png(answer.path("code").asText()));
      } catch (IOException e) {
        throw CommandException.unreachable(png + " " + FileFault.reasonOf(e));
      }
    }
    spec.commandLine().getOut().println(json ? answer : inWords(answer));
    spec.commandLine().getOut().flush();
    return ExitCode.OK;
  }

  private static String inWords(JsonNode answer) {
    return answer.has("code") ? answer.path("code").asText() : Outcome.of(answer).inWords();
  }

  private void readMembers(ArrayNode into) {
    try {
      int number = 0;
      for (final String line : TextFile.lines(change.members)) {
        number++;
        if (!line.isBlank()) {
          try {
            into.add(Subject.ofHex(line.strip()).toHex());
          } catch (IllegalArgumentException e) {
            throw CommandException.refused(
                change.members + ", line " + number + ": " + e.getMessage());
          }
        }
      }
    } catch (IOException e) {
      throw CommandException.unreachable(change.members + " " + FileFault.reasonOf(e));
    }
  }
}
