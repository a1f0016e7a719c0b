package gongbei.codec.code;

import gongbei.codec.cbor.CborReader;

/**
 * Reads a digital vaccination certificate of the WHO (hcert key -6, the logical model {@code
 * DVCMin}): one vaccination under {@code v}, whose {@code tg} is a disease of ICD-11, {@code dt}
 * its date, {@code dn} a number or word for its dose, {@code vls} and {@code vle} the first and
 * last day of its validity. A dose whose number is given by a word counts as one. Allocates
 * nothing. For one thread.
 */
final class DvcClaims {
  private static final int MAX_VALUE_BYTES = 48;

  private final CodeCursor cursor;
  private final ForeignFacts facts;
  private final byte[] value = new byte[MAX_VALUE_BYTES];
  private int vaccination;
  private boolean isCovid;
  private boolean hasDisease;
  private int day;
  private long dose;
  private int fromDay;
  private int untilDay;

  DvcClaims(CodeCursor cursor) {
    this.cursor = cursor;
    this.facts = cursor.facts();
  }

  /**
   * Reads the certificate at the offset.
   *
   * @return whether its form is understood; if not, the cursor has the fault
   */
  boolean read(int offset) {
    clear();
    final CborReader cbor = cursor.at(offset).nextUntagged();
    if (cbor.major() != CborReader.MAP) {
      return cursor.malformed("hcert", "is not a map");
    }
    for (long left = cbor.count(); cbor.hasMore(left); left--) {
      if (cbor.text(value) == 1 && value[0] == 'v') {
        vaccination = cbor.position();
      }
      cbor.skip();
    }
    if (vaccination == HealthCode.ABSENT) {
      return cursor.malformed("v", "is missing");
    }
    return readVaccination();
  }

  private void clear() {
    vaccination = HealthCode.ABSENT;
    isCovid = false;
    hasDisease = false;
    day = DateTimeText.NO_DAY;
    dose = 1;
    fromDay = DateTimeText.NO_DAY;
    untilDay = DateTimeText.NO_DAY;
  }

  private boolean readVaccination() {
    final CborReader cbor = cursor.at(vaccination).nextUntagged();
    if (cbor.major() != CborReader.MAP) {
      return cursor.malformed("v", "is not a map");
    }
    for (long left = cbor.count(); cbor.hasMore(left); left--) {
      if (!readClaim(cbor.text(value))) {
        return false;
      }
    }
    if (!hasDisease) {
      return cursor.malformed("tg", "is missing");
    }
    if (day == DateTimeText.NO_DAY) {
      return cursor.malformed("dt", "is missing");
    }
    facts.certifies(HcertClaims.VACCINATION);
    facts.period(fromDay, untilDay);
    if (isCovid) {
      facts.vaccination(day, dose);
    }
    return true;
  }

  private boolean readClaim(int length) {
    if (isName(length, "tg")) {
      final int characters = cursor.cbor().text(value);
      hasDisease = true;
      isCovid = DiseaseCodes.isCovid(value, characters);
      return characters != CborReader.NO_TEXT || cursor.malformed("tg", "is not text");
    }
    if (isName(length, "dt")) {
      day = readDay();
      return day != DateTimeText.NO_DAY || cursor.malformed("dt", "is not a date");
    }
    if (isName(length, "vls")) {
      fromDay = readDay();
      return fromDay != DateTimeText.NO_DAY || cursor.malformed("vls", "is not a date");
    }
    if (isName(length, "vle")) {
      untilDay = readDay();
      return untilDay != DateTimeText.NO_DAY || cursor.malformed("vle", "is not a date");
    }
    if (isName(length, "dn")) {
      final long number = cursor.cbor().integer();
      dose = number == CborReader.NO_INTEGER ? 1 : number;
      return true;
    }
    cursor.cbor().skip();
    return true;
  }

  private boolean isName(int length, String name) {
    return Ascii.isText(value, length, name);
  }

  private int readDay() {
    final int length = cursor.cbor().text(value);
    return length < 0 || length > value.length
        ? DateTimeText.NO_DAY
        : DateTimeText.epochDay(value, 0, length);
  }
}
