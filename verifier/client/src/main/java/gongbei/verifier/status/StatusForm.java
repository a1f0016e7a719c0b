package gongbei.verifier.status;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.model.Colour;
import gongbei.codec.model.HolderFlag;
import gongbei.codec.model.TestResult;
import gongbei.codec.time.Rfc3339;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A holder's whole status as JSON and rows have it, and why it is so: colour, until when and what
 * follows, ground, test, doses, flags. Every rule of a field's form and range is here, for whoever
 * reads and writes one. Immutable.
 */
public final class StatusForm {
  /** What a holder may do. */
  public static final String COLOUR = "colour";

  /** What came of the last nucleic-acid test. */
  public static final String RESULT = "result";

  /** When its sample was taken. */
  public static final String SAMPLE_TIME = "sampleTime";

  /** How many vaccine doses the holder has had. */
  public static final String DOSES = "doses";

  /** When the last of them was given. */
  public static final String LAST_DOSE_DATE = "lastDoseDate";

  /** What else is marked of the holder. */
  public static final String FLAGS = "flags";

  /** Why the status is so: a name in the table of grounds. */
  public static final String GROUND = "ground";

  /** When a colour that is not green lapses. */
  public static final String UNTIL = "until";

  /** The colour that follows then. */
  public static final String NEXT = "next";

  /** Every field, as requests and rows name them. */
  public static final List<String> FIELDS =
      List.of(COLOUR, RESULT, SAMPLE_TIME, DOSES, LAST_DOSE_DATE, FLAGS, GROUND, UNTIL, NEXT);

  /** The most characters of a ground's name. */
  public static final int MAX_GROUND_CHARACTERS = 32;

  private static final Pattern GROUND_NAME =
      Pattern.compile("[a-z][a-z0-9-]{0," + (MAX_GROUND_CHARACTERS - 1) + "}");
  private static final int MAX_WORD_CHARACTERS = 64;
  private static final int MAX_FLAGS = 8;
  private static final long SECONDS_A_MINUTE = 60;
  private static final long MAX_EPOCH_DAY = LocalDate.of(9999, 12, 31).toEpochDay();
  private static final String MINUTES = "is not from 1970-01-01T00:01Z to ";

  /** The latest minute at which a colour may lapse: a week before the latest that a node keeps. */
  public static final int MAX_UNTIL_EPOCH_MINUTES = Integer.MAX_VALUE - 7 * 24 * 60;

  private final Colour colour;
  private final TestResult result;
  private final int sampleEpochMinutes;
  private final int doses;
  private final int lastDoseEpochDay;
  private final int flags;
  private final String ground;
  private final int untilEpochMinutes;
  private final Colour next;

  private StatusForm(Builder builder) {
    this.colour = builder.colour;
    this.result = builder.result;
    this.sampleEpochMinutes = builder.sampleEpochMinutes;
    this.doses = builder.doses;
    this.lastDoseEpochDay = builder.lastDoseEpochDay;
    this.flags = builder.flags;
    this.ground = builder.ground;
    this.untilEpochMinutes = builder.untilEpochMinutes;
    this.next = builder.next;
    if (colour == Colour.GREEN && untilEpochMinutes != 0) {
      throw new StatusFault(UNTIL, "goes with yellow or red, and only with one");
    }
    if (next != Colour.GREEN && next.number() >= colour.number()) {
      throw new StatusFault(NEXT, "is no milder than colour");
    }
  }

  /** Begins a status of a colour: without test, doses, flags, ground and end. */
  public static Builder of(Colour colour) {
    return new Builder(colour);
  }

  /**
   * Reads a status; {@link #COLOUR} alone must be there. What is wrong is thrown as the source
   * makes it.
   */
  public static StatusForm read(StatusSource source) {
    final Builder status = of(colour(source, COLOUR));
    final TestResult result = result(source);
    try {
      if (source.has(SAMPLE_TIME) || result != TestResult.NONE) {
        status.test(result, sampleEpochMinutes(source, result));
      }
      status.doses(source.number(DOSES, 0, CodeLimits.MAX_DOSES, 0));
      if (source.has(LAST_DOSE_DATE)) {
        status.lastDose(date(source, LAST_DOSE_DATE));
      }
      for (final String flag : source.words(FLAGS, MAX_FLAGS)) {
        status.flag(flag);
      }
      if (source.has(GROUND)) {
        status.ground(ground(source));
      }
      if (source.has(UNTIL)) {
        status.untilEpochMinutes(source.epochSeconds(UNTIL) / SECONDS_A_MINUTE);
      }
      if (source.has(NEXT)) {
        status.next(colour(source, NEXT));
      }
      return status.build();
    } catch (StatusFault e) {
      throw source.ofField(e.field(), e.reason());
    }
  }

  private static Colour colour(StatusSource source, String field) {
    return Colour.ofWireName(source.text(field, MAX_WORD_CHARACTERS).strip())
        .orElseThrow(() -> source.ofField(field, "is not one of green, yellow, red"));
  }

  private static TestResult result(StatusSource source) {
    return source.has(RESULT)
        ? TestResult.ofWireName(source.text(RESULT, MAX_WORD_CHARACTERS).strip())
            .orElseThrow(() -> source.ofField(RESULT, "is not one of none, negative, positive"))
        : TestResult.NONE;
  }

  /**
   * Reads the ground of a change, which need not be of a whole status.
   *
   * @return empty where none is stated
   */
  public static String ground(StatusSource source) {
    if (!source.has(GROUND)) {
      return "";
    }
    final String name = source.text(GROUND, MAX_WORD_CHARACTERS).strip();
    if (!isGround(name)) {
      throw source.ofField(GROUND, "is not a name of small letters, digits and hyphens");
    }
    return name;
  }

  /** Whether a ground can be called that. */
  public static boolean isGround(String name) {
    return GROUND_NAME.matcher(name).matches();
  }

  /**
   * Reads when a test's sample was taken, in minutes since 1970; 0 where there is no test. It is
   * there if and only if there is one.
   */
  public static int sampleEpochMinutes(StatusSource source, TestResult result) {
    final boolean isTested = result != TestResult.NONE;
    if (isTested != source.has(SAMPLE_TIME)) {
      throw source.ofField(SAMPLE_TIME, "goes with a result, and only with one");
    }
    if (!isTested) {
      return 0;
    }
    try {
      return requireMinutes(
          SAMPLE_TIME, source.epochSeconds(SAMPLE_TIME) / SECONDS_A_MINUTE, Integer.MAX_VALUE);
    } catch (StatusFault e) {
      throw source.ofField(e.field(), e.reason());
    }
  }

  private static LocalDate date(StatusSource source, String field) {
    try {
      return Rfc3339.date(source.text(field, MAX_WORD_CHARACTERS).strip());
    } catch (IllegalArgumentException e) {
      throw source.ofField(field, e.getMessage());
    }
  }

  private static int requireMinutes(String field, long epochMinutes, int latest) {
    if (epochMinutes < 1 || epochMinutes > latest) {
      throw new StatusFault(field, MINUTES + minute(latest).replace(":00Z", "Z"));
    }
    return (int) epochMinutes;
  }

  /** What the holder may do. */
  public Colour colour() {
    return colour;
  }

  /** What came of the last nucleic-acid test. */
  public TestResult result() {
    return result;
  }

  /** When its sample was taken, in minutes since 1970 UTC; 0 without a test. */
  public int sampleEpochMinutes() {
    return sampleEpochMinutes;
  }

  /** How many vaccine doses the holder has had, 0 to 99. */
  public int doses() {
    return doses;
  }

  /** The day of the last vaccine dose, in days since 1970; 0 where not known. */
  public int lastDoseEpochDay() {
    return lastDoseEpochDay;
  }

  /** The bits of {@link HolderFlag}. */
  public int flags() {
    return flags;
  }

  /** The name of the ground; empty where none is stated. */
  public String ground() {
    return ground;
  }

  /** When the colour lapses, in minutes since 1970 UTC; 0 where no end is stated. */
  public int untilEpochMinutes() {
    return untilEpochMinutes;
  }

  /** The colour that follows then. */
  public Colour next() {
    return next;
  }

  /**
   * The same, which states a ground and an end where it stated none.
   *
   * @param otherwiseGround the name of the ground; empty for none
   * @param otherwiseUntil when a colour that is not green lapses, in minutes since 1970; 0 for no
   *     end
   */
  public StatusForm otherwise(String otherwiseGround, int otherwiseUntil) {
    final Builder form = new Builder(this);
    if (ground.isEmpty()) {
      form.ground(otherwiseGround);
    }
    if (colour != Colour.GREEN && untilEpochMinutes == 0 && otherwiseUntil != 0) {
      form.untilEpochMinutes(otherwiseUntil);
    }
    return form.build();
  }

  /** Writes the status into an object: what has its default is left out, but for the doses. */
  public ObjectNode writeInto(ObjectNode json) {
    json.put(COLOUR, colour.wireName());
    if (result != TestResult.NONE) {
      writeTest(json, result, sampleEpochMinutes);
    }
    json.put(DOSES, doses);
    if (lastDoseEpochDay != 0) {
      json.put(LAST_DOSE_DATE, LocalDate.ofEpochDay(lastDoseEpochDay).toString());
    }
    if (flags != 0) {
      final ArrayNode names = json.putArray(FLAGS);
      HolderFlag.of(flags).forEach(flag -> names.add(flag.wireName()));
    }
    if (!ground.isEmpty()) {
      json.put(GROUND, ground);
    }
    if (untilEpochMinutes != 0) {
      json.put(UNTIL, minute(untilEpochMinutes));
    }
    if (next != Colour.GREEN) {
      json.put(NEXT, next.wireName());
    }
    return json;
  }

  /** Writes a test into an object. */
  public static ObjectNode writeTest(ObjectNode json, TestResult result, int sampleEpochMinutes) {
    return json.put(RESULT, result.wireName()).put(SAMPLE_TIME, minute(sampleEpochMinutes));
  }

  /** A minute as RFC 3339 has it. */
  public static String minute(int epochMinutes) {
    return Instant.ofEpochSecond(SECONDS_A_MINUTE * epochMinutes).toString();
  }

  /**
   * A status in the making. A value that is out of its range is a {@link StatusFault} when it is
   * set, one that does not go with the others when the status is made.
   */
  public static final class Builder {
    private Colour colour;
    private TestResult result = TestResult.NONE;
    private int sampleEpochMinutes;
    private int doses;
    private int lastDoseEpochDay;
    private int flags;
    private String ground = "";
    private int untilEpochMinutes;
    private Colour next = Colour.GREEN;

    private Builder(Colour colour) {
      this.colour = colour;
    }

    private Builder(StatusForm form) {
      colour = form.colour;
      result = form.result;
      sampleEpochMinutes = form.sampleEpochMinutes;
      doses = form.doses;
      lastDoseEpochDay = form.lastDoseEpochDay;
      flags = form.flags;
      ground = form.ground;
      untilEpochMinutes = form.untilEpochMinutes;
      next = form.next;
    }

    /** Sets what the holder may do. */
    public Builder colour(Colour value) {
      colour = value;
      return this;
    }

    /**
     * Sets the last nucleic-acid test.
     *
     * @param sampled when the sample was taken, in minutes since 1970 UTC
     */
    public Builder test(TestResult value, long sampled) {
      result = value;
      sampleEpochMinutes = requireMinutes(SAMPLE_TIME, sampled, Integer.MAX_VALUE);
      return this;
    }

    /** Sets how many vaccine doses the holder has had, 0 to 99. */
    public Builder doses(int value) {
      if (value < 0 || value > CodeLimits.MAX_DOSES) {
        throw new StatusFault(DOSES, "is " + value + ", not from 0 to " + CodeLimits.MAX_DOSES);
      }
      doses = value;
      return this;
    }

    /** Sets the day of the last vaccine dose. */
    public Builder lastDose(LocalDate day) {
      final long epochDay = day.toEpochDay();
      if (epochDay < 1 || epochDay > MAX_EPOCH_DAY) {
        throw new StatusFault(LAST_DOSE_DATE, "is not from 1970-01-02 to 9999-12-31");
      }
      lastDoseEpochDay = (int) epochDay;
      return this;
    }

    /** Marks the holder by a flag that an authority may set. */
    public Builder flag(String name) {
      flags |=
          HolderFlag.settable(name)
              .orElseThrow(
                  () ->
                      new StatusFault(FLAGS, "holds other than " + HolderFlag.settableNames(", ")))
              .bit();
      return this;
    }

    /** Sets the flags as the map keeps them, the node's own included. */
    public Builder flags(int bits) {
      flags = bits;
      return this;
    }

    /** Sets the ground of the change by its name; empty for none. */
    public Builder ground(String name) {
      if (!name.isEmpty() && !isGround(name)) {
        throw new StatusFault(GROUND, "is not a name of small letters, digits and hyphens");
      }
      ground = name;
      return this;
    }

    /** Sets when a colour that is not green lapses, in minutes since 1970 UTC. */
    public Builder untilEpochMinutes(long value) {
      untilEpochMinutes = requireMinutes(UNTIL, value, MAX_UNTIL_EPOCH_MINUTES);
      return this;
    }

    /** Sets the colour that follows then, milder than the one that lapses; default green. */
    public Builder next(Colour value) {
      next = value;
      return this;
    }

    /** Makes the status. */
    public StatusForm build() {
      return new StatusForm(this);
    }
  }
}
