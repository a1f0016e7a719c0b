package gongbei.verifier.reference;

import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Document;
import gongbei.verifier.config.Limits;
import gongbei.verifier.config.MintingConfig;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.mint.RefreshMoment;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** {@code reference/reserve-codes.md} against the limits and the settings that it tells of. */
final class ReserveCodesPageTest {
  private static String number(int count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  @Test
  void itsNumbersAreThoseInForce() {
    final String page = Document.RESERVE_CODES.text();
    final MintingConfig defaults = MintingConfig.defaults();
    for (final String said :
        List.of(
            "`reserve: N` (1 to " + Limits.MAX_RESERVE_CODES + ")",
            "(`reserveSeconds`, "
                + Limits.MIN_RESERVE_SECONDS
                + " to "
                + Limits.MAX_RESERVE_SECONDS
                + ", "
                + Limits.DEFAULT_RESERVE_SECONDS
                + " unless told otherwise)",
            Limits.MAX_RESERVE_CODES
                + " codes are "
                + Limits.MAX_RESERVE_CODES * Limits.DEFAULT_RESERVE_SECONDS / 3_600
                + " hours",
            number(Limits.KEY_RESERVES_PER_SECOND)
                + " codes a second ("
                + Limits.ADDRESS_RESERVES_PER_SECOND
                + " of an address",
            "`minting.switchAfterSeconds` (" + defaults.switchAfterSeconds() + ", ",
            "at least " + RefreshMoment.LEAST_REST_SECONDS + " s left",
            "`minting.marginSeconds` (" + defaults.marginSeconds() + ")",
            "`minting.packSeconds` (" + defaults.packSeconds() + ")",
            number(Limits.MAX_SEEN_CODES) + " in all",
            "remembers " + number(ClientLimits.MAX_USED_RESERVES) + ",")) {
      assertTrue(page.contains(said), said);
    }
    final int looksSeconds = (2 * Limits.MINTING_LOOK_MILLIS + Limits.MINTING_LOOK_MILLIS) / 1_000;
    assertTrue(
        defaults.switchAfterSeconds() + looksSeconds < RefreshMoment.LEAST_REST_SECONDS,
        "it is said before the codes on screens end");
  }
}
