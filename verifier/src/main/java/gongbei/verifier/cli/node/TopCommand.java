package gongbei.verifier.cli.node;

import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.remote.NodeAccess;
import gongbei.verifier.cli.remote.NodeJson;
import gongbei.verifier.rules.Verdict;
import java.io.PrintWriter;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows nodes side by side, again and again. */
@Command(
    name = "top",
    description =
        "Shows running nodes side by side, live: roles, lag, digest, rates, latency, verdicts, ring"
            + " buffer, trust list and rulesets.",
    mixinStandardHelpOptions = true)
public final class TopCommand implements Callable<Integer> {
  private static final String CLEAR = "\u001b[H\u001b[2J";
  private static final String FORMAT = "%-28s %-10s %-14s %14s %16s %8s %8s %10s %9s %9s%n";

  private static final String SCAN_FORMAT = "%-28s %8s %8s %8s %6s %6s %6s %6s  %-16s %s%n";

  @Spec private CommandSpec spec;

  @Mixin private NodeAccess access;

  @Option(
      names = "--url",
      defaultValue = NodeAccess.DEFAULT_URL,
      split = ",",
      description = "The nodes, separated by commas; default ${DEFAULT-VALUE}.")
  private List<URI> urls;

  @Option(
      names = "--interval",
      defaultValue = "1",
      description = "Seconds between updates; default ${DEFAULT-VALUE}.")
  private int intervalSeconds;

  @Option(
      names = "--times",
      defaultValue = "0",
      description = "Number of updates; default 0, unlimited.")
  private int times;

  private final Map<URI, Long> scansBefore = new HashMap<>();
  private final Map<URI, Long> versionBefore = new HashMap<>();
  private final Map<URI, NodeFigures> figuresBefore = new HashMap<>();

  @Override
  public Integer call() throws InterruptedException {
    if (intervalSeconds < 1) {
      throw CommandException.usage("--interval is not 1 or more");
    }
    final PrintWriter out = spec.commandLine().getOut();
    for (int view = 1; times == 0 || view <= times; view++) {
      if (times != 1) {
        out.print(CLEAR);
      }
      out.printf(
          Locale.ROOT,
          FORMAT,
          "node",
          "role",
          "leader",
          "version",
          "digest",
          "lag",
          "lag ms",
          "age ms",
          "scans/s",
          "writes/s");
      for (final URI url : urls) {
        print(out, url);
      }
      out.printf(
          Locale.ROOT,
          SCAN_FORMAT,
          "node",
          "p50 µs",
          "p99 µs",
          "p99.9 µs",
          "pass",
          "hold",
          "refuse",
          "ring",
          "trust list",
          "rulesets");
      for (final URI url : urls) {
        printScans(out, url);
      }
      out.flush();
      if (view != times) {
        TimeUnit.SECONDS.sleep(intervalSeconds);
      }
    }
    return ExitCode.OK;
  }

  private void print(PrintWriter out, URI url) throws InterruptedException {
    final NodeStatus status;
    try {
      status = StatusCommand.figures(url, access.connection());
    } catch (CommandException e) {
      out.printf(Locale.ROOT, "%-28s %s%n", url, e.getMessage());
      return;
    }
    final NodeStatus.Log log = status.log();
    out.printf(
        Locale.ROOT,
        FORMAT,
        url,
        shown(log.role()),
        shown(log.leader()),
        status.version(),
        shown(status.digest()),
        shown(log.lagVersions()),
        shown(log.lagMillis()),
        shown(status.dataAgeMillis()),
        rate(scansBefore.put(url, status.scans()), status.scans()),
        rate(versionBefore.put(url, status.version()), status.version()));
  }

  private static String shown(Object value) {
    return Objects.toString(value, "");
  }

  /** Latencies and verdicts since the view before, or in the first view since the node started. */
  private void printScans(PrintWriter out, URI url) throws InterruptedException {
    final NodeFigures now;
    try {
      now =
          NodeJson.read(
              StatusCommand.fetch(url, access.connection(), "/v1/ops"), NodeFigures.class);
    } catch (CommandException e) {
      out.printf(Locale.ROOT, "%-28s %s%n", url, e.getMessage());
      return;
    }
    final NodeFigures before = figuresBefore.put(url, now);
    final ScanFigures figures =
        now.scans().since(before == null ? NodeFigures.Scans.NONE : before.scans());
    out.printf(
        Locale.ROOT,
        SCAN_FORMAT,
        url,
        figures.latencyMicros(0.5),
        figures.latencyMicros(0.99),
        figures.latencyMicros(0.999),
        figures.share(Verdict.PASS),
        figures.share(Verdict.HOLD),
        figures.share(Verdict.REFUSE),
        now.ring().percentTaken() + " %",
        now.trust().keys() + " keys " + now.trust().version(),
        now.rulesets().stream()
            .map(NodeFigures.NamedVersion::toString)
            .collect(Collectors.joining(" ")));
  }

  private String rate(Long before, long now) {
    return before == null ? "" : Long.toString(Math.max(0, now - before) / intervalSeconds);
  }
}
