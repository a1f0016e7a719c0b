/**
 * Loads that a client puts on a node: the open-loop load, the soak, TCP beside HTTP, the log and a
 * replica, and none at all. They may know the verifier and {@link gongbei.bench.setup}. Start with
 * {@code LoadRun}, the command {@code load run}, and {@code OpenLoop}, which sends and measures.
 */
package gongbei.bench.load;
