/**
 * The nodes: a member of the cluster with its state machine under Aeron Cluster and its way into
 * the log, a replica, and what keeps them going (snapshots, histories, seeding, backups). Knows
 * every other package of this module. Start reading at {@link
 * gongbei.replication.cluster.ClusterNode}.
 */
package gongbei.replication.cluster;
