/**
 * Faults of processes, networks, disks and clocks, and checks of what a cluster did meanwhile. They
 * may know the verifier's client and {@link gongbei.bench.setup}. Start with {@link
 * gongbei.bench.faults.ChaosCommand}; {@code ChaosHistory} holds the rules of what is right.
 */
package gongbei.bench.faults;
