package gongbei.bench.load;

import gongbei.bench.setup.ChildProcess;
import gongbei.bench.setup.RedisServer;
import gongbei.bench.setup.Refusal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The peer of the ordinary kind, a Spring Boot application in a process of its own, beside the
 * Redis server that it asks. For one thread.
 */
final class SpringBootPeer implements AutoCloseable {
  private static final int READY_SECONDS = 60;

  private final RedisServer redis;
  private final Process process;
  private final int port;

  /**
   * Starts both, and puts the residents' statuses in Redis.
   *
   * @param prefix what their command lines open with, as in {@code taskset -c 0-1}
   * @param directory a bed's, whose keys it trusts
   */
  SpringBootPeer(
      List<String> prefix, Path jar, List<String> jvmOptions, Path directory, long residents)
      throws IOException, InterruptedException {
    port = ChildProcess.freePort();
    redis = new RedisServer(prefix);
    redis.fill(residents);
    final List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(
        List.of(
            "-jar",
            jar.toString(),
            "--server.port=" + port,
            "--spring.data.redis.port=" + redis.port(),
            "--trust=" + IssuerKeys.trusted(directory.toAbsolutePath())));
    final Path output = directory.resolve("peer-output");
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    final long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
    while (!listens()) {
      if (!process.isAlive() || System.nanoTime() - deadlineNanos > 0) {
        close();
        throw new Refusal("the peer does not start: see " + output);
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private boolean listens() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  int port() {
    return port;
  }

  /** The processor time of both. */
  Duration cpu() {
    return ChildProcess.cpu(process).plus(redis.cpu());
  }

  /** The memory that the application holds. */
  long residentBytes() {
    return ChildProcess.residentBytes(process.pid());
  }

  @Override
  public void close() {
    ChildProcess.end(process);
    redis.close();
  }
}
