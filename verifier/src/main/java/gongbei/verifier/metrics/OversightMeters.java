package gongbei.verifier.metrics;

import gongbei.codec.model.Colour;
import gongbei.verifier.oversight.GroundNames;
import gongbei.verifier.oversight.Oversight;
import gongbei.verifier.oversight.OversightReport;
import gongbei.verifier.oversight.Series;
import gongbei.verifier.oversight.Tally;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The meters of oversight: changes by authority and ground since this node started, which every
 * node counts alike, and the colours in force. They are as of the last {@link #look}. For any
 * thread.
 */
final class OversightMeters {
  private static final long MILLIS_A_SECOND = 1_000;
  private static final long HOUR_SECONDS = TimeUnit.HOURS.toSeconds(1);

  /** What alerts look at: a counter that is there for the first time has not increased. */
  private static final List<Tally> WATCHED =
      List.of(Tally.YELLOW, Tally.RED, Tally.CEILING, Tally.DECEASED, Tally.REVOKED, Tally.TAKEN);

  private final Oversight oversight;
  private final GroundNames grounds;
  private final MeterRegistry registry;
  private final MultiGauge recent;
  private final Map<Tags, Shown> shown = new HashMap<>();
  private volatile OversightReport report;

  OversightMeters(Oversight oversight, GroundNames grounds, MeterRegistry registry) {
    this.oversight = oversight;
    this.grounds = grounds;
    this.registry = registry;
    this.recent =
        MultiGauge.builder("gongbei.oversight.recent")
            .description("Changes in this hour and the one before, by authority and ground")
            .register(registry);
    look();
    colour(Colour.YELLOW);
    colour(Colour.RED);
  }

  private void colour(Colour colour) {
    Gauge.builder("gongbei.oversight.holders", this, meters -> meters.holders(colour))
        .description("Holders of a colour at the moment; NaN during a recount")
        .tag("colour", colour.wireName())
        .register(registry);
  }

  private double holders(Colour colour) {
    return report
        .inForce()
        .map(holders -> (double) (colour == Colour.RED ? holders.red() : holders.yellow()))
        .orElse(Double.NaN);
  }

  /** Takes the counts of this moment. */
  synchronized void look() {
    report = oversight.report(System.currentTimeMillis() / MILLIS_A_SECOND);
    final Map<Tags, Series> now = new HashMap<>();
    report.series().forEach(series -> now.put(tagsOf(series), series));
    shown
        .entrySet()
        .removeIf(
            each -> {
              final boolean isGone = !now.containsKey(each.getKey());
              if (isGone) {
                each.getValue().meters.forEach(registry::remove);
              }
              return isGone;
            });
    now.forEach((tags, series) -> shown.computeIfAbsent(tags, this::show).series = series);
    final long hour = report.epochSeconds() / HOUR_SECONDS;
    final List<MultiGauge.Row<?>> rows = new ArrayList<>();
    now.forEach(
        (tags, series) -> {
          for (final Tally tally : WATCHED) {
            rows.add(
                MultiGauge.Row.of(
                    tags.and("change", tally.wireName()),
                    series.count(tally, hour) + series.count(tally, hour - 1)));
          }
        });
    recent.register(rows, true);
  }

  private Tags tagsOf(Series series) {
    return Tags.of(
        "ground",
        grounds.nameOf(series),
        "authority",
        series.isRest() ? GroundNames.REST : HexFormat.of().toHexDigits(series.authority()));
  }

  private Shown show(Tags tags) {
    final Shown made = new Shown();
    for (final Tally tally : Tally.values()) {
      made.meters.add(
          FunctionCounter.builder("gongbei.oversight.changes", made, m -> m.series.total(tally))
              .description("Changes of holders by authority, ground and what came of them")
              .tags(tags)
              .tag("change", tally.wireName())
              .register(registry));
    }
    return made;
  }

  /** The meters of one authority and ground, and what they show. */
  private static final class Shown {
    private final List<Meter> meters = new ArrayList<>();
    private volatile Series series = Series.EMPTY;
  }
}
