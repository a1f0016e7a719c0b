/**
 * Snapshots of the replicated state: a stream of messages with a checksum at its end, and files of
 * such streams. Knows the state machine's state and nothing of where a stream goes. Start reading
 * at {@link gongbei.replication.snapshot.SnapshotWriter}.
 */
package gongbei.replication.snapshot;
