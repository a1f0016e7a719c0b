/**
 * What benchmarks, loads and faults share: the population of residents, processes beside this one,
 * and the machine that a figure was measured on. It knows no other package of this module. Start
 * with {@link gongbei.bench.setup.Population}.
 */
package gongbei.bench.setup;
