package gongbei.verifier.http.guard;

import gongbei.verifier.access.Caller;
import gongbei.verifier.http.transport.Problem;

/**
 * What was found of a request by its header.
 *
 * @param caller who asks
 * @param rate what is left to them, or null where there is no bound
 * @param problem why they are refused, or null
 * @param target what they ask for
 * @param units what was taken of their rate
 */
public record Admission(Caller caller, RateLimits.Rate rate, Problem problem, Target target, int units) {}
