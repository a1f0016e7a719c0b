/**
 * The entry of {@code benchmarks.jar}: {@link gongbei.bench.Benchmarks} runs a command by its name,
 * or JMH. It may know every package of this module; none of them knows it.
 */
package gongbei.bench;
