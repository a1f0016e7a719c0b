package gongbei.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The results in a directory: what {@code load run --result} has written, under their names, and
 * what JMH has ({@code -rf json}).
 */
final class Figures {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, JsonNode> named = new TreeMap<>();
  private final List<Score> scores = new ArrayList<>();
  private final List<String> jmhVersions = new ArrayList<>();

  /**
   * A benchmark's figure.
   *
   * @param benchmark class and method
   * @param parameters by their names
   * @param threads how many ran it
   * @param allocated bytes an operation, or -1 where that was not measured
   */
  record Score(
      String benchmark,
      Map<String, String> parameters,
      int threads,
      double score,
      double error,
      String unit,
      double allocated) {
    String parameter(String name) {
      return parameters.getOrDefault(name, "");
    }

    /** Nanoseconds an operation. */
    double nanos() {
      return switch (unit) {
        case "ns/op" -> score;
        case "us/op" -> score * 1e3;
        case "ms/op" -> score * 1e6;
        case "ops/s" -> 1e9 * threads / score;
        default -> throw new IllegalStateException("unit " + unit);
      };
    }
  }

  static Figures read(Path directory) throws IOException {
    final Figures figures = new Figures();
    final List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files = all.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
    for (final Path file : files) {
      final JsonNode json = JSON.readTree(Files.readAllBytes(file));
      if (json.isArray()) {
        json.forEach(figures::addScore);
      } else if (json.has("name")) {
        figures.named.put(json.get("name").asText(), json);
      } else {
        throw new IOException(file + " is neither of a load nor of JMH");
      }
    }
    return figures;
  }

  private void addScore(JsonNode json) {
    final String whole = json.get("benchmark").asText();
    final String[] parts = whole.split("\\.", -1);
    final Map<String, String> parameters = new TreeMap<>();
    for (final Map.Entry<String, JsonNode> each : json.path("params").properties()) {
      parameters.put(each.getKey(), each.getValue().asText());
    }
    // What measures itself says its figure beside that of the benchmark that calls it.
    final JsonNode own = json.path("secondaryMetrics").path("verifications");
    final JsonNode metric = own.isMissingNode() ? json.get("primaryMetric") : own;
    double allocated = -1;
    for (final Map.Entry<String, JsonNode> each : json.path("secondaryMetrics").properties()) {
      if (each.getKey().endsWith("gc.alloc.rate.norm")) {
        allocated = each.getValue().path("score").asDouble();
      }
    }
    scores.add(
        new Score(
            parts[parts.length - 2] + "." + parts[parts.length - 1],
            parameters,
            json.path("threads").asInt(1),
            metric.get("score").asDouble(),
            metric.path("scoreError").asDouble(0),
            metric.get("scoreUnit").asText(),
            allocated));
    final String version =
        json.path("jdkVersion").asText() + ", JMH " + json.path("jmhVersion").asText();
    if (!jmhVersions.contains(version)) {
      jmhVersions.add(version);
    }
  }

  /** A load's result, or null. */
  JsonNode load(String name) {
    return named.get(name);
  }

  List<JsonNode> loads() {
    return List.copyOf(named.values());
  }

  List<Score> scores() {
    return scores;
  }

  List<Score> scores(String benchmark) {
    return scores.stream().filter(score -> score.benchmark().equals(benchmark)).toList();
  }

  /** The nanoseconds of a benchmark with parameters, as in {@code batch=64}, or 0. */
  double nanos(String benchmark, int threads, String... parameters) {
    for (final Score score : scores(benchmark)) {
      boolean suits = score.threads() == threads;
      for (final String parameter : parameters) {
        final String[] pair = parameter.split("=", 2);
        suits &= score.parameter(pair[0]).equals(pair[1]);
      }
      if (suits) {
        return score.nanos();
      }
    }
    return 0;
  }

  List<String> jmhVersions() {
    return jmhVersions;
  }

  /** In as many digits as say something. */
  static String number(double value) {
    final double size = Math.abs(value);
    if (size >= 1e6 && value % 1e5 == 0) {
      return String.format(Locale.ROOT, "%,.0f M", value / 1e6);
    } else if (size >= 100 || value == Math.rint(value)) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return String.format(Locale.ROOT, size >= 10 ? "%.1f" : "%.2f", value);
  }

  /** A time of so many microseconds. */
  static String micros(double micros) {
    if (micros >= 1e6) {
      return number(micros / 1e6) + " s";
    }
    return micros >= 1_000 ? number(micros / 1e3) + " ms" : number(micros) + " µs";
  }

  /** A time of so many nanoseconds. */
  static String nanos(double nanos) {
    return nanos >= 1_000 ? micros(nanos / 1e3) : number(nanos) + " ns";
  }
}
