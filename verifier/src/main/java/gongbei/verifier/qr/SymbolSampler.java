package gongbei.verifier.qr;

import com.google.zxing.ChecksumException;
import com.google.zxing.FormatException;
import com.google.zxing.NotFoundException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.common.DecoderResult;
import com.google.zxing.common.GridSampler;
import com.google.zxing.common.PerspectiveTransform;
import com.google.zxing.qrcode.decoder.Decoder;
import com.google.zxing.qrcode.detector.AlignmentPattern;
import com.google.zxing.qrcode.detector.Detector;
import com.google.zxing.qrcode.detector.FinderPattern;
import com.google.zxing.qrcode.detector.FinderPatternInfo;

/**
 * Samples and decodes the symbol that three finder patterns open. ZXing counts a symbol's modules
 * by their size; where they are small an error of a twentieth of a pixel is another version of QR
 * code, so that the versions beside it are tried too, with and without the alignment pattern.
 */
final class SymbolSampler extends Detector {
  private static final int FINDER_MODULES = 7;
  private static final int SMALLEST = 21;
  private static final int LARGEST = 177;
  private static final int[] BESIDE = {0, 4, -4, 8, -8};
  private static final float HALF_FINDER = 3.5f;
  private static final float QUIET = 1;

  private final Decoder decoder;

  SymbolSampler(BitMatrix modules, Decoder decoder) {
    super(modules);
    this.decoder = decoder;
  }

  /** What a symbol says and where it is: corners of its picture, round, in pixels. */
  record Symbol(DecoderResult message, double[] xs, double[] ys) {}

  /** Decodes the symbol of three patterns; null where they are none. */
  Symbol symbol(FinderPatternInfo patterns) {
    final FinderPattern corner = patterns.getTopLeft();
    final FinderPattern right = patterns.getTopRight();
    final FinderPattern below = patterns.getBottomLeft();
    final float module = calculateModuleSize(corner, right, below);
    if (!(module >= 1)) {
      return null;
    }
    final double across = distance(corner, right);
    final double down = distance(corner, below);
    final int counted = (int) Math.round((across + down) / 2 / module) + FINDER_MODULES;
    final int nearest = (int) Math.round((counted - 17) / 4.0) * 4 + 17;
    for (final int aside : BESIDE) {
      final int dimension = nearest + aside;
      if (dimension >= SMALLEST && dimension <= LARGEST) {
        final Symbol symbol = symbol(patterns, dimension, module);
        if (symbol != null) {
          return symbol;
        }
      }
    }
    return null;
  }

  private Symbol symbol(FinderPatternInfo patterns, int dimension, float module) {
    final AlignmentPattern aligned =
        dimension > SMALLEST ? alignment(patterns, dimension, module) : null;
    DecoderResult message = aligned == null ? null : message(patterns, aligned, dimension);
    if (message == null) {
      message = message(patterns, null, dimension);
    }
    return message == null ? null : symbol(message, patterns, dimension);
  }

  private AlignmentPattern alignment(FinderPatternInfo patterns, int dimension, float module) {
    final FinderPattern corner = patterns.getTopLeft();
    final float oppositeX =
        patterns.getTopRight().getX() - corner.getX() + patterns.getBottomLeft().getX();
    final float oppositeY =
        patterns.getTopRight().getY() - corner.getY() + patterns.getBottomLeft().getY();
    final float towards = 1 - 3f / (dimension - FINDER_MODULES);
    final int x = (int) (corner.getX() + towards * (oppositeX - corner.getX()));
    final int y = (int) (corner.getY() + towards * (oppositeY - corner.getY()));
    for (int allowance = 4; allowance <= 16; allowance <<= 1) {
      try {
        return findAlignmentInRegion(module, x, y, allowance);
      } catch (NotFoundException e) {
        // Look farther around.
      }
    }
    return null;
  }

  private DecoderResult message(
      FinderPatternInfo patterns, AlignmentPattern aligned, int dimension) {
    final FinderPattern corner = patterns.getTopLeft();
    final FinderPattern right = patterns.getTopRight();
    final FinderPattern below = patterns.getBottomLeft();
    final float end = dimension - HALF_FINDER;
    final float opposite = aligned == null ? end : end - 3;
    try {
      return decoder.decode(
          GridSampler.getInstance()
              .sampleGrid(
                  getImage(),
                  dimension,
                  dimension,
                  PerspectiveTransform.quadrilateralToQuadrilateral(
                      HALF_FINDER,
                      HALF_FINDER,
                      end,
                      HALF_FINDER,
                      opposite,
                      opposite,
                      HALF_FINDER,
                      end,
                      corner.getX(),
                      corner.getY(),
                      right.getX(),
                      right.getY(),
                      aligned == null
                          ? right.getX() - corner.getX() + below.getX()
                          : aligned.getX(),
                      aligned == null
                          ? right.getY() - corner.getY() + below.getY()
                          : aligned.getY(),
                      below.getX(),
                      below.getY())));
    } catch (NotFoundException | ChecksumException | FormatException e) {
      return null;
    }
  }

  /** The symbol's place: its edge and a module of quiet zone around it. */
  private static Symbol symbol(DecoderResult message, FinderPatternInfo patterns, int dimension) {
    final FinderPattern corner = patterns.getTopLeft();
    final double modules = dimension - FINDER_MODULES;
    final double alongX = (patterns.getTopRight().getX() - corner.getX()) / modules;
    final double alongY = (patterns.getTopRight().getY() - corner.getY()) / modules;
    final double downX = (patterns.getBottomLeft().getX() - corner.getX()) / modules;
    final double downY = (patterns.getBottomLeft().getY() - corner.getY()) / modules;
    final double before = -HALF_FINDER - QUIET;
    final double after = modules - before;
    final double[] along = {before, after, after, before};
    final double[] down = {before, before, after, after};
    final double[] xs = new double[4];
    final double[] ys = new double[4];
    for (int i = 0; i < xs.length; i++) {
      xs[i] = corner.getX() + along[i] * alongX + down[i] * downX;
      ys[i] = corner.getY() + along[i] * alongY + down[i] * downY;
    }
    return new Symbol(message, xs, ys);
  }

  private static double distance(FinderPattern one, FinderPattern other) {
    final double x = one.getX() - other.getX();
    final double y = one.getY() - other.getY();
    return Math.sqrt(x * x + y * y);
  }
}
