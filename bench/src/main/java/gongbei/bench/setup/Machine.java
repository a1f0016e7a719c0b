package gongbei.bench.setup;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What a figure was measured on, as results carry it. */
public final class Machine {
  private static final Path CPU = Path.of("/proc/cpuinfo");
  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final Path STATISTICS = Path.of("/proc/stat");
  private static final long KIB_A_GIB = 1L << 20;
  private static final int IDLE = 4;
  private static final int WAITING_FOR_DISK = 5;
  private static final long MILLIS_A_TICK = 10;

  private Machine() {}

  /** The machine and the JDK at hand. */
  public static ObjectNode describe() {
    final ObjectNode machine = JsonNodeFactory.instance.objectNode();
    machine.put("processor", field(CPU, "model name", "unknown"));
    machine.put("cores", Runtime.getRuntime().availableProcessors());
    final String memory = field(MEMORY, "MemTotal", "0 kB").replace(" kB", "");
    machine.put("memoryGib", Math.round((double) Long.parseLong(memory) / KIB_A_GIB));
    machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    machine.put("architecture", System.getProperty("os.arch"));
    machine.put("jdk", System.getProperty("java.vm.version"));
    machine.put("vm", System.getProperty("java.vm.name"));
    return machine;
  }

  /** The processor time that all processes have had since the machine started. */
  public static Duration cpu() {
    try {
      final String[] counts = Files.readAllLines(STATISTICS).get(0).trim().split(" +", -1);
      long ticks = 0;
      for (int i = 1; i < counts.length; i++) {
        if (i != IDLE && i != WAITING_FOR_DISK) {
          ticks += Long.parseLong(counts[i]);
        }
      }
      return Duration.ofMillis(ticks * MILLIS_A_TICK);
    } catch (IOException e) {
      return Duration.ZERO;
    }
  }

  private static String field(Path file, String name, String otherwise) {
    try {
      final List<String> lines = Files.readAllLines(file);
      for (final String line : lines) {
        if (line.startsWith(name)) {
          return line.substring(line.indexOf(':') + 1).trim();
        }
      }
    } catch (IOException e) {
      return otherwise;
    }
    return otherwise;
  }
}
