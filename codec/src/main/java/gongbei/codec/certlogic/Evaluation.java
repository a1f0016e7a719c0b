package gongbei.codec.certlogic;

import java.util.Arrays;

/**
 * Evaluates the expressions of a program over one context after the other. What several expressions
 * have in common is evaluated once. An expression that fails, by the type of a value or a bound of
 * {@link CertLogicLimits}, has no value, and {@link #fault} says why. Allocates nothing once it is
 * made. For one thread.
 */
public final class Evaluation {
  private final Program program;
  private final Cells cells;
  private final long[] found;
  private long context = 1;
  private long foldStep = 1;
  private long stamp = 1;
  private int steps;
  private int items;
  private String fault;

  /** Makes an evaluation of a program. */
  public Evaluation(Program program) {
    this.program = program;
    cells = new Cells(program.cells() + CertLogicLimits.MAX_ITEMS);
    found = new long[program.cells()];
  }

  /** The program that it evaluates. */
  public Program program() {
    return program;
  }

  /** Begins a context, whose inputs are null until they are set. */
  public Evaluation begin() {
    context = ++stamp;
    foldStep = context;
    steps = 0;
    items = program.cells();
    cells.clear();
    for (int i = 0; i < program.inputs(); i++) {
      cells.put(program.inputCell(i), Cells.NULL);
    }
    return this;
  }

  /**
   * Sets an input to a CBOR item that is known to be well-formed.
   *
   * @param bytes not to be changed while this context is evaluated
   */
  public Evaluation item(int input, byte[] bytes, int offset) {
    cells.putItem(program.inputCell(input), bytes, offset);
    return this;
  }

  /** Sets an input to a text in UTF-8. */
  public Evaluation text(int input, byte[] bytes, int offset, int length) {
    cells.putText(program.inputCell(input), bytes, offset, length);
    return this;
  }

  /** Evaluates an expression, by its number in the program. */
  public Outcome evaluate(int expression) {
    fault = null;
    final int cell = value(program.root(expression));
    return switch (cells.kind(cell)) {
      case Cells.FAILED -> Outcome.FAILED;
      case Cells.TRUE -> Outcome.TRUE;
      case Cells.FALSE -> Outcome.FALSE;
      default -> isTruthy(cell) ? Outcome.TRUTHY : isFalsy(cell) ? Outcome.FALSY : Outcome.NEITHER;
    };
  }

  /** Why the last expression failed, or null where it did not or where it failed before. */
  public String fault() {
    return fault;
  }

  /** What an expression evaluates to, as far as rules ask. */
  public enum Outcome {
    TRUE,
    FALSE,
    /** Not the boolean, but the specification counts it as true. */
    TRUTHY,
    /** Not the boolean, but the specification counts it as false. */
    FALSY,
    /** A date-time or a number with decimals, which is neither. */
    NEITHER,
    /** There is no value. */
    FAILED
  }

  Cells cells() {
    return cells;
  }

  /** The cell of a node whose value is found, {@link Cells#FAILED} where there is none. */
  int value(Node node) {
    final int cell = node.cell();
    final boolean isOfFold = node.folds() != 0;
    if (found[cell] != (isOfFold ? foldStep : context)) {
      if (++steps > CertLogicLimits.MAX_STEPS) {
        fail(cell, "the evaluation takes too many operations");
      } else {
        node.compute(this);
      }
      found[cell] = isOfFold ? foldStep : context;
    }
    return cell;
  }

  /** What depends on the items of folds is to be found anew. */
  void nextFoldStep() {
    foldStep = ++stamp;
  }

  /** Notes why there is no value. */
  void fail(int cell, String why) {
    if (fault == null) {
      fault = why;
    }
    cells.put(cell, Cells.FAILED);
  }

  /** Takes cells for the items of an array; -1 where there is no room. */
  int takeItems(int count) {
    final int first = items;
    if (count > program.cells() + CertLogicLimits.MAX_ITEMS - first) {
      return -1;
    }
    items += count;
    return first;
  }

  boolean isTruthy(int cell) {
    return switch (cells.kind(cell)) {
      case Cells.TRUE -> true;
      case Cells.INTEGER, Cells.ARRAY, Cells.OBJECT -> cells.number(cell) != 0;
      case Cells.TEXT, Cells.ITEMS -> cells.length(cell) > 0;
      default -> false;
    };
  }

  boolean isFalsy(int cell) {
    return switch (cells.kind(cell)) {
      case Cells.NULL, Cells.FALSE -> true;
      case Cells.INTEGER, Cells.ARRAY, Cells.OBJECT -> cells.number(cell) == 0;
      case Cells.TEXT, Cells.ITEMS -> cells.length(cell) == 0;
      default -> false;
    };
  }

  int inputCell(int input) {
    return program.inputCell(input);
  }

  /** The cell of the value of an expression that {@link #evaluate} was called for. */
  int valueCell(int expression) {
    return program.root(expression).cell();
  }

  /** A copy of a text's bytes. */
  byte[] textOf(int cell) {
    return Arrays.copyOfRange(
        cells.bytes(cell), cells.offset(cell), cells.offset(cell) + cells.length(cell));
  }
}
