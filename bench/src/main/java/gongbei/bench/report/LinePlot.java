package gongbei.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/** Curves over a common axis; either axis may be logarithmic. */
final class LinePlot {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 340;
  private static final int LEFT = 74;
  private static final int RIGHT = 150;
  private static final int TOP = 26;
  private static final int BOTTOM = 48;
  private static final int TICKS = 5;
  private static final int LABEL_HEIGHT = 15;

  private final String title;
  private final List<Curve> curves = new ArrayList<>();
  private final List<Bound> bounds = new ArrayList<>();
  private Axis horizontal = new Axis("", false, LinePlot::plain);
  private Axis vertical = new Axis("", false, LinePlot::plain);

  private record Curve(String name, double[] x, double[] y) {}

  private record Bound(String name, double y) {}

  private record Axis(String name, boolean isLogarithmic, DoubleFunction<String> label) {
    double place(double value) {
      return isLogarithmic ? Math.log10(value) : value;
    }
  }

  LinePlot(String title) {
    this.title = title;
  }

  static String plain(double value) {
    return Figures.number(value);
  }

  LinePlot horizontal(String name, boolean isLogarithmic, DoubleFunction<String> label) {
    horizontal = new Axis(name, isLogarithmic, label);
    return this;
  }

  LinePlot vertical(String name, boolean isLogarithmic, DoubleFunction<String> label) {
    vertical = new Axis(name, isLogarithmic, label);
    return this;
  }

  LinePlot curve(String name, List<double[]> points) {
    if (!points.isEmpty()) {
      curves.add(
          new Curve(
              name,
              points.stream().mapToDouble(point -> point[0]).toArray(),
              points.stream().mapToDouble(point -> point[1]).toArray()));
    }
    return this;
  }

  /** A line that should not be crossed. */
  LinePlot bound(String name, double y) {
    bounds.add(new Bound(name, y));
    return this;
  }

  boolean isEmpty() {
    return curves.isEmpty();
  }

  String draw() {
    double left = Double.MAX_VALUE;
    double right = -Double.MAX_VALUE;
    double low = Double.MAX_VALUE;
    double high = -Double.MAX_VALUE;
    for (final Curve curve : curves) {
      for (int i = 0; i < curve.x.length; i++) {
        left = Math.min(left, horizontal.place(curve.x[i]));
        right = Math.max(right, horizontal.place(curve.x[i]));
        low = Math.min(low, vertical.place(curve.y[i]));
        high = Math.max(high, vertical.place(curve.y[i]));
      }
    }
    for (final Bound bound : bounds) {
      high = Math.max(high, vertical.place(bound.y));
    }
    low = vertical.isLogarithmic ? Math.floor(low) : 0;
    high = vertical.isLogarithmic ? Math.ceil(high) : ceiling(high);
    right = right > left ? right : left + 1;
    final Scale scale = new Scale(left, right, low, Math.max(high, low + 1e-9));
    final Svg svg = new Svg(WIDTH, HEIGHT, title);
    drawAxes(svg, scale);
    final List<Double> labels = new ArrayList<>();
    for (final Bound bound : bounds) {
      final double y = scale.y(vertical.place(bound.y));
      svg.line(LEFT, y, WIDTH - RIGHT, y, "bound");
      svg.words(WIDTH - RIGHT + 8, free(labels, y + 4), "start", "note", bound.name);
    }
    drawCurves(svg, scale, labels);
    return svg.finish();
  }

  private void drawAxes(Svg svg, Scale scale) {
    for (final double at : ticks(scale.low, scale.high, vertical.isLogarithmic)) {
      svg.line(LEFT, scale.y(at), WIDTH - RIGHT, scale.y(at), "grid");
      svg.words(
          LEFT - 8,
          scale.y(at) + 4,
          "end",
          "tick",
          vertical.label.apply(vertical.isLogarithmic ? Math.pow(10, at) : at));
    }
    if (horizontal.isLogarithmic) {
      for (double at = Math.ceil(scale.left - 1e-9); at <= scale.right + 1e-9; at++) {
        drawTick(svg, scale, at, Math.pow(10, at));
      }
    } else {
      for (final double at : ticks(scale.left, scale.right, false)) {
        drawTick(svg, scale, at, at);
      }
    }
    svg.words((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8, "middle", "axis", horizontal.name);
    svg.words(LEFT, TOP - 12, "start", "axis", vertical.name);
  }

  private void drawTick(Svg svg, Scale scale, double at, double value) {
    svg.line(scale.x(at), HEIGHT - BOTTOM, scale.x(at), HEIGHT - BOTTOM + 5, "grid");
    svg.words(scale.x(at), HEIGHT - BOTTOM + 18, "middle", "tick", horizontal.label.apply(value));
  }

  private void drawCurves(Svg svg, Scale scale, List<Double> labels) {
    for (int number = 0; number < curves.size(); number++) {
      final Curve curve = curves.get(number);
      final double[] x = new double[curve.x.length];
      final double[] y = new double[curve.x.length];
      for (int i = 0; i < x.length; i++) {
        x[i] = scale.x(horizontal.place(curve.x[i]));
        y[i] = scale.y(vertical.place(curve.y[i]));
      }
      svg.path(x, y, "curve c" + number);
      if (x.length <= 16) {
        for (int i = 0; i < x.length; i++) {
          svg.circle(x[i], y[i], 3, "dot f" + number);
        }
      }
      svg.words(
          WIDTH - RIGHT + 8,
          free(labels, y[y.length - 1] + 4),
          "start",
          "name t" + number,
          curve.name);
    }
  }

  /** Where a label does not lie on another: as near as there is room. */
  private static double free(List<Double> taken, double wanted) {
    double at = wanted;
    for (int step = 1; isTaken(taken, at); step++) {
      final int rows = (step + 1) / 2;
      at = wanted + (step % 2 == 0 ? -rows : rows) * LABEL_HEIGHT;
    }
    taken.add(at);
    return at;
  }

  private static boolean isTaken(List<Double> taken, double at) {
    return taken.stream().anyMatch(other -> Math.abs(other - at) < LABEL_HEIGHT);
  }

  private static List<Double> ticks(double low, double high, boolean isLogarithmic) {
    final List<Double> ticks = new ArrayList<>();
    final double step = isLogarithmic ? 1 : step(high - low);
    for (double at = Math.ceil(low / step - 1e-9) * step; at <= high + step * 1e-6; at += step) {
      ticks.add(at + 0.0);
    }
    return ticks;
  }

  private static double step(double range) {
    final double raw = range / TICKS;
    final double power = Math.pow(10, Math.floor(Math.log10(raw)));
    final double lead = raw / power;
    return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
  }

  private static double ceiling(double high) {
    final double step = step(Math.max(high, 1e-9));
    return Math.ceil(high / step) * step;
  }

  private record Scale(double left, double right, double low, double high) {
    double x(double value) {
      return LEFT + (value - left) / (right - left) * (WIDTH - LEFT - RIGHT);
    }

    double y(double value) {
      return HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM);
    }
  }
}
