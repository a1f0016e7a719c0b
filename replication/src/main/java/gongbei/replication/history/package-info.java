/**
 * A node's history: what every version changed, kept in segments of entries, hashed into the Merkle
 * tree of {@link gongbei.codec.transparency}, and its signed heads. It knows what the state machine
 * tells of a version, no log and no server. Start at {@link
 * gongbei.replication.history.HistoryLog}.
 */
package gongbei.replication.history;
