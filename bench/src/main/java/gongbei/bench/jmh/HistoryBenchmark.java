package gongbei.bench.jmh;

import gongbei.codec.model.Colour;
import gongbei.codec.model.Region;
import gongbei.replication.command.ChangeOrigin;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.command.StatusCommand.SetStatus;
import gongbei.replication.history.HistoryLog;
import gongbei.replication.history.HistorySettings;
import gongbei.replication.machine.HistorySink;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.IoUtil;
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

/**
 * What a change costs the applier's thread without a history, with the tree alone, and with entries
 * kept in files. The difference is the history's; where its thread does not keep up, the applier's
 * does that work, so a run of some seconds shows both.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 4)
@Fork(1)
public class HistoryBenchmark {
  private static final int HOLDERS = 1 << 18;
  private static final int BATCH = 256;
  private static final int BATCHES = HOLDERS / BATCH;

  /** What is kept: {@code none}, {@code tree} or {@code entries}. */
  @Param({"none", "tree", "entries"})
  private String history;

  private final List<List<StatusCommand>> batches = new ArrayList<>();
  private StatusMap map;
  private ReplicatedState state;
  private HistoryLog log;
  private Path directory;
  private long sequence;

  /** Registers holders, and prepares one change of each. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    directory = Files.createTempDirectory("gongbei-history");
    map = StatusMap.inMemory(HOLDERS);
    log =
        history.equals("none")
            ? null
            : HistoryLog.open(
                new HistorySettings(Region.GUANGDONG)
                    .directory(directory.resolve("history"))
                    .keepsEntries(history.equals("entries")));
    state = new ReplicatedState(map, log == null ? HistorySink.NONE : log);
    state.protocol(ReplicatedState.PROTOCOL);
    sequence = 1;
    for (int batch = 0; batch < BATCHES; batch++) {
      final List<StatusCommand> changes = new ArrayList<>();
      for (int i = 0; i < BATCH; i++) {
        changes.add(
            SetStatus.of(new Subject(StatusMap.stir(batch), (long) batch * BATCH + i))
                .colour(Colour.GREEN)
                .origin(ChangeOrigin.of(1, 1))
                .build());
      }
      batches.add(changes);
    }
  }

  /** Closes and removes what was written. */
  @TearDown(Level.Trial)
  public void close() {
    if (log != null) {
      log.close();
    }
    map.close();
    IoUtil.delete(directory.toFile(), true);
  }

  /** One change of a batch, applied as the log gives it; decoding and reply are in it. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int change() {
    state.clusterTimeMillis(sequence);
    final List<StatusCommand> changes = batches.get((int) (sequence / BATCH % BATCHES));
    final DirectBuffer message = CommandBatches.encode(1, sequence, map.capacity(), changes);
    sequence += BATCH;
    return state.apply(message, 0, message.capacity());
  }
}
