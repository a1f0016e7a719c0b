package gongbei.codec.issue;

import gongbei.codec.code.CodeLimits;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.model.Venue;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * What a Guangdong or Macau code is to say, made by a {@link Builder}:
 *
 * <pre>{@code
 * CodeClaims.of(CodeKind.PERSON, subject)
 *     .colour(Colour.GREEN)
 *     .test(TestResult.NEGATIVE, sampleEpochMinutes)
 *     .serial(serial)
 *     .validity(issuedAtEpochSeconds, expiresAtEpochSeconds)
 *     .build()
 * }</pre>
 *
 * <p>Immutable but for the arrays that it hands out.
 */
public final class CodeClaims {
  private final byte[] subject = new byte[CodeLimits.SUBJECT_BYTES];
  private final byte[] serial = new byte[CodeLimits.SERIAL_BYTES];
  private CodeKind kind;
  private Colour colour = Colour.GREEN;
  private TestResult result = TestResult.NONE;
  private int sampleEpochMinutes;
  private int doses;
  private String origin;
  private int groupSize;
  private byte[] groupDigest;
  private Venue venue;
  private long issuedAtEpochSeconds;
  private long notBeforeEpochSeconds;
  private long expiresAtEpochSeconds;

  private CodeClaims() {}

  private CodeClaims(CodeClaims other) {
    System.arraycopy(other.subject, 0, subject, 0, subject.length);
    System.arraycopy(other.serial, 0, serial, 0, serial.length);
    kind = other.kind;
    colour = other.colour;
    result = other.result;
    sampleEpochMinutes = other.sampleEpochMinutes;
    doses = other.doses;
    origin = other.origin;
    groupSize = other.groupSize;
    groupDigest = other.groupDigest;
    venue = other.venue;
    issuedAtEpochSeconds = other.issuedAtEpochSeconds;
    notBeforeEpochSeconds = other.notBeforeEpochSeconds;
    expiresAtEpochSeconds = other.expiresAtEpochSeconds;
  }

  /**
   * The claims of a code of a kind, which says green, no test and no doses unless it is told more.
   *
   * @param subject the holder, 16 bytes, copied
   */
  public static Builder of(CodeKind kind, byte[] subject) {
    requireBytes("subject", subject, CodeLimits.SUBJECT_BYTES);
    return new Builder().kind(kind).subject(subject, 0);
  }

  /** The holder, 16 bytes. */
  public byte[] subject() {
    return subject;
  }

  /** What the code is for. */
  public CodeKind kind() {
    return kind;
  }

  /** The colour displayed. */
  public Colour colour() {
    return colour;
  }

  /** What is claimed of a nucleic-acid test. */
  public TestResult result() {
    return result;
  }

  /** When its sample was taken, in minutes since 1970 UTC; means nothing without a test. */
  public int sampleEpochMinutes() {
    return sampleEpochMinutes;
  }

  /** Vaccine doses, 0 to 99. */
  public int doses() {
    return doses;
  }

  /** 8 bytes that tell the code from the holder's others. */
  public byte[] serial() {
    return serial;
  }

  /** The issuer that a translated code came from, two letters; else null. */
  public String origin() {
    return origin;
  }

  /** People in the group, 1 to 500, of a group code; else 0. */
  public int groupSize() {
    return groupSize;
  }

  /** 32 bytes, of a group code; else null. */
  public byte[] groupDigest() {
    return groupDigest;
  }

  /** What the code of a venue says of its place; else null. */
  public Venue venue() {
    return venue;
  }

  /** Claim {@code iat}. */
  public long issuedAtEpochSeconds() {
    return issuedAtEpochSeconds;
  }

  /** Claim {@code nbf}, of a reserve code; else 0. */
  public long notBeforeEpochSeconds() {
    return notBeforeEpochSeconds;
  }

  /** Claim {@code exp}. */
  public long expiresAtEpochSeconds() {
    return expiresAtEpochSeconds;
  }

  private void check() {
    Objects.requireNonNull(kind, "kind");
    requireRange("sampleEpochMinutes", sampleEpochMinutes, 0, Integer.MAX_VALUE);
    requireRange("doses", doses, 0, CodeLimits.MAX_DOSES);
    requireRange("iat", issuedAtEpochSeconds, 0, CodeLimits.MAX_EPOCH_SECONDS);
    requireRange("exp", expiresAtEpochSeconds, issuedAtEpochSeconds, CodeLimits.MAX_EPOCH_SECONDS);
    if (kind == CodeKind.RESERVE) {
      requireRange("nbf", notBeforeEpochSeconds, issuedAtEpochSeconds, expiresAtEpochSeconds);
    } else if (notBeforeEpochSeconds != 0) {
      throw new IllegalArgumentException("nbf goes with a reserve code, and only with one");
    }
    if ((kind == CodeKind.TRANSLATED) != (origin != null)) {
      throw new IllegalArgumentException("origin goes with a translated code, and only with one");
    }
    if (origin != null && !origin.matches("[A-Z]{2}")) {
      throw new IllegalArgumentException("origin is not two capital letters");
    }
    if (kind == CodeKind.GROUP) {
      requireRange("groupSize", groupSize, 1, CodeLimits.MAX_GROUP_SIZE);
      requireBytes("groupDigest", groupDigest, CodeLimits.GROUP_DIGEST_BYTES);
    } else if (groupSize != 0 || groupDigest != null) {
      throw new IllegalArgumentException("groupSize goes with a group code, and only with one");
    }
    if ((kind == CodeKind.VENUE) != (venue != null)) {
      throw new IllegalArgumentException("venue goes with a venue code, and only with one");
    }
    if (venue != null) {
      requireText("checkpoint", venue.checkpoint(), CodeLimits.MAX_VENUE_NAME_BYTES);
      requireText("place", venue.place(), CodeLimits.MAX_PLACE_BYTES);
      requireText("ruleset", venue.ruleset(), CodeLimits.MAX_VENUE_NAME_BYTES);
      venue
          .pinDigest()
          .ifPresent(digest -> requireBytes("pinDigest", digest, CodeLimits.PIN_DIGEST_BYTES));
    }
  }

  private static void requireText(String claim, String text, int maxBytes) {
    if (text.isEmpty()
        || text.getBytes(StandardCharsets.UTF_8).length > maxBytes
        || text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          claim + " is not text of 1 to " + maxBytes + " bytes without control characters");
    }
  }

  private static void requireBytes(String claim, byte[] bytes, int length) {
    if (bytes == null || bytes.length != length) {
      throw new IllegalArgumentException(claim + " is not " + length + " bytes");
    }
  }

  private static void requireRange(String claim, long value, long least, long greatest) {
    if (value < least || value > greatest) {
      throw new IllegalArgumentException(
          claim + " is " + value + ", not from " + least + " to " + greatest);
    }
  }

  /**
   * Gathers claims under their names. May be filled again for another code: every setter overwrites
   * and allocates nothing. For one thread.
   */
  public static final class Builder {
    private final CodeClaims draft = new CodeClaims();

    /** Makes a builder for codes that are issued one after the other: see {@link CodeBatch#add}. */
    public Builder() {}

    /** Sets what the code is for. */
    public Builder kind(CodeKind kind) {
      draft.kind = Objects.requireNonNull(kind, "kind");
      return this;
    }

    /** Sets the holder: 16 bytes at the offset, copied. */
    public Builder subject(byte[] buffer, int offset) {
      System.arraycopy(buffer, offset, draft.subject, 0, CodeLimits.SUBJECT_BYTES);
      return this;
    }

    /** Sets the colour displayed. */
    public Builder colour(Colour colour) {
      draft.colour = Objects.requireNonNull(colour, "colour");
      return this;
    }

    /** Sets a nucleic-acid test and when its sample was taken, in minutes since 1970 UTC. */
    public Builder test(TestResult result, int sampleEpochMinutes) {
      draft.result = Objects.requireNonNull(result, "result");
      draft.sampleEpochMinutes = sampleEpochMinutes;
      return this;
    }

    /** Sets the vaccine doses, 0 to 99. */
    public Builder doses(int doses) {
      draft.doses = doses;
      return this;
    }

    /** Sets the serial: 8 random bytes, copied. */
    public Builder serial(byte[] serial) {
      requireBytes("serial", serial, CodeLimits.SERIAL_BYTES);
      return serial(serial, 0);
    }

    /** Sets the serial: 8 random bytes at the offset, copied. */
    public Builder serial(byte[] buffer, int offset) {
      System.arraycopy(buffer, offset, draft.serial, 0, CodeLimits.SERIAL_BYTES);
      return this;
    }

    /** Sets the issuer that a translated code came from, two letters. */
    public Builder origin(String issuer) {
      draft.origin = issuer;
      return this;
    }

    /**
     * Sets the members of a group's code.
     *
     * @param size how many they are, 1 to 500
     * @param digest 32 bytes over their subjects, borrowed
     */
    public Builder group(int size, byte[] digest) {
      draft.groupSize = size;
      draft.groupDigest = digest;
      return this;
    }

    /** Sets what the code of a venue says of its place. */
    public Builder venue(Venue place) {
      draft.venue = place;
      return this;
    }

    /**
     * Sets claim {@code nbf} of a reserve code, in seconds since 1970; 0, the default, for a code
     * that has none.
     */
    public Builder notBefore(long epochSeconds) {
      draft.notBeforeEpochSeconds = epochSeconds;
      return this;
    }

    /** Sets claims {@code iat} and {@code exp}, in seconds since 1970. */
    public Builder validity(long issuedAtEpochSeconds, long expiresAtEpochSeconds) {
      draft.issuedAtEpochSeconds = issuedAtEpochSeconds;
      draft.expiresAtEpochSeconds = expiresAtEpochSeconds;
      return this;
    }

    /**
     * Makes the claims.
     *
     * @throws IllegalArgumentException that names a claim out of its range or of another kind
     */
    public CodeClaims build() {
      return new CodeClaims(checked());
    }

    /** What has been gathered, which the next setter changes; checked as {@link #build} does. */
    CodeClaims checked() {
      draft.check();
      return draft;
    }
  }
}
