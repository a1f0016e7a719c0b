package gongbei.codec.validity;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.trust.IssuerKey;

/** Finds out whether a code whose signature is genuine holds at a time. For any thread. */
public final class CodeValidity {
  private CodeValidity() {}

  /**
   * Checks the times of a code and what its key may sign. At the second of exp a code is expired
   * (RFC 7519 §4.1.4), but an HCERT only after it (hcert specification §3.3.5). What an HCERT
   * certifies must be within the certificate's extended key usage (A.4), and the trust list alone
   * decides on the period of its key (§5.1); the key of a region signs within its period.
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
    final boolean isHcert = code.format() == CodeFormat.HC1;
    if (atEpochSeconds > code.cwt().expiresAtEpochSeconds() - (isHcert ? 0 : 1)) {
      return ValidityFault.EXPIRED;
    }
    if (isHcert) {
      return (code.hcert().types() & ~key.hcertTypes()) == 0
          ? ValidityFault.NONE
          : ValidityFault.OTHER_KEY_USAGE;
    }
    return key.isValidAt(code.cwt().issuedAtEpochSeconds())
        ? ValidityFault.NONE
        : ValidityFault.OUTSIDE_KEY_PERIOD;
  }
}
