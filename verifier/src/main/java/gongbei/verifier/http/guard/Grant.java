package gongbei.verifier.http.guard;

import gongbei.verifier.access.Caller;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.RateLimit;
import java.util.Optional;

/**
 * What was found of a request by its header.
 *
 * @param caller who asks
 * @param rate what is left to them
 * @param problem why they are refused, where they are
 * @param target what they ask for
 * @param units what was taken of their rate
 */
record Grant(Caller caller, RateLimit rate, Optional<Problem> problem, Target target, int units) {}
