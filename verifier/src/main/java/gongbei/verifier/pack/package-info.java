/**
 * Makes the packs of a node's map by which checkpoints evaluate codes without a network. It knows
 * the status map, the trust list and the rules, no server. Start reading at {@link
 * gongbei.verifier.pack.PackMaker}.
 */
package gongbei.verifier.pack;
