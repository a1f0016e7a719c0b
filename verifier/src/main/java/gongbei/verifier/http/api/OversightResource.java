package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.transparency.SignedHead;
import gongbei.codec.transparency.TreeHead;
import gongbei.replication.ground.Ground;
import gongbei.replication.history.PublishedHistory;
import gongbei.replication.log.CommandLog;
import gongbei.replication.machine.AppealBook;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.oversight.GroundNames;
import gongbei.verifier.oversight.Oversight;
import gongbei.verifier.oversight.OversightReport;
import gongbei.verifier.oversight.Series;
import gongbei.verifier.oversight.Tally;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * {@code GET /v1/oversight}: who changes colours, on what grounds and how many, for a week by the
 * hour. Of counts, nothing of one holder. For any thread.
 */
final class OversightResource {
  private static final long HOUR_SECONDS = TimeUnit.HOURS.toSeconds(1);

  private final Oversight oversight;
  private final CommandLog log;
  private final Optional<PublishedHistory> history;
  private final GroundNames grounds;
  private final LongSupplier epochSeconds;

  /**
   * @param history whose newest head is named; empty where none is kept
   */
  OversightResource(
      Oversight oversight,
      CommandLog log,
      Optional<PublishedHistory> history,
      LongSupplier epochSeconds) {
    this.oversight = oversight;
    this.log = log;
    this.history = history;
    this.grounds = new GroundNames(log.documents()::grounds);
    this.epochSeconds = epochSeconds;
  }

  /** The counts of this moment. */
  Response figures() {
    // The head first: what it is of has been told, and is counted.
    final Optional<TreeHead> head =
        history.flatMap(PublishedHistory::newestHead).map(SignedHead::head);
    final OversightReport report = oversight.report(epochSeconds.getAsLong());
    final long thisHour = report.epochSeconds() / HOUR_SECONDS;
    final long firstHour = thisHour - Series.HOURS + 1;
    final ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("version", report.version())
            .put("time", time(report.epochSeconds()));
    head.ifPresent(
        of ->
            answer
                .putObject("head")
                .put("size", of.size())
                .put("root", HexFormat.of().formatHex(of.root()))
                .put("time", time(of.epochSeconds())));
    if (report.completeSince() > 0) {
      answer.put("completeSince", time(report.completeSince()));
    }
    answer.put("firstHour", time(firstHour * HOUR_SECONDS)).put("hours", Series.HOURS);
    report
        .inForce()
        .ifPresent(
            holders ->
                answer
                    .putObject("holders")
                    .put("green", holders.green())
                    .put("yellow", holders.yellow())
                    .put("red", holders.red()));
    putLapses(answer.putObject("lapses"), report);
    final ArrayNode all = answer.putArray("series");
    for (final Series series : report.series()) {
      final ObjectNode changes = JsonNodeFactory.instance.objectNode();
      for (final Tally tally : Tally.values()) {
        putHours(changes, series, tally, firstHour);
      }
      if (!changes.isEmpty()) {
        putWho(all.addObject(), series).set("changes", changes);
      }
    }
    final ArrayNode ceilings = answer.putArray("ceilings");
    for (final Series series : report.series()) {
      grounds
          .ceilingOf(series)
          .ifPresent(ceiling -> putCeiling(ceilings, series, ceiling, report.epochSeconds()));
    }
    final AppealBook appeals = log.documents().appeals();
    answer
        .putObject("appeals")
        .put("open", appeals.openCount())
        .put("overdue", appeals.overdueCount(report.epochSeconds()));
    return Response.json(200, answer);
  }

  private static void putLapses(ObjectNode lapses, OversightReport report) {
    final ArrayNode yellow = lapses.putArray("yellow");
    final ArrayNode red = lapses.putArray("red");
    for (final OversightReport.Lapses hour : report.lapses()) {
      yellow.add(hour.yellow());
      red.add(hour.red());
    }
    lapses
        .putObject("later")
        .put("yellow", report.later().yellow())
        .put("red", report.later().red());
  }

  /** Puts a tally's count in each hour, where any is not 0. */
  private static void putHours(ObjectNode changes, Series series, Tally tally, long firstHour) {
    final ArrayNode counts = JsonNodeFactory.instance.arrayNode(Series.HOURS);
    boolean isNothing = true;
    for (int i = 0; i < Series.HOURS; i++) {
      final long count = series.count(tally, firstHour + i);
      counts.add(count);
      isNothing &= count == 0;
    }
    if (!isNothing) {
      changes.set(tally.wireName(), counts);
    }
  }

  private void putCeiling(ArrayNode to, Series series, Ground.Ceiling ceiling, long epochSeconds) {
    final long thisHour = epochSeconds / HOUR_SECONDS;
    long refused = 0;
    for (int i = 0; i < Series.HOURS; i++) {
      refused += series.count(Tally.CEILING, thisHour - i);
    }
    final long ofDay = series.turnedInDay(epochSeconds);
    if (refused == 0 && ofDay == 0) {
      return;
    }
    final ObjectNode shown = putWho(to.addObject(), series);
    putUse(shown, "hour", series.turnedInHour(epochSeconds), ceiling.hourly());
    putUse(shown, "day", ofDay, ceiling.daily());
    shown.put("refused", refused);
    if (refused > 0) {
      shown.put("last", time(series.ceilingEpochSeconds()));
    }
  }

  private static void putUse(ObjectNode to, String span, long used, int limit) {
    if (limit > 0) {
      to.putObject(span).put("used", used).put("limit", limit);
    }
  }

  private ObjectNode putWho(ObjectNode to, Series series) {
    return to.put("ground", grounds.nameOf(series))
        .put(
            "authority",
            series.isRest() ? GroundNames.REST : HexFormat.of().toHexDigits(series.authority()));
  }

  private static String time(long epochSeconds) {
    return Instant.ofEpochSecond(epochSeconds).toString();
  }
}
