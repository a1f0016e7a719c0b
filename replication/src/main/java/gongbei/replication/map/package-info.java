/**
 * The map of all holders' statuses, off the heap, in memory or in a file, with its version and its
 * digest. Knows Chronicle Map and nothing of how changes come. Start reading at {@link
 * gongbei.replication.map.StatusMap}; {@link gongbei.replication.map.StatusRecord} is one entry.
 */
package gongbei.replication.map;
