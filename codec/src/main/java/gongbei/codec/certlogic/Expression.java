package gongbei.codec.certlogic;

import java.util.List;

/** An expression of CertLogic that has the shape that the specification gives it. Immutable. */
public sealed interface Expression {
  /** True or false. */
  record Bool(boolean value) implements Expression {}

  /** An integer within {@link CertLogicLimits#MAX_INTEGER}. */
  record Int(long value) implements Expression {}

  /** A text. */
  record Text(String value) implements Expression {}

  /** An array, each of whose items is evaluated. */
  record Array(List<Expression> items) implements Expression {}

  /** Access to data; without fragments, all of it. */
  record Var(List<String> path) implements Expression {}

  /** One of two, of which the other is not evaluated. */
  record If(Expression guard, Expression then, Expression otherwise) implements Expression {}

  /** The first falsy operand, or the last; of two or more. */
  record And(List<Expression> operands) implements Expression {}

  /** Whether an operand is falsy. */
  record Not(Expression operand) implements Expression {}

  /** Whether two are the same. */
  record Same(Expression left, Expression right) implements Expression {}

  /** Whether an array has an item. */
  record In(Expression item, Expression array) implements Expression {}

  /** The sum of two integers. */
  record Plus(Expression left, Expression right) implements Expression {}

  /** Whether two or three integers or date-times stand in an order. */
  record InOrder(Order order, boolean ofTimes, List<Expression> operands) implements Expression {}

  /** A date-time from a text, moved. */
  record PlusTime(Expression date, long amount, TimeUnit unit) implements Expression {}

  /** A date-time from a date of birth, which may lack its day or month. */
  record DateOfBirth(Expression date) implements Expression {}

  /** A fold over an array. */
  record Reduce(Expression operand, Expression lambda, Expression initial) implements Expression {}

  /** A fragment of a certificate's identifier. */
  record FromUvci(Expression uvci, long index) implements Expression {}

  /** An order of two values. */
  enum Order {
    LESS,
    GREATER,
    NOT_GREATER,
    NOT_LESS;

    /** Whether a left value stands so to a right one. */
    boolean holds(long left, long right) {
      return switch (this) {
        case LESS -> left < right;
        case GREATER -> left > right;
        case NOT_GREATER -> left <= right;
        case NOT_LESS -> left >= right;
      };
    }
  }

  /** A unit that date-times are moved by. */
  enum TimeUnit {
    YEAR,
    MONTH,
    DAY,
    HOUR
  }
}
