package gongbei.codec.code;

import static gongbei.codec.code.HealthCode.ABSENT;

import gongbei.codec.cbor.CborReader;

/**
 * What a certificate in an {@code HC1} code certifies, by its {@link HcertKind}. Of an EU Digital
 * COVID Certificate it is the object of the EU's JSON schema, which holds exactly one of {@code v}
 * (vaccinations), {@code t} (tests) and {@code r} (recoveries), with at least one entry.
 *
 * <p>What the schema makes a matter of form (a claim that is missing or of another type, a date
 * that no calendar has) is refused. What is a matter of value sets (a result, a disease, a dose
 * number) is laid open as known or unknown in {@link ForeignFacts}, and rules decide. Every form
 * that RFC 8949 gives the same meaning is read alike; tags are ignored. A flyweight; allocates
 * nothing. For one thread.
 */
public final class HcertClaims {
  /** Bit of {@link ForeignFacts#types}: the certificate holds a vaccination. */
  public static final int VACCINATION = 1;

  /** Bit of {@link ForeignFacts#types}: the certificate holds a test. */
  public static final int TEST = 2;

  /** Bit of {@link ForeignFacts#types}: the certificate holds a recovery. */
  public static final int RECOVERY = 4;

  /** The claim of the CWT that holds the certificate. */
  static final long CLAIM = -260;

  private final CodeCursor cursor;
  private final ForeignFacts facts;
  private final HcertEntry entry;
  private final DvcClaims dvc;
  private final DdccClaims ddcc;
  private final byte[] name = new byte[1];
  private int offset;
  private int types;
  private HcertKind kind;

  HcertClaims(CodeCursor cursor) {
    this.cursor = cursor;
    this.facts = cursor.facts();
    entry = new HcertEntry(cursor);
    dvc = new DvcClaims(cursor);
    ddcc = new DdccClaims(cursor);
  }

  /** Forgets what was read: nothing is certified. */
  void clear() {
    offset = ABSENT;
    types = 0;
    kind = null;
  }

  /**
   * Reads the certificate of a claim whose CBOR has been found valid.
   *
   * @param claimOffset where the claim's map of kinds lies, or {@link HealthCode#ABSENT}
   * @param expires whether the code has an {@code exp}
   * @return whether its form is understood; if not, the cursor has the fault
   */
  boolean read(int claimOffset, boolean expires) {
    if (claimOffset == ABSENT) {
      return requireExpiry(expires) && cursor.malformed("hcert", "is missing");
    }
    final CborReader cbor = cursor.at(claimOffset).nextUntagged();
    if (cbor.major() != CborReader.MAP) {
      return requireExpiry(expires) && cursor.malformed("hcert", "is not a map");
    }
    boolean isEmpty = true;
    for (long left = cbor.count(); cbor.hasMore(left); left--) {
      isEmpty = false;
      final HcertKind found = HcertKind.ofKey(cbor.integer());
      if (found != null && (kind == null || found.compareTo(kind) < 0)) {
        kind = found;
        offset = cbor.position();
      }
      cbor.skip();
    }
    if (kind == null) {
      return isEmpty
          ? requireExpiry(expires) && cursor.malformed("hcert", "has no certificate")
          : cursor.unsupported("hcert", "has no kind of certificate that is known");
    }
    if (kind.requiresExpiry() && !requireExpiry(expires)) {
      return false;
    }
    return switch (kind) {
      case DCC -> readCertificate();
      case DDCC_VACCINATION, DDCC_TEST -> ddcc.read(offset, kind);
      case LINK -> readLink();
      case DVC -> dvc.read(offset);
    };
  }

  private boolean requireExpiry(boolean expires) {
    return expires || cursor.malformed("exp", "is missing");
  }

  /** A link is an array of objects with a URI as {@code u}, or that URI itself. */
  private boolean readLink() {
    final int major = cursor.at(offset).nextUntagged().major();
    if (major != CborReader.ARRAY && major != CborReader.MAP && major != CborReader.TEXT) {
      return cursor.malformed("hcert", "is not a link");
    }
    facts.areElsewhere();
    return true;
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
    facts.certifies(type);
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
    switch (type) {
      case VACCINATION -> facts.vaccination(entry.day(), entry.doseNumber(), entry.seriesDoses());
      case TEST -> facts.test(entry.kind(), entry.outcome(), entry.sampleMinutes());
      default -> facts.recovery(entry.day());
    }
  }

  /** Offset of the certificate, a CBOR item, or {@link HealthCode#ABSENT} in other formats. */
  public int offset() {
    return offset;
  }

  /** What kind of certificate it is, or null in other formats. */
  public HcertKind kind() {
    return kind;
  }
}
