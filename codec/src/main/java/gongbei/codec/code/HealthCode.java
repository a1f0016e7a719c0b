package gongbei.codec.code;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decodes the text of one health code: prefix, Base45 (RFC 9285) and, in {@code HC1}, zlib; within
 * them the signed message ({@link CoseSign1}), its claims ({@link CwtClaims}) and what the format
 * itself says ({@link RegionClaims} or {@link HcertClaims}). Nothing here is trusted yet. A
 * flyweight with its own buffers, to be wrapped again and again without allocation; what it and its
 * parts expose is valid until the next {@link #wrap}. For one thread.
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
  private byte[] inflated = {};
  private Inflater inflater;
  private CodeFormat format;

  /** Makes a flyweight over no code. */
  public HealthCode() {
    clear();
  }

  /**
   * Decodes a code. What {@link CodeText} tells from a code's own characters is passed over.
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
      return cursor.unsupported("prefix", "is none of GD1:, MO1: and HC1:");
    }
    final int bytes =
        Base45.decode(
            text, offset + CodeFormat.PREFIX_LENGTH, length - CodeFormat.PREFIX_LENGTH, decoded, 0);
    if (bytes < 0) {
      return cursor.malformed("base45", explainBase45(bytes));
    }
    if (format == CodeFormat.HC1) {
      final int inflatedBytes = inflate(bytes);
      return inflatedBytes != ABSENT && openCertificate(inflatedBytes);
    }
    cursor.wrap(decoded, true);
    return cose.read(format, bytes)
        && cwt.read(format, cose, RegionClaims.CLAIM)
        && region.read(cwt.bodyOffset());
  }

  private boolean openCertificate(int bytes) {
    cursor.wrap(inflated, false);
    return cose.read(format, bytes)
        && cwt.read(format, cose, HcertClaims.CLAIM)
        && hcert.read(cwt.bodyOffset());
  }

  private static String explainBase45(int fault) {
    return switch (fault) {
      case Base45.BAD_LENGTH -> "has a length that Base45 cannot have";
      case Base45.BAD_VALUE -> "has a group whose value is too great";
      default -> "has a character outside the Base45 alphabet";
    };
  }

  /** Inflates the decoded bytes and answers how many they become, or {@link #ABSENT}. */
  private int inflate(int bytes) {
    if (inflater == null) {
      inflater = new Inflater();
      inflated = new byte[CodeLimits.MAX_INFLATED_BYTES];
    }
    inflater.reset();
    inflater.setInput(decoded, 0, bytes);
    int length = 0;
    try {
      while (!inflater.finished()) {
        final int more = inflater.inflate(inflated, length, inflated.length - length);
        length += more;
        if (more == 0 && !inflater.finished()) {
          if (length == inflated.length) {
            return badZlib("inflates to more than 65536 bytes");
          }
          return badZlib(inflater.needsDictionary() ? "needs a dictionary" : "is cut short");
        }
      }
    } catch (DataFormatException e) {
      return badZlib("is not zlib data");
    }
    return inflater.getRemaining() == 0 ? length : badZlib("has bytes after its end");
  }

  private int badZlib(String why) {
    cursor.malformed("zlib", why);
    return ABSENT;
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

  /** The signed message. */
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

  /** What the certificate in an {@code HC1} code certifies. */
  public HcertClaims hcert() {
    return hcert;
  }
}
