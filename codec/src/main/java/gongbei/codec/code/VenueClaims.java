package gongbei.codec.code;

import static gongbei.codec.code.HealthCode.ABSENT;

import gongbei.codec.cbor.CborReader;
import gongbei.codec.model.Venue;
import gongbei.codec.model.VenueForm;
import java.util.Arrays;
import java.util.Optional;

/**
 * What the code of a venue says beside what every code of a region does: the claims 11 to 15 of the
 * claim -65537. They are read where the kind is {@code venue}, and passed over elsewhere. A
 * flyweight over the code's buffer, valid until the code is read anew. For one thread.
 */
public final class VenueClaims {
  private static final int FIRST = 11;
  private static final int LAST = 15;
  private static final String[] NAMES = {"checkpoint", "place", "ruleset", "form", "pinDigest"};
  private static final int FORM = 3;
  private static final int PIN_DIGEST = 4;
  private static final int DELETE = 0x7F;

  private final CodeCursor cursor;
  private final int[] offsets = new int[NAMES.length];
  private final Slice checkpoint = new Slice();
  private final Slice place = new Slice();
  private final Slice ruleset = new Slice();
  private VenueForm form;
  private int pinDigestOffset;

  VenueClaims(CodeCursor cursor) {
    this.cursor = cursor;
  }

  /** Forgets the claims. */
  void clear() {
    Arrays.fill(offsets, ABSENT);
    checkpoint.clear();
    place.clear();
    ruleset.clear();
    form = null;
    pinDigestOffset = ABSENT;
  }

  /** Notes where the value of a claim lies that may be one of these, and passes over it. */
  void pass(long label) {
    if (label >= FIRST && label <= LAST) {
      offsets[(int) label - FIRST] = cursor.cbor().position();
    }
    cursor.cbor().skip();
  }

  /**
   * Reads the claims that were passed over; if one is not well-formed, the cursor has the fault.
   */
  boolean read() {
    for (int i = 0; i < PIN_DIGEST; i++) {
      if (offsets[i] == ABSENT) {
        return cursor.malformed(NAMES[i], "is missing");
      }
    }
    if (!readName(0, checkpoint) || !readName(2, ruleset)) {
      return false;
    }
    if (!cursor.at(offsets[1]).next().isDefinite(CborReader.TEXT)
        || !isText(place, CodeLimits.MAX_PLACE_BYTES, false)) {
      return cursor.malformed(NAMES[1], "is not text of 1 to 80 bytes without control characters");
    }
    final CborReader number = cursor.at(offsets[FORM]).next();
    if (!number.isInt()
        || number.intValue() < 0
        || number.intValue() > VenueForm.LICENCE.number()) {
      return cursor.malformed(NAMES[FORM], "is not a number from 0 to 2");
    }
    form = VenueForm.ofNumber((int) number.intValue());
    return offsets[PIN_DIGEST] == ABSENT || readPinDigest();
  }

  private boolean readName(int index, Slice into) {
    return (cursor.at(offsets[index]).next().isDefinite(CborReader.TEXT)
            && isText(into, CodeLimits.MAX_VENUE_NAME_BYTES, true))
        || cursor.malformed(NAMES[index], "is not text of 1 to 32 characters of ASCII");
  }

  private boolean readPinDigest() {
    final CborReader bytes = cursor.at(offsets[PIN_DIGEST]).next();
    if (!bytes.isDefinite(CborReader.BYTES) || bytes.argument() != CodeLimits.PIN_DIGEST_BYTES) {
      return cursor.malformed(NAMES[PIN_DIGEST], "is not 8 bytes");
    }
    pinDigestOffset = bytes.position();
    return true;
  }

  /** Whether the string at the cursor is text that a page can show as it is. */
  private boolean isText(Slice into, int maxBytes, boolean isAscii) {
    final long length = cursor.cbor().argument();
    if (length < 1 || length > maxBytes) {
      return false;
    }
    into.set(cursor.cbor().position(), (int) length);
    for (int i = 0; i < length; i++) {
      final byte character = cursor.buffer()[into.offset() + i];
      if ((character >= 0 && character < ' ')
          || character == DELETE
          || (isAscii && character < 0)) {
        return false;
      }
    }
    return true;
  }

  /** How the code is shown, or null where it is no venue's. */
  public VenueForm form() {
    return form;
  }

  /** The venue of a code whose kind is {@code venue}. Allocates. */
  public Venue venue() {
    final byte[] buffer = cursor.buffer();
    return new Venue(
        checkpoint.text(buffer),
        place.text(buffer),
        ruleset.text(buffer),
        form,
        pinDigestOffset == ABSENT
            ? Optional.empty()
            : Optional.of(
                Arrays.copyOfRange(
                    buffer, pinDigestOffset, pinDigestOffset + CodeLimits.PIN_DIGEST_BYTES)));
  }
}
