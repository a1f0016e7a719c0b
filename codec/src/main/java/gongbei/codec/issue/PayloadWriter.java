package gongbei.codec.issue;

import gongbei.codec.cbor.CborWriter;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.TestResult;
import gongbei.codec.model.Venue;
import java.nio.charset.StandardCharsets;

/**
 * Writes what Guangdong's and Macau's codes say: a CWT (RFC 8392) in deterministic CBOR (RFC 8949
 * §4.2.1). For any thread.
 */
final class PayloadWriter {
  /** The most bytes of a payload. */
  static final int MAX_BYTES = 256;

  private static final int CLAIM_GONGBEI = -65537;
  private static final int ALWAYS_PRESENT_CLAIMS = 6;
  private static final int VENUE_CLAIMS = 4;

  private final byte[] issuer;

  PayloadWriter(CodeFormat format) {
    issuer = format.issuer().getBytes(StandardCharsets.US_ASCII);
  }

  /** Writes the claims of a code and answers where they end. */
  int write(CborWriter writer, CodeClaims claims) {
    final boolean tested = claims.result() != TestResult.NONE;
    final boolean translated = claims.origin() != null;
    final boolean group = claims.kind() == CodeKind.GROUP;
    final boolean reserve = claims.kind() == CodeKind.RESERVE;
    writer
        .writeMapHeader(reserve ? 5 : 4)
        .writeInt(1)
        .writeText(issuer)
        .writeInt(4)
        .writeInt(claims.expiresAtEpochSeconds());
    if (reserve) {
      writer.writeInt(5).writeInt(claims.notBeforeEpochSeconds());
    }
    writer
        .writeInt(6)
        .writeInt(claims.issuedAtEpochSeconds())
        .writeInt(CLAIM_GONGBEI)
        .writeMapHeader(
            ALWAYS_PRESENT_CLAIMS
                + (tested ? 1 : 0)
                + (translated ? 1 : 0)
                + (group ? 2 : 0)
                + venueClaims(claims.venue()))
        .writeInt(1)
        .writeBytes(claims.subject(), 0, CodeLimits.SUBJECT_BYTES)
        .writeInt(2)
        .writeInt(claims.kind().number())
        .writeInt(3)
        .writeInt(claims.colour().number())
        .writeInt(4)
        .writeInt(claims.result().number());
    if (tested) {
      writer.writeInt(5).writeInt(claims.sampleEpochMinutes());
    }
    writer
        .writeInt(6)
        .writeInt(claims.doses())
        .writeInt(7)
        .writeBytes(claims.serial(), 0, CodeLimits.SERIAL_BYTES);
    if (translated) {
      writer.writeInt(8).writeText(claims.origin());
    }
    if (group) {
      writer.writeInt(9).writeInt(claims.groupSize()).writeInt(10).writeBytes(claims.groupDigest());
    }
    if (claims.venue() != null) {
      write(writer, claims.venue());
    }
    return writer.position();
  }

  private static int venueClaims(Venue venue) {
    return venue == null ? 0 : VENUE_CLAIMS + (venue.pinDigest().isPresent() ? 1 : 0);
  }

  private static void write(CborWriter writer, Venue venue) {
    writer
        .writeInt(11)
        .writeText(venue.checkpoint())
        .writeInt(12)
        .writeText(venue.place())
        .writeInt(13)
        .writeText(venue.ruleset())
        .writeInt(14)
        .writeInt(venue.form().number());
    if (venue.pinDigest().isPresent()) {
      writer.writeInt(15).writeBytes(venue.pinDigest().get());
    }
  }
}
