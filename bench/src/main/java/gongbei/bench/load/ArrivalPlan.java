package gongbei.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When scans arrive: stages of a rate each, constant or changing evenly. Nothing here waits for an
 * answer. Immutable.
 */
final class ArrivalPlan {
  private static final double NANOS = 1e9;
  private static final double SECONDS_A_DAY = 86_400;
  private static final Pattern STAGE =
      Pattern.compile("(\\d+(?:\\.\\d+)?)(?:-(\\d+(?:\\.\\d+)?))?x(\\d+(?:\\.\\d+)?)");
  private static final Pattern MORNING = Pattern.compile("morning(?::(\\d+))?(?::(\\d+))?");
  private static final double PROVINCE_A_DAY = 100_000_000;
  private static final double REPLAY_SECONDS_AN_HOUR = 20;

  /**
   * From five to eleven: hours, and the rate at their start and end as multiples of the day's mean.
   * From half past seven to half past eight is the rush hour of ten times the mean.
   */
  private static final double[][] MORNING_HOURS = {
    {1, 0.3, 1}, {1, 1, 4}, {0.5, 4, 10}, {1, 10, 10}, {0.5, 10, 4}, {1, 4, 2}, {1, 2, 1.5}
  };

  private final List<Stage> stages;

  /**
   * @param seconds how long
   * @param fromRate scans a second at its start
   * @param toRate scans a second at its end
   */
  record Stage(double seconds, double fromRate, double toRate) {}

  ArrivalPlan(List<Stage> stages) {
    this.stages = List.copyOf(stages);
  }

  /**
   * Reads {@code RATExSECONDS} or {@code FROM-TOxSECONDS}, several with commas between, or {@code
   * morning[:SCANS_A_DAY[:SECONDS_AN_HOUR]]}, a morning at its true rates in shortened time.
   *
   * @throws IllegalArgumentException where it is neither
   */
  static ArrivalPlan parse(String text) {
    final Matcher morning = MORNING.matcher(text);
    if (morning.matches()) {
      return morning(
          morning.group(1) == null ? PROVINCE_A_DAY : Double.parseDouble(morning.group(1)),
          morning.group(2) == null ? REPLAY_SECONDS_AN_HOUR : Double.parseDouble(morning.group(2)));
    }
    final List<Stage> stages = new ArrayList<>();
    for (final String each : text.split(",", -1)) {
      final Matcher stage = STAGE.matcher(each);
      if (!stage.matches()) {
        throw new IllegalArgumentException(
            "plan is '" + each + "', not RATExSECONDS, FROM-TOxSECONDS or morning");
      }
      final double from = Double.parseDouble(stage.group(1));
      final double to = stage.group(2) == null ? from : Double.parseDouble(stage.group(2));
      stages.add(new Stage(Double.parseDouble(stage.group(3)), from, to));
    }
    return new ArrivalPlan(stages);
  }

  private static ArrivalPlan morning(double scansADay, double secondsAnHour) {
    final double mean = scansADay / SECONDS_A_DAY;
    final List<Stage> stages = new ArrayList<>();
    for (final double[] hours : MORNING_HOURS) {
      stages.add(new Stage(hours[0] * secondsAnHour, hours[1] * mean, hours[2] * mean));
    }
    return new ArrivalPlan(stages);
  }

  /** The same, with a time before it at a rate. */
  ArrivalPlan after(double seconds, double rate) {
    final List<Stage> longer = new ArrayList<>();
    if (seconds > 0) {
      longer.add(new Stage(seconds, rate, rate));
    }
    longer.addAll(stages);
    return new ArrivalPlan(longer);
  }

  double firstRate() {
    return stages.get(0).fromRate();
  }

  double seconds() {
    return stages.stream().mapToDouble(Stage::seconds).sum();
  }

  /** The arrivals, evenly spaced. */
  Arrivals evenly() {
    return new Arrivals(null);
  }

  /** The arrivals of a Poisson process. */
  Arrivals atRandom(long seed) {
    return new Arrivals(new SplittableRandom(seed));
  }

  /** One arrival after the other. For one thread. */
  final class Arrivals {
    static final long NONE = Long.MAX_VALUE;

    private final SplittableRandom random;
    private int stage;
    private double stageStart;
    private double second;

    private Arrivals(SplittableRandom random) {
      this.random = random;
    }

    /** Nanoseconds from the plan's start to the next arrival, or {@link #NONE}. */
    long next() {
      double gap = random == null ? 1 : -Math.log(1 - random.nextDouble());
      while (stage < stages.size()) {
        final Stage at = stages.get(stage);
        final double within = second - stageStart;
        final double rate = at.fromRate() + (at.toRate() - at.fromRate()) * within / at.seconds();
        final double step = rate > 0 ? gap / rate : Double.POSITIVE_INFINITY;
        if (within + step <= at.seconds()) {
          second += step;
          return (long) (second * NANOS);
        }
        gap = Math.max(0, gap - (at.seconds() - within) * rate);
        stageStart += at.seconds();
        second = stageStart;
        stage++;
      }
      return NONE;
    }
  }
}
