/**
 * Seals what a media driver hands to the network: every datagram between members, replicas and
 * backups is encrypted and authenticated before Aeron's own parsers see it. Knows Aeron's driver
 * and nothing of the cluster; start reading at {@link gongbei.replication.wire.WireSeal}.
 */
package gongbei.replication.wire;
