package gongbei.codec.code;

import static gongbei.codec.code.HealthCode.ABSENT;

import gongbei.codec.cbor.CborReader;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;

/**
 * What Guangdong's and Macau's codes say of their holder: the private-use claim -65537. Claims with
 * unknown labels are ignored. A flyweight over the code's buffer, valid until the code is read
 * anew; allocates nothing but where it says so. For one thread.
 */
public final class RegionClaims {
  /** The claim of the CWT that holds these. */
  static final long CLAIM = -65537;

  private static final int ORIGIN_CHARACTERS = 2;
  private static final int MAX_KIND = CodeKind.VENUE.number();

  private final CodeCursor cursor;
  private final Slice origin = new Slice();
  private final VenueClaims venue;
  private int subjectOffset;
  private int serialOffset;
  private CodeKind kind;
  private Colour colour;
  private TestResult result;
  private int sampleEpochMinutes;
  private int doses;
  private int groupSize;
  private int groupDigestOffset;

  RegionClaims(CodeCursor cursor) {
    this.cursor = cursor;
    venue = new VenueClaims(cursor);
  }

  /** Forgets the claims. */
  void clear() {
    origin.clear();
    venue.clear();
    subjectOffset = ABSENT;
    serialOffset = ABSENT;
    kind = null;
    colour = null;
    result = TestResult.NONE;
    sampleEpochMinutes = ABSENT;
    doses = 0;
    groupSize = ABSENT;
    groupDigestOffset = ABSENT;
  }

  /**
   * Reads the claims.
   *
   * @param offset where the map lies, or {@link HealthCode#ABSENT}
   * @return whether they are well-formed; if not, the cursor has the fault
   */
  boolean read(int offset) {
    if (offset == ABSENT) {
      return cursor.malformed("claim -65537", "is missing");
    }
    final CborReader cbor = cursor.at(offset).next();
    if (cbor.major() != CborReader.MAP) {
      return cursor.malformed("claim -65537", "is not a map");
    }
    for (long remaining = cbor.count(); remaining > 0; remaining--) {
      if (!readClaim(cbor.integer())) {
        return false;
      }
    }
    return check();
  }

  private boolean readClaim(long label) {
    final int claim = label > 0 && label <= 10 ? (int) label : 0;
    switch (claim) {
      case 1 -> {
        subjectOffset = readBytes(CodeLimits.SUBJECT_BYTES);
        return subjectOffset != ABSENT || cursor.malformed("subject", "is not 16 bytes");
      }
      case 2 -> {
        final int number = readSmall(MAX_KIND);
        kind = number == ABSENT ? null : CodeKind.ofNumber(number);
        return kind != null || cursor.malformed("kind", "is not a number from 0 to " + MAX_KIND);
      }
      case 3 -> {
        final int number = readSmall(Colour.RED.number());
        colour = number == ABSENT ? null : Colour.ofNumber(number);
        return colour != null || cursor.malformed("colour", "is not a number from 0 to 2");
      }
      case 4 -> {
        final int number = readSmall(TestResult.POSITIVE.number());
        result = number == ABSENT ? null : TestResult.ofNumber(number);
        return result != null || cursor.malformed("result", "is not a number from 0 to 2");
      }
      case 5 -> {
        sampleEpochMinutes = readSmall(Integer.MAX_VALUE);
        return sampleEpochMinutes != ABSENT
            || cursor.malformed("sampleTime", "is not epoch minutes");
      }
      case 6 -> {
        doses = readSmall(CodeLimits.MAX_DOSES);
        return doses != ABSENT || cursor.malformed("doses", "is not a number from 0 to 99");
      }
      case 7 -> {
        serialOffset = readBytes(CodeLimits.SERIAL_BYTES);
        return serialOffset != ABSENT || cursor.malformed("serial", "is not 8 bytes");
      }
      case 8 -> {
        readOrigin();
        return origin.isPresent() || cursor.malformed("origin", "is not text of 2 capital letters");
      }
      case 9 -> {
        groupSize = readSmall(CodeLimits.MAX_GROUP_SIZE);
        return groupSize > 0 || cursor.malformed("groupSize", "is not a number from 1 to 500");
      }
      case 10 -> {
        groupDigestOffset = readBytes(CodeLimits.GROUP_DIGEST_BYTES);
        return groupDigestOffset != ABSENT || cursor.malformed("groupDigest", "is not 32 bytes");
      }
      default -> {
        venue.pass(label);
        return true;
      }
    }
  }

  private int readSmall(int greatest) {
    final CborReader cbor = cursor.cbor().next();
    final long number = cbor.isInt() ? cbor.intValue() : ABSENT;
    cbor.skipRest();
    return number >= 0 && number <= greatest ? (int) number : ABSENT;
  }

  private int readBytes(int length) {
    final CborReader cbor = cursor.cbor().next();
    final int at = cbor.position();
    final boolean isThere = cbor.isDefinite(CborReader.BYTES) && cbor.argument() == length;
    cbor.skipRest();
    return isThere ? at : ABSENT;
  }

  private void readOrigin() {
    final CborReader cbor = cursor.cbor().next();
    final int at = cbor.position();
    if (cbor.isDefinite(CborReader.TEXT)
        && cbor.argument() == ORIGIN_CHARACTERS
        && isCapital(at)
        && isCapital(at + 1)) {
      origin.set(at, ORIGIN_CHARACTERS);
    }
    cbor.skipRest();
  }

  private boolean isCapital(int offset) {
    return cursor.buffer()[offset] >= 'A' && cursor.buffer()[offset] <= 'Z';
  }

  private boolean check() {
    if (subjectOffset == ABSENT) {
      return missing("subject");
    }
    if (kind == null) {
      return missing("kind");
    }
    if (colour == null) {
      return missing("colour");
    }
    if (serialOffset == ABSENT) {
      return missing("serial");
    }
    if (result != TestResult.NONE && sampleEpochMinutes == ABSENT) {
      return missing("sampleTime");
    }
    if (kind == CodeKind.TRANSLATED && !origin.isPresent()) {
      return missing("origin");
    }
    if (kind == CodeKind.GROUP && groupSize == ABSENT) {
      return missing("groupSize");
    }
    if (kind == CodeKind.GROUP && groupDigestOffset == ABSENT) {
      return missing("groupDigest");
    }
    return kind != CodeKind.VENUE || venue.read();
  }

  private boolean missing(String claim) {
    return cursor.malformed(claim, "is missing");
  }

  /** Offset of the 16 bytes of the subject, or {@link HealthCode#ABSENT} in an {@code HC1} code. */
  public int subjectOffset() {
    return subjectOffset;
  }

  /** Offset of the 8 bytes of the serial, or {@link HealthCode#ABSENT} in an {@code HC1} code. */
  public int serialOffset() {
    return serialOffset;
  }

  /** What the code is for, or null in an {@code HC1} code. */
  public CodeKind kind() {
    return kind;
  }

  /** The colour displayed, or null in an {@code HC1} code. */
  public Colour colour() {
    return colour;
  }

  /** What is claimed of a nucleic-acid test. */
  public TestResult result() {
    return result;
  }

  /** When the sample of {@link #result} was taken, in minutes since 1970 UTC, or ABSENT. */
  public int sampleEpochMinutes() {
    return sampleEpochMinutes;
  }

  /** Vaccine doses, 0 where none are claimed. */
  public int doses() {
    return doses;
  }

  /** The issuer that a translated code came from, or null. Allocates. */
  public String origin() {
    return origin.text(cursor.buffer());
  }

  /** How many people a group code stands for, or {@link HealthCode#ABSENT}. */
  public int groupSize() {
    return groupSize;
  }

  /** What the code of a venue says of its place. */
  public VenueClaims venue() {
    return venue;
  }

  /** Offset of the 32 bytes of a group's digest, or {@link HealthCode#ABSENT}. */
  public int groupDigestOffset() {
    return groupDigestOffset;
  }
}
