package gongbei.codec.code;

import gongbei.codec.json.JsonReader;

/**
 * Reads the vaccinations and tests of a bundle of FHIR R4 as a SMART Health Card has it (HL7, SMART
 * Health Cards: Vaccination and Testing): resources {@code Immunization} that are completed and
 * {@code Observation} that are final, amended or corrected. A card does not number its doses, so
 * they are counted: one a day. A resource with a {@code modifierExtension}, which may turn its
 * meaning (FHIR R4 §2.5.2), says nothing. Allocates nothing. For one thread.
 */
final class FhirBundle {
  private static final int MINUTES_PER_DAY = 1_440;

  /** A day begins up to 14 hours before it does in UTC. */
  private static final int EARLIEST_ZONE_MINUTES = 14 * 60;

  private static final String CVX = "http://hl7.org/fhir/sid/cvx";
  private static final String LOINC = "http://loinc.org";
  private static final String SNOMED = "http://snomed.info/sct";

  private final CodeCursor cursor;
  private final ForeignFacts facts;
  private final JsonReader json;
  private final byte[] value = new byte[64];
  private final byte[] system = new byte[32];
  private final byte[] code = new byte[24];
  private final int[] days = new int[CodeLimits.MAX_VACCINATION_DAYS];
  private int dayCount;
  private long greatestDose;
  private boolean isCovidCard;
  private int statusAt;
  private int codeAt;
  private int timeAt;
  private int periodAt;
  private int resultAt;
  private int protocolAt;
  private boolean isModified;
  private int codeLength;

  FhirBundle(CodeCursor cursor, JsonReader json) {
    this.cursor = cursor;
    this.facts = cursor.facts();
    this.json = json;
  }

  /**
   * Reads the bundle that the reader stands before.
   *
   * @param covidCard whether the card is of the type {@code covid19}: then a vaccine or test whose
   *     code is of none of the known systems is one for that disease
   * @return whether its form is understood; if not, the cursor has the fault
   */
  boolean read(boolean covidCard) {
    isCovidCard = covidCard;
    dayCount = 0;
    greatestDose = 0;
    if (!json.enter('{')) {
      return cursor.malformed("fhirBundle", "is not an object");
    }
    while (json.hasMore()) {
      if (Ascii.isText(value, json.name(value), "entry")) {
        if (!readEntries()) {
          return false;
        }
      } else {
        json.skip();
      }
    }
    for (int i = 0; i < dayCount; i++) {
      facts.vaccination(days[i], Math.max(dayCount, greatestDose));
    }
    return true;
  }

  private boolean readEntries() {
    if (!json.enter('[')) {
      return cursor.malformed("entry", "is not an array");
    }
    int entries = 0;
    while (json.hasMore()) {
      if (++entries > CodeLimits.MAX_BUNDLE_ENTRIES) {
        return cursor.malformed("entry", "has more than 256 elements");
      }
      if (!json.enter('{')) {
        return cursor.malformed("entry", "has an element that is not an object");
      }
      int resource = HealthCode.ABSENT;
      while (json.hasMore()) {
        if (Ascii.isText(value, json.name(value), "resource")) {
          resource = json.position();
        }
        json.skip();
      }
      final int behind = json.position();
      if (resource != HealthCode.ABSENT && !readResource(resource)) {
        return false;
      }
      json.position(behind);
    }
    return true;
  }

  private boolean readResource(int resource) {
    statusAt = HealthCode.ABSENT;
    codeAt = HealthCode.ABSENT;
    timeAt = HealthCode.ABSENT;
    periodAt = HealthCode.ABSENT;
    resultAt = HealthCode.ABSENT;
    protocolAt = HealthCode.ABSENT;
    isModified = false;
    json.position(resource);
    if (!json.enter('{')) {
      return cursor.malformed("resource", "is not an object");
    }
    int type = 0;
    while (json.hasMore()) {
      final int length = json.name(value);
      if (Ascii.isText(value, length, "resourceType")) {
        type = typeOf(json.text(value));
      } else {
        note(length);
        json.skip();
      }
    }
    return switch (type) {
      case HcertClaims.VACCINATION -> readImmunization();
      case HcertClaims.TEST -> readObservation();
      default -> true;
    };
  }

  private int typeOf(int length) {
    if (Ascii.isText(value, length, "Immunization")) {
      return HcertClaims.VACCINATION;
    }
    return Ascii.isText(value, length, "Observation") ? HcertClaims.TEST : 0;
  }

  /** Notes where a member's value lies that may be asked for. */
  private void note(int length) {
    if (Ascii.isText(value, length, "status")) {
      statusAt = json.position();
    } else if (Ascii.isText(value, length, "vaccineCode") || Ascii.isText(value, length, "code")) {
      codeAt = json.position();
    } else if (Ascii.isText(value, length, "occurrenceDateTime")
        || Ascii.isText(value, length, "effectiveDateTime")) {
      timeAt = json.position();
    } else if (Ascii.isText(value, length, "effectivePeriod")) {
      periodAt = json.position();
    } else if (Ascii.isText(value, length, "valueCodeableConcept")) {
      resultAt = json.position();
    } else if (Ascii.isText(value, length, "protocolApplied")) {
      protocolAt = json.position();
    } else if (Ascii.isText(value, length, "modifierExtension")) {
      isModified = true;
    }
  }

  private boolean readImmunization() {
    facts.certifies(HcertClaims.VACCINATION);
    if (isModified || !isStatus("completed") || !isCovidVaccine()) {
      return true;
    }
    final int length = text(timeAt);
    final int day =
        length < 0 || length > value.length
            ? DateTimeText.NO_DAY
            : DateTimeText.epochDay(value, 0, length);
    if (day == DateTimeText.NO_DAY) {
      return cursor.malformed("occurrenceDateTime", "is missing or not a date");
    }
    for (int i = 0; i < dayCount; i++) {
      if (days[i] == day) {
        return readProtocol();
      }
    }
    if (dayCount < days.length) {
      days[dayCount++] = day;
    }
    return readProtocol();
  }

  /** A dose's number counts where it is greater than how many doses the card has. */
  private boolean readProtocol() {
    if (protocolAt == HealthCode.ABSENT) {
      return true;
    }
    json.position(protocolAt);
    if (!json.enter('[')) {
      return cursor.malformed("protocolApplied", "is not an array");
    }
    while (json.hasMore()) {
      if (json.enter('{')) {
        while (json.hasMore()) {
          if (Ascii.isText(value, json.name(value), "doseNumberPositiveInt")) {
            greatestDose = Math.max(greatestDose, json.integer());
          } else {
            json.skip();
          }
        }
      }
    }
    return true;
  }

  private boolean isCovidVaccine() {
    boolean isOfKnownSystem = false;
    boolean isCovid = false;
    if (!enterCoding(codeAt)) {
      return false;
    }
    while (json.hasMore()) {
      final int systemLength = readCoding();
      if (Ascii.isText(system, systemLength, CVX)) {
        isOfKnownSystem = true;
        isCovid |= HealthCardCodes.isVaccine(code, codeLength);
      }
    }
    return isCovid || (isCovidCard && !isOfKnownSystem);
  }

  private boolean readObservation() {
    facts.certifies(HcertClaims.TEST);
    if (isModified || !(isStatus("final") || isStatus("amended") || isStatus("corrected"))) {
      return true;
    }
    TestKind kind = null;
    boolean isOther = false;
    if (!enterCoding(codeAt)) {
      return true;
    }
    while (json.hasMore()) {
      final int systemLength = readCoding();
      if (kind == null && Ascii.isText(system, systemLength, LOINC)) {
        kind = HealthCardCodes.testKind(code, codeLength);
        isOther |= kind == null && HealthCardCodes.isAntibodyTest(code, codeLength);
      }
    }
    if (kind == null && (isOther || !isCovidCard)) {
      return true;
    }
    final int sampleMinutes = sampleMinutes();
    if (sampleMinutes == HealthCode.ABSENT) {
      return cursor.malformed("effectiveDateTime", "is missing or not a time");
    }
    facts.test(kind, outcome(), sampleMinutes);
    return true;
  }

  /** Where a date alone is given, the sample counts as taken when that day first began on Earth. */
  private int sampleMinutes() {
    int length = text(timeAt);
    if (length < 0 && periodAt != HealthCode.ABSENT) {
      json.position(periodAt);
      if (json.enter('{')) {
        while (length < 0 && json.hasMore()) {
          if (Ascii.isText(value, json.name(value), "start")) {
            length = json.text(value);
          } else {
            json.skip();
          }
        }
      }
    }
    if (length < 0 || length > value.length) {
      return HealthCode.ABSENT;
    }
    final int minutes = DateTimeText.epochMinutes(value, 0, length);
    if (minutes != HealthCode.ABSENT) {
      return minutes;
    }
    final int day = DateTimeText.epochDay(value, 0, length);
    final long earliest = (long) day * MINUTES_PER_DAY - EARLIEST_ZONE_MINUTES;
    return day == DateTimeText.NO_DAY || earliest < 0 || earliest > Integer.MAX_VALUE
        ? HealthCode.ABSENT
        : (int) earliest;
  }

  private HcertEntry.Outcome outcome() {
    HcertEntry.Outcome outcome = HcertEntry.Outcome.UNKNOWN;
    if (!enterCoding(resultAt)) {
      return outcome;
    }
    while (json.hasMore()) {
      final int systemLength = readCoding();
      HcertEntry.Outcome next = HcertEntry.Outcome.UNKNOWN;
      if (Ascii.isText(system, systemLength, SNOMED)) {
        next = ofSnomed();
      } else if (Ascii.isText(system, systemLength, LOINC)) {
        next = ofLoinc();
      }
      if (next == HcertEntry.Outcome.DETECTED || outcome == HcertEntry.Outcome.UNKNOWN) {
        outcome = next;
      }
    }
    return outcome;
  }

  /** Detected, positive, reactive; not detected, negative, non-reactive. */
  private HcertEntry.Outcome ofSnomed() {
    if (isCode("10828004") || isCode("11214006") || isCode("720735008")) {
      return HcertEntry.Outcome.DETECTED;
    }
    return isCode("260385009") || isCode("131194007")
        ? HcertEntry.Outcome.NOT_DETECTED
        : HcertEntry.outcomeOf(code, codeLength);
  }

  /** Detected, positive, reactive; not detected, negative, non-reactive: LOINC's answers. */
  private HcertEntry.Outcome ofLoinc() {
    if (isCode("LA11882-0") || isCode("LA6576-8") || isCode("LA15255-5")) {
      return HcertEntry.Outcome.DETECTED;
    }
    return isCode("LA11883-8") || isCode("LA6577-6") || isCode("LA15256-3")
        ? HcertEntry.Outcome.NOT_DETECTED
        : HcertEntry.Outcome.UNKNOWN;
  }

  private boolean isCode(String expected) {
    return Ascii.isText(code, codeLength, expected);
  }

  private boolean isStatus(String expected) {
    return Ascii.isText(value, text(statusAt), expected);
  }

  /** Reads the text at a place into {@link #value}; none where there is no place. */
  private int text(int at) {
    if (at == HealthCode.ABSENT) {
      return JsonReader.NO_TEXT;
    }
    json.position(at);
    return json.text(value);
  }

  /** Steps into the codings of the concept at a place. */
  private boolean enterCoding(int at) {
    if (at == HealthCode.ABSENT) {
      return false;
    }
    json.position(at);
    if (!json.enter('{')) {
      return false;
    }
    int coding = HealthCode.ABSENT;
    while (json.hasMore()) {
      if (Ascii.isText(value, json.name(value), "coding")) {
        coding = json.position();
      }
      json.skip();
    }
    if (coding == HealthCode.ABSENT) {
      return false;
    }
    json.position(coding);
    return json.enter('[');
  }

  /** Reads one coding and answers the length of its system. */
  private int readCoding() {
    int systemLength = JsonReader.NO_TEXT;
    codeLength = JsonReader.NO_TEXT;
    if (!json.enter('{')) {
      return systemLength;
    }
    while (json.hasMore()) {
      final int length = json.name(value);
      if (Ascii.isText(value, length, "system")) {
        systemLength = json.text(system);
      } else if (Ascii.isText(value, length, "code")) {
        codeLength = json.text(code);
      } else {
        json.skip();
      }
    }
    return systemLength;
  }
}
