package gongbei.replication.ground;

import gongbei.codec.model.Colour;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One ground on which an authority may change colours.
 *
 * @param number what stands for it in the log and the history, 1 to {@link #MAX_NUMBER}; it keeps
 *     its name for ever
 * @param name 1 to 32 lower-case letters, digits and hyphens, a letter first
 * @param colours which colours it may set, at least one
 * @param term how long a colour other than green may last, and what it takes to set one
 * @param signers who may use it
 * @param ceiling how many holders one of them may stop
 */
public record Ground(
    int number, String name, Set<Colour> colours, Term term, Signers signers, Ceiling ceiling) {
  /** The greatest number. */
  public static final int MAX_NUMBER = 65_534;

  /** The longest that a ground may let a colour last: 366 days, in minutes. */
  public static final int MAX_LONGEST_MINUTES = 366 * 24 * 60;

  /** The highest ceiling. */
  public static final int MAX_CEILING = 1_000_000_000;

  private static final Pattern NAME = Pattern.compile("(?=.{1,32}$)[a-z][a-z0-9]*(-[a-z0-9]+)*");

  /**
   * @throws IllegalArgumentException when a field is out of its range; it names the field
   */
  public Ground {
    requireRange("number", number, 1, MAX_NUMBER);
    if (!NAME.matcher(name).matches() || name.equals(GroundTable.BEFORE_HISTORY)) {
      throw new IllegalArgumentException(
          "name is not 1 to 32 lower-case letters, digits and single hyphens, a letter first, or is "
              + GroundTable.BEFORE_HISTORY);
    }
    if (colours.isEmpty()) {
      throw new IllegalArgumentException("colours is empty");
    }
    colours = Collections.unmodifiableSet(EnumSet.copyOf(colours));
    final boolean isGreenAlone = colours.size() == 1 && colours.contains(Colour.GREEN);
    if (isGreenAlone != (term.longestMinutes() == 0)) {
      throw new IllegalArgumentException(
          "longest goes with colours other than green, and only with them");
    }
  }

  /** Whether it may set a colour. Allocates nothing. */
  public boolean sets(Colour colour) {
    return colours.contains(colour);
  }

  /**
   * How long a colour other than green may last, and what it takes to set one.
   *
   * @param longestMinutes the longest that a holder may be kept from green by one change, in
   *     minutes; 0 where the ground sets green alone
   * @param fills whether a change that states no end gets the longest; else it is refused
   * @param needs without what the ground stops nobody
   */
  public record Term(int longestMinutes, boolean fills, Evidence needs) {
    /** Of a ground that sets green alone. */
    public static final Term NONE = new Term(0, false);

    public Term {
      requireRange("longest", longestMinutes, 0, MAX_LONGEST_MINUTES);
    }

    /** Of a ground that needs nothing. */
    public Term(int longestMinutes, boolean fills) {
      this(longestMinutes, fills, Evidence.NOTHING);
    }
  }

  /** What a change that stops a holder must come with. */
  public enum Evidence {
    /** With nothing. */
    NOTHING,
    /** With a positive test: in the change, or one that is known and stops the holder now. */
    POSITIVE_TEST;

    private final String wireName = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The name in tables. */
    public String wireName() {
      return wireName;
    }

    /** That of a name; empty where none has it. */
    public static Optional<Evidence> ofWireName(String name) {
      return Arrays.stream(values()).filter(each -> each.wireName.equals(name)).findFirst();
    }
  }

  /**
   * How many holders one authority may stop on the ground.
   *
   * @param hourly in any 60 minutes; 0 for no ceiling
   * @param daily in any 24 hours; 0 for no ceiling
   * @param countsFirst whether holders count who were not known before
   */
  public record Ceiling(int hourly, int daily, boolean countsFirst) {
    /** No ceiling. */
    public static final Ceiling NONE = new Ceiling(0, 0, true);

    public Ceiling {
      requireRange("hourly", hourly, 0, MAX_CEILING);
      requireRange("daily", daily, 0, MAX_CEILING);
      if (daily != 0 && hourly > daily) {
        throw new IllegalArgumentException("hourly is " + hourly + ", more than daily: " + daily);
      }
    }

    /** Whether there is any. */
    public boolean isNone() {
      return hourly == 0 && daily == 0;
    }
  }

  static void requireRange(String field, long value, long least, long greatest) {
    if (value < least || value > greatest) {
      throw new IllegalArgumentException(
          field + " is " + value + ", not from " + least + " to " + greatest);
    }
  }
}
