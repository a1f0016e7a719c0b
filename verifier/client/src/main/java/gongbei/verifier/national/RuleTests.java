package gongbei.verifier.national;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.NullNode;
import gongbei.codec.certlogic.Evaluation;
import gongbei.codec.certlogic.JsonValues;
import gongbei.codec.certlogic.Program;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs tests of national rules as the EU's collection has them: a rule by its identifier, in its
 * newest version, over a payload and what is external to it. A rule that can't be evaluated counts
 * as one that says false, as the specification advises. For one thread.
 */
public final class RuleTests {
  private final Map<String, NationalRule> rules = new HashMap<>();
  private final JsonNode valueSets;
  private final Map<String, Bench> benches = new HashMap<>();

  /** The rules compiled over one collection of value sets. */
  private record Bench(
      Map<String, Integer> expressions, int payload, int external, Evaluation evaluation) {}

  /**
   * @param rules as they were read
   * @param valueSets collections of value sets by the keys that tests name
   */
  public RuleTests(List<NationalRule> rules, JsonNode valueSets) {
    for (final NationalRule rule : rules) {
      this.rules.merge(
          rule.identifier(),
          rule,
          (one, other) -> one.number().compareTo(other.number()) > 0 ? one : other);
    }
    this.valueSets = valueSets;
  }

  /**
   * Runs a test.
   *
   * @param test {@code rule}, {@code payload}, {@code external}, {@code valueSets} and {@code
   *     expected}
   * @return what is wrong, or nothing where it is right
   * @throws NationalRuleException where its value sets can't be used
   */
  public String fault(JsonNode test) throws NationalRuleException {
    final String rule = test.path("rule").asText();
    final String name = rule + ", " + test.path("name").asText("a test without a name") + ": ";
    if (!rules.containsKey(rule)) {
      return name + "there is no such rule";
    }
    final String key = test.path("valueSets").asText();
    if (!benches.containsKey(key)) {
      benches.put(key, bench(key));
    }
    final Bench bench = benches.get(key);
    bench
        .evaluation()
        .begin()
        .item(bench.payload(), cbor(test.path("payload")), 0)
        .item(bench.external(), cbor(test.path("external")), 0);
    final int expression = bench.expressions().get(rule);
    final JsonNode is =
        bench.evaluation().evaluate(expression) == Evaluation.Outcome.FAILED
            ? BooleanNode.FALSE
            : JsonValues.valueOf(bench.evaluation(), expression);
    final String why =
        bench.evaluation().fault() == null ? "" : ", since " + bench.evaluation().fault();
    return is.equals(JsonValues.normal(test.path("expected")))
        ? ""
        : name + "is " + is + why + ", not " + test.path("expected");
  }

  private static byte[] cbor(JsonNode json) {
    return JsonValues.toCbor(json.isMissingNode() ? NullNode.instance : json);
  }

  private Bench bench(String key) throws NationalRuleException {
    if (!key.isEmpty() && !valueSets.has(key)) {
      throw new NationalRuleException("the value sets", key, "are not there");
    }
    // A test may have none, which the collection tells by null.
    final Map<List<String>, byte[]> named =
        valueSets.hasNonNull(key)
            ? ValueSets.read("the value sets " + key, valueSets.get(key)).named()
            : Map.of();
    final Program.Compiler compiler = new Program.Compiler();
    final int payload = compiler.input("payload");
    final int external = compiler.input("external");
    final Map<String, Integer> expressions = new HashMap<>();
    rules
        .values()
        .forEach(rule -> expressions.put(rule.identifier(), compiler.add(rule.logic(), named)));
    return new Bench(expressions, payload, external, new Evaluation(compiler.compile()));
  }
}
