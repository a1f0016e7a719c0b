package gongbei.codec.curve;

import java.math.BigInteger;

/**
 * Multiples of one point that is known in advance, so that a scalar times it needs additions alone:
 * the scalar is cut into windows, and for window i the table holds 1, 2 … 2ʷ⁻¹ times 2ʷⁱ·P (E. F.
 * Brickell, D. M. Gordon, K. S. McCurley, D. B. Wilson, <em>Fast exponentiation with
 * precomputation</em>, 1992). Digits are signed, since −P costs nothing, which halves the table.
 *
 * <p>Points are affine, each coordinate four words in Montgomery's form: 64 bytes a point, so that
 * a point is one line of the cache. Immutable; for any thread.
 */
public final class FixedBaseTable {
  /** The narrowest windows. */
  public static final int MIN_WINDOW_BITS = 4;

  /** The widest windows. */
  public static final int MAX_WINDOW_BITS = 16;

  private static final int SCALAR_BITS = 256;
  private static final int POINT_WORDS = 2 * Words.COUNT;

  /** Words left free at the start: a large array's content begins 16 bytes into a line. */
  private static final int FIRST_WORD = 6;

  private final Curve curve;
  private final int windowBits;
  private final int windows;
  private final long[] points;

  private FixedBaseTable(Curve curve, int windowBits) {
    this.curve = curve;
    this.windowBits = windowBits;
    windows = windowsOf(windowBits);
    points = new long[wordsOf(windowBits)];
  }

  /**
   * Computes the table of a point.
   *
   * @param windowBits from {@link #MIN_WINDOW_BITS} to {@link #MAX_WINDOW_BITS}
   * @throws IllegalArgumentException where (x, y) is not a point of the curve
   */
  public static FixedBaseTable of(Curve curve, BigInteger x, BigInteger y, int windowBits) {
    if (windowBits < MIN_WINDOW_BITS || windowBits > MAX_WINDOW_BITS) {
      throw new IllegalArgumentException("windowBits is " + windowBits + ", not from 4 to 16");
    }
    if (!curve.isPoint(x, y)) {
      throw new IllegalArgumentException("the point is not on the curve");
    }
    final FixedBaseTable table = new FixedBaseTable(curve, windowBits);
    table.new Builder().build(x, y);
    return table;
  }

  /** The table of the curve's generator. */
  public static FixedBaseTable ofGenerator(Curve curve, int windowBits) {
    return of(curve, curve.generatorX(), curve.generatorY(), windowBits);
  }

  /** How many windows of that width a scalar has. */
  public static int windowsOf(int windowBits) {
    // One bit more than a scalar has, so that the highest digit leaves no carry.
    return (SCALAR_BITS + windowBits) / windowBits;
  }

  /** The memory in bytes of a table with windows of that width. */
  public static long memoryBytesOf(int windowBits) {
    return (long) wordsOf(windowBits) * Long.BYTES;
  }

  private static int wordsOf(int windowBits) {
    final int last = windowsOf(windowBits) - 1;
    return FIRST_WORD + POINT_WORDS * (last * digitsOf(windowBits, 0) + digitsOf(windowBits, last));
  }

  /** The greatest magnitude of a window's digit, which is how many points the window has. */
  private static int digitsOf(int windowBits, int window) {
    final int bitsLeft = SCALAR_BITS - window * windowBits;
    return 1 << Math.min(windowBits - 1, Math.max(bitsLeft, 0));
  }

  /** The curve that the point is on. */
  public Curve curve() {
    return curve;
  }

  /** How many windows a scalar has: the most points that make up one multiple. */
  int windows() {
    return windows;
  }

  /** Bits of a window. */
  int windowBits() {
    return windowBits;
  }

  /** The table's memory in bytes. */
  public long memoryBytes() {
    return (long) points.length * Long.BYTES;
  }

  private int digits(int window) {
    return digitsOf(windowBits, window);
  }

  /**
   * The bits of a scalar that belong to a window, without sign.
   *
   * @param words four words of the scalar, least first
   */
  int windowOf(long[] words, int offset, int window) {
    final int bit = window * windowBits;
    final int word = bit >>> 6;
    if (word >= Words.COUNT) {
      return 0;
    }
    final int shift = bit & 63;
    long bits = words[offset + word] >>> shift;
    if (shift + windowBits > Long.SIZE && word + 1 < Words.COUNT) {
      bits |= words[offset + word + 1] << (Long.SIZE - shift);
    }
    return (int) bits & ((1 << windowBits) - 1);
  }

  /**
   * Finds the points that a multiple is the sum of.
   *
   * @param words four words of the scalar, least first
   * @param into takes a reference for each digit that is not 0: where its point is, negative for a
   *     negative digit
   * @return how many points there are
   */
  int references(long[] words, int offset, int[] into, int intoOffset) {
    final int half = 1 << (windowBits - 1);
    int at = intoOffset;
    int carry = 0;
    for (int window = 0; window < windows; window++) {
      int digit = windowOf(words, offset, window) + carry;
      carry = (half - digit) >>> 31;
      digit -= carry << windowBits;
      into[at] = reference(window, digit);
      at += digit == 0 ? 0 : 1;
    }
    return at - intoOffset;
  }

  /** Where digit·2ʷⁱ·P is, negative for a negative digit. */
  int reference(int window, int digit) {
    final int sign = digit >> 31;
    return (indexOf(window, (digit ^ sign) - sign) ^ sign) - sign;
  }

  /**
   * Copies a point.
   *
   * @param reference as {@link #references} gives it
   * @param into takes the limbs of x and of y
   */
  void point(int reference, long[] into, int offset) {
    final int sign = reference >> 31;
    final int at = (reference ^ sign) - sign;
    PrimeField.unpack(into, offset, points, at);
    PrimeField.unpack(into, offset + PrimeField.LIMBS, points, at + Words.COUNT);
    for (int i = offset + PrimeField.LIMBS; i < offset + 2 * PrimeField.LIMBS; i++) {
      into[i] = (into[i] ^ sign) - sign;
    }
  }

  /** Some word of a point, to have it brought near. */
  long word(int reference) {
    final int sign = reference >> 31;
    return points[(reference ^ sign) - sign];
  }

  /** Copies a point into a lane. */
  void lane(int reference, double[] x, double[] y, int lane) {
    final int sign = reference >> 31;
    final int at = (reference ^ sign) - sign;
    LaneField.setLane(x, lane, points, at);
    LaneField.setLane(y, lane, points, at + Words.COUNT, 1 + 2 * sign);
  }

  /** Where a point's x begins in {@link #points}; its y follows. */
  private int indexOf(int window, int magnitude) {
    return FIRST_WORD + POINT_WORDS * ((window << (windowBits - 1)) + magnitude - 1);
  }

  /**
   * Fills the table: each window from its own 2ʷⁱ·P by doubling what is there, m·B + j·B for j from
   * 1 to m, with one inversion for all of a step.
   */
  private final class Builder {
    private final PrimeField field = curve.field();
    private final ModularInverse inverse = new ModularInverse(field.modulus());
    private final long[] differences = new long[PrimeField.LIMBS * digits(0)];
    private final long[] products = new long[PrimeField.LIMBS * digits(0)];
    private final long[] px = new long[PrimeField.LIMBS];
    private final long[] py = new long[PrimeField.LIMBS];
    private final long[] qx = new long[PrimeField.LIMBS];
    private final long[] qy = new long[PrimeField.LIMBS];
    private final long[] slope = new long[PrimeField.LIMBS];
    private final long[] x = new long[PrimeField.LIMBS];
    private final long[] y = new long[PrimeField.LIMBS];
    private final long[] remaining = new long[PrimeField.LIMBS];

    void build(BigInteger baseX, BigInteger baseY) {
      field.canonicalWords(points, indexOf(0, 1), field.element(baseX), 0);
      field.canonicalWords(points, indexOf(0, 1) + Words.COUNT, field.element(baseY), 0);
      for (int window = 0; window < windows; window++) {
        final int digits = digits(window);
        for (int known = 1; known < digits; known <<= 1) {
          extend(window, known);
        }
        if (window + 1 < windows) {
          // 2ʷ⁻¹ times the base is the last of the window: doubled, it is the next one's base.
          read(window, digits, px, py);
          twice();
          write(window + 1, 1);
        }
      }
    }

    private void extend(int window, int known) {
      read(window, known, px, py);
      for (int j = 1; j <= known; j++) {
        final int at = PrimeField.LIMBS * (j - 1);
        if (j < known) {
          read(window, j, qx, qy);
          PrimeField.subtract(differences, at, qx, 0, px, 0);
        } else {
          PrimeField.add(differences, at, py, 0, py, 0);
        }
        if (j == 1) {
          PrimeField.copy(products, at, differences, at);
        } else {
          field.multiply(products, at, products, at - PrimeField.LIMBS, differences, at);
        }
      }
      field.invert(remaining, 0, products, PrimeField.LIMBS * (known - 1), inverse);
      for (int j = known; j >= 1; j--) {
        final int at = PrimeField.LIMBS * (j - 1);
        if (j > 1) {
          field.multiply(slope, 0, remaining, 0, products, at - PrimeField.LIMBS);
        } else {
          PrimeField.copy(slope, 0, remaining, 0);
        }
        field.multiply(remaining, 0, remaining, 0, differences, at);
        if (j < known) {
          read(window, j, qx, qy);
          PrimeField.subtract(y, 0, qy, 0, py, 0);
        } else {
          PrimeField.copy(qx, 0, px, 0);
          tangent(y);
        }
        field.multiply(slope, 0, slope, 0, y, 0);
        followSlope();
        write(window, known + j);
      }
    }

    private void twice() {
      PrimeField.add(y, 0, py, 0, py, 0);
      field.invert(remaining, 0, y, 0, inverse);
      tangent(y);
      field.multiply(slope, 0, remaining, 0, y, 0);
      PrimeField.copy(qx, 0, px, 0);
      followSlope();
    }

    /** 3·(x² − 1). */
    private void tangent(long[] into) {
      field.square(into, 0, px, 0);
      PrimeField.subtract(into, 0, into, 0, field.one(), 0);
      for (int i = 0; i < PrimeField.LIMBS; i++) {
        into[i] *= 3;
      }
    }

    private void followSlope() {
      field.square(x, 0, slope, 0);
      field.subtractBoth(x, 0, x, 0, px, 0, qx, 0);
      PrimeField.subtract(y, 0, px, 0, x, 0);
      field.multiply(y, 0, y, 0, slope, 0);
      PrimeField.subtract(y, 0, y, 0, py, 0);
    }

    private void read(int window, int magnitude, long[] intoX, long[] intoY) {
      final int at = indexOf(window, magnitude);
      PrimeField.unpack(intoX, 0, points, at);
      PrimeField.unpack(intoY, 0, points, at + Words.COUNT);
    }

    private void write(int window, int magnitude) {
      final int at = indexOf(window, magnitude);
      field.canonicalWords(points, at, x, 0);
      field.canonicalWords(points, at + Words.COUNT, y, 0);
    }
  }
}
