/**
 * What an auditor needs of the history's transparency log: the Merkle tree of RFC 9162, entries,
 * tiles, signed heads, proofs, and the check of a whole log. It knows keys and signatures, no node
 * and no network. Start at {@link gongbei.codec.transparency.HistoryCheck}.
 */
package gongbei.codec.transparency;
