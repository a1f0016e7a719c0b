package gongbei.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/** Bars from the left, each with its name and its figure; the scale may be logarithmic. */
final class BarPlot {
  private static final int WIDTH = 720;
  private static final int LEFT = 310;
  private static final int RIGHT = 150;
  private static final int BAR = 20;
  private static final int GAP = 8;
  private static final int TOP = 6;

  private final String title;
  private final boolean isLogarithmic;
  private final DoubleFunction<String> label;
  private final List<Bar> bars = new ArrayList<>();

  private record Bar(String name, double value, int colour) {}

  BarPlot(String title, boolean isLogarithmic, DoubleFunction<String> label) {
    this.title = title;
    this.isLogarithmic = isLogarithmic;
    this.label = label;
  }

  /**
   * @param colour 0 is what the others are compared with
   */
  BarPlot bar(String name, double value, int colour) {
    if (value > 0) {
      bars.add(new Bar(name, value, colour));
    }
    return this;
  }

  boolean isEmpty() {
    return bars.isEmpty();
  }

  String draw() {
    final double most = bars.stream().mapToDouble(Bar::value).max().orElse(1);
    final double least = bars.stream().mapToDouble(Bar::value).min().orElse(1);
    final double floor = isLogarithmic ? Math.pow(10, Math.floor(Math.log10(least)) - 0.3) : 0;
    final int height = 2 * TOP + bars.size() * (BAR + GAP);
    final Svg svg = new Svg(WIDTH, height, title);
    double y = TOP;
    for (final Bar bar : bars) {
      final double share =
          isLogarithmic
              ? Math.log10(bar.value / floor) / Math.log10(most / floor)
              : bar.value / most;
      final double width = share * (WIDTH - LEFT - RIGHT);
      svg.words(LEFT - 10, y + BAR - 5, "end", "tick", bar.name);
      svg.rectangle(LEFT, y, Math.max(1, width), BAR, "f" + bar.colour);
      svg.words(LEFT + width + 8, y + BAR - 5, "start", "name", label.apply(bar.value));
      y += BAR + GAP;
    }
    return svg.finish();
  }
}
