package gongbei.verifier.offline;

import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Verdict;

/**
 * What a checkpoint without a network is told of a code.
 *
 * @param verdict what to do; hold means to ask the server, or a person
 * @param reason why
 * @param askServer whether the server may know better: the filter has the holder, rightly or not,
 *     or what is needed is not in the code
 * @param packAgeSeconds how old what it was judged by is
 */
public record OfflineVerdict(
    Verdict verdict, Reason reason, boolean askServer, long packAgeSeconds) {}
