package gongbei.codec.code;

import static gongbei.codec.code.HealthCode.ABSENT;

import gongbei.codec.cbor.CborReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What an EU Digital COVID Certificate certifies: the object of the EU's JSON schema that stands in
 * an {@code HC1} code under claim -260, key 1. It holds exactly one of {@code v} (vaccinations),
 * {@code t} (tests) and {@code r} (recoveries), with at least one entry.
 *
 * <p>What the schema makes a matter of form (a claim that is missing or of another type, a date
 * that no calendar has) {@link #wrap} refuses. What is a matter of value sets (a result, a disease,
 * a dose number) is laid open as known or unknown, and rules decide. Nothing that is not understood
 * is left out of what is found. Every form that RFC 8949 gives the same meaning is read alike; tags
 * are passed over. A flyweight; allocates nothing. For one thread.
 */
public final class HcertClaims {
  private static final int MAX_VALUE_BYTES = 48;
  private static final int SECONDS_PER_DAY = 86_400;
  private static final int SECONDS_PER_MINUTE = 60;

  /** A day begins up to 14 hours before it does in UTC. */
  private static final int EARLIEST_ZONE_SECONDS = 14 * 3_600;

  /** SNOMED CT: COVID-19, the one disease of the EU's value set. */
  private static final byte[] COVID_19 = ascii("840539006");

  private static final byte[] DETECTED = ascii("260373001");
  private static final byte[] NOT_DETECTED = ascii("260415000");

  private static final int TG = key('t', 'g');
  private static final int DN = key('d', 'n');
  private static final int SD = key('s', 'd');
  private static final int DT = key('d', 't');
  private static final int TT = key('t', 't');
  private static final int TR = key('t', 'r');
  private static final int SC = key('s', 'c');
  private static final int FR = key('f', 'r');

  private static final String NOT_TEXT = "is not text";
  private static final String MISSING = "is missing";

  /** What is known of a test's result. */
  private enum Outcome {
    UNKNOWN,
    NOT_DETECTED,
    DETECTED
  }

  private final CborReader reader = new CborReader();
  private final byte[] value = new byte[MAX_VALUE_BYTES];
  private String field;
  private String explanation;

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

  // The entry that is being read.
  private boolean hasDisease;
  private boolean isCovid;
  private long doseNumber;
  private long seriesDoses;
  private int day;
  private boolean hasKind;
  private TestKind kind;
  private Outcome outcome;
  private int sampleMinutes;

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static int key(int first, int second) {
    return first << 8 | second;
  }

  /**
   * Reads a certificate from CBOR that has been found valid.
   *
   * @return whether its form is understood; if not, {@link #field} and {@link #explanation} say why
   */
  boolean wrap(byte[] bytes, int offset) {
    clear();
    reader.wrap(bytes, offset).nextUntagged();
    if (reader.major() != CborReader.MAP) {
      return refuse("hcert", "is not a map");
    }
    for (long left = reader.count(); reader.hasMore(left); left--) {
      final int length = reader.text(value);
      final int type = length == 1 ? typeOf(value[0]) : 0;
      if (type == 0) {
        reader.skip();
      } else if (!readEntries(type)) {
        return false;
      }
    }
    return types != 0 || refuse("hcert", "has none of v, t and r");
  }

  /** Forgets what was read: nothing is certified. */
  void clear() {
    field = null;
    explanation = null;
    types = 0;
    ofThisDisease = false;
    ofKnownKind = false;
    positive = false;
    doses = 0;
    latestSampleMinutes = ABSENT;
    latestDay = Integer.MIN_VALUE;
    fieldOutsideValueSets = null;
    negativeNaatMinutes = ABSENT;
    negativeRatMinutes = ABSENT;
  }

  private static int typeOf(int key) {
    return switch (key) {
      case 'v' -> HealthCode.HCERT_VACCINATION;
      case 't' -> HealthCode.HCERT_TEST;
      case 'r' -> HealthCode.HCERT_RECOVERY;
      default -> 0;
    };
  }

  private static String nameOf(int type) {
    return switch (type) {
      case HealthCode.HCERT_VACCINATION -> "v";
      case HealthCode.HCERT_TEST -> "t";
      default -> "r";
    };
  }

  /**
   * Reads an array of entries. A null, as codes were issued with for what they do not hold, is as
   * if it were not there.
   */
  private boolean readEntries(int type) {
    reader.nextUntagged();
    if (reader.isNull()) {
      return true;
    }
    if (reader.major() != CborReader.ARRAY) {
      return refuse(nameOf(type), "is not an array");
    }
    if (types != 0) {
      return refuse(nameOf(type), "stands beside another of v, t and r");
    }
    types = type;
    boolean isEmpty = true;
    for (long left = reader.count(); reader.hasMore(left); left--) {
      isEmpty = false;
      if (!readEntry(type)) {
        return false;
      }
    }
    return !isEmpty || refuse(nameOf(type), "has no entry");
  }

  private boolean readEntry(int type) {
    reader.nextUntagged();
    if (reader.major() != CborReader.MAP) {
      return refuse(nameOf(type), "has an entry that is not a map");
    }
    hasDisease = false;
    isCovid = false;
    doseNumber = CborReader.NO_INTEGER;
    seriesDoses = CborReader.NO_INTEGER;
    day = Integer.MIN_VALUE;
    hasKind = false;
    kind = null;
    outcome = null;
    sampleMinutes = ABSENT;
    for (long left = reader.count(); reader.hasMore(left); left--) {
      final int length = reader.text(value);
      if (!readClaim(type, length == 2 ? key(value[0], value[1]) : 0)) {
        return false;
      }
    }
    if (!hasDisease) {
      return refuse("tg", MISSING);
    }
    return switch (type) {
      case HealthCode.HCERT_VACCINATION -> takeVaccination();
      case HealthCode.HCERT_TEST -> takeTest();
      default -> takeRecovery();
    };
  }

  private boolean readClaim(int type, int key) {
    if (key == TG) {
      return readDisease();
    }
    switch (type) {
      case HealthCode.HCERT_VACCINATION -> {
        if (key == DN || key == SD) {
          return readDoses(key);
        }
        if (key == DT) {
          return readDay("dt");
        }
      }
      case HealthCode.HCERT_TEST -> {
        if (key == TT || key == TR) {
          return readCoded(key);
        }
        if (key == SC) {
          return readSampleTime();
        }
      }
      default -> {
        if (key == FR) {
          return readDay("fr");
        }
      }
    }
    reader.skip();
    return true;
  }

  private boolean readDisease() {
    final int length = reader.text(value);
    hasDisease = true;
    isCovid = isValue(length, COVID_19);
    return length != CborReader.NO_TEXT || refuse("tg", NOT_TEXT);
  }

  private boolean readDoses(int key) {
    final long number = reader.integer();
    if (key == DN) {
      doseNumber = number;
    } else {
      seriesDoses = number;
    }
    return number != CborReader.NO_INTEGER || refuse(key == DN ? "dn" : "sd", "is not an integer");
  }

  private boolean readCoded(int key) {
    final int length = reader.text(value);
    if (length == CborReader.NO_TEXT) {
      return refuse(key == TT ? "tt" : "tr", NOT_TEXT);
    }
    if (key == TT) {
      hasKind = true;
      kind = length > value.length ? null : TestKind.of(value, length);
    } else if (isValue(length, DETECTED)) {
      outcome = Outcome.DETECTED;
    } else {
      outcome = isValue(length, NOT_DETECTED) ? Outcome.NOT_DETECTED : Outcome.UNKNOWN;
    }
    return true;
  }

  private boolean readSampleTime() {
    final int length = reader.text(value);
    if (length == CborReader.NO_TEXT) {
      return refuse("sc", NOT_TEXT);
    }
    sampleMinutes = length > value.length ? ABSENT : DateTimeText.epochMinutes(value, 0, length);
    return sampleMinutes != ABSENT || refuse("sc", "is not a date and time with its zone");
  }

  private boolean readDay(String name) {
    final int length = reader.text(value);
    if (length == CborReader.NO_TEXT) {
      return refuse(name, NOT_TEXT);
    }
    day = length > value.length ? DateTimeText.NO_DAY : DateTimeText.epochDay(value, 0, length);
    return day != DateTimeText.NO_DAY || refuse(name, "is not a date");
  }

  private boolean isValue(int length, byte[] expected) {
    return length == expected.length
        && Arrays.equals(value, 0, length, expected, 0, expected.length);
  }

  private boolean takeVaccination() {
    if (doseNumber == CborReader.NO_INTEGER) {
      return refuse("dn", MISSING);
    }
    if (seriesDoses == CborReader.NO_INTEGER) {
      return refuse("sd", MISSING);
    }
    if (day == DateTimeText.NO_DAY) {
      return refuse("dt", MISSING);
    }
    if (isCovid) {
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
    return true;
  }

  private static boolean isDoseNumber(long number) {
    return number >= 1 && number <= CodeLimits.MAX_DOSES;
  }

  private boolean takeTest() {
    if (!hasKind) {
      return refuse("tt", MISSING);
    }
    if (outcome == null) {
      return refuse("tr", MISSING);
    }
    if (sampleMinutes == ABSENT) {
      return refuse("sc", MISSING);
    }
    if (isCovid) {
      ofThisDisease = true;
      ofKnownKind |= kind != null;
      latestSampleMinutes = Math.max(latestSampleMinutes, sampleMinutes);
      switch (outcome) {
        case DETECTED -> positive = true;
        case NOT_DETECTED -> takeNegative();
        case UNKNOWN -> outsideValueSets("tr");
      }
    }
    return true;
  }

  private void takeNegative() {
    if (kind == TestKind.NAAT) {
      negativeNaatMinutes = Math.max(negativeNaatMinutes, sampleMinutes);
    } else if (kind == TestKind.RAT) {
      negativeRatMinutes = Math.max(negativeRatMinutes, sampleMinutes);
    }
  }

  private boolean takeRecovery() {
    if (day == DateTimeText.NO_DAY) {
      return refuse("fr", MISSING);
    }
    if (isCovid) {
      ofThisDisease = true;
      latestDay = Math.max(latestDay, day);
    }
    return true;
  }

  private void outsideValueSets(String name) {
    if (fieldOutsideValueSets == null) {
      fieldOutsideValueSets = name;
    }
  }

  private boolean refuse(String where, String why) {
    field = where;
    explanation = why;
    return false;
  }

  /** After a refusal: the field at fault, a constant. */
  String field() {
    return field;
  }

  /** After a refusal: what is wrong with the field, a constant. */
  String explanation() {
    return explanation;
  }

  /** The one {@code HealthCode.HCERT_} bit of what is certified; 0 in other formats. */
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
      return types == HealthCode.HCERT_VACCINATION ? "dt" : "fr";
    }
    return null;
  }
}
