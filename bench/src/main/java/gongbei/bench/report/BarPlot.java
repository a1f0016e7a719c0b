package gongbei.bench.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/** Bars from the left, each with its name and its figure; the scale may be logarithmic. */
final class BarPlot {
  private static final int BAR_HEIGHT = 28;
  private static final int MARGIN = 12;

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
   * Adds a bar; one of nothing is left out.
   *
   * @param colour 0 is what the others are compared with
   */
  BarPlot bar(String name, double value, int colour) {
    if (value > 0) {
      bars.add(new Bar(name, value, colour));
    }
    return this;
  }

  /** Returns whether it has no bar. */
  boolean isEmpty() {
    return bars.isEmpty();
  }

  /** Describes it for the page. */
  Plot draw() {
    final double least = bars.stream().mapToDouble(Bar::value).min().orElse(1);
    final ObjectNode option = JsonNodeFactory.instance.objectNode();
    option.putObject("grid").put("left", 310).put("right", 130).put("top", 4).put("bottom", 4);
    final ObjectNode scale =
        option
            .putObject("xAxis")
            .put("type", isLogarithmic ? "log" : "value")
            .put("show", false)
            .put("max", "dataMax");
    if (isLogarithmic) {
      scale.put("min", Math.pow(10, Math.floor(Math.log10(least)) - 0.3));
    }
    scale.putObject("axisLabel");
    final ObjectNode names = option.putObject("yAxis").put("type", "category").put("inverse", true);
    names.put("splitLine", false);
    names.putObject("axisTick").put("show", false);
    names.putObject("axisLabel").put("interval", 0);
    final ArrayNode categories = names.putArray("data");
    final ObjectNode series =
        option.putArray("series").addObject().put("type", "bar").put("barWidth", 20);
    final ArrayNode data = series.putArray("data");
    for (final Bar bar : bars) {
      categories.add(bar.name);
      data.addObject()
          .put("value", bar.value)
          .put("words", label.apply(bar.value))
          .put("colour", bar.colour);
    }
    return new Plot(
        title,
        MARGIN + bars.size() * BAR_HEIGHT,
        new Plot.Labels(Plot.Label.NONE, Plot.Label.NONE),
        option);
  }
}
