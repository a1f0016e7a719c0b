/**
 * Whether a request is carried out, and how often: callers, roles, rates, signatures, nonces,
 * idempotency keys, and the queues of each class of work. It knows transport's requests and
 * responses, and routes by their names, no resource. Start reading at {@link
 * gongbei.verifier.http.guard.RequestChain}, which is a request's way step by step; {@link
 * gongbei.verifier.http.guard.AccessTable} says who may do what.
 */
package gongbei.verifier.http.guard;
