package gongbei.verifier.cli.national;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.certlogic.TestSuite;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.remote.AuthorityAccess;
import gongbei.verifier.cli.remote.NodeHttp;
import gongbei.verifier.cli.remote.NodeJson;
import gongbei.verifier.cli.remote.OpenAccess;
import gongbei.verifier.cli.remote.Outcome;
import gongbei.verifier.national.NationalDocuments;
import gongbei.verifier.national.NationalRule;
import gongbei.verifier.national.NationalRuleException;
import gongbei.verifier.national.RuleTests;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** National entry rules for foreign certificates. */
@Command(
    name = "rules",
    description =
        "Checks national entry rules for foreign certificates, and puts them in force on every"
            + " node.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    subcommands = {
      RulesCommand.Test.class,
      RulesCommand.CertLogic.class,
      RulesCommand.Show.class,
      RulesCommand.Put.class
    })
public final class RulesCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    throw CommandException.usage(
        "a subcommand is missing: test, certlogic, show or put; see gongbei rules --help");
  }

  /** Tells what was wrong, and last how many were right. */
  private static int tell(PrintWriter out, int all, List<String> wrong, boolean json) {
    final int right = all - wrong.size();
    if (json) {
      final ObjectNode answer = JsonNodeFactory.instance.objectNode();
      answer.put("right", right).put("of", all);
      wrong.forEach(answer.putArray("wrong")::add);
      out.println(answer);
    } else {
      wrong.forEach(out::println);
      out.println("right " + right + " of " + all);
    }
    out.flush();
    return wrong.isEmpty() ? ExitCode.OK : ExitCode.REFUSED;
  }

  /** Checks rules against their tests. */
  @Command(
      name = "test",
      description =
          "Runs the tests of national rules and reports how many are right. Refuses a rule"
              + " that is malformed, of a later version of the format or for another engine.")
  static final class Test implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(names = "--rules", required = true, description = "The rules, one JSON object a line.")
    private Path rules;

    @Option(
        names = "--valuesets",
        required = true,
        description = "Collections of value sets by the keys that tests name, a JSON object.")
    private Path valueSets;

    @Option(
        names = "--tests",
        required = true,
        description =
            "The tests, one JSON object a line: rule, payload, external, valueSets, expected.")
    private Path tests;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() {
      final List<String> wrong = new ArrayList<>();
      final List<JsonNode> all = RuleFiles.lines(tests);
      try {
        final List<NationalRule> read = new ArrayList<>();
        for (final JsonNode rule : RuleFiles.lines(rules)) {
          read.add(NationalRule.read(rules + ", " + rule.path("Identifier").asText("?"), rule));
        }
        final RuleTests run = new RuleTests(read, RuleFiles.json(valueSets));
        for (final JsonNode test : all) {
          final String fault = run.fault(test);
          if (!fault.isEmpty()) {
            wrong.add(fault);
          }
        }
      } catch (NationalRuleException e) {
        throw CommandException.refused(e.getMessage());
      }
      return tell(spec.commandLine().getOut(), all.size(), wrong, json);
    }
  }

  /** Checks CertLogic against its test suite. */
  @Command(
      name = "certlogic",
      description =
          "Runs the assertions of files of the CertLogic test suite and reports how many are"
              + " right. Assertions that a file marks as skipped are run too.")
  static final class CertLogic implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Test suites, JSON.")
    private List<Path> files;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() {
      final List<String> wrong = new ArrayList<>();
      int all = 0;
      for (final Path file : files) {
        final TestSuite suite;
        try {
          suite = TestSuite.run(RuleFiles.json(file));
        } catch (IllegalArgumentException e) {
          throw CommandException.refused(file + " " + e.getMessage());
        }
        all += suite.assertions();
        suite.wrong().forEach(each -> wrong.add(file + ": " + each));
      }
      return tell(spec.commandLine().getOut(), all, wrong, json);
    }
  }

  /** Shows the rules in force. */
  @Command(name = "show", description = "Shows the rules of countries in force on a node.")
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private OpenAccess access;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      final JsonNode answer = access.node().get("/v1/foreign-rules");
      final PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(answer);
      } else {
        final NationalView inForce = NodeJson.read(answer, NationalView.class);
        inForce
            .countries()
            .forEach(
                (name, country) -> {
                  out.println(name + ", revision " + country.revision() + ":");
                  country.rules().forEach(rule -> out.println("  " + rule));
                });
        if (inForce.valueSets() != null) {
          out.println(NationalDocuments.VALUE_SETS + ", revision " + inForce.revisionOfSets());
        }
      }
      out.flush();
      return ExitCode.OK;
    }
  }

  /** Puts rules or value sets. */
  @Command(
      name = "put",
      description =
          "Puts the rules of a country, or the value sets of all, in force on every node of the"
              + " region, through the log. Signed by an authority.")
  static final class Put implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private AuthorityAccess authority;

    @Parameters(
        index = "0",
        paramLabel = "COUNTRY",
        description = "Two capitals, as in FR, or value-sets.")
    private String name;

    @Parameters(
        index = "1",
        paramLabel = "FILE",
        description =
            "All the rules of the country, one JSON object a line (those of other countries"
                + " are ignored); or the value sets, a JSON object.")
    private Path file;

    @Option(
        names = "--revision",
        description = "The revision to put; default one higher than the revision in force.")
    private Long revision;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      final boolean isOfSets = name.equals(NationalDocuments.VALUE_SETS);
      if (!isOfSets && !NationalDocuments.isCountry(name)) {
        throw CommandException.usage(name + " is neither two capital letters nor value-sets");
      }
      final NodeHttp node = authority.node();
      final ObjectNode body = JsonNodeFactory.instance.objectNode();
      if (isOfSets) {
        body.set("valueSets", RuleFiles.json(file));
      } else {
        final var rules = body.putArray("rules");
        for (final JsonNode rule : RuleFiles.lines(file)) {
          if (rule.path("Country").asText().equals(name)) {
            rules.add(rule);
          }
        }
        if (rules.isEmpty()) {
          throw CommandException.refused(file + " holds no rule of " + name);
        }
      }
      body.put("revision", revision == null ? inForce(node, isOfSets) + 1 : revision);
      try {
        final var checked = NationalDocuments.read(name, body);
        final JsonNode answer = node.put("/v1/foreign-rules/" + name, body);
        final String label = name + " revision " + checked.revision();
        final Outcome outcome = Outcome.of(answer).requireApplied(label, "");
        spec.commandLine()
            .getOut()
            .println(
                json ? answer.toString() : label + " is in force, version " + outcome.version());
      } catch (NationalRuleException e) {
        throw CommandException.refused(file + ": " + e.getMessage());
      }
      spec.commandLine().getOut().flush();
      return ExitCode.OK;
    }

    private long inForce(NodeHttp node, boolean isOfSets) throws InterruptedException {
      final NationalView all = NodeJson.read(node.get("/v1/foreign-rules"), NationalView.class);
      return isOfSets ? all.revisionOfSets() : all.revisionOf(name);
    }
  }
}
