package gongbei.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.bench.setup.Machine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The page of all figures: HTML that needs nothing else, its plots drawn as SVG. */
final class ReportPage {
  private static final double MICROS_A_MILLI = 1e3;
  private static final String[] PERCENTILES = {"50", "90", "99", "99.9", "99.99"};
  private static final double P99_BOUND_MICROS = 5_000;
  private static final int ASKED_ROUNDING = 100;

  private static final String STYLE =
      """
      :root { --ground: #fbfaf7; --card: #ffffff; --ink: #1d2733; --quiet: #65707c; --rule: #dfe2e6;
        --c0: #0b6e4f; --c1: #c8553d; --c2: #3d5a98; --c3: #b88a00; --c4: #7d4f91; --c5: #5b6770; }
      @media (prefers-color-scheme: dark) { :root { --ground: #14181d; --card: #1c2229;
        --ink: #e6e9ec; --quiet: #98a3ae; --rule: #343c46; --c0: #4fc08d; --c1: #f08a70;
        --c2: #86a8ee; --c3: #e3bb49; --c4: #c79adb; --c5: #aab4bd; } }
      * { box-sizing: border-box; }
      body { margin: 0; background: var(--ground); color: var(--ink); line-height: 1.5;
        font-family: system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; font-size: 16px; }
      main { max-width: 860px; margin: 0 auto; padding: 40px 20px 80px; }
      h1 { font-size: 32px; margin: 0 0 4px; } h2 { font-size: 20px; margin: 0 0 6px; }
      p { margin: 0 0 12px; } .quiet { color: var(--quiet); font-size: 14px; }
      section { background: var(--card); border: 1px solid var(--rule); border-radius: 10px;
        padding: 22px 24px; margin-top: 22px; }
      .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(180px, 1fr));
        gap: 14px; margin-top: 24px; }
      .tile { background: var(--card); border: 1px solid var(--rule); border-radius: 10px;
        padding: 16px 18px; }
      .tile b { display: block; font-size: 27px; line-height: 1.2; color: var(--c0); }
      .tile span { color: var(--quiet); font-size: 13.5px; }
      svg { width: 100%; height: auto; display: block; margin: 10px 0 4px; }
      svg text { font-size: 12.5px; fill: var(--quiet); } svg text.name { fill: var(--ink); }
      .grid { stroke: var(--rule); } .bound { stroke: var(--c1); stroke-dasharray: 5 4; }
      .curve { fill: none; stroke-width: 2.2; stroke-linejoin: round; }
      .c0 { stroke: var(--c0); } .c1 { stroke: var(--c1); } .c2 { stroke: var(--c2); }
      .c3 { stroke: var(--c3); } .c4 { stroke: var(--c4); } .c5 { stroke: var(--c5); }
      .f0 { fill: var(--c0); } .f1 { fill: var(--c1); } .f2 { fill: var(--c2); }
      .f3 { fill: var(--c3); } .f4 { fill: var(--c4); } .f5 { fill: var(--c5); }
      table { border-collapse: collapse; width: 100%; font-size: 14px;
        font-variant-numeric: tabular-nums; }
      th { text-align: left; font-weight: 600; } td, th { padding: 5px 10px 5px 0;
        border-bottom: 1px solid var(--rule); } td.n, th.n { text-align: right; white-space: nowrap; }
      code { font-size: 13px; }
      .scroll { overflow-x: auto; }
      """;

  private final Figures figures;
  private final StringBuilder html = new StringBuilder();

  ReportPage(Figures figures) {
    this.figures = figures;
  }

  String write() {
    html.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>")
        .append("<title>Gongbei: measured</title><style>")
        .append(STYLE)
        .append("</style></head><body><main>");
    html.append("<h1>Gongbei, measured</h1>");
    html.append("<p>Whole scans of signed health codes over the network: decoded, the signature")
        .append(" verified, the holder looked up, the rules applied. Open loop: questions come by")
        .append(" the clock, whatever the answers do, and an answer's latency counts from when")
        .append(" its question was due. Server and generator share the machine's cores.</p>");
    writeMachine();
    writeTiles();
    writeSteps();
    writeDistributions();
    writeOverload();
    writeMorning();
    writeShares();
    writeStages();
    writePopulation();
    writeCores();
    writeWholePeers();
    writeSignaturePeers();
    writeMinting();
    writeLoads();
    writeScores();
    return html.append("</main></body></html>\n").toString();
  }

  private void writeMachine() {
    JsonNode machine = Machine.describe();
    String at = "";
    for (final JsonNode load : figures.loads()) {
      if (load.has("machine")) {
        machine = load.get("machine");
        at = load.path("at").asText();
      }
    }
    html.append("<p class=\"quiet\">")
        .append(
            Svg.escape(
                String.format(
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
                    at.isEmpty() ? "" : "; " + at.substring(0, Math.min(10, at.length())))))
        .append("</p>");
  }

  private void open(String title, String words) {
    html.append("<section><h2>" + Svg.escape(title) + "</h2><p class=\"quiet\">")
        .append(Svg.escape(words) + "</p>");
  }

  private void close() {
    html.append("</section>");
  }

  private void tile(String figure, String words) {
    html.append("<div class=\"tile\"><b>" + Svg.escape(figure) + "</b><span>")
        .append(Svg.escape(words) + "</span></div>");
  }

  private static double micros(JsonNode load, String percentile) {
    return load.path("answeredMicros").path(percentile).asDouble();
  }

  private static double perServerSecond(JsonNode load) {
    return load.path("right").asDouble() / Math.max(1e-9, load.path("serverCpuSeconds").asDouble());
  }

  private void writeTiles() {
    html.append("<div class=\"tiles\">");
    final JsonNode headline = figures.load("headline");
    if (headline != null) {
      tile(
          Figures.number(headline.path("rightASecond").asDouble()) + " / s",
          String.format(
              Locale.ROOT,
              "held for %.0f s with %s residents: p99 %s, p99.9 %s, %s wrong answers",
              headline.path("seconds").asDouble(),
              Figures.number(headline.path("residents").asDouble()),
              Figures.micros(micros(headline, "99")),
              Figures.micros(micros(headline, "99.9")),
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
              + Figures.micros(micros(moonshot, "99"))
              + ", p99.9 "
              + Figures.micros(micros(moonshot, "99.9")));
    }
    final JsonNode overload = figures.load("overload");
    if (overload != null) {
      tile(
          "p99 " + Figures.micros(micros(overload, "99")),
          "of what was accepted with three times too much asked; the rest was told busy in "
              + Figures.micros(overload.path("shedMicros").path("50").asDouble())
              + " (median)");
    }
    final double peer = peersBest();
    if (peer > 0 && moonshot != null) {
      tile(
          String.format(Locale.ROOT, "%.1f times", perServerSecond(moonshot) / peer),
          "the scans a core-second of the same service by Spring Boot, Bouncy Castle and Redis,"
              + " at its best");
    }
    html.append("</div>");
  }

  /** The most right answers to a second of one core that the ordinary peer has given, or 0. */
  private double peersBest() {
    return figures.loads().stream()
        .filter(load -> load.path("server").asText().equals("ordinary peer"))
        .mapToDouble(ReportPage::perServerSecond)
        .max()
        .orElse(0);
  }

  private void writeSteps() {
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
            .horizontal("scans asked a second", false, LinePlot::plain)
            .vertical("", true, Figures::micros)
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
    open(
        "Latency by rate",
        "Each second's percentiles, the median over the seconds of each rate, "
            + Figures.number(steps.path("residents").asDouble())
            + " residents, "
            + steps.path("connections").asInt()
            + " connections.");
    html.append(plot.draw());
    close();
  }

  private static double median(List<JsonNode> seconds, String field) {
    final double[] values =
        seconds.stream().mapToDouble(second -> second.path(field).asDouble()).sorted().toArray();
    return values[values.length / 2];
  }

  private void writeDistributions() {
    final LinePlot plot =
        new LinePlot("Distribution of latencies")
            .horizontal("share of answers that are quicker", true, ReportPage::nines)
            .vertical("", true, Figures::micros)
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
      open(
          "Distribution of latencies",
          "How many nines of all answers are how quick. Spread: neighbouring scans by different"
              + " connections of "
              + connections("headline-spread")
              + ", as from devices of their own; else by 4. Mixed: with codes of Macau, of the"
              + " EU's format, of groups, and bad ones.");
      html.append(plot.draw());
      close();
    }
  }

  private int connections(String name) {
    return figures.load(name) == null ? 0 : figures.load(name).path("connections").asInt();
  }

  private static String nines(double above) {
    if (above <= 1) {
      return "0";
    }
    final int digits = Math.max(0, (int) Math.rint(Math.log10(above)) - 2);
    return String.format(Locale.ROOT, "%." + digits + "f %%", 100 - 100 / above);
  }

  private void writeOverload() {
    final JsonNode overload = figures.load("overload");
    if (overload == null) {
      return;
    }
    open(
        "Three times too much",
        "By the second in which questions were due. What there is no room for is told busy at once"
            + " and not queued; afterwards latency is as before.");
    html.append(eachSecond(overload, "right", "answered", "shed", "told busy").draw());
    html.append(latencies(overload).draw());
    close();
  }

  private void writeMorning() {
    final JsonNode morning = figures.load("morning");
    if (morning == null) {
      return;
    }
    open(
        "A province's morning",
        "100 million scans a day, from five to eleven, at their true rates, an hour shortened to"
            + " some seconds. The rush hour asks ten times the day's mean. Arrivals at random.");
    html.append(eachSecond(morning, "right", "answered", "shed", "told busy").draw());
    html.append(latencies(morning).draw());
    close();
  }

  private static LinePlot eachSecond(
      JsonNode load, String first, String firstName, String second, String secondName) {
    return new LinePlot("Answers each second")
        .horizontal("second", false, LinePlot::plain)
        .vertical("a second", false, LinePlot::plain)
        .curve(firstName, points(load, first, 0))
        .curve(secondName, points(load, second, 0));
  }

  private static LinePlot latencies(JsonNode load) {
    return new LinePlot("Latency each second")
        .horizontal("second", false, LinePlot::plain)
        .vertical("", true, Figures::micros)
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

  private void writeShares() {
    final JsonNode shares = figures.load("shares");
    if (shares == null) {
      return;
    }
    open("Where the processor's time goes", shares.path("how").asText());
    final BarPlot plot =
        new BarPlot("Shares", false, value -> String.format(Locale.ROOT, "%.1f %%", value));
    for (final JsonNode share : shares.path("shares")) {
      plot.bar(share.path("stage").asText(), share.path("percent").asDouble(), 0);
    }
    html.append(plot.draw());
    close();
  }

  private void writeStages() {
    final BarPlot plot = new BarPlot("Stages of a scan", true, Figures::nanos);
    for (final String[] each :
        new String[][] {
          {"Base45", "StageBenchmark.base45"},
          {"Base45, COSE and CWT", "StageBenchmark.decode"},
          {"SM3", "StageBenchmark.sm3"},
          {"signature, alone", "SignatureBenchmark.fixedBaseSingle", "algorithm=SM2"},
          {"signature, of 64", "SignatureBenchmark.fixedBaseBatched", "algorithm=SM2", "batch=64"},
          {"look-up, of 64, 1 M", "LookUpBenchmark.mapInBatches", "residents=1000000"},
          {"look-up, of 64, 126 M", "LookUpBenchmark.mapInBatches", "residents=126000000"},
          {"rules", "StageBenchmark.rules"}
        }) {
      plot.bar(each[0], figures.nanos(each[1], 1, Arrays.copyOfRange(each, 2, each.length)), 0);
    }
    for (final String batch : List.of("1", "4", "16", "64")) {
      plot.bar(
          "whole scan, batch of " + batch,
          figures.nanos("StageBenchmark.wholeScan", 1, "batch=" + batch),
          2);
    }
    if (!plot.isEmpty()) {
      open(
          "What each stage of a scan costs",
          "One code of Guangdong's on one thread, without the network. A whole scan is from text"
              + " to verdict, with a million residents. What each allocates is in the table of"
              + " every benchmark. Logarithmic.");
      html.append(plot.draw());
      close();
    }
  }

  private void writePopulation() {
    final LinePlot plot =
        new LinePlot("Look-ups by population")
            .horizontal("residents", true, LinePlot::plain)
            .vertical("a look-up", true, Figures::nanos);
    for (final String[] each :
        new String[][] {
          {"LookUpBenchmark.mapInBatches", "Gongbei, as scans do"},
          {"LookUpBenchmark.mapOneByOne", "Gongbei, one by one"},
          {"LookUpBenchmark.concurrentHashMap", "ConcurrentHashMap"},
          {"LookUpBenchmark.redisPipelined", "Redis, 64 together"},
          {"LookUpBenchmark.redisOneByOne", "Redis, one by one"}
        }) {
      final List<double[]> points = new ArrayList<>();
      for (final Figures.Score score : figures.scores(each[0])) {
        points.add(new double[] {Double.parseDouble(score.parameter("residents")), score.nanos()});
      }
      points.sort((a, b) -> Double.compare(a[0], b[0]));
      plot.curve(each[1], points);
    }
    if (!plot.isEmpty()) {
      open(
          "What a look-up costs, by population",
          "One thread; holders drawn from all. The JDK's map and Redis were not filled with 126"
              + " million: on this machine's memory neither fits with a margin.");
      html.append(plot.draw());
      close();
    }
  }

  private void writeCores() {
    final BarPlot plot =
        new BarPlot("Scaling with cores", false, value -> Figures.number(value) + " / s");
    for (final int threads : new int[] {1, 2}) {
      final double nanos = figures.nanos("StageBenchmark.wholeScan", threads, "batch=64");
      if (nanos > 0) {
        plot.bar(
            "scans in process, " + threads + " core" + (threads > 1 ? "s" : ""),
            threads * 1e9 / nanos,
            threads - 1);
      }
    }
    for (final String name : List.of("cores1", "cores2")) {
      final JsonNode load = figures.load(name);
      if (load != null) {
        plot.bar(
            "over TCP, generator too, " + (name.equals("cores1") ? "1 core" : "2 cores"),
            load.path("rightASecond").asDouble(),
            name.equals("cores1") ? 0 : 1);
      }
    }
    if (!plot.isEmpty()) {
      open(
          "Scaling with cores",
          "In process: batches of 64 on so many threads. Over TCP: what is answered when more is"
              + " asked than can be, server and generator together on one core and on two.");
      html.append(plot.draw());
      close();
    }
  }

  private void writeWholePeers() {
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
      open(
          "Beside the ordinary way to build it",
          "Right answers to a second of one core of the server (and of Redis), generator not"
              + " counted, at the rate at which each was measured. The same codes, the same JSON,"
              + " the same generator; Gongbei with 126 million residents, Redis with one million."
              + " Logarithmic.");
      html.append(plot.draw());
      close();
    }
  }

  private void writeSignaturePeers() {
    for (final String algorithm : List.of("SM2", "ES256")) {
      final BarPlot plot = new BarPlot(algorithm, true, value -> Figures.number(value) + " / s");
      for (final Figures.Score score : figures.scores()) {
        final String name = score.benchmark();
        if (name.startsWith("SignatureBenchmark.") && suits(score, algorithm)) {
          plot.bar(
              nameOf(score),
              1e9 * score.threads() / score.nanos(),
              name.contains("fixedBase") ? 0 : 1);
        }
      }
      if (!plot.isEmpty()) {
        open(
            algorithm + " signatures, and who else verifies them",
            "Verifications a second of one thread, in the same run. Logarithmic.");
        html.append(plot.draw());
        close();
      }
    }
  }

  private void writeMinting() {
    final BarPlot plot = new BarPlot("Minting", true, value -> Figures.number(value) + " / s");
    for (final String[] each :
        new String[][] {
          {"GD1 codes, 64 together", "MintingBenchmark.mintBatch", "format=GD1"},
          {"GD1 codes, one by one", "MintingBenchmark.mintOne", "format=GD1"},
          {"Bouncy Castle's SM2 alone", "MintingBenchmark.signBouncyCastle", "format=GD1"},
          {"MO1 codes, 64 together", "MintingBenchmark.mintBatch", "format=MO1"},
          {"MO1 codes, one by one", "MintingBenchmark.mintOne", "format=MO1"},
          {"Bouncy Castle's ES256 alone", "MintingBenchmark.signBouncyCastle", "format=MO1"},
          {"Java's ES256 alone", "MintingBenchmark.signJava", "format=MO1"},
          {"translation GD1 to MO1", "TranslationBenchmark.translate", "target=MO1"},
          {"its two signatures alone", "TranslationBenchmark.verifyAndSign", "target=MO1"},
          {"by Bouncy Castle", "TranslationBenchmark.verifyAndSignBouncyCastle", "target=MO1"},
          {"translation MO1 to GD1", "TranslationBenchmark.translate", "target=GD1"},
          {"its two signatures alone", "TranslationBenchmark.verifyAndSign", "target=GD1"},
          {"by Bouncy Castle", "TranslationBenchmark.verifyAndSignBouncyCastle", "target=GD1"}
        }) {
      final double nanos = figures.nanos(each[1], 1, each[2]);
      plot.bar(each[0], nanos > 0 ? 1e9 / nanos : 0, isOurs(each[1]) ? 0 : 1);
    }
    if (!plot.isEmpty()) {
      open(
          "Minting and translating, and the signatures that peers would need",
          "Codes a second of one thread, from claims to text and from one region's text to the"
              + " other's. A peer's figure is its signatures alone, without anything else that"
              + " a code needs. Logarithmic.");
      html.append(plot.draw());
      close();
    }
  }

  private static boolean isOurs(String benchmark) {
    return !benchmark.endsWith("BouncyCastle") && !benchmark.endsWith("Java");
  }

  private static boolean suits(Figures.Score score, String algorithm) {
    final String given = score.parameter("algorithm");
    final String name = score.benchmark().toLowerCase(Locale.ROOT);
    return given.isEmpty()
        ? name.contains(algorithm.toLowerCase(Locale.ROOT))
        : given.equals(algorithm);
  }

  private static String nameOf(Figures.Score score) {
    final String method = score.benchmark().substring(score.benchmark().indexOf('.') + 1);
    final String batch = score.parameter("batch");
    return method.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT)
        + (batch.isEmpty() ? "" : " of " + batch);
  }

  private void writeLoads() {
    if (figures.loads().isEmpty()) {
      return;
    }
    open("Every load", "Latencies of right answers. Cores: of server, generator, other processes.");
    html.append("<div class=\"scroll\"><table><tr><th>load</th><th class=\"n\">right / s</th>")
        .append("<th class=\"n\">shed</th><th class=\"n\">wrong</th>");
    for (final String percentile : PERCENTILES) {
      html.append("<th class=\"n\">p" + percentile + "</th>");
    }
    html.append("<th class=\"n\">cores</th><th class=\"n\">server a scan</th></tr>");
    for (final JsonNode load : figures.loads()) {
      if (load.has("answeredMicros")) {
        writeLoad(load);
      }
    }
    html.append("</table></div>");
    close();
  }

  private void writeLoad(JsonNode load) {
    html.append("<tr><td>" + Svg.escape(load.path("name").asText()) + "</td>");
    cell(Figures.number(load.path("rightASecond").asDouble()));
    cell(Figures.number(load.path("shed").asDouble()));
    cell(Figures.number(load.path("wrong").asDouble() + load.path("unanswered").asDouble()));
    for (final String percentile : PERCENTILES) {
      cell(String.format(Locale.ROOT, "%.2f ms", micros(load, percentile) / MICROS_A_MILLI));
    }
    final double seconds = load.path("seconds").asDouble();
    cell(
        String.format(
            Locale.ROOT,
            "%.2f + %.2f + %.2f",
            load.path("serverCpuSeconds").asDouble() / seconds,
            load.path("generatorCpuSeconds").asDouble() / seconds,
            load.path("othersCpuSeconds").asDouble() / seconds));
    cell(Figures.micros(1e6 / perServerSecond(load)));
    html.append("</tr>");
  }

  private void cell(String words) {
    html.append("<td class=\"n\">" + Svg.escape(words) + "</td>");
  }

  private void writeScores() {
    if (figures.scores().isEmpty()) {
      return;
    }
    open("Every benchmark", "By JMH: one operation is one code, signature or look-up.");
    html.append("<div class=\"scroll\"><table><tr><th>benchmark</th><th>of</th>")
        .append("<th class=\"n\">threads</th><th class=\"n\">an operation</th>")
        .append("<th class=\"n\">error</th><th class=\"n\">allocates</th></tr>");
    for (final Figures.Score score : figures.scores()) {
      final List<String> parameters = new ArrayList<>();
      score.parameters().forEach((name, value) -> parameters.add(name + " " + value));
      html.append("<tr><td><code>" + Svg.escape(score.benchmark()) + "</code></td><td>")
          .append(Svg.escape(String.join(", ", parameters)) + "</td>");
      cell(Integer.toString(score.threads()));
      cell(Figures.nanos(score.nanos()));
      cell(
          Double.isFinite(score.error()) && score.score() > 0
              ? String.format(Locale.ROOT, "± %.0f %%", 100 * score.error() / score.score())
              : "");
      cell(
          score.allocated() < 0
              ? ""
              : Figures.number(Math.rint(score.allocated() * 10) / 10) + " B");
      html.append("</tr>");
    }
    html.append("</table></div>");
    close();
  }
}
