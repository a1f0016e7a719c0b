/**
 * A simulation of how many nodes a province needs, event by event, from measured service times. It
 * knows no other package. Start with {@code Simulation}.
 */
package gongbei.bench.capacity;
