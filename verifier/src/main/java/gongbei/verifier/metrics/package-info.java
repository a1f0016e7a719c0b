/**
 * What a node shows of itself: meters for Prometheus, a snapshot for people, and whether it is
 * ready. It reads the figures of scans, log, map and servers and changes none of them. Start at
 * {@code NodeMetrics}; {@code Readiness} is what health checks answer by.
 */
package gongbei.verifier.metrics;
