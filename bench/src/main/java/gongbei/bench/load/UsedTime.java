package gongbei.bench.load;

import gongbei.bench.setup.Machine;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Processor time.
 *
 * @param thread of the thread that asks
 * @param process of this process
 * @param server of the server
 * @param machine of all processes, as the system counts it
 */
record UsedTime(Duration thread, Duration process, Duration server, Duration machine) {
  static UsedTime now(Supplier<Duration> serverCpu) {
    return new UsedTime(
        Duration.ofNanos(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()),
        Duration.ofNanos(
            ManagementFactory.getOperatingSystemMXBean()
                    instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getProcessCpuTime()
                : 0),
        serverCpu.get(),
        Machine.cpu());
  }

  UsedTime minus(UsedTime before) {
    return new UsedTime(
        thread.minus(before.thread),
        process.minus(before.process),
        server.minus(before.server),
        machine.minus(before.machine));
  }

  Duration others() {
    return machine.minus(server).minus(process);
  }
}
