package gongbei.codec.validity;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.trust.IssuerKey;

/** Finds out whether a code whose signature is genuine holds at a time. For any thread. */
public final class CodeValidity {
  private CodeValidity() {}

  /**
   * Checks the times of a code and what its key may sign. At the second of exp a code is expired
   * (RFC 7519 §4.1.4), but a foreign one only after it (hcert specification §3.3.5), and where it
   * has none the period that the document itself states decides. What a foreign code certifies must
   * be within the certificate's extended key usage (A.4, for a seal its types of document), and the
   * trust list alone decides on the period of its key (§5.1), but on that of a seal the
   * certificates in the seal and of its authority; the key of a region signs within its period.
   *
   * @param key the one whose signature the code carries
   * @param atEpochSeconds the time that counts
   * @param skewSeconds how far ahead of it an issuer's clock may be
   * @return {@link ValidityFault#NONE} where it holds
   */
  public static ValidityFault check(
      HealthCode code, IssuerKey key, long atEpochSeconds, long skewSeconds) {
    final long latestStart = atEpochSeconds + skewSeconds;
    if (code.cwt().issuedAtEpochSeconds() != HealthCode.ABSENT
        && code.cwt().issuedAtEpochSeconds() > latestStart) {
      return ValidityFault.ISSUED_IN_FUTURE;
    }
    if (code.cwt().notBeforeEpochSeconds() != HealthCode.ABSENT
        && code.cwt().notBeforeEpochSeconds() > latestStart) {
      return ValidityFault.NOT_BEFORE_IN_FUTURE;
    }
    final boolean isForeign = code.format().isForeign();
    final long expires = code.cwt().expiresAtEpochSeconds();
    if (expires != HealthCode.ABSENT && atEpochSeconds > expires - (isForeign ? 0 : 1)) {
      return ValidityFault.EXPIRED;
    }
    return isForeign ? checkForeign(code, key, atEpochSeconds) : checkPeriod(code, key);
  }

  private static ValidityFault checkForeign(HealthCode code, IssuerKey key, long atEpochSeconds) {
    if (atEpochSeconds < code.facts().validFromEpochSeconds()) {
      return ValidityFault.PERIOD_NOT_BEGUN;
    }
    final long until = code.facts().validUntilEpochSeconds();
    if (until != HealthCode.ABSENT && atEpochSeconds > until) {
      return ValidityFault.PERIOD_OVER;
    }
    if ((code.facts().types() & ~key.hcertTypes()) != 0) {
      return ValidityFault.OTHER_KEY_USAGE;
    }
    return code.format() == CodeFormat.VDS && !key.isValidAt(atEpochSeconds)
        ? ValidityFault.OUTSIDE_CERTIFICATE
        : ValidityFault.NONE;
  }

  private static ValidityFault checkPeriod(HealthCode code, IssuerKey key) {
    return key.isValidAt(code.cwt().issuedAtEpochSeconds())
        ? ValidityFault.NONE
        : ValidityFault.OUTSIDE_KEY_PERIOD;
  }
}
