package gongbei.bench.report;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code report}: one page of all results in a directory. */
@Command(
    name = "report",
    description = "Makes one HTML page, with plots, of results of loads and of JMH (-rf json).",
    mixinStandardHelpOptions = true)
public final class ReportCommand implements Callable<Integer> {
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

  @Override
  public Integer call() throws Exception {
    final Figures figures = Figures.read(data);
    Files.writeString(out, new ReportPage(figures).write());
    System.out.printf(
        "%s, of %d loads and %d benchmarks%n",
        out, figures.loads().size(), figures.scores().size());
    return 0;
  }
}
