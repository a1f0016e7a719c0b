package gongbei.bench.faults;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a drill of a minting outage came to.
 *
 * @param wallets how many there were
 * @param passed how many passed at every checkpoint
 * @param filtered how many the checkpoint without a network held for its filter, one in 256, outage
 *     or not, and each pack others: they count as passed where they pass elsewhere
 * @param byPlace passes and visits of each checkpoint
 * @param failures what was said where somebody did not pass, and how often
 * @param reservePasses how many reserve codes have passed
 * @param replays how many of these were shown again at the same place, and refused
 * @param early how many reserve codes were refused before the outage
 * @param late how many were refused after the outage and its margin
 * @param switchMillis how long after the kill the log said that minting is degraded
 * @param returned how many wallets had a fresh code again at the end
 * @param disturbances how often a node that scans was killed meanwhile
 * @param waits how often somebody waited for the next code at a node that had seen theirs
 * @param violations what must not be
 */
record MintOutageResult(
    int wallets,
    int passed,
    int filtered,
    Map<String, int[]> byPlace,
    Map<String, Integer> failures,
    int reservePasses,
    int replays,
    int early,
    int late,
    long switchMillis,
    int returned,
    int disturbances,
    int waits,
    List<String> violations) {
  private static final double LEAST_PASSING = 0.999;

  /** The most that a filter holds of so many, four times what is to be expected, and some. */
  private static final int FILTERED_ONE_IN = 64;

  private static final int FILTERED_ANYWAY = 5;

  /** Whether all holds. */
  boolean isGood() {
    return violations.isEmpty()
        && passed >= LEAST_PASSING * wallets
        && filtered <= FILTERED_ANYWAY + wallets / FILTERED_ONE_IN
        && returned == wallets
        && disturbances > 0
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
            "%,d of %,d wallets (%.2f %%) passed at every checkpoint; %d were held without a network"
                + " by its filter, as outside an outage%n",
            passed,
            wallets,
            100.0 * passed / wallets,
            filtered));
    byPlace.forEach(
        (place, counts) ->
            text.append(
                String.format(Locale.ROOT, "  %s: %,d of %,d%n", place, counts[0], counts[1])));
    failures.forEach(
        (said, times) ->
            text.append(String.format(Locale.ROOT, "  not passed, %s: %,d%n", said, times)));
    text.append(
        String.format(
            Locale.ROOT,
            "said in the log %.1f s after the kill; %,d reserve codes passed, %,d of them were shown"
                + " again and refused%n"
                + "%,d were refused before the outage, %,d after it and its margin; %,d wallets have"
                + " a fresh code again; nodes that scan were killed %d times, and %d"
                + " holders waited for their next code at the node that stood in%n",
            switchMillis / 1e3,
            reservePasses,
            replays,
            early,
            late,
            returned,
            disturbances,
            waits));
    violations.forEach(each -> text.append("WRONG: ").append(each).append('\n'));
    return text.append(isGood() ? "all holds" : "NOT ALL HOLDS").toString();
  }
}
