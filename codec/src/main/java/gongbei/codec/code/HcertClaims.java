package gongbei.codec.code;

import static gongbei.codec.code.HealthCode.ABSENT;

import gongbei.codec.cbor.CborReader;

/**
 * What an EU Digital COVID Certificate certifies: the object of the EU's JSON schema that stands in
 * an {@code HC1} code under claim -260, key 1. It holds exactly one of {@code v} (vaccinations),
 * {@code t} (tests) and {@code r} (recoveries), with at least one entry.
 *
 * <p>What the schema makes a matter of form (a claim that is missing or of another type, a date
 * that no calendar has) is refused. What is a matter of value sets (a result, a disease, a dose
 * number) is laid open as known or unknown, and rules decide. Nothing that is not understood is
 * left out of what is found. Every form that RFC 8949 gives the same meaning is read alike; tags
 * are passed over. A flyweight; allocates nothing. For one thread.
 */
public final class HcertClaims {
  /** Bit of {@link #types}: the certificate holds a vaccination. */
  public static final int VACCINATION = 1;

  /** Bit of {@link #types}: the certificate holds a test. */
  public static final int TEST = 2;

  /** Bit of {@link #types}: the certificate holds a recovery. */
  public static final int RECOVERY = 4;

  /** The claim of the CWT that holds the certificate. */
  static final long CLAIM = -260;

  private static final long VERSION_1 = 1;
  private static final int SECONDS_PER_DAY = 86_400;
  private static final int SECONDS_PER_MINUTE = 60;

  /** A day begins up to 14 hours before it does in UTC. */
  private static final int EARLIEST_ZONE_SECONDS = 14 * 3_600;

  private final CodeCursor cursor;
  private final HcertEntry entry;
  private final byte[] name = new byte[1];
  private int offset;
  private int types;
  private boolean ofThisDisease;
  private boolean ofKnownKind;
  private boolean positive;
  private int doses;
  private int negativeNaatMinutes;
  private int negativeRatMinutes;
  private int latestSampleMinutes;
  private int latestDay;
  private String fieldOutsideValueSets;

  HcertClaims(CodeCursor cursor) {
    this.cursor = cursor;
    entry = new HcertEntry(cursor);
  }

  /** Forgets what was read: nothing is certified. */
  void clear() {
    offset = ABSENT;
    types = 0;
    ofThisDisease = false;
    ofKnownKind = false;
    positive = false;
    doses = 0;
    latestSampleMinutes = ABSENT;
    latestDay = DateTimeText.NO_DAY;
    fieldOutsideValueSets = null;
    negativeNaatMinutes = ABSENT;
    negativeRatMinutes = ABSENT;
  }

  /**
   * Reads the certificate of a claim whose CBOR has been found valid.
   *
   * @param claimOffset where the claim's map of versions lies, or {@link HealthCode#ABSENT}
   * @return whether its form is understood; if not, the cursor has the fault
   */
  boolean read(int claimOffset) {
    if (claimOffset == ABSENT) {
      return cursor.malformed("hcert", "is missing");
    }
    final CborReader cbor = cursor.at(claimOffset).nextUntagged();
    if (cbor.major() != CborReader.MAP) {
      return cursor.malformed("hcert", "is not a map");
    }
    for (long left = cbor.count(); cbor.hasMore(left); left--) {
      if (cbor.integer() == VERSION_1) {
        offset = cbor.position();
      }
      cbor.skip();
    }
    if (offset == ABSENT) {
      return cursor.malformed("hcert", "has no certificate of version 1");
    }
    return readCertificate();
  }

  private boolean readCertificate() {
    final CborReader cbor = cursor.at(offset).nextUntagged();
    if (cbor.major() != CborReader.MAP) {
      return cursor.malformed("hcert", "is not a map");
    }
    for (long left = cbor.count(); cbor.hasMore(left); left--) {
      final int type = cbor.text(name) == 1 ? typeOf(name[0]) : 0;
      if (type == 0) {
        cbor.skip();
      } else if (!readEntries(type)) {
        return false;
      }
    }
    return types != 0 || cursor.malformed("hcert", "has none of v, t and r");
  }

  private static int typeOf(int key) {
    return switch (key) {
      case 'v' -> VACCINATION;
      case 't' -> TEST;
      case 'r' -> RECOVERY;
      default -> 0;
    };
  }

  /**
   * Reads an array of entries. A null, as codes were issued with for what they do not hold, is as
   * if it were not there.
   */
  private boolean readEntries(int type) {
    final CborReader cbor = cursor.cbor().nextUntagged();
    if (cbor.isNull()) {
      return true;
    }
    if (cbor.major() != CborReader.ARRAY) {
      return cursor.malformed(HcertEntry.nameOf(type), "is not an array");
    }
    if (types != 0) {
      return cursor.malformed(HcertEntry.nameOf(type), "stands beside another of v, t and r");
    }
    types = type;
    boolean isEmpty = true;
    for (long left = cbor.count(); cbor.hasMore(left); left--) {
      isEmpty = false;
      if (!entry.read(type)) {
        return false;
      }
      if (entry.isCovid()) {
        take(type);
      }
    }
    return !isEmpty || cursor.malformed(HcertEntry.nameOf(type), "has no entry");
  }

  private void take(int type) {
    ofThisDisease = true;
    switch (type) {
      case VACCINATION -> takeVaccination();
      case TEST -> takeTest();
      default -> latestDay = Math.max(latestDay, entry.day());
    }
  }

  private void takeVaccination() {
    latestDay = Math.max(latestDay, entry.day());
    if (!isDoseNumber(entry.doseNumber())) {
      outsideValueSets("dn");
    } else if (!isDoseNumber(entry.seriesDoses())) {
      outsideValueSets("sd");
    } else {
      doses = Math.max(doses, (int) entry.doseNumber());
    }
  }

  private static boolean isDoseNumber(long number) {
    return number >= 1 && number <= CodeLimits.MAX_DOSES;
  }

  private void takeTest() {
    ofKnownKind |= entry.kind() != null;
    latestSampleMinutes = Math.max(latestSampleMinutes, entry.sampleMinutes());
    switch (entry.outcome()) {
      case DETECTED -> positive = true;
      case NOT_DETECTED -> takeNegative();
      case UNKNOWN -> outsideValueSets("tr");
    }
  }

  private void takeNegative() {
    if (entry.kind() == TestKind.NAAT) {
      negativeNaatMinutes = Math.max(negativeNaatMinutes, entry.sampleMinutes());
    } else if (entry.kind() == TestKind.RAT) {
      negativeRatMinutes = Math.max(negativeRatMinutes, entry.sampleMinutes());
    }
  }

  private void outsideValueSets(String claim) {
    if (fieldOutsideValueSets == null) {
      fieldOutsideValueSets = claim;
    }
  }

  /** Offset of the certificate, a CBOR map, or {@link HealthCode#ABSENT} in other formats. */
  public int offset() {
    return offset;
  }

  /** The one bit of what is certified; 0 in other formats. */
  public int types() {
    return types;
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
      return types == VACCINATION ? "dt" : "fr";
    }
    return null;
  }
}
