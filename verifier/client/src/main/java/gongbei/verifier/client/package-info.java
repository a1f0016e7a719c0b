/**
 * Speaks to nodes: as a scanner device ({@link gongbei.verifier.client.DeviceClient}, where to
 * start reading), and as an authority that changes statuses ({@link
 * gongbei.verifier.client.AuthorityStream}). It may know codec, the protocol, the limits and a
 * checkpoint without a network; a node's own packages it may not.
 */
package gongbei.verifier.client;
