package gongbei.bench.faults;

import gongbei.verifier.config.Limits;
import java.util.Locale;

/**
 * How long what lasts in a drill of a minting outage, in seconds.
 *
 * @param wallets how many holders have opened theirs
 * @param codeSeconds the life of a code on a screen
 * @param reserveSeconds the life of a reserve code
 * @param outageSeconds how long no node mints
 * @param switchSeconds for how long minting fails before a node says so
 * @param marginSeconds how long reserve codes count after it is restored
 * @param packSeconds for how long a pack's word counts that minting is degraded
 * @param refreshSeconds how often the checkpoint without a network gets a pack
 * @param leadSeconds how long after the kill the first holder is scanned
 */
record MintOutagePlan(
    int wallets,
    int codeSeconds,
    int reserveSeconds,
    int outageSeconds,
    int switchSeconds,
    int marginSeconds,
    int packSeconds,
    int refreshSeconds,
    int leadSeconds) {
  private static final int OUTAGE_SECONDS = 90 * 60;
  private static final int RESERVE_SECONDS = 600;
  private static final int MARGIN_SECONDS = 120;
  private static final int PACK_SECONDS = 900;
  private static final int LEAST_PACK_SECONDS = Limits.PACK_KEPT_SECONDS + 10;
  private static final int SWITCH_SECONDS = 6;
  private static final int SPARE_CODES = 10;
  private static final int MOST_CODES = 96;
  private static final int LEAST_RESERVE_SECONDS = 10;

  /** Under what a node gives one address, which all wallets of a drill share. */
  private static final int RESERVES_PER_SECOND = Limits.ADDRESS_RESERVES_PER_SECOND * 4 / 5;

  /**
   * An outage of 90 minutes, so many times as fast: the outage, the lives of reserve codes, the
   * margin and the life of a pack's word are shortened; the lives of codes on screens and the time
   * until a node says that minting fails are not, which makes it harder. A pack's word outlives the
   * time for which a node keeps a pack, as it does by default.
   */
  static MintOutagePlan compressed(int wallets, int factor) {
    return new MintOutagePlan(
        wallets,
        60,
        Math.max(LEAST_RESERVE_SECONDS, RESERVE_SECONDS / factor),
        OUTAGE_SECONDS / factor,
        SWITCH_SECONDS,
        MARGIN_SECONDS / factor,
        Math.max(LEAST_PACK_SECONDS, PACK_SECONDS / factor),
        Math.max(1, 60 / factor),
        0);
  }

  /** How many reserve codes a wallet asks for: those of the whole outage, and some. */
  int stripCodes() {
    return Math.min(MOST_CODES, 2 * outageSeconds / reserveSeconds + SPARE_CODES);
  }

  /**
   * When a wallet is opened, so that all get their strips.
   *
   * @param nodes how many mint
   * @return milliseconds after the first one
   */
  long openedAfterMillis(int wallet, int nodes) {
    return 1_000L * wallet * stripCodes() / ((long) nodes * RESERVES_PER_SECOND);
  }

  /** From when after the kill nodes that scan are disturbed: minting is said to be degraded. */
  int disturbedFromSeconds() {
    return offlineLeadSeconds();
  }

  /** Until when they are: a code that a killed node has forgotten has ended when the drill ends. */
  int disturbedUntilSeconds() {
    return outageSeconds - 2 * reserveSeconds;
  }

  /** From when after the kill the checkpoint without a network is shown codes: it has its pack. */
  int offlineLeadSeconds() {
    return Math.max(leadSeconds, switchSeconds + refreshSeconds + 5);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%,d wallets, %d s without minting; codes live %d s, reserve codes %d s; said after %d s,"
            + " margin %d s; packs each %d s, good for %d s",
        wallets,
        outageSeconds,
        codeSeconds,
        reserveSeconds,
        switchSeconds,
        marginSeconds,
        refreshSeconds,
        packSeconds);
  }
}
