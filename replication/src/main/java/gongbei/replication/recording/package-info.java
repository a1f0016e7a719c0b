/**
 * The recordings in an Aeron archive: found, read, purged, and mended after a crash. Knows nothing
 * of what their messages mean beyond versions and positions of the feed. Start reading at {@link
 * gongbei.replication.recording.Recording}.
 */
package gongbei.replication.recording;
