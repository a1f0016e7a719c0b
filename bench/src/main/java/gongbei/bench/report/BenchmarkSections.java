package gongbei.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The sections of the page that are of benchmarks of JMH. */
final class BenchmarkSections {
  private final Figures figures;
  private final List<Section> sections;

  /**
   * Writes of figures.
   *
   * @param sections are added to
   */
  BenchmarkSections(Figures figures, List<Section> sections) {
    this.figures = figures;
    this.sections = sections;
  }

  /** Shows what each stage of a scan costs. */
  void writeStages() {
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
      sections.add(
          Section.of(
              "What each stage of a scan costs",
              "One code of Guangdong's on one thread, without the network. A whole scan is from text"
                  + " to verdict, with a million residents. What each allocates is in the table of"
                  + " every benchmark. Logarithmic.",
              plot.draw()));
    }
  }

  /** Shows what a look-up costs by how many residents there are. */
  void writePopulation() {
    final LinePlot plot =
        new LinePlot("Look-ups by population")
            .horizontal("residents", true, Plot.Label.NUMBER)
            .vertical("a look-up", true, Plot.Label.NANOS);
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
      sections.add(
          Section.of(
              "What a look-up costs, by population",
              "One thread; holders drawn from all. The JDK's map and Redis were not filled with 126"
                  + " million: on this machine's memory neither fits with a margin.",
              plot.draw()));
    }
  }

  /** Shows scans by cores, in process and over TCP. */
  void writeCores() {
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
      sections.add(
          Section.of(
              "Scaling with cores",
              "In process: batches of 64 on so many threads. Over TCP: what is answered when more is"
                  + " asked than can be, server and generator together on one core and on two.",
              plot.draw()));
    }
  }

  /** Shows signatures a second beside those of other libraries. */
  void writeSignaturePeers() {
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
        sections.add(
            Section.of(
                algorithm + " signatures, and who else verifies them",
                "Verifications a second of one thread, in the same run. Logarithmic.",
                plot.draw()));
      }
    }
  }

  /** Shows codes made and translated a second. */
  void writeMinting() {
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
      sections.add(
          Section.of(
              "Minting and translating, and the signatures that peers would need",
              "Codes a second of one thread, from claims to text and from one region's text to the"
                  + " other's. A peer's figure is its signatures alone, without anything else that"
                  + " a code needs. Logarithmic.",
              plot.draw()));
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

  /** Lists every benchmark. */
  void writeScores() {
    if (figures.scores().isEmpty()) {
      return;
    }
    sections.add(
        Section.of(
            "Every benchmark",
            "By JMH: one operation is one code, signature or look-up.",
            new Section.Table(
                2,
                List.of("benchmark", "of", "threads", "an operation", "error", "allocates"),
                figures.scores().stream().map(BenchmarkSections::row).toList())));
  }

  private static List<String> row(Figures.Score score) {
    final List<String> parameters = new ArrayList<>();
    score.parameters().forEach((name, value) -> parameters.add(name + " " + value));
    return List.of(
        score.benchmark(),
        String.join(", ", parameters),
        Integer.toString(score.threads()),
        Figures.nanos(score.nanos()),
        Double.isFinite(score.error()) && score.score() > 0
            ? String.format(Locale.ROOT, "± %.0f %%", 100 * score.error() / score.score())
            : "",
        score.allocated() < 0 ? "" : Figures.number(Math.rint(score.allocated() * 10) / 10) + " B");
  }
}
