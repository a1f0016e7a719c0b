/**
 * Runs the tests of jcstress that this module has. Each stands in the package of what it tests,
 * whose classes others don't see. Start with {@code StressTest}.
 */
package gongbei.bench.stress;
