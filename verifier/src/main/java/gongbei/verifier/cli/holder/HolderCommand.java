package gongbei.verifier.cli.holder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.model.HolderFlag;
import gongbei.replication.map.Subject;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.input.CodeInput;
import gongbei.verifier.cli.remote.AuthorityAccess;
import gongbei.verifier.cli.remote.NodeHttp;
import gongbei.verifier.cli.remote.NodeJson;
import gongbei.verifier.cli.remote.OpenAccess;
import gongbei.verifier.cli.remote.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One holder's status. */
@Command(
    name = "holder",
    description = "Shows a holder's status, or changes it.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {HolderCommand.Show.class, HolderCommand.Set.class})
public final class HolderCommand implements Callable<Integer> {
  /** What a whole status has; what is left out of one is taken back. */
  private static final List<String> STATUS =
      List.of("colour", "until", "next", "result", "sampleTime", "doses", "lastDoseDate", "flags");

  /** What a colour that is set anew takes no account of. */
  private static final List<String> OF_COLOUR = List.of("until", "next");

  @Override
  public Integer call() {
    throw CommandException.usage("a subcommand is missing: show or set; see gongbei holder --help");
  }

  private static String pathOf(Subject subject) {
    return "/v1/subjects/" + subject.toHex() + "/status";
  }

  /** Shows a status. */
  @Command(
      name = "show",
      description = "Shows a holder's status in a node's map. Needs the role issuer or authority.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private OpenAccess access;

    @Mixin private HolderChoice holder;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      final JsonNode status = access.node().get(pathOf(holder.subject()));
      if (json) {
        spec.commandLine().getOut().println(status);
      } else {
        final HolderView shown = NodeJson.read(status, HolderView.class);
        for (final Map.Entry<String, JsonNode> each : NodeJson.write(shown).properties()) {
          spec.commandLine()
              .getOut()
              .printf(Locale.ROOT, "%-14s %s%n", each.getKey(), inWords(each.getValue()));
        }
      }
      spec.commandLine().getOut().flush();
      return ExitCode.OK;
    }

    private static String inWords(JsonNode value) {
      if (!value.isArray()) {
        return value.asText();
      }
      final StringBuilder words = new StringBuilder();
      value.forEach(each -> words.append(words.length() == 0 ? "" : " ").append(each.asText()));
      return words.length() == 0 ? "-" : words.toString();
    }
  }

  /** Changes a status. */
  @Command(
      name = "set",
      description = {
        "Changes a holder's status, signed by an authority. Fields that are not given keep"
            + " their values: the command reads the current status first. It does not for a test"
            + " alone (--result and --sample-time) or --revoke-before.",
        "",
        "Reading the status needs an API key with the role authority, if the node requires keys."
      },
      mixinStandardHelpOptions = true)
  static final class Set implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private AuthorityAccess authority;

    @Mixin private HolderChoice holder;

    @Option(names = "--colour", paramLabel = "COLOUR", description = "green, yellow or red.")
    private String colour;

    @Option(
        names = "--ground",
        paramLabel = "NAME",
        description =
            "The ground of the change, by its name in the table of grounds; see gongbei"
                + " grounds show.")
    private String ground;

    @Option(
        names = "--until",
        paramLabel = "TIME",
        description =
            "When a yellow or red colour lapses, with its offset, as 2026-12-08T08:00:00+08:00.")
    private String until;

    @Option(
        names = "--next",
        paramLabel = "COLOUR",
        description = "The colour that follows then: green, or yellow after red; default green.")
    private String next;

    @Option(
        names = "--result",
        paramLabel = "RESULT",
        description = "negative or positive; or none.")
    private String result;

    @Option(
        names = "--sample-time",
        paramLabel = "TIME",
        description = "When its sample was taken, with its offset, as 2026-11-24T08:00:00+08:00.")
    private String sampleTime;

    @Option(names = "--doses", paramLabel = "N", description = "Vaccine doses, 0 to 99.")
    private Integer doses;

    @Option(names = "--last-dose-date", paramLabel = "DATE", description = "As in 2025-03-01.")
    private String lastDoseDate;

    @Option(
        names = "--flags",
        paramLabel = "FLAG",
        split = ",",
        description = "visitor, linked, deceased, separated by commas; - for none.")
    private List<String> flags;

    @Option(
        names = "--revoke-before",
        paramLabel = "TIME",
        description = "Revoke the codes that were issued before; now is this second.")
    private String revokeBefore;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      final Subject subject = holder.subject();
      final ObjectNode given = given();
      if ((revokeBefore == null) == given.isEmpty()) {
        throw CommandException.usage(
            "give --colour, --until, --next, --result, --doses, --last-dose-date or --flags, or"
                + " --revoke-before alone");
      }
      final NodeHttp node = authority.node();
      final ObjectNode change = change(node, subject, given);
      if (ground != null) {
        change.put("ground", ground);
      }
      final JsonNode answer = node.put(pathOf(subject), change);
      final Outcome outcome = Outcome.of(answer);
      spec.commandLine().getOut().println(json ? answer : outcome.inWords());
      spec.commandLine().getOut().flush();
      return ExitCode.OK;
    }

    /** What was given, by the names of the interface; null where it was not. */
    private record Given(
        String colour,
        String until,
        String next,
        String result,
        String sampleTime,
        Integer doses,
        String lastDoseDate,
        List<String> flags) {}

    private ObjectNode given() {
      final List<String> named =
          flags == null ? null : flags.stream().filter(flag -> !flag.equals("-")).toList();
      return NodeJson.write(
          new Given(colour, until, next, result, sampleTime, doses, lastDoseDate, named));
    }

    private ObjectNode change(NodeHttp node, Subject subject, ObjectNode given)
        throws InterruptedException {
      if (revokeBefore != null) {
        final String time =
            revokeBefore.equals("now")
                ? Instant.ofEpochSecond(CodeInput.nowEpochSeconds()).toString()
                : revokeBefore;
        return given.put("revokeBefore", time);
      }
      final boolean isTestAlone = given.size() == 2 && result != null && sampleTime != null;
      if (isTestAlone && !result.equals("none")) {
        return given;
      }
      return merged(node.getIfKnown(pathOf(subject)), given);
    }

    /** The whole status: what is known, and over it what is given. */
    private ObjectNode merged(JsonNode known, ObjectNode given) {
      final ObjectNode whole = JsonNodeFactory.instance.objectNode();
      if (known == null && colour == null) {
        throw CommandException.refused(
            "unknown-subject: the map knows no such subject; a new holder needs --colour");
      }
      for (final String field : STATUS) {
        final boolean isKnown =
            known != null && !(given.has("colour") && OF_COLOUR.contains(field));
        final JsonNode value = given.has(field) || !isKnown ? given.get(field) : known.get(field);
        if (value != null) {
          whole.set(field, value);
        }
      }
      if (known != null && whole.path("flags").isArray()) {
        whole.set("flags", withoutTranslated(whole.path("flags")));
      }
      if ("none".equals(result)) {
        whole.remove(List.of("result", "sampleTime"));
      } else if (whole.path("result").asText().equals("none")) {
        whole.remove("result");
      }
      if (Integer.valueOf(0).equals(doses)) {
        whole.remove("lastDoseDate");
      }
      return whole;
    }

    /** The flags that an authority may set. */
    private static ArrayNode withoutTranslated(JsonNode flags) {
      final ArrayNode kept = JsonNodeFactory.instance.arrayNode();
      flags.forEach(
          flag -> {
            if (HolderFlag.settable(flag.asText()).isPresent()) {
              kept.add(flag.asText());
            }
          });
      return kept;
    }
  }
}
