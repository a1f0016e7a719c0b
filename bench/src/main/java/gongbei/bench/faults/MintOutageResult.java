package gongbei.bench.faults;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a drill of a minting outage came to.
 *
 * @param wallets how many there were
 * @param passed how many passed at every checkpoint
 * @param filtered how many of the rest the checkpoint without a network holds for its filter, one
 *     in 256, outage or not: they count as passed where they pass elsewhere
 * @param byPlace passes and visits of each checkpoint
 * @param reservePasses how many reserve codes have passed
 * @param replays how many of these were shown again at the same place, and refused
 * @param early how many reserve codes were refused before the outage
 * @param late how many were refused after the outage and its margin
 * @param switchMillis how long after the kill the log said that minting is degraded
 * @param returned how many wallets had a fresh code again at the end
 * @param violations what must not be
 */
record MintOutageResult(
    int wallets,
    int passed,
    int filtered,
    Map<String, int[]> byPlace,
    int reservePasses,
    int replays,
    int early,
    int late,
    long switchMillis,
    int returned,
    List<String> violations) {
  private static final double LEAST_PASSING = 0.999;

  /** Whether all holds. */
  boolean isGood() {
    return violations.isEmpty()
        && passed >= LEAST_PASSING * wallets
        && returned == wallets
        && early > 0
        && late > 0
        && replays > 0;
  }

  @Override
  public String toString() {
    final StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%,d of %,d wallets (%.2f %%) passed at every checkpoint; %d are held without a network"
                + " by its filter, outage or not%n",
            passed,
            wallets,
            100.0 * passed / wallets,
            filtered));
    byPlace.forEach(
        (place, counts) ->
            text.append(
                String.format(Locale.ROOT, "  %s: %,d of %,d%n", place, counts[0], counts[1])));
    text.append(
        String.format(
            Locale.ROOT,
            "said in the log %.1f s after the kill; %,d reserve codes passed, %,d of them were shown"
                + " again and refused%n"
                + "%,d were refused before the outage, %,d after it and its margin; %,d wallets have"
                + " a fresh code again%n",
            switchMillis / 1e3,
            reservePasses,
            replays,
            early,
            late,
            returned));
    violations.forEach(each -> text.append("WRONG: ").append(each).append('\n'));
    return text.append(isGood() ? "all holds" : "NOT ALL HOLDS").toString();
  }
}
