/**
 * Judges codes without a network, by a pack that a node has made: {@link
 * gongbei.verifier.offline.OfflineCheckpoint}.
 */
package gongbei.verifier.offline;
