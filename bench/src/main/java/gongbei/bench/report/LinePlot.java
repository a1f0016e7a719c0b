package gongbei.bench.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Curves over a common axis; either axis may be logarithmic. */
final class LinePlot {
  private static final int HEIGHT = 360;
  private static final int FEW_POINTS = 16;

  private final String title;
  private final List<Curve> curves = new ArrayList<>();
  private final List<Bound> bounds = new ArrayList<>();
  private Axis horizontal = new Axis("", false, Plot.Label.NUMBER);
  private Axis vertical = new Axis("", false, Plot.Label.NUMBER);

  private record Curve(String name, List<double[]> points) {}

  private record Bound(String name, double y) {}

  private record Axis(String name, boolean isLogarithmic, Plot.Label label) {
    ObjectNode toOption() {
      final ObjectNode axis =
          JsonNodeFactory.instance
              .objectNode()
              .put("type", isLogarithmic ? "log" : "value")
              .put("name", name)
              .put("nameLocation", "middle")
              .put("nameGap", 30);
      axis.putObject("axisLabel");
      return axis;
    }
  }

  LinePlot(String title) {
    this.title = title;
  }

  /** Sets the horizontal axis. */
  LinePlot horizontal(String name, boolean isLogarithmic, Plot.Label label) {
    horizontal = new Axis(name, isLogarithmic, label);
    return this;
  }

  /** Sets the vertical axis. */
  LinePlot vertical(String name, boolean isLogarithmic, Plot.Label label) {
    vertical = new Axis(name, isLogarithmic, label);
    return this;
  }

  /** Adds a curve; one without points is left out. */
  LinePlot curve(String name, List<double[]> points) {
    if (!points.isEmpty()) {
      curves.add(new Curve(name, List.copyOf(points)));
    }
    return this;
  }

  /** Adds a line that should not be crossed. */
  LinePlot bound(String name, double y) {
    bounds.add(new Bound(name, y));
    return this;
  }

  /** Returns whether it has no curve. */
  boolean isEmpty() {
    return curves.isEmpty();
  }

  /** Describes it for the page. */
  Plot draw() {
    final ObjectNode option = JsonNodeFactory.instance.objectNode();
    option.putObject("grid").put("left", 74).put("right", 150).put("top", 26).put("bottom", 48);
    option.set("xAxis", horizontal.toOption().put("min", "dataMin").put("max", "dataMax"));
    option.set("yAxis", vertical.toOption().put("nameGap", 56));
    final ArrayNode series = option.putArray("series");
    for (final Curve curve : curves) {
      final ObjectNode line =
          series
              .addObject()
              .put("type", "line")
              .put("name", curve.name)
              .put("showSymbol", curve.points.size() <= FEW_POINTS)
              .put("symbolSize", 6);
      final ArrayNode data = line.putArray("data");
      for (final double[] point : curve.points) {
        data.addArray().add(point[0]).add(point[1]);
      }
      line.putObject("endLabel").put("show", true).put("formatter", "{a}").put("color", "inherit");
      line.putObject("labelLayout").put("moveOverlap", "shiftY");
    }
    if (!curves.isEmpty() && !bounds.isEmpty()) {
      addBounds((ObjectNode) series.get(0));
    }
    return new Plot(title, HEIGHT, new Plot.Labels(horizontal.label, vertical.label), option);
  }

  private void addBounds(ObjectNode line) {
    final ObjectNode marks = line.putObject("markLine").put("silent", true).put("symbol", "none");
    marks.putObject("label").put("formatter", "{b}").put("position", "insideStartTop");
    marks.putObject("lineStyle").put("type", "dashed");
    final ArrayNode data = marks.putArray("data");
    for (final Bound bound : bounds) {
      data.addObject().put("name", bound.name).put("yAxis", bound.y);
    }
  }
}
