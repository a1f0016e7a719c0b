package gongbei.verifier.qr;

import com.google.zxing.ResultPoint;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.detector.FinderPattern;
import com.google.zxing.qrcode.detector.FinderPatternFinder;
import com.google.zxing.qrcode.detector.FinderPatternInfo;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the finder patterns (ISO/IEC 18004 §6.3.3) in a picture and tells which three may belong to
 * one symbol. ZXing's own search wants to be told that there is one symbol, and weighs every three
 * of however many patterns a picture has; this one is bounded.
 */
final class FinderPatterns extends FinderPatternFinder {
  /** The most patterns that are looked for in one picture. */
  private static final int MAX_FOUND = 1_000;

  /** The most patterns of which every three are weighed: 96 over 3 are 142,880. */
  private static final int MAX_WEIGHED = 96;

  /** The most symbols that are tried in one picture, those of the best shape first. */
  private static final int MAX_TRIPLES = 96;

  private static final float MAX_MODULE_RATIO = 1.5f;
  private static final double MAX_LEG_RATIO = 1.6;
  private static final double MAX_COSINE = 0.4;
  private static final double MIN_MODULES_BETWEEN = 9;
  private static final double MAX_MODULES_BETWEEN = 240;

  FinderPatterns(BitMatrix modules) {
    super(modules);
  }

  /** Three patterns, and how far they are from two equal legs at a right angle. */
  record Triple(FinderPattern first, FinderPattern second, FinderPattern third, double skew) {
    FinderPatternInfo ordered() {
      final FinderPattern[] patterns = {first, second, third};
      ResultPoint.orderBestPatterns(patterns);
      return new FinderPatternInfo(patterns);
    }
  }

  /** The sets of three that may be symbols, the likeliest first. */
  List<Triple> triples() {
    search();
    final List<FinderPattern> patterns = new ArrayList<>(getPossibleCenters());
    if (patterns.size() > MAX_WEIGHED) {
      patterns.sort((one, other) -> other.getCount() - one.getCount());
      patterns.subList(MAX_WEIGHED, patterns.size()).clear();
    }
    patterns.sort(
        (one, other) ->
            Float.compare(one.getEstimatedModuleSize(), other.getEstimatedModuleSize()));
    final List<Triple> triples = new ArrayList<>();
    for (int i = 0; i < patterns.size() - 2; i++) {
      final float limit = patterns.get(i).getEstimatedModuleSize() * MAX_MODULE_RATIO;
      for (int j = i + 1; j < patterns.size() - 1; j++) {
        if (patterns.get(j).getEstimatedModuleSize() > limit) {
          break;
        }
        for (int k = j + 1; k < patterns.size(); k++) {
          if (patterns.get(k).getEstimatedModuleSize() > limit) {
            break;
          }
          addIfShaped(triples, patterns.get(i), patterns.get(j), patterns.get(k));
        }
      }
    }
    triples.sort((one, other) -> Double.compare(one.skew, other.skew));
    return triples.size() > MAX_TRIPLES ? triples.subList(0, MAX_TRIPLES) : triples;
  }

  private static void addIfShaped(
      List<Triple> triples, FinderPattern a, FinderPattern b, FinderPattern c) {
    double longest = squared(a, b);
    double second = squared(b, c);
    double third = squared(a, c);
    if (longest < second) {
      final double swap = longest;
      longest = second;
      second = swap;
    }
    if (longest < third) {
      final double swap = longest;
      longest = third;
      third = swap;
    }
    final double shorter = Math.sqrt(Math.min(second, third));
    final double longer = Math.sqrt(Math.max(second, third));
    final double module =
        (a.getEstimatedModuleSize() + b.getEstimatedModuleSize() + c.getEstimatedModuleSize()) / 3;
    final double modules = (shorter + longer) / 2 / module;
    if (modules < MIN_MODULES_BETWEEN || modules > MAX_MODULES_BETWEEN) {
      return;
    }
    final double cosine = Math.abs((second + third - longest) / (2 * shorter * longer));
    if (longer <= shorter * MAX_LEG_RATIO && cosine <= MAX_COSINE) {
      final double sizes = c.getEstimatedModuleSize() / a.getEstimatedModuleSize() - 1;
      triples.add(new Triple(a, b, c, cosine + (longer / shorter - 1) + sizes / 2));
    }
  }

  private static double squared(ResultPoint one, ResultPoint other) {
    final double x = one.getX() - other.getX();
    final double y = one.getY() - other.getY();
    return x * x + y * y;
  }

  private void search() {
    final BitMatrix modules = getImage();
    final int width = modules.getWidth();
    final int height = modules.getHeight();
    final int step = height > 1_200 ? MIN_SKIP : height > 600 ? 2 : 1;
    final int[] runs = new int[5];
    for (int y = step - 1; y < height && getPossibleCenters().size() < MAX_FOUND; y += step) {
      doClearCounts(runs);
      int run = 0;
      for (int x = 0; x < width; x++) {
        final boolean dark = modules.get(x, y);
        if (dark == ((run & 1) == 0)) {
          runs[run]++;
        } else if (run < 4) {
          runs[++run]++;
        } else if (foundPatternCross(runs) && handlePossibleCenter(runs, y, x)) {
          run = 0;
          doClearCounts(runs);
        } else {
          doShiftCounts2(runs);
          run = 3;
        }
      }
      if (foundPatternCross(runs)) {
        handlePossibleCenter(runs, y, width);
      }
    }
  }
}
