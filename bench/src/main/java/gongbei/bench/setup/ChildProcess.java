package gongbei.bench.setup;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What the servers have in common that a benchmark starts as processes of their own. */
public final class ChildProcess {
  private static final int END_SECONDS = 10;
  private static final String RESIDENT = "VmRSS:";
  private static final long KILOBYTE = 1_024;

  private ChildProcess() {}

  /** A TCP port of the loopback that nobody has at the moment. */
  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Its processor time so far. */
  public static Duration cpu(Process process) {
    return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** The memory that a process holds, as Linux tells it (proc(5), VmRSS); 0 where nobody does. */
  public static long residentBytes(long pid) {
    try {
      for (final String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
        if (line.startsWith(RESIDENT)) {
          final String kilobytes = line.substring(RESIDENT.length()).replace("kB", "").strip();
          return Long.parseLong(kilobytes) * KILOBYTE;
        }
      }
    } catch (IOException e) {
      return 0;
    }
    return 0;
  }

  /** Ends it, by force where it does not end within 10 s or where the thread is interrupted. */
  public static void end(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
