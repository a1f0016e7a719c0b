package gongbei.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.bench.setup.Machine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The page of all figures: the template {@code page.html}, with the figures as JSON and the
 * charting library in it, so that it needs nothing else.
 */
final class ReportPage {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TEMPLATE = "/gongbei/bench/report/page.html";
  private static final String LIBRARY =
      "/META-INF/resources/webjars/echarts/5.3.1/dist/echarts.common.min.js";

  private final Figures figures;
  private final List<Tile> tiles = new ArrayList<>();
  private final List<Section> sections = new ArrayList<>();

  /** What the page's script is given. */
  private record Report(String machine, List<Tile> tiles, List<Section> sections) {}

  /** A figure that stands out, and what it is of. */
  private record Tile(String figure, String words) {}

  ReportPage(Figures figures) {
    this.figures = figures;
  }

  /** Writes the page as HTML that fetches nothing. */
  String write() throws IOException {
    writeTiles();
    final LoadSections loads = new LoadSections(figures, sections);
    final BenchmarkSections benchmarks = new BenchmarkSections(figures, sections);
    loads.writeSteps();
    loads.writeDistributions();
    loads.writeOverload();
    loads.writeMorning();
    loads.writeShares();
    benchmarks.writeStages();
    benchmarks.writePopulation();
    benchmarks.writeCores();
    loads.writeWholePeers();
    benchmarks.writeSignaturePeers();
    benchmarks.writeMinting();
    loads.writeLoads();
    benchmarks.writeScores();
    // The data stands in an element of the page: what would end it is written as an escape.
    final String data =
        JSON.writeValueAsString(new Report(machine(), tiles, sections))
            .replace("&", "\\u0026")
            .replace("<", "\\u003c")
            .replace(">", "\\u003e");
    return resource(TEMPLATE).replace("${data}", data).replace("${library}", library());
  }

  /** The charting library's script, Apache ECharts, as the page has it. */
  static String library() throws IOException {
    // One of its strings would end the page's CDATA section.
    return resource(LIBRARY).strip().replace("\"]]>\"", "\"]]\\u003e\"");
  }

  private static String resource(String name) throws IOException {
    try (InputStream bytes = ReportPage.class.getResourceAsStream(name)) {
      return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String machine() {
    JsonNode machine = Machine.describe();
    String at = "";
    for (final JsonNode load : figures.loads()) {
      if (load.has("machine")) {
        machine = load.get("machine");
        at = load.path("at").asText();
      }
    }
    return String.format(
        Locale.ROOT,
        "%s, %d cores, %d GiB, %s %s; %s %s%s%s",
        machine.path("processor").asText(),
        machine.path("cores").asInt(),
        machine.path("memoryGib").asInt(),
        machine.path("system").asText(),
        machine.path("architecture").asText(),
        machine.path("vm").asText(),
        machine.path("jdk").asText(),
        figures.jmhVersions().isEmpty()
            ? ""
            : "; benchmarks by Java " + String.join(" and ", figures.jmhVersions()),
        at.isEmpty() ? "" : "; " + at.substring(0, Math.min(10, at.length())));
  }

  private void tile(String figure, String words) {
    tiles.add(new Tile(figure, words));
  }

  private void writeTiles() {
    final JsonNode headline = figures.load("headline");
    if (headline != null) {
      tile(
          Figures.number(headline.path("rightASecond").asDouble()) + " / s",
          String.format(
              Locale.ROOT,
              "held for %.0f s with %s residents: p99 %s, p99.9 %s, %s wrong answers",
              headline.path("seconds").asDouble(),
              Figures.number(headline.path("residents").asDouble()),
              Figures.micros(LoadSections.micros(headline, "99")),
              Figures.micros(LoadSections.micros(headline, "99.9")),
              Figures.number(headline.path("wrong").asDouble())));
    }
    final JsonNode moonshot = figures.load("moonshot");
    if (moonshot != null) {
      tile(
          Figures.number(moonshot.path("rightASecond").asDouble()) + " / s",
          "asked "
              + Figures.number(
                  moonshot.path("asked").asDouble() / moonshot.path("seconds").asDouble())
              + " a second: p99 "
              + Figures.micros(LoadSections.micros(moonshot, "99"))
              + ", p99.9 "
              + Figures.micros(LoadSections.micros(moonshot, "99.9")));
    }
    final JsonNode overload = figures.load("overload");
    if (overload != null) {
      tile(
          "p99 " + Figures.micros(LoadSections.micros(overload, "99")),
          "of what was accepted with three times too much asked; the rest was told busy in "
              + Figures.micros(overload.path("shedMicros").path("50").asDouble())
              + " (median)");
    }
    final double peer = peersBest();
    if (peer > 0 && moonshot != null) {
      tile(
          String.format(Locale.ROOT, "%.1f times", LoadSections.perServerSecond(moonshot) / peer),
          "the scans a core-second of the same service by Spring Boot, Bouncy Castle and Redis,"
              + " at its best");
    }
  }

  /** The most right answers to a second of one core that the ordinary peer has given, or 0. */
  private double peersBest() {
    return figures.loads().stream()
        .filter(load -> load.path("server").asText().equals("ordinary peer"))
        .mapToDouble(LoadSections::perServerSecond)
        .max()
        .orElse(0);
  }
}
