package gongbei.bench.setup;

import gongbei.replication.command.StatusCommand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * A Redis server of the system's, on the loopback with its settings as shipped but for persistence,
 * which is off: as a cache of statuses, as quick as it gets. For one thread.
 */
public final class RedisServer implements AutoCloseable {
  private static final List<Path> PLACES =
      List.of(Path.of("/usr/bin/redis-server"), Path.of("/usr/local/bin/redis-server"));
  private static final int STATUS_BYTES = 8;
  private static final int PIPELINED = 1_000;
  private static final int READY_SECONDS = 20;

  private final Process process;
  private final int port;

  /**
   * Starts one.
   *
   * @throws IOException where there is none, or it does not start
   */
  public RedisServer() throws IOException, InterruptedException {
    this(List.of());
  }

  /**
   * The same, by a command of one's own.
   *
   * @param prefix what the command line opens with, as in {@code taskset -c 0-1}
   */
  public RedisServer(List<String> prefix) throws IOException, InterruptedException {
    port = ChildProcess.freePort();
    final List<String> command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            executable().toString(),
            "--bind",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--save",
            "",
            "--appendonly",
            "no"));
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    final long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() - deadlineNanos > 0) {
        close();
        throw new IOException("redis-server does not start");
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** Whether this machine has a server. */
  public static boolean isInstalled() {
    return PLACES.stream().anyMatch(Files::isExecutable);
  }

  private static Path executable() throws IOException {
    return PLACES.stream()
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new IOException("there is no redis-server; Debian's package has one"));
  }

  private boolean answers() {
    try (Jedis redis = connect()) {
      return redis.ping() != null;
    } catch (JedisConnectionException e) {
      return false;
    }
  }

  /** A connection, the caller's to close. */
  public Jedis connect() {
    return new Jedis("127.0.0.1", port);
  }

  /** Where it listens. */
  public int port() {
    return port;
  }

  /** The memory that its data take, in bytes. */
  public long memoryBytes() {
    try (Jedis redis = connect()) {
      return redis
          .info("memory")
          .lines()
          .filter(line -> line.startsWith("used_memory:"))
          .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).trim()))
          .findFirst()
          .orElse(0);
    }
  }

  /**
   * Puts the statuses of the first residents, each under its subject: a byte of colour, of result
   * and of doses, one that is 0, four of sample time.
   */
  public void fill(long residents) {
    try (Jedis redis = connect()) {
      long next = 0;
      while (next < residents) {
        final Pipeline pipeline = redis.pipelined();
        for (int i = 0; i < PIPELINED && next < residents; i++, next++) {
          pipeline.set(Population.subject(next).toBytes(), status(next));
        }
        pipeline.sync();
      }
    }
  }

  private static byte[] status(long number) {
    final StatusCommand.SetStatus status = (StatusCommand.SetStatus) Population.status(number);
    return ByteBuffer.allocate(STATUS_BYTES)
        .put((byte) status.colour().number())
        .put((byte) status.test().result().number())
        .put((byte) status.doses().count())
        .putInt(Integer.BYTES, status.test().sampleEpochMinutes())
        .array();
  }

  /** Its processor time so far. */
  public Duration cpu() {
    return ChildProcess.cpu(process);
  }

  @Override
  public void close() {
    ChildProcess.end(process);
  }
}
