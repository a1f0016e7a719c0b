package gongbei.verifier.national;

import gongbei.codec.certlogic.Evaluation;
import gongbei.codec.code.HealthCode;
import gongbei.codec.time.UtcText;

/**
 * Gives an evaluation what a rule finds beside the certificate: times in UTC as texts, the signer's
 * country, the key's identifier in Base64, the region that is asked for. What a certificate does
 * not say is null to a rule. Allocates nothing. For one thread.
 */
final class ExternalValues {
  private static final int COUNTRY_CHARACTERS = 2;
  private static final int MAX_REGION_CHARACTERS = 16;
  private static final int KID_CHARACTERS = 12;
  private static final int KID_BITS = 64;
  private static final int DIGIT_BITS = 6;
  private static final String BASE64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  private final byte[] clock = new byte[UtcText.BYTES];
  private final byte[] exp = new byte[UtcText.BYTES];
  private final byte[] iat = new byte[UtcText.BYTES];
  private final byte[] issuer = new byte[COUNTRY_CHARACTERS];
  private final byte[] kid = new byte[KID_CHARACTERS];
  private final byte[] region = new byte[MAX_REGION_CHARACTERS];
  private int issuerLetters;
  private int regionCharacters;

  /** Takes what goes with a certificate, for every country that is asked for. */
  void take(HealthCode code, String issuedBy, long atEpochSeconds) {
    UtcText.write(atEpochSeconds, clock, 0);
    write(code.cwt().expiresAtEpochSeconds(), exp);
    write(code.cwt().issuedAtEpochSeconds(), iat);
    issuerLetters = Math.min(issuedBy.length(), COUNTRY_CHARACTERS);
    for (int i = 0; i < issuerLetters; i++) {
      issuer[i] = (byte) issuedBy.charAt(i);
    }
    writeKid(code.cose().kid());
  }

  private static void write(long epochSeconds, byte[] into) {
    if (epochSeconds != HealthCode.ABSENT) {
      UtcText.write(epochSeconds, into, 0);
    }
  }

  /** Eight bytes in Base64 (RFC 4648 §4): ten digits, one of four bits, and what fills up. */
  private void writeKid(long number) {
    for (int i = 0; i < KID_CHARACTERS - 2; i++) {
      final int digit = (int) (number >>> (KID_BITS - DIGIT_BITS * (i + 1))) & 0x3F;
      kid[i] = (byte) BASE64.charAt(digit);
    }
    kid[KID_CHARACTERS - 2] = (byte) BASE64.charAt((int) (number << 2) & 0x3F);
    kid[KID_CHARACTERS - 1] = '=';
  }

  /** Begins the evaluation over a certificate, for a country as in {@code FR} or {@code DE-BY}. */
  void begin(Evaluation evaluation, NationalRules.Inputs inputs, HealthCode code, String asked) {
    evaluation
        .begin()
        .item(inputs.payload(), code.buffer(), code.hcert().offset())
        .text(inputs.clock(), clock, 0, clock.length)
        .text(inputs.issuer(), issuer, 0, issuerLetters);
    if (code.cwt().expiresAtEpochSeconds() != HealthCode.ABSENT) {
      evaluation.text(inputs.exp(), exp, 0, exp.length);
    }
    if (code.cwt().issuedAtEpochSeconds() != HealthCode.ABSENT) {
      evaluation.text(inputs.iat(), iat, 0, iat.length);
    }
    if (code.cose().hasKid()) {
      evaluation.text(inputs.kid(), kid, 0, kid.length);
    }
    writeRegion(asked);
    if (regionCharacters > 0) {
      evaluation.text(inputs.region(), region, 0, regionCharacters);
    }
  }

  private void writeRegion(String asked) {
    final int first = COUNTRY_CHARACTERS + 1;
    regionCharacters = Math.min(Math.max(0, asked.length() - first), MAX_REGION_CHARACTERS);
    for (int i = 0; i < regionCharacters; i++) {
      region[i] = (byte) asked.charAt(first + i);
    }
  }

  /** Whether two that are asked for are of one region, or both of none. */
  static boolean isSameRegion(String one, String other) {
    final int first = COUNTRY_CHARACTERS + 1;
    final int characters = Math.max(0, one.length() - first);
    return characters == Math.max(0, other.length() - first)
        && (characters == 0 || one.regionMatches(first, other, first, characters));
  }
}
