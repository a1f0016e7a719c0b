package gongbei.codec.code;

import static gongbei.codec.code.HealthCode.ABSENT;

/**
 * What a foreign code says of its holder, in one form whatever the format: vaccinations, tests and
 * recoveries as far as rules ask of them. Claims are named as an EU Digital COVID Certificate names
 * them. Nothing that is not understood is left out of what is found. Allocates nothing. For one
 * thread.
 */
public final class ForeignFacts {
  private static final int SECONDS_PER_DAY = 86_400;
  private static final int SECONDS_PER_MINUTE = 60;

  /** A day begins up to 14 hours before it does in UTC, and ends up to 12 hours after. */
  private static final int EARLIEST_ZONE_SECONDS = 14 * 3_600;

  private static final int LATEST_ZONE_SECONDS = 12 * 3_600;

  private int types;
  private boolean elsewhere;
  private boolean ofThisDisease;
  private boolean ofKnownKind;
  private boolean positive;
  private int doses;
  private int negativeNaatMinutes;
  private int negativeRatMinutes;
  private int latestSampleMinutes;
  private int latestDay;
  private String fieldOutsideValueSets;
  private int validFromDay;
  private int validUntilDay;

  ForeignFacts() {
    clear();
  }

  /** Forgets what was found: nothing is certified. */
  void clear() {
    types = 0;
    elsewhere = false;
    ofThisDisease = false;
    ofKnownKind = false;
    positive = false;
    doses = 0;
    latestSampleMinutes = ABSENT;
    latestDay = DateTimeText.NO_DAY;
    fieldOutsideValueSets = null;
    negativeNaatMinutes = ABSENT;
    negativeRatMinutes = ABSENT;
    validFromDay = DateTimeText.NO_DAY;
    validUntilDay = DateTimeText.NO_DAY;
  }

  /** Notes that entries of that type are certified, one of the constants of {@link HcertClaims}. */
  void certifies(int type) {
    types |= type;
  }

  /** Notes that the code certifies nothing itself, but says where a document is. */
  void areElsewhere() {
    elsewhere = true;
  }

  /** Takes in the days, of the calendar, that the document says it is valid through. */
  void period(int fromDay, int untilDay) {
    validFromDay = fromDay;
    validUntilDay = untilDay;
  }

  /**
   * Takes in a vaccination against this disease.
   *
   * @param day when it was given, in days since 1970
   * @param doseNumber which dose of a series it was
   * @param seriesDoses how many the series has
   */
  void vaccination(int day, long doseNumber, long seriesDoses) {
    ofThisDisease = true;
    latestDay = Math.max(latestDay, day);
    if (!isDoseNumber(doseNumber)) {
      outsideValueSets("dn");
    } else if (!isDoseNumber(seriesDoses)) {
      outsideValueSets("sd");
    } else {
      doses = Math.max(doses, (int) doseNumber);
    }
  }

  /** Takes in a vaccination of a format that does not say how many doses a series has. */
  void vaccination(int day, long doseNumber) {
    vaccination(day, doseNumber, 1);
  }

  private static boolean isDoseNumber(long number) {
    return number >= 1 && number <= CodeLimits.MAX_DOSES;
  }

  /**
   * Takes in a test for this disease.
   *
   * @param kind null where the value sets have no such kind
   * @param sampleMinutes when the sample was taken, in minutes since 1970 UTC
   */
  void test(TestKind kind, HcertEntry.Outcome outcome, int sampleMinutes) {
    ofThisDisease = true;
    ofKnownKind |= kind != null;
    latestSampleMinutes = Math.max(latestSampleMinutes, sampleMinutes);
    switch (outcome) {
      case DETECTED -> positive = true;
      case NOT_DETECTED -> negative(kind, sampleMinutes);
      case UNKNOWN -> outsideValueSets("tr");
    }
  }

  private void negative(TestKind kind, int sampleMinutes) {
    if (kind == TestKind.NAAT) {
      negativeNaatMinutes = Math.max(negativeNaatMinutes, sampleMinutes);
    } else if (kind == TestKind.RAT) {
      negativeRatMinutes = Math.max(negativeRatMinutes, sampleMinutes);
    }
  }

  /** Takes in a recovery from this disease, first found positive on that day since 1970. */
  void recovery(int day) {
    ofThisDisease = true;
    latestDay = Math.max(latestDay, day);
  }

  private void outsideValueSets(String claim) {
    if (fieldOutsideValueSets == null) {
      fieldOutsideValueSets = claim;
    }
  }

  /**
   * The bits of what is certified, {@link HcertClaims#VACCINATION} and its like; 0 in the regions'
   * formats and where the document is elsewhere.
   */
  public int types() {
    return types;
  }

  /** Whether the code certifies nothing itself, but says where a document is: a link. */
  public boolean isLink() {
    return elsewhere;
  }

  /** Whether an entry is about COVID-19. Entries about other diseases are left out of all below. */
  public boolean isOfThisDisease() {
    return ofThisDisease;
  }

  /**
   * The claim whose value the value sets do not have: {@code tr} for a result that is neither
   * detected nor not detected, {@code dn} or {@code sd} for a number of doses outside 1 to 99; null
   * where there is none.
   */
  public String fieldOutsideValueSets() {
    return fieldOutsideValueSets;
  }

  /** Whether a test, of any kind, has detected it. */
  public boolean isPositive() {
    return positive;
  }

  /** Whether a test is of a kind that the value sets have. */
  public boolean isOfKnownKind() {
    return ofKnownKind;
  }

  /**
   * When the sample of the newest negative test of a kind was taken, in minutes since 1970 UTC, or
   * {@link HealthCode#ABSENT}.
   */
  public int negativeSampleEpochMinutes(TestKind kindOfTest) {
    return switch (kindOfTest) {
      case NAAT -> negativeNaatMinutes;
      case RAT -> negativeRatMinutes;
    };
  }

  /** The greatest number of a dose, 0 where none is certified. */
  public int doses() {
    return doses;
  }

  /**
   * The claim that names a time after the given one: {@code sc}, {@code dt} or {@code fr}, or null.
   * A date without a time is over nowhere on Earth before it has begun somewhere.
   */
  public String fieldAfter(long epochSeconds) {
    if (latestSampleMinutes
        > Math.floorDiv(epochSeconds, SECONDS_PER_MINUTE) + CodeLimits.SAMPLE_SKEW_MINUTES) {
      return "sc";
    }
    if (latestDay > Math.floorDiv(epochSeconds + EARLIEST_ZONE_SECONDS, SECONDS_PER_DAY)) {
      return (types & HcertClaims.RECOVERY) != 0 ? "fr" : "dt";
    }
    return null;
  }

  /**
   * The first second in which the document says it is valid somewhere on Earth, or {@link
   * HealthCode#ABSENT} where it does not say.
   */
  public long validFromEpochSeconds() {
    return validFromDay == DateTimeText.NO_DAY
        ? ABSENT
        : (long) validFromDay * SECONDS_PER_DAY - EARLIEST_ZONE_SECONDS;
  }

  /**
   * The last second in which the document says it is valid somewhere on Earth, or {@link
   * HealthCode#ABSENT} where it does not say.
   */
  public long validUntilEpochSeconds() {
    return validUntilDay == DateTimeText.NO_DAY
        ? ABSENT
        : (validUntilDay + 1L) * SECONDS_PER_DAY + LATEST_ZONE_SECONDS - 1;
  }
}
