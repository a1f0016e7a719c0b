package gongbei.bench.report;

import gongbei.bench.load.QuickLoads;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code report}: one page of all results in a directory. */
@Command(
    name = "report",
    description = "Makes one HTML page, with plots, of results of loads and of JMH (-rf json).",
    mixinStandardHelpOptions = true)
public final class ReportCommand implements Callable<Integer> {
  private static final int QUICK_MILLIS = 50;

  @Option(
      names = "--data",
      defaultValue = "bench/report/data",
      description = "The directory of results, *.json.")
  private Path data;

  @Option(
      names = "--out",
      defaultValue = "bench/report/report.html",
      description = "The page to write.")
  private Path out;

  @Option(
      names = "--quick",
      description =
          "First measures a little of everything, for seconds, into the directory: to see that it"
              + " works. Such figures say nothing.")
  private boolean isQuick;

  @Override
  public Integer call() throws Exception {
    if (isQuick) {
      measureQuickly();
    }
    final Figures figures = Figures.read(data);
    Files.writeString(out, new ReportPage(figures).write());
    System.out.printf(
        Locale.ROOT,
        "%s, of %d loads and %d benchmarks%n",
        out,
        figures.loads().size(),
        figures.scores().size());
    return 0;
  }

  private void measureQuickly() throws Exception {
    Files.createDirectories(data);
    final Path bed = Files.createTempDirectory("gongbei-report-");
    try {
      QuickLoads.run(bed, data);
    } finally {
      try (Stream<Path> files = Files.walk(bed)) {
        for (final Path file : files.sorted(Collections.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    new Runner(
            new OptionsBuilder()
                .include("StageBenchmark.(base45|decode|rules)")
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(QUICK_MILLIS))
                .resultFormat(ResultFormatType.JSON)
                .result(data.resolve("jmh-quick.json").toString())
                .verbosity(VerboseMode.SILENT)
                .build())
        .run();
  }
}
