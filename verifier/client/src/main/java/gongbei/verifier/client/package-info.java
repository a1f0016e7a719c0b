/**
 * Speaks to nodes: as a scanner device ({@link gongbei.verifier.client.DeviceClient}, where to
 * start reading) and as an authority that changes statuses ({@link
 * gongbei.verifier.client.AuthorityStream}).
 */
package gongbei.verifier.client;
