package gongbei.codec.certlogic;

/** Every bound that CertLogic is read and evaluated within, in one place. */
public final class CertLogicLimits {
  /** The version of the specification that is implemented, as rules name it. */
  public static final String SPECIFICATION = "1.3.3";

  /** The deepest nesting of expressions. */
  public static final int MAX_DEPTH = 32;

  /** The most expressions in one, itself included. */
  public static final int MAX_EXPRESSIONS = 4_096;

  /** The most bytes of a literal text or of a path to data, in UTF-8. */
  public static final int MAX_TEXT_BYTES = 1_024;

  /** The greatest integer that the numbers of JavaScript have exactly: 2^53 - 1. */
  public static final long MAX_INTEGER = (1L << 53) - 1;

  /** The most units that plusTime adds: the days from 1970 that ECMA-262's time has. */
  public static final long MAX_AMOUNT = 100_000_000;

  /** The most operations of all programs over one context. */
  public static final int MAX_STEPS = 50_000;

  /** The most items of the arrays that are made while evaluating over one context. */
  public static final int MAX_ITEMS = 4_096;

  /** The most bytes of the texts, in chunks, that are put together over one context. */
  public static final int MAX_JOINED_BYTES = 8_192;

  private CertLogicLimits() {}
}
