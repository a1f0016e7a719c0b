/**
 * Evaluates codes without a network, by a pack that a node has made: start with {@link
 * gongbei.verifier.offline.OfflineCheckpoint}. It may know codec, the rules and the limits.
 */
package gongbei.verifier.offline;
