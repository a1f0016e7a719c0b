package gongbei.verifier.venue;

import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Verdict;

/**
 * What a venue is told of a visit: nothing of the holder.
 *
 * @param word that the holder's phone shows
 */
public record VisitNotice(Verdict verdict, Reason reason, long atEpochSeconds, String word) {}
