package gongbei.bench.jmh;

import gongbei.bench.setup.PublishedKeys;
import gongbei.codec.signature.KeyTables;
import gongbei.codec.trust.TrustException;
import gongbei.codec.trust.TrustList;
import gongbei.codec.trust.TrustListFile;
import gongbei.codec.trust.TrustStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A trust list of 438 keys, as many as the WHO's had in 2026: how long its import takes, how long a
 * node takes to read it, and to compute the keys' tables. A node does the last two before the list
 * is in force, on a thread of its own; its scans go on by the list before. One process, one time
 * each: no warm-up, as when a node meets a list.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(5)
public class TrustListBenchmark {
  private static final int KEYS = 438;

  private final Instant now = Instant.now();
  private byte[] gateway;
  private Path directory;
  private TrustList list;
  private KeyTables tables;

  /** Makes a list as the EU's gateway has it, and what a node keeps of it. */
  @Setup(Level.Trial)
  public void setUp() throws IOException, TrustException {
    gateway = PublishedKeys.gateway(KEYS, now);
    directory = Files.createTempDirectory("gongbei-trust-list");
    Files.write(directory.resolve("list" + TrustListFile.ENDING), importList().toJson());
    list = readByANode();
    tables = new KeyTables();
  }

  /** Removes the list. */
  @TearDown(Level.Trial)
  public void tearDown() throws IOException {
    Files.delete(directory.resolve("list" + TrustListFile.ENDING));
    Files.delete(directory);
  }

  /** The import of what was published, as {@code gongbei trust import}. */
  @Benchmark
  public TrustListFile importList() throws TrustException {
    return PublishedKeys.list(gateway, now);
  }

  /** What a node reads of its trust directory when the list has come. */
  @Benchmark
  public TrustList readByANode() throws TrustException {
    final TrustList read = TrustStore.ofDirectory(directory).current();
    if (read.size() != KEYS) {
      throw new IllegalStateException(read.size() + " keys");
    }
    return read;
  }

  /** The tables of all keys, of which the arithmetic of signatures makes use. */
  @Benchmark
  public KeyTables computeTables() {
    tables.prepare(list);
    return tables;
  }
}
