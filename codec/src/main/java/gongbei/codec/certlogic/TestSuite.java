package gongbei.codec.certlogic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs a file of the CertLogic test suite: cases of an expression with assertions of what it
 * evaluates to. Every assertion counts, those too that the file tells others to skip. What can't be
 * evaluated counts as false, as the specification advises.
 *
 * @param assertions how many it has
 * @param wrong what came of those that are not right, a sentence each
 */
public record TestSuite(int assertions, List<String> wrong) {
  /**
   * Runs a suite.
   *
   * @throws IllegalArgumentException where the JSON is no test suite; the message follows its name
   */
  public static TestSuite run(JsonNode suite) {
    if (!suite.path("cases").isArray()) {
      throw new IllegalArgumentException("has no array of cases");
    }
    final List<String> wrong = new ArrayList<>();
    int assertions = 0;
    for (final JsonNode each : suite.path("cases")) {
      if (!each.path("assertions").isArray()) {
        throw new IllegalArgumentException("has a case without assertions");
      }
      for (final JsonNode assertion : each.path("assertions")) {
        assertions++;
        final String fault = check(each, assertion);
        if (fault != null) {
          wrong.add(each.path("name").asText() + ": " + fault);
        }
      }
    }
    return new TestSuite(assertions, List.copyOf(wrong));
  }

  private static String check(JsonNode each, JsonNode assertion) {
    final JsonNode logic =
        assertion.has("certLogicExpression")
            ? assertion.path("certLogicExpression")
            : each.path("certLogicExpression");
    final JsonNode is;
    try {
      is = evaluate(logic, assertion.path("data"));
    } catch (CertLogicException e) {
      return e.getMessage();
    }
    final JsonNode expected = assertion.path("expected");
    return !(expected instanceof MissingNode) && is.equals(JsonValues.normal(expected))
        ? null
        : "of " + assertion.path("data") + " is " + is + ", not " + expected;
  }

  /**
   * What an expression evaluates to over data, false where it fails.
   *
   * @throws CertLogicException where it is no expression
   */
  public static JsonNode evaluate(JsonNode logic, JsonNode data) throws CertLogicException {
    final Program.Compiler compiler = new Program.Compiler();
    final int all = compiler.input();
    final int only = compiler.add(ExpressionReader.read("certLogicExpression", logic), Map.of());
    final Evaluation evaluation = new Evaluation(compiler.compile());
    evaluation.begin().item(all, JsonValues.toCbor(data), 0);
    return evaluation.evaluate(only) == Evaluation.Outcome.FAILED
        ? BooleanNode.FALSE
        : JsonValues.valueOf(evaluation, only);
  }
}
