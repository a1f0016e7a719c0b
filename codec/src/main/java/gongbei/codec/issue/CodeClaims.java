package gongbei.codec.issue;

import gongbei.codec.code.CodeLimits;
import gongbei.codec.code.HealthCode;

/**
 * What a Guangdong or Macau code is to say. Checked when made: a fault is an {@link
 * IllegalArgumentException} that names the claim. Arrays are borrowed, not copied.
 *
 * @param subject the holder, 16 bytes
 * @param kind one of the {@code KIND_} constants of {@link HealthCode}
 * @param colour as displayed: 0 green, 1 yellow, 2 red
 * @param result nucleic-acid result: 0 none, 1 negative, 2 positive
 * @param sampleEpochMinutes when its sample was taken; read only where there is a result
 * @param doses vaccine doses, 0 to 99
 * @param serial 8 random bytes
 * @param origin the issuer that a translated code came from, two letters; else null
 * @param groupSize people in the group, 1 to 500, of a group code; else 0
 * @param groupDigest 32 bytes, of a group code; else null
 * @param issuedAtEpochSeconds claim {@code iat}
 * @param expiresAtEpochSeconds claim {@code exp}
 */
public record CodeClaims(
    byte[] subject,
    int kind,
    int colour,
    int result,
    int sampleEpochMinutes,
    int doses,
    byte[] serial,
    String origin,
    int groupSize,
    byte[] groupDigest,
    long issuedAtEpochSeconds,
    long expiresAtEpochSeconds) {
  public CodeClaims {
    requireBytes("subject", subject, CodeLimits.SUBJECT_BYTES);
    requireRange("kind", kind, HealthCode.KIND_PERSON, HealthCode.KIND_TRANSLATED);
    requireRange("colour", colour, 0, 2);
    requireRange("result", result, HealthCode.RESULT_NONE, HealthCode.RESULT_POSITIVE);
    requireRange("sampleEpochMinutes", sampleEpochMinutes, 0, Integer.MAX_VALUE);
    requireRange("doses", doses, 0, CodeLimits.MAX_DOSES);
    requireBytes("serial", serial, CodeLimits.SERIAL_BYTES);
    requireRange("iat", issuedAtEpochSeconds, 0, CodeLimits.MAX_EPOCH_SECONDS);
    requireRange("exp", expiresAtEpochSeconds, issuedAtEpochSeconds, CodeLimits.MAX_EPOCH_SECONDS);
    if ((kind == HealthCode.KIND_TRANSLATED) != (origin != null)) {
      throw new IllegalArgumentException("origin goes with a translated code, and only with one");
    }
    if (origin != null && !origin.matches("[A-Z]{2}")) {
      throw new IllegalArgumentException("origin is not two capital letters");
    }
    if (kind == HealthCode.KIND_GROUP) {
      requireRange("groupSize", groupSize, 1, CodeLimits.MAX_GROUP_SIZE);
      requireBytes("groupDigest", groupDigest, CodeLimits.GROUP_DIGEST_BYTES);
    } else if (groupSize != 0 || groupDigest != null) {
      throw new IllegalArgumentException("groupSize goes with a group code, and only with one");
    }
  }

  /** A person's code, of kind {@code KIND_PERSON} or {@code KIND_PAPER}. */
  public static CodeClaims ofPerson(
      byte[] subject,
      int kind,
      int colour,
      int result,
      int sampleEpochMinutes,
      int doses,
      byte[] serial,
      long issuedAtEpochSeconds,
      long expiresAtEpochSeconds) {
    return new CodeClaims(
        subject,
        kind,
        colour,
        result,
        sampleEpochMinutes,
        doses,
        serial,
        null,
        0,
        null,
        issuedAtEpochSeconds,
        expiresAtEpochSeconds);
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
}
