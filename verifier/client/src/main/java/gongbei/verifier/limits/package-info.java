/**
 * Names the bounds that a client and a node both keep: {@link
 * gongbei.verifier.limits.ClientLimits}. It knows no other package.
 */
package gongbei.verifier.limits;
