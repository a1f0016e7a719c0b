package gongbei.bench.jmh;

import gongbei.bench.setup.Population;
import gongbei.bench.setup.RedisServer;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.machine.StatusStateMachine;
import gongbei.replication.map.LookAhead;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusMapException;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;

/**
 * What it costs to find a holder drawn from all: in the status map, one by one and as scans do it,
 * in a hash map of the JDK's, and in a Redis server. One operation is one lookup. 126,000,000
 * residents take 8 GB beside the heap; the JDK's map and Redis are for fewer.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LookUpBenchmark {
  private static final String IN_MEMORY = "none";
  private static final int BATCH = 64;
  private static final int KEYS = 1 << 20;

  /** Subjects in the order in which they are looked up. */
  abstract static class Asked {
    private byte[] keys;
    private int next;

    final void draw(long residents) {
      keys = new byte[KEYS * Subject.BYTES];
      final SplittableRandom random = new SplittableRandom(1);
      for (int i = 0; i < KEYS; i++) {
        System.arraycopy(
            Population.subject(random.nextLong(residents)).toBytes(),
            0,
            keys,
            i * Subject.BYTES,
            Subject.BYTES);
      }
    }

    final byte[] keys() {
      return keys;
    }

    /** Where the next batch begins. */
    final int nextBatch() {
      next = (next + BATCH) % KEYS;
      return next * Subject.BYTES;
    }
  }

  /** The status map. */
  @State(Scope.Benchmark)
  public static class InMap extends Asked {
    @Param({"1000000", "10000000", "126000000"})
    long residents;

    /** Or the data of a bed that {@code load prepare} has made for so many residents. */
    @Param({IN_MEMORY})
    String directory;

    private StatusMap map;
    private LookAhead ahead;
    private final StatusRecord record = new StatusRecord();

    /** Fills it, or opens the bed's. */
    @Setup(Level.Trial)
    public void setUp() throws StatusMapException {
      if (directory.equals(IN_MEMORY)) {
        map = StatusMap.inMemory(residents);
        final StatusStateMachine machine = new StatusStateMachine(map);
        for (long number = 0; number < residents; number++) {
          machine.apply(Population.status(number));
        }
      } else {
        map = StatusMap.persisted(Path.of(directory), residents);
      }
      ahead = map.lookAhead(BATCH);
      draw(residents);
    }

    /** Frees it. */
    @TearDown(Level.Trial)
    public void tearDown() {
      map.close();
    }
  }

  /** A hash map of the JDK's, of one object for a key and one for a value. */
  @State(Scope.Benchmark)
  public static class OnHeap extends Asked {
    @Param({"1000000", "10000000"})
    long residents;

    private final ConcurrentHashMap<Subject, StatusCommand> map = new ConcurrentHashMap<>();

    /** Fills it. */
    @Setup(Level.Trial)
    public void setUp() {
      for (long number = 0; number < residents; number++) {
        final StatusCommand status = Population.status(number);
        map.put(status.subject(), status);
      }
      draw(residents);
    }
  }

  /** A Redis server. */
  @State(Scope.Benchmark)
  public static class InRedis extends Asked {
    @Param({"1000000", "10000000"})
    long residents;

    private RedisServer server;
    private Jedis redis;

    /** Starts and fills it. */
    @Setup(Level.Trial)
    public void setUp() throws IOException, InterruptedException {
      server = new RedisServer();
      server.fill(residents);
      redis = server.connect();
      draw(residents);
      System.out.printf(
          Locale.ROOT,
          "Redis holds a resident in %.0f bytes%n",
          (double) server.memoryBytes() / residents);
    }

    /** Stops it. */
    @TearDown(Level.Trial)
    public void tearDown() {
      redis.close();
      server.close();
    }
  }

  private static int requireAll(int found) {
    if (found != BATCH) {
      throw new IllegalStateException("a resident is not found");
    }
    return found;
  }

  /** One after the other. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int mapOneByOne(InMap state) {
    final int first = state.nextBatch();
    int found = 0;
    for (int i = 0; i < BATCH; i++) {
      found += state.map.get(state.keys(), first + i * Subject.BYTES, state.record) ? 1 : 0;
    }
    return requireAll(found);
  }

  /** As a batch of scans does it: brought near together. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int mapInBatches(InMap state) {
    final int first = state.nextBatch();
    state.ahead.clear();
    for (int i = 0; i < BATCH; i++) {
      state.ahead.add(state.keys(), first + i * Subject.BYTES);
    }
    state.ahead.fetch();
    int found = 0;
    for (int i = 0; i < BATCH; i++) {
      found += state.map.get(state.keys(), first + i * Subject.BYTES, state.record) ? 1 : 0;
    }
    return requireAll(found);
  }

  /** The JDK's map. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int concurrentHashMap(OnHeap state) {
    final int first = state.nextBatch();
    int found = 0;
    for (int i = 0; i < BATCH; i++) {
      final Subject subject = Subject.of(state.keys(), first + i * Subject.BYTES);
      found += state.map.get(subject) != null ? 1 : 0;
    }
    return requireAll(found);
  }

  /** Redis, a request for each. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int redisOneByOne(InRedis state) {
    final int first = state.nextBatch();
    int found = 0;
    for (int i = 0; i < BATCH; i++) {
      found += state.redis.get(key(state, first, i)) != null ? 1 : 0;
    }
    return requireAll(found);
  }

  /** Redis, 64 requests sent together. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int redisPipelined(InRedis state) {
    final int first = state.nextBatch();
    final Pipeline pipeline = state.redis.pipelined();
    final List<Response<byte[]>> answers = new ArrayList<>(BATCH);
    for (int i = 0; i < BATCH; i++) {
      answers.add(pipeline.get(key(state, first, i)));
    }
    pipeline.sync();
    int found = 0;
    for (final Response<byte[]> answer : answers) {
      found += answer.get() != null ? 1 : 0;
    }
    return requireAll(found);
  }

  private static byte[] key(InRedis state, int first, int i) {
    final byte[] key = new byte[Subject.BYTES];
    System.arraycopy(state.keys(), first + i * Subject.BYTES, key, 0, key.length);
    return key;
  }
}
