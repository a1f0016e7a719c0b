/**
 * What a node is started with: its settings, the addresses of members, the secret of the cluster,
 * its clocks, the directory of its media driver. Knows the sealing of datagrams and nothing of the
 * parts that it configures. Start reading at {@link gongbei.replication.context.ClusterContext}.
 */
package gongbei.replication.context;
