package gongbei.verifier.http.guard;

import gongbei.verifier.access.Caller;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.RateLimit;

/**
 * What was found of a request by its header.
 *
 * @param caller who asks
 * @param rate what is left to them, or null where there is no bound
 * @param problem why they are refused, or null
 * @param target what they ask for
 * @param units what was taken of their rate
 */
record Grant(Caller caller, RateLimit rate, Problem problem, Target target, int units) {}
