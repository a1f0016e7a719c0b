package gongbei.verifier.offline;

import gongbei.verifier.national.NationalRule;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Verdict;
import java.util.Optional;

/**
 * What a checkpoint without a network is told of a code.
 *
 * @param verdict what to do; hold means to ask the server, or a person
 * @param reason why
 * @param askServer whether the server may know better: the filter has the holder, rightly or not,
 *     or what is needed is not in the code
 * @param packAgeSeconds how old what it was evaluated by is
 * @param rule the entry rule that a foreign certificate does not keep
 */
public record OfflineVerdict(
    Verdict verdict,
    Reason reason,
    boolean askServer,
    long packAgeSeconds,
    Optional<NationalRule> rule) {}
