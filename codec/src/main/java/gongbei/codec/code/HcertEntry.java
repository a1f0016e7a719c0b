package gongbei.codec.code;

import static gongbei.codec.code.HealthCode.ABSENT;

import gongbei.codec.cbor.CborReader;

/**
 * One vaccination, test or recovery of an EU Digital COVID Certificate, as far as rules ask of it.
 * A flyweight that {@link HcertClaims} reads each entry into; allocates nothing. For one thread.
 */
final class HcertEntry {
  private static final int MAX_VALUE_BYTES = 48;

  /** SNOMED CT: COVID-19, the one disease of the EU's value set. */
  private static final String COVID_19 = "840539006";

  private static final String DETECTED = "260373001";
  private static final String NOT_DETECTED = "260415000";

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
  enum Outcome {
    UNKNOWN,
    NOT_DETECTED,
    DETECTED
  }

  private final CodeCursor cursor;
  private final byte[] value = new byte[MAX_VALUE_BYTES];
  private boolean hasDisease;
  private boolean isCovid;
  private long doseNumber;
  private long seriesDoses;
  private int day;
  private boolean hasKind;
  private TestKind kind;
  private Outcome outcome;
  private int sampleMinutes;

  HcertEntry(CodeCursor cursor) {
    this.cursor = cursor;
  }

  private static int key(int first, int second) {
    return first << 8 | second;
  }

  /** The key of the array that holds entries of a type. */
  static String nameOf(int type) {
    return switch (type) {
      case HcertClaims.VACCINATION -> "v";
      case HcertClaims.TEST -> "t";
      default -> "r";
    };
  }

  private void clear() {
    hasDisease = false;
    isCovid = false;
    doseNumber = CborReader.NO_INTEGER;
    seriesDoses = CborReader.NO_INTEGER;
    day = DateTimeText.NO_DAY;
    hasKind = false;
    kind = null;
    outcome = null;
    sampleMinutes = ABSENT;
  }

  /**
   * Reads the entry at the cursor.
   *
   * @param type the type of its array, one of the constants of {@link HcertClaims}
   * @return whether its form is understood; if not, the cursor has the fault
   */
  boolean read(int type) {
    clear();
    final CborReader cbor = cursor.cbor().nextUntagged();
    if (cbor.major() != CborReader.MAP) {
      return cursor.malformed(nameOf(type), "has an entry that is not a map");
    }
    for (long left = cbor.count(); cbor.hasMore(left); left--) {
      final int length = cbor.text(value);
      if (!readClaim(type, length == 2 ? key(value[0], value[1]) : 0)) {
        return false;
      }
    }
    if (!hasDisease) {
      return cursor.malformed("tg", MISSING);
    }
    return switch (type) {
      case HcertClaims.VACCINATION -> isWholeVaccination();
      case HcertClaims.TEST -> isWholeTest();
      default -> day != DateTimeText.NO_DAY || cursor.malformed("fr", MISSING);
    };
  }

  private boolean readClaim(int type, int key) {
    if (key == TG) {
      return readDisease();
    }
    switch (type) {
      case HcertClaims.VACCINATION -> {
        if (key == DN || key == SD) {
          return readDoses(key);
        }
        if (key == DT) {
          return readDay("dt");
        }
      }
      case HcertClaims.TEST -> {
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
    cursor.cbor().skip();
    return true;
  }

  private boolean readDisease() {
    final int length = cursor.cbor().text(value);
    hasDisease = true;
    isCovid = Ascii.isText(value, length, COVID_19);
    return length != CborReader.NO_TEXT || cursor.malformed("tg", NOT_TEXT);
  }

  private boolean readDoses(int key) {
    final long number = cursor.cbor().integer();
    if (key == DN) {
      doseNumber = number;
    } else {
      seriesDoses = number;
    }
    return number != CborReader.NO_INTEGER
        || cursor.malformed(key == DN ? "dn" : "sd", "is not an integer");
  }

  private boolean readCoded(int key) {
    final int length = cursor.cbor().text(value);
    if (length == CborReader.NO_TEXT) {
      return cursor.malformed(key == TT ? "tt" : "tr", NOT_TEXT);
    }
    if (key == TT) {
      hasKind = true;
      kind = length > value.length ? null : TestKind.of(value, length);
    } else {
      outcome = outcomeOf(value, length);
    }
    return true;
  }

  /** What the first bytes, a code of SNOMED CT, say of a test's result. */
  static Outcome outcomeOf(byte[] code, int length) {
    if (Ascii.isText(code, length, DETECTED)) {
      return Outcome.DETECTED;
    }
    return Ascii.isText(code, length, NOT_DETECTED) ? Outcome.NOT_DETECTED : Outcome.UNKNOWN;
  }

  private boolean readSampleTime() {
    final int length = cursor.cbor().text(value);
    if (length == CborReader.NO_TEXT) {
      return cursor.malformed("sc", NOT_TEXT);
    }
    sampleMinutes = length > value.length ? ABSENT : DateTimeText.epochMinutes(value, 0, length);
    return sampleMinutes != ABSENT
        || cursor.malformed("sc", "is not a date and time with its zone");
  }

  private boolean readDay(String name) {
    final int length = cursor.cbor().text(value);
    if (length == CborReader.NO_TEXT) {
      return cursor.malformed(name, NOT_TEXT);
    }
    day = length > value.length ? DateTimeText.NO_DAY : DateTimeText.epochDay(value, 0, length);
    return day != DateTimeText.NO_DAY || cursor.malformed(name, "is not a date");
  }

  private boolean isWholeVaccination() {
    if (doseNumber == CborReader.NO_INTEGER) {
      return cursor.malformed("dn", MISSING);
    }
    if (seriesDoses == CborReader.NO_INTEGER) {
      return cursor.malformed("sd", MISSING);
    }
    return day != DateTimeText.NO_DAY || cursor.malformed("dt", MISSING);
  }

  private boolean isWholeTest() {
    if (!hasKind) {
      return cursor.malformed("tt", MISSING);
    }
    if (outcome == null) {
      return cursor.malformed("tr", MISSING);
    }
    return sampleMinutes != ABSENT || cursor.malformed("sc", MISSING);
  }

  /** Whether it is about COVID-19. */
  boolean isCovid() {
    return isCovid;
  }

  /** Claim {@code dn} of a vaccination, whatever its range. */
  long doseNumber() {
    return doseNumber;
  }

  /** Claim {@code sd} of a vaccination, whatever its range. */
  long seriesDoses() {
    return seriesDoses;
  }

  /** Claim {@code dt} of a vaccination or {@code fr} of a recovery, in days since 1970. */
  int day() {
    return day;
  }

  /** Claim {@code tt} of a test, or null where the value sets have no such kind. */
  TestKind kind() {
    return kind;
  }

  /** Claim {@code tr} of a test. */
  Outcome outcome() {
    return outcome;
  }

  /** Claim {@code sc} of a test, in minutes since 1970 UTC. */
  int sampleMinutes() {
    return sampleMinutes;
  }
}
