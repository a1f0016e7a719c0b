package gongbei.codec.code;

import gongbei.codec.json.JsonReader;
import gongbei.codec.json.JsonValidator;

/**
 * Decodes the text of one health code. In CBOR: prefix, Base45 (RFC 9285) and, in {@code HC1},
 * zlib; within them the signed message ({@link CoseSign1}), its claims ({@link CwtClaims}) and what
 * the format itself says ({@link RegionClaims} or {@link HcertClaims}). In JSON: {@link VdsSeal}
 * and {@link SmartHealthCard}. Nothing here is trusted yet. A flyweight with its own buffers, to be
 * wrapped again and again without allocation; what it and its parts expose is valid until the next
 * {@link #wrap}. For one thread.
 */
public final class HealthCode {
  /** What numeric accessors answer where the code does not claim the thing. */
  public static final int ABSENT = -1;

  private final CodeCursor cursor = new CodeCursor();
  private final CoseSign1 cose = new CoseSign1(cursor);
  private final CwtClaims cwt = new CwtClaims(cursor);
  private final RegionClaims region = new RegionClaims(cursor);
  private final HcertClaims hcert = new HcertClaims(cursor);
  private final byte[] decoded = new byte[CodeLimits.MAX_DECODED_BYTES];
  private final BoundedInflater inflater = new BoundedInflater(cursor, false, "zlib");
  private final JsonValidator validator =
      new JsonValidator(CodeLimits.MAX_JSON_DEPTH, CodeLimits.MAX_JSON_MEMBERS);
  private final JsonReader json = new JsonReader();
  private final VdsSeal seal = new VdsSeal(cursor, cwt, validator, json);
  private final SmartHealthCard card = new SmartHealthCard(cursor, cwt, validator, json);
  private CodeFormat format;

  /** Makes a flyweight over no code. */
  public HealthCode() {
    clear();
  }

  /**
   * Decodes a code. What {@link CodeText} tells from a code's own characters is ignored.
   *
   * @param text the code's characters in ASCII, not kept
   * @return whether it is well-formed; if not, {@link #field} and {@link #explanation} say why
   */
  public boolean wrap(byte[] text, int offset, int length) {
    clear();
    final int start = CodeText.start(text, offset, length);
    return openText(text, start, CodeText.end(text, start, offset, length) - start);
  }

  private void clear() {
    format = null;
    cursor.clear();
    cose.clear();
    cwt.clear();
    region.clear();
    hcert.clear();
    seal.clear();
    card.clear();
  }

  private boolean openText(byte[] text, int offset, int length) {
    if (length == 0) {
      return cursor.malformed("code", "is empty");
    }
    if (length > CodeLimits.MAX_TEXT_CHARACTERS) {
      return cursor.malformed("code", "is longer than 4296 characters");
    }
    format = CodeFormat.ofPrefix(text, offset, length);
    if (format == null) {
      return cursor.unsupported("prefix", "is none of GD1:, MO1:, HC1:, shc:/ and { of JSON");
    }
    return switch (format) {
      case GD1, MO1, HC1 -> openCbor(text, offset, length);
      case VDS -> seal.read(text, offset, length);
      case SHC -> card.read(text, offset, length);
    };
  }

  private boolean openCbor(byte[] text, int offset, int length) {
    final int bytes =
        Base45.decode(
            text, offset + CodeFormat.PREFIX_LENGTH, length - CodeFormat.PREFIX_LENGTH, decoded, 0);
    if (bytes < 0) {
      return cursor.malformed("base45", explainBase45(bytes));
    }
    if (format == CodeFormat.HC1) {
      final int inflatedBytes = inflater.inflate(decoded, bytes);
      return inflatedBytes != ABSENT && openCertificate(inflatedBytes);
    }
    cursor.wrap(decoded, true);
    return cose.read(format, bytes)
        && cwt.read(format, cose, RegionClaims.CLAIM)
        && region.read(cwt.bodyOffset());
  }

  private boolean openCertificate(int bytes) {
    cursor.wrap(inflater.bytes(), false);
    return cose.read(format, bytes)
        && cwt.read(format, cose, HcertClaims.CLAIM)
        && hcert.read(cwt.bodyOffset(), cwt.expiresAtEpochSeconds() != ABSENT);
  }

  private static String explainBase45(int fault) {
    return switch (fault) {
      case Base45.BAD_LENGTH -> "has a length that Base45 cannot have";
      case Base45.BAD_VALUE -> "has a group whose value is too great";
      default -> "has a character outside the Base45 alphabet";
    };
  }

  /** The code's format, or null where its prefix is none that Gongbei knows. */
  public CodeFormat format() {
    return format;
  }

  /** After a refusal: whether the code may be well-formed but is of a kind Gongbei can't read. */
  public boolean isUnsupported() {
    return cursor.isUnsupported();
  }

  /** After a refusal: the field at fault, a constant; else null. */
  public String field() {
    return cursor.field();
  }

  /** After a refusal: what is wrong with the field, a constant for people to read; else null. */
  public String explanation() {
    return cursor.explanation();
  }

  /** The buffer that the offsets of all parts point into. */
  public byte[] buffer() {
    return cursor.buffer();
  }

  /** What of the code is verified by a key, whatever its format. */
  public SignedParts signed() {
    return switch (format) {
      case GD1, MO1, HC1 -> cose;
      case VDS -> seal;
      case SHC -> card;
    };
  }

  /** What a foreign code says of its holder; nothing in the regions' formats. */
  public ForeignFacts facts() {
    return cursor.facts();
  }

  /**
   * Whether the code is of who has that key, as far as formats say so beside the signature: a SMART
   * Health Card names its issuer by an address, a seal by the country of the certificate.
   */
  public boolean isOf(String issuer) {
    return switch (format) {
      case GD1, MO1, HC1 -> true;
      case VDS -> CountryCodes.isSame(cwt.issuer(), issuer);
      case SHC -> cwt.isIssuedBy(issuer);
    };
  }

  /** The signed message of a code in CBOR. */
  public CoseSign1 cose() {
    return cose;
  }

  /** The claims of every format: issuer and times. */
  public CwtClaims cwt() {
    return cwt;
  }

  /** The claims of a {@code GD1} or {@code MO1} code. */
  public RegionClaims region() {
    return region;
  }

  /** The certificate in an {@code HC1} code. */
  public HcertClaims hcert() {
    return hcert;
  }

  /** The seal that a {@code VDS} code is. */
  public VdsSeal seal() {
    return seal;
  }

  /** The card that an {@code SHC} code is. */
  public SmartHealthCard card() {
    return card;
  }
}
