package gongbei.codec.certlogic;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Expressions that are compiled together, over data that have names: inputs, which each context
 * sets, and constants. Equal parts are one operation. Immutable, shared by all threads; each
 * evaluates with an {@link Evaluation} of its own.
 */
public final class Program {
  private final List<Node> roots;
  private final int[] inputCells;
  private final int cells;

  private Program(Compiler compiler) {
    roots = List.copyOf(compiler.roots);
    inputCells = compiler.inputCells.stream().mapToInt(Integer::intValue).toArray();
    cells = compiler.cells;
  }

  Node root(int expression) {
    return roots.get(expression);
  }

  int inputs() {
    return inputCells.length;
  }

  int inputCell(int input) {
    return inputCells[input];
  }

  int cells() {
    return cells;
  }

  /** Compiles expressions into one program. For one thread. */
  public static final class Compiler {
    private final Map<List<Object>, Node> known = new HashMap<>();
    private final Map<List<String>, Integer> inputsByPath = new HashMap<>();
    private final List<Integer> inputCells = new ArrayList<>();
    private final List<Node> roots = new ArrayList<>();
    private Map<List<String>, byte[]> constants = Map.of();
    private int cells;

    /**
     * Names an input.
     *
     * @param path the fragments by which expressions name it; none for all of the data
     * @return its number in {@link Evaluation}
     */
    public int input(String... path) {
      inputsByPath.put(List.of(path), inputCells.size());
      inputCells.add(cells++);
      return inputCells.size() - 1;
    }

    /**
     * Adds an expression.
     *
     * @param named what paths stand for besides inputs: CBOR items
     * @return its number in the program
     */
    public int add(Expression expression, Map<List<String>, byte[]> named) {
      constants = named;
      roots.add(node(expression, Scope.OUTERMOST));
      return roots.size() - 1;
    }

    /** The program of what was added. */
    public Program compile() {
      return new Program(this);
    }

    /** The folds that an expression is within. */
    private record Scope(int depth, Scope around) {
      private static final Scope OUTERMOST = new Scope(0, null);

      Scope within() {
        return new Scope(depth + 1, this);
      }
    }

    /** The operation that is known by its parts, or a new one. */
    private Node once(List<Object> parts, IntFunction<Node> made) {
      final Node before = known.get(parts);
      if (before != null) {
        return before;
      }
      final Node node = made.apply(cells++);
      known.put(parts, node);
      return node;
    }

    private Node node(Expression expression, Scope scope) {
      if (expression instanceof Expression.Bool literal) {
        return once(
            List.of("bool", literal.value()), cell -> new Sources.Bool(cell, literal.value()));
      } else if (expression instanceof Expression.Int literal) {
        return once(
            List.of("int", literal.value()), cell -> new Sources.Int(cell, literal.value()));
      } else if (expression instanceof Expression.Text literal) {
        return once(
            List.of("text", literal.value()),
            cell -> new Sources.Text(cell, utf8(literal.value())));
      } else if (expression instanceof Expression.Array array) {
        return operation("array", array.items(), scope, Operations.Array::new);
      } else if (expression instanceof Expression.Var variable) {
        return data(variable.path(), scope);
      } else if (expression instanceof Expression.In in) {
        return membership(in, scope);
      } else if (expression instanceof Expression.Reduce reduce) {
        return fold(reduce, scope);
      }
      return simple(expression, scope);
    }

    private Node simple(Expression expression, Scope scope) {
      if (expression instanceof Expression.If choice) {
        final List<Expression> parts = List.of(choice.guard(), choice.then(), choice.otherwise());
        return operation("if", parts, scope, Operations.If::new);
      } else if (expression instanceof Expression.And and) {
        return operation("and", and.operands(), scope, Operations.And::new);
      } else if (expression instanceof Expression.Not not) {
        return operation("not", List.of(not.operand()), scope, Operations.Not::new);
      } else if (expression instanceof Expression.Same same) {
        return operation("same", List.of(same.left(), same.right()), scope, Operations.Same::new);
      } else if (expression instanceof Expression.Plus plus) {
        return operation("plus", List.of(plus.left(), plus.right()), scope, Operations.Plus::new);
      } else if (expression instanceof Expression.InOrder order) {
        return operation(
            List.of("order", order.order(), order.ofTimes()),
            order.operands(),
            scope,
            (cell, operands) ->
                new Operations.InOrder(cell, operands, order.order(), order.ofTimes()));
      } else if (expression instanceof Expression.PlusTime time) {
        return moved(time, scope);
      } else if (expression instanceof Expression.DateOfBirth birth) {
        return operation("birth", List.of(birth.date()), scope, Operations.DateOfBirth::new);
      }
      final Expression.FromUvci uvci = (Expression.FromUvci) expression;
      return operation(
          List.of("uvci", uvci.index()),
          List.of(uvci.uvci()),
          scope,
          (cell, operands) -> new Operations.FromUvci(cell, operands, uvci.index()));
    }

    /** Makes an operation of its operands. */
    private interface Maker {
      Node make(int cell, Node... operands);
    }

    private Node operation(String name, List<Expression> parts, Scope scope, Maker made) {
      return operation(List.of(name), parts, scope, made);
    }

    private Node operation(List<Object> kind, List<Expression> parts, Scope scope, Maker made) {
      final Node[] operands = parts.stream().map(part -> node(part, scope)).toArray(Node[]::new);
      final List<Object> key = new ArrayList<>(kind);
      for (final Node operand : operands) {
        key.add(operand.cell());
      }
      return once(key, cell -> made.make(cell, operands));
    }

    private Node moved(Expression.PlusTime time, Scope scope) {
      final Node text = node(time.date(), scope);
      final Node from =
          once(List.of("date", text.cell()), cell -> new Operations.DateTime(cell, text));
      return once(
          List.of("plus-time", from.cell(), time.amount(), time.unit()),
          cell ->
              new Operations.PlusTime(
                  cell, (Operations.DateTime) from, time.amount(), time.unit()));
    }

    private Node fold(Expression.Reduce reduce, Scope scope) {
      final Scope within = scope.within();
      final Node operand = node(reduce.operand(), scope);
      final Node initial = node(reduce.initial(), scope);
      final Node current = ofFold("current", within);
      final Node accumulator = ofFold("accumulator", within);
      final Node lambda = node(reduce.lambda(), within);
      return once(
          List.of("reduce", within.depth(), operand.cell(), lambda.cell(), initial.cell()),
          cell ->
              new Operations.Fold(
                  cell,
                  Node.foldsOf(operand, initial) | (lambda.folds() & ~current.folds()),
                  new Operations.Fold.Parts(operand, initial, lambda, current, accumulator)));
    }

    private Node ofFold(String name, Scope scope) {
      return once(
          List.of("fold", name, scope.depth()),
          cell -> new Sources.OfFold(cell, 1L << scope.depth()));
    }

    /** Whether a value is in an array, which may be one of constants. */
    private Node membership(Expression.In in, Scope scope) {
      final Node item = node(in.item(), scope);
      final Node array = node(in.array(), scope);
      final List<byte[]> texts = textsOf(in.array(), array);
      return once(
          List.of("in", item.cell(), array.cell()),
          cell ->
              texts.isEmpty()
                  ? new Operations.In(cell, item, array)
                  : new Operations.InTexts(cell, item, new TextSet(texts)));
    }

    /** The items of an array of constant texts; none of any other. */
    private static List<byte[]> textsOf(Expression array, Node node) {
      if (node instanceof Sources.Constant constant) {
        return constant.texts();
      }
      return array instanceof Expression.Array literal
              && literal.items().stream().allMatch(Expression.Text.class::isInstance)
          ? literal.items().stream().map(each -> utf8(((Expression.Text) each).value())).toList()
          : List.of();
    }

    /** What a path leads to, from the innermost fold outwards. */
    private Node data(List<String> path, Scope scope) {
      if (scope.around() == null) {
        return named(path);
      }
      if (path.isEmpty()) {
        return once(List.of("object"), Sources.Closed::new);
      }
      final List<String> rest = path.subList(1, path.size());
      return switch (path.get(0)) {
        case "current", "accumulator" -> along(ofFold(path.get(0), scope), rest);
        case "data" -> data(rest, scope.around());
        default -> nothing();
      };
    }

    private Node named(List<String> path) {
      for (int length = path.size(); length >= 0; length--) {
        final List<String> prefix = List.copyOf(path.subList(0, length));
        final List<String> rest = path.subList(length, path.size());
        if (constants.containsKey(prefix)) {
          final byte[] cbor = constants.get(prefix);
          return along(
              once(
                  List.of("constant", new String(cbor, StandardCharsets.ISO_8859_1)),
                  cell -> new Sources.Constant(cell, cbor)),
              rest);
        }
        if (inputsByPath.containsKey(prefix)) {
          final int input = inputsByPath.get(prefix);
          return along(
              once(List.of("input", input), cell -> new Sources.Input(cell, inputCells.get(input))),
              rest);
        }
      }
      return isAround(path) ? once(List.of("object"), Sources.Closed::new) : nothing();
    }

    /** Whether what is named lies within what a path leads to. */
    private boolean isAround(List<String> path) {
      return inputsByPath.keySet().stream().anyMatch(each -> isStart(path, each))
          || constants.keySet().stream().anyMatch(each -> isStart(path, each));
    }

    private static boolean isStart(List<String> start, List<String> path) {
      return path.size() > start.size() && path.subList(0, start.size()).equals(start);
    }

    private Node nothing() {
      return once(List.of("null"), Sources.Null::new);
    }

    private Node along(Node start, List<String> path) {
      Node node = start;
      for (final String fragment : path) {
        final Node owner = node;
        node =
            once(
                List.of("member", owner.cell(), fragment),
                cell -> new Sources.Member(cell, owner, fragment));
      }
      return node;
    }
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
