/**
 * What a node measures of itself, for Prometheus and for the operators' page, and whether it is
 * ready. It reads the parts of a node and changes none. Start reading at {@link
 * gongbei.verifier.metrics.NodeMetrics}.
 */
package gongbei.verifier.metrics;
