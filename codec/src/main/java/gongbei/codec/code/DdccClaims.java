package gongbei.codec.code;

import gongbei.codec.cbor.CborReader;

/**
 * Reads the WHO's digital documentation of a COVID-19 certificate (hcert keys 3 and 4, the logical
 * models {@code DDCCCoreDataSetVS} and {@code TR}): one vaccination or one test, codings as objects
 * with a {@code code}, and the certificate's {@code period}. Where the disease is not given it is
 * COVID-19, which is all that these documents are about. Allocates nothing. For one thread.
 */
final class DdccClaims {
  private static final int MAX_VALUE_BYTES = 64;
  private static final String NOT_A_MAP = "is not a map";
  private static final String NOT_A_DATE = "is not a date";

  private final CodeCursor cursor;
  private final ForeignFacts facts;
  private final byte[] name = new byte[16];
  private final byte[] value = new byte[MAX_VALUE_BYTES];
  private int event;
  private int fromDay;
  private int untilDay;
  private boolean isCovid;
  private int day;
  private long dose;
  private long seriesDoses;
  private boolean hasKind;
  private TestKind testKind;
  private HcertEntry.Outcome outcome;
  private int sampleMinutes;

  DdccClaims(CodeCursor cursor) {
    this.cursor = cursor;
    this.facts = cursor.facts();
  }

  private void clear() {
    event = HealthCode.ABSENT;
    fromDay = DateTimeText.NO_DAY;
    untilDay = DateTimeText.NO_DAY;
    isCovid = true;
    day = DateTimeText.NO_DAY;
    dose = CborReader.NO_INTEGER;
    seriesDoses = CborReader.NO_INTEGER;
    hasKind = false;
    testKind = null;
    outcome = null;
    sampleMinutes = HealthCode.ABSENT;
  }

  /**
   * Reads the certificate at the offset.
   *
   * @return whether its form is understood; if not, the cursor has the fault
   */
  boolean read(int offset, HcertKind kind) {
    clear();
    final boolean isTest = kind == HcertKind.DDCC_TEST;
    final String eventName = isTest ? "test" : "vaccination";
    final CborReader cbor = cursor.at(offset).nextUntagged();
    if (cbor.major() != CborReader.MAP) {
      return cursor.malformed("hcert", NOT_A_MAP);
    }
    for (long left = cbor.count(); cbor.hasMore(left); left--) {
      final int length = cbor.text(name);
      if (Ascii.isText(name, length, "certificate")) {
        if (!readCertificate()) {
          return false;
        }
      } else {
        if (Ascii.isText(name, length, eventName)) {
          event = cbor.position();
        }
        cbor.skip();
      }
    }
    if (event == HealthCode.ABSENT) {
      return cursor.malformed(eventName, "is missing");
    }
    facts.period(fromDay, untilDay);
    return readEvent(eventName, isTest) && take(isTest);
  }

  private boolean readCertificate() {
    final CborReader cbor = cursor.cbor().nextUntagged();
    if (cbor.isNull()) {
      return true;
    }
    if (cbor.major() != CborReader.MAP) {
      return cursor.malformed("certificate", NOT_A_MAP);
    }
    for (long left = cbor.count(); cbor.hasMore(left); left--) {
      if (Ascii.isText(name, cbor.text(name), "period")) {
        if (!readPeriod()) {
          return false;
        }
      } else {
        cbor.skip();
      }
    }
    return true;
  }

  private boolean readPeriod() {
    final CborReader cbor = cursor.cbor().nextUntagged();
    if (cbor.isNull()) {
      return true;
    }
    if (cbor.major() != CborReader.MAP) {
      return cursor.malformed("period", NOT_A_MAP);
    }
    for (long left = cbor.count(); cbor.hasMore(left); left--) {
      final int length = cbor.text(name);
      if (Ascii.isText(name, length, "start")) {
        fromDay = readDay();
        if (fromDay == DateTimeText.NO_DAY) {
          return cursor.malformed("start", NOT_A_DATE);
        }
      } else if (Ascii.isText(name, length, "end")) {
        untilDay = readDay();
        if (untilDay == DateTimeText.NO_DAY) {
          return cursor.malformed("end", NOT_A_DATE);
        }
      } else {
        cbor.skip();
      }
    }
    return true;
  }

  private boolean readEvent(String eventName, boolean isTest) {
    final CborReader cbor = cursor.at(event).nextUntagged();
    if (cbor.major() != CborReader.MAP) {
      return cursor.malformed(eventName, NOT_A_MAP);
    }
    for (long left = cbor.count(); cbor.hasMore(left); left--) {
      final int length = cbor.text(name);
      if (!(isTest ? readOfTest(length) : readOfVaccination(length))) {
        return false;
      }
    }
    return true;
  }

  private boolean readOfVaccination(int length) {
    if (Ascii.isText(name, length, "date")) {
      day = readDay();
      return day != DateTimeText.NO_DAY || cursor.malformed("date", NOT_A_DATE);
    }
    if (Ascii.isText(name, length, "dose")) {
      dose = cursor.cbor().integer();
      return dose != CborReader.NO_INTEGER || cursor.malformed("dose", "is not an integer");
    }
    if (Ascii.isText(name, length, "totalDoses") || Ascii.isText(name, length, "total_doses")) {
      seriesDoses = cursor.cbor().integer();
      return true;
    }
    return readAgent(length, "disease");
  }

  private boolean readOfTest(int length) {
    if (Ascii.isText(name, length, "date")) {
      final int characters = cursor.cbor().text(value);
      sampleMinutes =
          characters < 0 || characters > value.length
              ? HealthCode.ABSENT
              : DateTimeText.epochMinutes(value, 0, characters);
      return sampleMinutes != HealthCode.ABSENT
          || cursor.malformed("date", "is not a date and time with its zone");
    }
    if (Ascii.isText(name, length, "type")) {
      final int characters = readCode();
      hasKind = true;
      testKind =
          characters < 0 || characters > value.length ? null : TestKind.of(value, characters);
      return characters >= 0 || cursor.malformed("type", "has no code");
    }
    if (Ascii.isText(name, length, "result")) {
      final int characters = readCode();
      outcome = HcertEntry.outcomeOf(value, characters);
      return characters >= 0 || cursor.malformed("result", "has no code");
    }
    return readAgent(length, "pathogen");
  }

  private boolean readAgent(int length, String agent) {
    if (!Ascii.isText(name, length, agent)) {
      cursor.cbor().skip();
      return true;
    }
    final int before = cursor.cbor().position();
    if (cursor.cbor().nextUntagged().isNull()) {
      return true;
    }
    cursor.cbor().position(before);
    final int characters = readCode();
    isCovid = DiseaseCodes.isCovid(value, characters);
    return characters >= 0 || cursor.malformed(agent, "has no code");
  }

  /** Reads a coding's {@code code}, or a code that stands there by itself. */
  private int readCode() {
    final CborReader cbor = cursor.cbor();
    final int before = cbor.position();
    if (cbor.nextUntagged().major() != CborReader.MAP) {
      cbor.position(before);
      return cbor.text(value);
    }
    int found = CborReader.NO_TEXT;
    int at = HealthCode.ABSENT;
    for (long left = cbor.count(); cbor.hasMore(left); left--) {
      if (Ascii.isText(name, cbor.text(name), "code")) {
        at = cbor.position();
      }
      cbor.skip();
    }
    final int behind = cbor.position();
    if (at != HealthCode.ABSENT) {
      cbor.position(at);
      found = cbor.text(value);
    }
    cbor.position(behind);
    return found;
  }

  private int readDay() {
    final int length = cursor.cbor().text(value);
    return length < 0 || length > value.length
        ? DateTimeText.NO_DAY
        : DateTimeText.epochDay(value, 0, length);
  }

  private boolean take(boolean isTest) {
    facts.certifies(isTest ? HcertClaims.TEST : HcertClaims.VACCINATION);
    return isTest ? takeTest() : takeVaccination();
  }

  private boolean takeVaccination() {
    if (day == DateTimeText.NO_DAY) {
      return cursor.malformed("date", "is missing");
    }
    if (dose == CborReader.NO_INTEGER) {
      return cursor.malformed("dose", "is missing");
    }
    if (isCovid) {
      facts.vaccination(day, dose, seriesDoses == CborReader.NO_INTEGER ? 1 : seriesDoses);
    }
    return true;
  }

  private boolean takeTest() {
    if (!hasKind) {
      return cursor.malformed("type", "is missing");
    }
    if (outcome == null) {
      return cursor.malformed("result", "is missing");
    }
    if (sampleMinutes == HealthCode.ABSENT) {
      return cursor.malformed("date", "is missing");
    }
    if (isCovid) {
      facts.test(testKind, outcome, sampleMinutes);
    }
    return true;
  }
}
