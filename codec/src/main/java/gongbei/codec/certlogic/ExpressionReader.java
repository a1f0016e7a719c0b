package gongbei.codec.certlogic;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.certlogic.Expression.Order;
import gongbei.codec.certlogic.Expression.TimeUnit;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads CertLogic from JSON, strictly by the specification: an operation that is not known, one
 * with other operands than it has, and a literal that there is none of are refused, and so is what
 * is deeper or larger than {@link CertLogicLimits}. For one expression.
 */
public final class ExpressionReader {
  private int expressions;

  private ExpressionReader() {}

  /**
   * Reads an expression.
   *
   * @param field names it in a refusal, as in {@code Logic}
   */
  public static Expression read(String field, JsonNode json) throws CertLogicException {
    return new ExpressionReader().expression(field, json, 1);
  }

  private Expression expression(String field, JsonNode json, int depth) throws CertLogicException {
    if (depth > CertLogicLimits.MAX_DEPTH) {
      throw new CertLogicException(
          field, "is nested deeper than " + CertLogicLimits.MAX_DEPTH + " expressions");
    }
    if (++expressions > CertLogicLimits.MAX_EXPRESSIONS) {
      throw new CertLogicException(
          field, "is one more than " + CertLogicLimits.MAX_EXPRESSIONS + " expressions");
    }
    return switch (json.getNodeType()) {
      case BOOLEAN -> new Expression.Bool(json.booleanValue());
      case NUMBER -> new Expression.Int(integer(field, json, CertLogicLimits.MAX_INTEGER));
      case STRING -> new Expression.Text(text(field, json));
      case ARRAY -> new Expression.Array(all(field, json, depth));
      case OBJECT -> operation(field, json, depth);
      default -> throw new CertLogicException(field, "is no CertLogic expression");
    };
  }

  private List<Expression> all(String field, JsonNode array, int depth) throws CertLogicException {
    final List<Expression> read = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      read.add(expression(field + "[" + i + "]", array.get(i), depth + 1));
    }
    return List.copyOf(read);
  }

  private Expression operation(String field, JsonNode json, int depth) throws CertLogicException {
    if (json.size() != 1) {
      throw new CertLogicException(field, "has " + json.size() + " operations, not one");
    }
    final Map.Entry<String, JsonNode> only = json.properties().iterator().next();
    final String operator = only.getKey();
    final JsonNode values = only.getValue();
    if (operator.equals("var")) {
      return new Expression.Var(path(field + ".var", values));
    }
    final Operands operands = new Operands(field, operator, values, depth);
    return switch (operator) {
      case "if" -> operands.exactly(3).conditional();
      case "and" -> new Expression.And(operands.from(2, Integer.MAX_VALUE).all());
      case "!" -> new Expression.Not(operands.exactly(1).operand(0));
      case "===" -> new Expression.Same(operands.exactly(2).operand(0), operands.operand(1));
      case "in" -> new Expression.In(operands.exactly(2).operand(0), operands.operand(1));
      case "+" -> new Expression.Plus(operands.exactly(2).operand(0), operands.operand(1));
      case "<" -> operands.inOrder(Order.LESS, false);
      case ">" -> operands.inOrder(Order.GREATER, false);
      case "<=" -> operands.inOrder(Order.NOT_GREATER, false);
      case ">=" -> operands.inOrder(Order.NOT_LESS, false);
      case "before" -> operands.inOrder(Order.LESS, true);
      case "after" -> operands.inOrder(Order.GREATER, true);
      case "not-after" -> operands.inOrder(Order.NOT_GREATER, true);
      case "not-before" -> operands.inOrder(Order.NOT_LESS, true);
      case "plusTime" -> operands.exactly(3).plusTime();
      case "dccDateOfBirth" -> new Expression.DateOfBirth(operands.exactly(1).operand(0));
      case "reduce" -> operands.exactly(3).reduction();
      case "extractFromUVCI" -> operands.exactly(2).fromUvci();
      default -> throw new CertLogicException(field, "has an operation that CertLogic has not");
    };
  }

  /** The operands of one operation. */
  private final class Operands {
    private final String field;
    private final JsonNode values;
    private final int depth;

    Operands(String owner, String operator, JsonNode values, int depth) throws CertLogicException {
      if (!values.isArray()) {
        throw new CertLogicException(owner, "has an operation whose operands are no array");
      }
      this.field = owner + "." + operator;
      this.values = values;
      this.depth = depth;
    }

    Operands exactly(int count) throws CertLogicException {
      return from(count, count);
    }

    Operands from(int least, int greatest) throws CertLogicException {
      if (values.size() < least || values.size() > greatest) {
        final String wanted =
            least == greatest
                ? Integer.toString(least)
                : greatest == Integer.MAX_VALUE ? least + " or more" : least + " or " + greatest;
        throw new CertLogicException(field, "has " + values.size() + " operands, not " + wanted);
      }
      return this;
    }

    private String name(int index) {
      return field + "[" + index + "]";
    }

    Expression operand(int index) throws CertLogicException {
      return expression(name(index), values.get(index), depth + 1);
    }

    List<Expression> all() throws CertLogicException {
      return ExpressionReader.this.all(field, values, depth);
    }

    Expression inOrder(Order order, boolean ofTimes) throws CertLogicException {
      return new Expression.InOrder(order, ofTimes, from(2, 3).all());
    }

    Expression conditional() throws CertLogicException {
      return new Expression.If(operand(0), operand(1), operand(2));
    }

    Expression reduction() throws CertLogicException {
      return new Expression.Reduce(operand(0), operand(1), operand(2));
    }

    Expression plusTime() throws CertLogicException {
      final Expression date = operand(0);
      final long amount = integer(name(1), values.get(1), CertLogicLimits.MAX_AMOUNT);
      for (final TimeUnit unit : TimeUnit.values()) {
        if (unit.name().toLowerCase(Locale.ROOT).equals(values.get(2).textValue())) {
          return new Expression.PlusTime(date, amount, unit);
        }
      }
      throw new CertLogicException(name(2), "is none of year, month, day and hour");
    }

    Expression fromUvci() throws CertLogicException {
      return new Expression.FromUvci(
          operand(0), integer(name(1), values.get(1), CertLogicLimits.MAX_INTEGER));
    }
  }

  private static long integer(String field, JsonNode json, long most) throws CertLogicException {
    if (!json.isNumber() || !json.canConvertToExactIntegral()) {
      throw new CertLogicException(field, "is not an integer");
    }
    final long value = json.longValue();
    if (!json.canConvertToLong() || value < -most || value > most) {
      throw new CertLogicException(field, "is not from -" + most + " to " + most);
    }
    return value;
  }

  private static String text(String field, JsonNode json) throws CertLogicException {
    final String text = json.textValue();
    if (text.getBytes(StandardCharsets.UTF_8).length > CertLogicLimits.MAX_TEXT_BYTES) {
      throw new CertLogicException(
          field, "is longer than " + CertLogicLimits.MAX_TEXT_BYTES + " bytes");
    }
    return text;
  }

  private static List<String> path(String field, JsonNode json) throws CertLogicException {
    if (!json.isTextual()) {
      throw new CertLogicException(field, "is not a path in a text");
    }
    final String path = text(field, json);
    if (path.isEmpty()) {
      return List.of();
    }
    final List<String> fragments = List.of(path.split("\\.", -1));
    if (fragments.contains("")) {
      throw new CertLogicException(field, "has a fragment of no characters");
    }
    return fragments;
  }
}
