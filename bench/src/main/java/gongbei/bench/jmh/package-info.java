/**
 * Benchmarks of JMH, one class for each subject, inside one process. They may know codec,
 * replication, the verifier and {@link gongbei.bench.setup}. Start with {@link
 * gongbei.bench.jmh.ScanBenchmark}.
 */
package gongbei.bench.jmh;
