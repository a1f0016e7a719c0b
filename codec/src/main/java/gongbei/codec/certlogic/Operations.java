package gongbei.codec.certlogic;

import gongbei.codec.certlogic.Expression.Order;
import gongbei.codec.certlogic.Expression.TimeUnit;

/** The operations that expressions are compiled into, as the specification has them. */
final class Operations {
  private Operations() {}

  static final class Array extends Node {
    private final Node[] items;

    Array(int cell, Node... items) {
      super(cell, foldsOf(items));
      this.items = items;
    }

    @Override
    void compute(Evaluation evaluation) {
      final Cells cells = evaluation.cells();
      final int first = evaluation.takeItems(items.length);
      if (first < 0) {
        evaluation.fail(cell(), "the evaluation makes too many items");
        return;
      }
      for (int i = 0; i < items.length; i++) {
        final int item = evaluation.value(items[i]);
        if (cells.kind(item) == Cells.FAILED) {
          cells.put(cell(), Cells.FAILED);
          return;
        }
        cells.copy(item, first + i);
      }
      cells.putItems(cell(), first, items.length);
    }
  }

  static final class If extends Node {
    private final Node[] operands;

    If(int cell, Node... operands) {
      super(cell, foldsOf(operands));
      this.operands = operands;
    }

    @Override
    void compute(Evaluation evaluation) {
      final int guard = evaluation.value(operands[0]);
      if (evaluation.isTruthy(guard)) {
        evaluation.cells().copy(evaluation.value(operands[1]), cell());
      } else if (evaluation.isFalsy(guard)) {
        evaluation.cells().copy(evaluation.value(operands[2]), cell());
      } else {
        evaluation.fail(cell(), "the guard of an if is neither truthy nor falsy");
      }
    }
  }

  static final class And extends Node {
    private final Node[] operands;

    And(int cell, Node... operands) {
      super(cell, foldsOf(operands));
      this.operands = operands;
    }

    @Override
    void compute(Evaluation evaluation) {
      int last = 0;
      for (final Node operand : operands) {
        last = evaluation.value(operand);
        if (evaluation.isFalsy(last)) {
          break;
        }
        if (!evaluation.isTruthy(last)) {
          evaluation.fail(cell(), "an operand of an and is neither truthy nor falsy");
          return;
        }
      }
      evaluation.cells().copy(last, cell());
    }
  }

  static final class Not extends Node {
    private final Node operand;

    Not(int cell, Node... operands) {
      super(cell, foldsOf(operands));
      this.operand = operands[0];
    }

    @Override
    void compute(Evaluation evaluation) {
      final int value = evaluation.value(operand);
      if (evaluation.isTruthy(value)) {
        evaluation.cells().put(cell(), Cells.FALSE);
      } else if (evaluation.isFalsy(value)) {
        evaluation.cells().put(cell(), Cells.TRUE);
      } else {
        evaluation.fail(cell(), "the operand of a ! is neither truthy nor falsy");
      }
    }
  }

  static final class Same extends Node {
    private final Node left;
    private final Node right;

    Same(int cell, Node... operands) {
      super(cell, foldsOf(operands));
      this.left = operands[0];
      this.right = operands[1];
    }

    @Override
    void compute(Evaluation evaluation) {
      final int first = evaluation.value(left);
      final int second = evaluation.value(right);
      if (isFailed(evaluation, first, second) || isIncomparable(evaluation, first, second)) {
        evaluation.fail(cell(), "the operands of a === are arrays or objects");
      } else {
        evaluation.cells().putBoolean(cell(), evaluation.cells().isSame(first, second));
      }
    }
  }

  private static boolean isFailed(Evaluation evaluation, int first, int second) {
    return evaluation.cells().kind(first) == Cells.FAILED
        || evaluation.cells().kind(second) == Cells.FAILED;
  }

  /** Whether neither is of a kind that equality is defined for. */
  private static boolean isIncomparable(Evaluation evaluation, int first, int second) {
    return !evaluation.cells().isComparable(first) && !evaluation.cells().isComparable(second);
  }

  static final class In extends Node {
    private final Node item;
    private final Node array;

    In(int cell, Node... operands) {
      super(cell, foldsOf(operands));
      this.item = operands[0];
      this.array = operands[1];
    }

    @Override
    void compute(Evaluation evaluation) {
      final Cells cells = evaluation.cells();
      final int sought = evaluation.value(item);
      final int in = evaluation.value(array);
      if (isFailed(evaluation, sought, in)) {
        cells.put(cell(), Cells.FAILED);
      } else if (cells.kind(in) == Cells.ITEMS) {
        isAmongItems(evaluation, sought, in);
      } else if (cells.kind(in) == Cells.ARRAY) {
        isInArray(evaluation, sought, in);
      } else {
        evaluation.fail(cell(), "the second operand of an in is no array");
      }
    }

    private void isAmongItems(Evaluation evaluation, int sought, int in) {
      final Cells cells = evaluation.cells();
      boolean isFound = false;
      for (int i = 0; i < cells.length(in) && !isFound; i++) {
        final int each = cells.offset(in) + i;
        if (isIncomparable(evaluation, sought, each)) {
          evaluation.fail(cell(), "an in compares arrays or objects");
          return;
        }
        isFound = cells.isSame(sought, each);
      }
      cells.putBoolean(cell(), isFound);
    }

    private void isInArray(Evaluation evaluation, int sought, int in) {
      final Cells cells = evaluation.cells();
      boolean isFound = false;
      int passed = 1;
      for (int at = cells.firstItem(in); at >= 0 && !isFound; passed++) {
        // Its own cell is free until the answer stands there.
        cells.putItem(cell(), cells.bytes(in), at);
        if (isIncomparable(evaluation, sought, cell())) {
          evaluation.fail(cell(), "an in compares arrays or objects");
          return;
        }
        isFound = cells.isSame(sought, cell());
        at = cells.nextItem(in, at, passed);
      }
      cells.putBoolean(cell(), isFound);
    }
  }

  /** Whether a value is among constant texts. */
  static final class InTexts extends Node {
    private final Node item;
    private final TextSet texts;

    InTexts(int cell, Node item, TextSet texts) {
      super(cell, item.folds());
      this.item = item;
      this.texts = texts;
    }

    @Override
    void compute(Evaluation evaluation) {
      final Cells cells = evaluation.cells();
      final int sought = evaluation.value(item);
      if (cells.kind(sought) == Cells.FAILED) {
        cells.put(cell(), Cells.FAILED);
      } else {
        cells.putBoolean(
            cell(),
            cells.kind(sought) == Cells.TEXT
                && texts.contains(cells.bytes(sought), cells.offset(sought), cells.length(sought)));
      }
    }
  }

  static final class Plus extends Node {
    private final Node left;
    private final Node right;

    Plus(int cell, Node... operands) {
      super(cell, foldsOf(operands));
      this.left = operands[0];
      this.right = operands[1];
    }

    @Override
    void compute(Evaluation evaluation) {
      final Cells cells = evaluation.cells();
      final int first = evaluation.value(left);
      final int second = evaluation.value(right);
      if (!isInteger(cells, first) || !isInteger(cells, second)) {
        evaluation.fail(cell(), "an operand of a + is no integer");
        return;
      }
      final long sum = cells.number(first) + cells.number(second);
      if (sum < -CertLogicLimits.MAX_INTEGER || sum > CertLogicLimits.MAX_INTEGER) {
        evaluation.fail(cell(), "the sum of a + is too great");
      } else {
        cells.put(cell(), Cells.INTEGER, sum);
      }
    }

    private static boolean isInteger(Cells cells, int cell) {
      return cells.kind(cell) == Cells.INTEGER
          && cells.number(cell) >= -CertLogicLimits.MAX_INTEGER
          && cells.number(cell) <= CertLogicLimits.MAX_INTEGER;
    }
  }

  static final class InOrder extends Node {
    private final Node[] operands;
    private final Order order;
    private final byte kind;

    InOrder(int cell, Node[] operands, Order order, boolean ofTimes) {
      super(cell, foldsOf(operands));
      this.operands = operands;
      this.order = order;
      this.kind = ofTimes ? Cells.TIME : Cells.INTEGER;
    }

    @Override
    void compute(Evaluation evaluation) {
      final Cells cells = evaluation.cells();
      boolean holds = true;
      long before = 0;
      for (int i = 0; i < operands.length; i++) {
        final int value = evaluation.value(operands[i]);
        if (cells.kind(value) != kind) {
          evaluation.fail(
              cell(),
              kind == Cells.TIME
                  ? "an operand of a comparison of date-times is none"
                  : "an operand of a comparison is no integer");
          return;
        }
        final long number = cells.number(value);
        holds &= i == 0 || order.holds(before, number);
        before = number;
      }
      cells.putBoolean(cell(), holds);
    }
  }

  /** The date-time that a text tells, which several are moved from. */
  static final class DateTime extends Node {
    private final Node date;

    DateTime(int cell, Node date) {
      super(cell, date.folds());
      this.date = date;
    }

    @Override
    void compute(Evaluation evaluation) {
      final Cells cells = evaluation.cells();
      final int text = evaluation.value(date);
      if (cells.kind(text) != Cells.TEXT) {
        evaluation.fail(cell(), "the date of a plusTime is no text");
        return;
      }
      final long read = DateTimes.ofText(cells.bytes(text), cells.offset(text), cells.length(text));
      if (read == DateTimes.NONE) {
        evaluation.fail(cell(), "the date of a plusTime is in no format that is allowed");
      } else {
        cells.put(cell(), Cells.TIME, read);
      }
    }
  }

  static final class PlusTime extends Node {
    private final Node date;
    private final long amount;
    private final TimeUnit unit;

    PlusTime(int cell, DateTime date, long amount, TimeUnit unit) {
      super(cell, date.folds());
      this.date = date;
      this.amount = amount;
      this.unit = unit;
    }

    @Override
    void compute(Evaluation evaluation) {
      final Cells cells = evaluation.cells();
      final int from = evaluation.value(date);
      if (cells.kind(from) == Cells.FAILED) {
        cells.put(cell(), Cells.FAILED);
        return;
      }
      final long moved = DateTimes.plus(cells.number(from), amount, unit);
      if (moved == DateTimes.NONE) {
        evaluation.fail(cell(), "a plusTime leads further than there are dates");
      } else {
        cells.put(cell(), Cells.TIME, moved);
      }
    }
  }

  static final class DateOfBirth extends Node {
    private final Node date;

    DateOfBirth(int cell, Node... operands) {
      super(cell, foldsOf(operands));
      this.date = operands[0];
    }

    @Override
    void compute(Evaluation evaluation) {
      final Cells cells = evaluation.cells();
      final int text = evaluation.value(date);
      final long read =
          cells.kind(text) == Cells.TEXT
              ? DateTimes.ofDate(cells.bytes(text), cells.offset(text), cells.length(text))
              : DateTimes.NONE;
      if (read == DateTimes.NONE) {
        evaluation.fail(cell(), "the operand of a dccDateOfBirth is no date of birth");
      } else {
        cells.put(cell(), Cells.TIME, read);
      }
    }
  }

  static final class FromUvci extends Node {
    private static final byte[] PREFIX = Program.utf8("URN:UVCI:");

    private final Node uvci;
    private final long index;

    FromUvci(int cell, Node[] operands, long index) {
      super(cell, foldsOf(operands));
      this.uvci = operands[0];
      this.index = index;
    }

    @Override
    void compute(Evaluation evaluation) {
      final Cells cells = evaluation.cells();
      final int text = evaluation.value(uvci);
      if (cells.kind(text) == Cells.NULL) {
        cells.put(cell(), Cells.NULL);
      } else if (cells.kind(text) == Cells.TEXT) {
        putFragment(cells, text);
      } else {
        evaluation.fail(cell(), "the operand of an extractFromUVCI is no text");
      }
    }

    private void putFragment(Cells cells, int text) {
      final byte[] bytes = cells.bytes(text);
      final int end = cells.offset(text) + cells.length(text);
      int start = cells.offset(text) + (hasPrefix(cells, text) ? PREFIX.length : 0);
      long fragment = 0;
      for (int at = start; at <= end; at++) {
        if (at == end || bytes[at] == '/' || bytes[at] == '#' || bytes[at] == ':') {
          if (fragment == index) {
            cells.putText(cell(), bytes, start, at - start);
            return;
          }
          fragment++;
          start = at + 1;
        }
      }
      cells.put(cell(), Cells.NULL);
    }

    private static boolean hasPrefix(Cells cells, int text) {
      boolean has = cells.length(text) >= PREFIX.length;
      for (int i = 0; has && i < PREFIX.length; i++) {
        has = cells.bytes(text)[cells.offset(text) + i] == PREFIX[i];
      }
      return has;
    }
  }

  /** A fold over an array, from its first item to its last. */
  static final class Fold extends Node {
    private final Parts parts;

    /** What it is made of: the last two are where it puts what it is at. */
    record Parts(Node operand, Node initial, Node lambda, Node current, Node accumulator) {}

    Fold(int cell, long folds, Parts parts) {
      super(cell, folds);
      this.parts = parts;
    }

    @Override
    void compute(Evaluation evaluation) {
      final Cells cells = evaluation.cells();
      final int over = evaluation.value(parts.operand());
      final byte kind = cells.kind(over);
      if (kind != Cells.NULL && kind != Cells.ITEMS && kind != Cells.ARRAY) {
        evaluation.fail(cell(), "the operand of a reduce is no array");
        return;
      }
      // The value so far stands in the fold's own cell.
      cells.copy(evaluation.value(parts.initial()), cell());
      if (kind == Cells.ITEMS) {
        for (int i = 0; i < cells.length(over) && !hasFailed(cells); i++) {
          cells.copy(cells.offset(over) + i, parts.current().cell());
          step(evaluation);
        }
      } else if (kind == Cells.ARRAY) {
        int passed = 1;
        for (int at = cells.firstItem(over); at >= 0 && !hasFailed(cells); passed++) {
          cells.putItem(parts.current().cell(), cells.bytes(over), at);
          step(evaluation);
          at = cells.nextItem(over, at, passed);
        }
      }
      evaluation.nextFoldStep();
    }

    private boolean hasFailed(Cells cells) {
      return cells.kind(cell()) == Cells.FAILED;
    }

    private void step(Evaluation evaluation) {
      evaluation.cells().copy(cell(), parts.accumulator().cell());
      evaluation.nextFoldStep();
      evaluation.cells().copy(evaluation.value(parts.lambda()), cell());
    }
  }
}
