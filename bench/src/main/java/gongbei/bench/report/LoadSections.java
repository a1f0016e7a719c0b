package gongbei.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The sections of the page that are of loads. */
final class LoadSections {
  private static final double MICROS_A_MILLI = 1e3;
  private static final String[] PERCENTILES = {"50", "90", "99", "99.9", "99.99"};
  private static final double P99_BOUND_MICROS = 5_000;
  private static final int ASKED_ROUNDING = 100;

  private final Figures figures;
  private final List<Section> sections;

  /**
   * Writes of figures.
   *
   * @param sections are added to
   */
  LoadSections(Figures figures, List<Section> sections) {
    this.figures = figures;
    this.sections = sections;
  }

  /** The percentile of the right answers' latencies, in microseconds. */
  static double micros(JsonNode load, String percentile) {
    return load.path("answeredMicros").path(percentile).asDouble();
  }

  /** Right answers to a second of one core of the server. */
  static double perServerSecond(JsonNode load) {
    return load.path("right").asDouble() / Math.max(1e-9, load.path("serverCpuSeconds").asDouble());
  }

  /** Shows latency by the rate that was asked. */
  void writeSteps() {
    final JsonNode steps = figures.load("steps");
    if (steps == null) {
      return;
    }
    final Map<Double, List<JsonNode>> byRate = new TreeMap<>();
    for (final JsonNode second : steps.path("eachSecond")) {
      final double rate =
          Math.rint(second.path("asked").asDouble() / ASKED_ROUNDING) * ASKED_ROUNDING;
      byRate.computeIfAbsent(rate, each -> new ArrayList<>()).add(second);
    }
    final LinePlot plot =
        new LinePlot("Latency by rate")
            .horizontal("scans asked a second", false, Plot.Label.NUMBER)
            .vertical("", true, Plot.Label.MICROS)
            .bound("5 ms", P99_BOUND_MICROS);
    for (final String percentile : List.of("max", "p99", "p50")) {
      final List<double[]> points = new ArrayList<>();
      byRate.forEach(
          (rate, seconds) -> {
            if (seconds.size() > 1) {
              points.add(new double[] {rate, median(seconds, percentile)});
            }
          });
      plot.curve(percentile.equals("max") ? "slowest" : percentile, points);
    }
    sections.add(
        Section.of(
            "Latency by rate",
            "Each second's percentiles, the median over the seconds of each rate, "
                + Figures.number(steps.path("residents").asDouble())
                + " residents, "
                + steps.path("connections").asInt()
                + " connections.",
            plot.draw()));
  }

  private static double median(List<JsonNode> seconds, String field) {
    final double[] values =
        seconds.stream().mapToDouble(second -> second.path(field).asDouble()).sorted().toArray();
    return values[values.length / 2];
  }

  /** Shows how many answers are how quick. */
  void writeDistributions() {
    final LinePlot plot =
        new LinePlot("Distribution of latencies")
            .horizontal("share of answers that are quicker", true, Plot.Label.NINES)
            .vertical("", true, Plot.Label.MICROS)
            .bound("5 ms", P99_BOUND_MICROS);
    for (final String name : List.of("headline", "moonshot", "headline-spread", "mixed", "http")) {
      final JsonNode load = figures.load(name);
      if (load != null) {
        final List<double[]> points = new ArrayList<>();
        for (final String percentile :
            List.of("0", "50", "75", "90", "95", "99", "99.5", "99.9", "99.95", "99.99")) {
          final double above = 100 / (100 - Double.parseDouble(percentile));
          points.add(new double[] {above, Math.max(1, micros(load, percentile))});
        }
        plot.curve(
            Figures.number(load.path("rightASecond").asDouble())
                + " / s"
                + switch (name) {
                  case "headline-spread" -> ", spread";
                  case "mixed" -> ", mixed";
                  case "http" -> ", HTTP";
                  default -> "";
                },
            points);
      }
    }
    if (!plot.isEmpty()) {
      sections.add(
          Section.of(
              "Distribution of latencies",
              "How many nines of all answers are how quick. Spread: neighbouring scans by different"
                  + " connections of "
                  + connections("headline-spread")
                  + ", as from devices of their own; else by 4. Mixed: with codes of Macau, of the"
                  + " EU's format, of groups, and bad ones.",
              plot.draw()));
    }
  }

  private int connections(String name) {
    return figures.load(name) == null ? 0 : figures.load(name).path("connections").asInt();
  }

  /** Shows three times too much asked. */
  void writeOverload() {
    final JsonNode overload = figures.load("overload");
    if (overload == null) {
      return;
    }
    sections.add(
        Section.of(
            "Three times too much",
            "By the second in which questions were due. What there is no room for is told busy at once"
                + " and not queued; afterwards latency is as before.",
            eachSecond(overload, "right", "answered", "shed", "told busy").draw(),
            latencies(overload).draw()));
  }

  /** Shows a province's morning. */
  void writeMorning() {
    final JsonNode morning = figures.load("morning");
    if (morning == null) {
      return;
    }
    sections.add(
        Section.of(
            "A province's morning",
            "100 million scans a day, from five to eleven, at their true rates, an hour shortened to"
                + " some seconds. The rush hour asks ten times the day's mean. Arrivals at random.",
            eachSecond(morning, "right", "answered", "shed", "told busy").draw(),
            latencies(morning).draw()));
  }

  private static LinePlot eachSecond(
      JsonNode load, String first, String firstName, String second, String secondName) {
    return new LinePlot("Answers each second")
        .horizontal("second", false, Plot.Label.NUMBER)
        .vertical("a second", false, Plot.Label.NUMBER)
        .curve(firstName, points(load, first, 0))
        .curve(secondName, points(load, second, 0));
  }

  private static LinePlot latencies(JsonNode load) {
    return new LinePlot("Latency each second")
        .horizontal("second", false, Plot.Label.NUMBER)
        .vertical("", true, Plot.Label.MICROS)
        .curve("p50", points(load, "p50", 1))
        .curve("p99", points(load, "p99", 1));
  }

  private static List<double[]> points(JsonNode load, String field, double least) {
    final List<double[]> points = new ArrayList<>();
    int second = 0;
    for (final JsonNode each : load.path("eachSecond")) {
      points.add(new double[] {second++, Math.max(least, each.path(field).asDouble())});
    }
    return points;
  }

  /** Shows where the processor's time goes. */
  void writeShares() {
    final JsonNode shares = figures.load("shares");
    if (shares == null) {
      return;
    }
    final BarPlot plot =
        new BarPlot("Shares", false, value -> String.format(Locale.ROOT, "%.1f %%", value));
    for (final JsonNode share : shares.path("shares")) {
      plot.bar(share.path("stage").asText(), share.path("percent").asDouble(), 0);
    }
    sections.add(
        Section.of("Where the processor's time goes", shares.path("how").asText(), plot.draw()));
  }

  /** Shows the scans of a core-second beside those of the ordinary peer. */
  void writeWholePeers() {
    final BarPlot plot = new BarPlot("Whole services", true, value -> Figures.number(value));
    final String[][] loads = {
      {"moonshot", "Gongbei over TCP"},
      {"moonshot-quiet-log", "with a log that sleeps longer"},
      {"headline", "Gongbei over TCP"},
      {"http-most", "Gongbei over HTTP"},
      {"http", "Gongbei over HTTP"},
      {"peer-most", "Spring Boot, Bouncy Castle"},
      {"peer", "Spring Boot, Bouncy Castle"}
    };
    for (final String[] each : loads) {
      final JsonNode load = figures.load(each[0]);
      if (load != null) {
        plot.bar(
            each[1] + ", " + Figures.number(load.path("rightASecond").asDouble()) + " / s",
            perServerSecond(load),
            each[0].startsWith("peer") ? 1 : 0);
      }
    }
    if (!plot.isEmpty()) {
      sections.add(
          Section.of(
              "Beside the ordinary way to build it",
              "Right answers to a second of one core of the server (and of Redis), generator not"
                  + " counted, at the rate at which each was measured. The same codes, the same JSON,"
                  + " the same generator; Gongbei with 126 million residents, Redis with one million."
                  + " Logarithmic.",
              plot.draw()));
    }
  }

  /** Lists every load. */
  void writeLoads() {
    if (figures.loads().isEmpty()) {
      return;
    }
    final List<String> columns = new ArrayList<>(List.of("load", "right / s", "shed", "wrong"));
    for (final String percentile : PERCENTILES) {
      columns.add("p" + percentile);
    }
    columns.addAll(List.of("cores", "server a scan"));
    final List<List<String>> rows =
        figures.loads().stream()
            .filter(load -> load.has("answeredMicros"))
            .map(LoadSections::row)
            .toList();
    sections.add(
        Section.of(
            "Every load",
            "Latencies of right answers. Cores: of server, generator, other processes.",
            new Section.Table(1, columns, rows)));
  }

  private static List<String> row(JsonNode load) {
    final List<String> cells = new ArrayList<>();
    cells.add(load.path("name").asText());
    cells.add(Figures.number(load.path("rightASecond").asDouble()));
    cells.add(Figures.number(load.path("shed").asDouble()));
    cells.add(Figures.number(load.path("wrong").asDouble() + load.path("unanswered").asDouble()));
    for (final String percentile : PERCENTILES) {
      cells.add(String.format(Locale.ROOT, "%.2f ms", micros(load, percentile) / MICROS_A_MILLI));
    }
    final double seconds = load.path("seconds").asDouble();
    cells.add(
        String.format(
            Locale.ROOT,
            "%.2f + %.2f + %.2f",
            load.path("serverCpuSeconds").asDouble() / seconds,
            load.path("generatorCpuSeconds").asDouble() / seconds,
            load.path("othersCpuSeconds").asDouble() / seconds));
    cells.add(Figures.micros(1e6 / perServerSecond(load)));
    return cells;
  }
}
