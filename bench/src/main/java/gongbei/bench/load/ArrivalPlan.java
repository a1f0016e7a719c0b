package gongbei.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When scans or displays arrive: stages of a rate each, constant or changing evenly. Nothing here
 * waits for an answer. Immutable.
 */
final class ArrivalPlan {
  private static final double NANOS = 1e9;
  private static final double SECONDS_A_DAY = 86_400;
  private static final Pattern STAGE =
      Pattern.compile("(\\d+(?:\\.\\d+)?)(?:-(\\d+(?:\\.\\d+)?))?x(\\d+(?:\\.\\d+)?)");
  private static final Pattern NAMED = Pattern.compile("([a-z]+)(?::(\\d+))?(?::(\\d+))?");
  private static final double PROVINCE_A_DAY = 100_000_000;
  private static final double REPLAY_SECONDS_AN_HOUR = 20;
  private static final double SECONDS_A_MINUTE = 60;

  /** What the Guangdong code was asked in a minute on 2022-01-10. */
  private static final double RUSH_A_MINUTE = 1_400_000;

  private static final double PHONES = 10_000;
  private static final double PHONE_SECONDS = 120;
  private static final double HERD = 200_000;
  private static final double HERD_BASE_A_SECOND = 2_000;
  private static final double HERD_BEFORE_SECONDS = 10;
  private static final double HERD_AFTER_SECONDS = 30;

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
   * Reads {@code RATExSECONDS} or {@code FROM-TOxSECONDS}, several with commas between, or a plan's
   * name:
   *
   * <ul>
   *   <li>{@code morning[:A_DAY[:SECONDS_AN_HOUR]]}: a morning at its true rates in shortened time;
   *   <li>{@code minute[:REQUESTS]}: a minute of so many;
   *   <li>{@code phones[:PHONES[:SECONDS]]}: so many phones, each of which refreshes once a minute,
   *       evenly;
   *   <li>{@code herd[:WALLETS[:A_SECOND]]}: so many at once, in one second, with a rate before and
   *       after.
   * </ul>
   *
   * @throws IllegalArgumentException where it is none of them
   */
  static ArrivalPlan parse(String text) {
    final Matcher named = NAMED.matcher(text);
    if (named.matches()) {
      switch (named.group(1)) {
        case "morning" -> {
          return morning(
              number(named, 1, PROVINCE_A_DAY), number(named, 2, REPLAY_SECONDS_AN_HOUR));
        }
        case "minute" -> {
          requireOne(named);
          return even(number(named, 1, RUSH_A_MINUTE) / SECONDS_A_MINUTE, SECONDS_A_MINUTE);
        }
        case "phones" -> {
          return even(number(named, 1, PHONES) / SECONDS_A_MINUTE, number(named, 2, PHONE_SECONDS));
        }
        case "herd" -> {
          return herd(number(named, 1, HERD), number(named, 2, HERD_BASE_A_SECOND));
        }
        default -> throw unknown(text);
      }
    }
    final List<Stage> stages = new ArrayList<>();
    for (final String each : text.split(",", -1)) {
      final Matcher stage = STAGE.matcher(each);
      if (!stage.matches()) {
        throw unknown(each);
      }
      final double from = Double.parseDouble(stage.group(1));
      final double to = stage.group(2) == null ? from : Double.parseDouble(stage.group(2));
      stages.add(new Stage(Double.parseDouble(stage.group(3)), from, to));
    }
    return new ArrivalPlan(stages);
  }

  private static IllegalArgumentException unknown(String text) {
    return new IllegalArgumentException(
        "plan is '"
            + text
            + "', not RATExSECONDS, FROM-TOxSECONDS, morning, minute, phones or herd");
  }

  private static double number(Matcher named, int ordinal, double otherwise) {
    final String given = named.group(1 + ordinal);
    return given == null ? otherwise : Double.parseDouble(given);
  }

  private static void requireOne(Matcher named) {
    if (named.group(3) != null) {
      throw unknown(named.group());
    }
  }

  private static ArrivalPlan even(double rate, double seconds) {
    return new ArrivalPlan(List.of(new Stage(seconds, rate, rate)));
  }

  private static ArrivalPlan herd(double wallets, double base) {
    return new ArrivalPlan(
        List.of(
            new Stage(HERD_BEFORE_SECONDS, base, base),
            new Stage(1, wallets, wallets),
            new Stage(HERD_AFTER_SECONDS, base, base)));
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
    return new Arrivals(() -> 1);
  }

  /** The arrivals of a Poisson process. */
  Arrivals atRandom(long seed) {
    final SplittableRandom random = new SplittableRandom(seed);
    return new Arrivals(() -> -Math.log(1 - random.nextDouble()));
  }

  /** One arrival after the other. For one thread. */
  final class Arrivals {
    static final long NONE = Long.MAX_VALUE;

    private final DoubleSupplier gaps;
    private int stage;
    private double stageStart;
    private double second;

    /**
     * @param gaps how many mean gaps lie before each arrival
     */
    private Arrivals(DoubleSupplier gaps) {
      this.gaps = gaps;
    }

    /** Nanoseconds from the plan's start to the next arrival, or {@link #NONE}. */
    long next() {
      double gap = gaps.getAsDouble();
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
