package gongbei.verifier.cli.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.remote.NodeAccess;
import java.io.PrintWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
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
  private final Map<URI, JsonNode> figuresBefore = new HashMap<>();

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
    final JsonNode status;
    try {
      status = StatusCommand.figures(url, access.connection());
    } catch (CommandException e) {
      out.printf(Locale.ROOT, "%-28s %s%n", url, e.getMessage());
      return;
    }
    final JsonNode log = status.path("log");
    final long scans = status.path("scans").longValue();
    final long version = status.path("version").longValue();
    out.printf(
        Locale.ROOT,
        FORMAT,
        url,
        log.path("role").asText(),
        log.path("leader").asText(),
        version,
        status.path("digest").asText(),
        log.path("lagVersions").asText(),
        log.path("lagMillis").asText(),
        status.path("dataAgeMillis").asText(),
        rate(scansBefore.put(url, scans), scans),
        rate(versionBefore.put(url, version), version));
  }

  /** Latencies and verdicts since the view before, or in the first view since the node started. */
  private void printScans(PrintWriter out, URI url) throws InterruptedException {
    final JsonNode now;
    try {
      now = StatusCommand.fetch(url, access.connection(), "/v1/ops");
    } catch (CommandException e) {
      out.printf(Locale.ROOT, "%-28s %s%n", url, e.getMessage());
      return;
    }
    final JsonNode before = figuresBefore.put(url, now);
    final JsonNode scansBefore =
        before == null ? JsonNodeFactory.instance.objectNode() : before.path("scans");
    final ScanFigures figures = ScanFigures.between(scansBefore, now.path("scans"));
    final long capacity = now.at("/ring/capacity").longValue();
    final long taken = capacity - now.at("/ring/remaining").longValue();
    final List<String> rulesets = new ArrayList<>();
    now.path("rulesets")
        .forEach(each -> rulesets.add(each.path("name").asText() + "@" + each.path("version")));
    out.printf(
        Locale.ROOT,
        SCAN_FORMAT,
        url,
        figures.latencyMicros(0.5),
        figures.latencyMicros(0.99),
        figures.latencyMicros(0.999),
        figures.share("pass"),
        figures.share("hold"),
        figures.share("refuse"),
        100 * taken / Math.max(1, capacity) + " %",
        now.at("/trust/keys").asText() + " keys " + now.at("/trust/version").asText(),
        String.join(" ", rulesets));
  }

  private String rate(Long before, long now) {
    return before == null ? "" : Long.toString(Math.max(0, now - before) / intervalSeconds);
  }
}
