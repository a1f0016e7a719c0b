package gongbei.bench.setup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What each thread of a process has cost so far, as Linux tells it (proc(5): {@code stat} and
 * {@code status} of each task), to the hundredth of a second.
 */
public final class ThreadTimes {
  private static final long MILLIS_A_TICK = 10;
  private static final String SWITCHES = "voluntary_ctxt_switches:";

  /** Where in {@code stat}, behind the name, the ticks of user and of system stand. */
  private static final int USER = 11;

  private final Map<Long, One> threads;

  /**
   * A thread.
   *
   * @param name as Linux has it, of 15 characters at most
   * @param cpu its processor time
   * @param wakes how often it went to sleep, and so woke
   */
  public record One(String name, Duration cpu, long wakes) {}

  private ThreadTimes(Map<Long, One> threads) {
    this.threads = threads;
  }

  /** Reads them. */
  public static ThreadTimes of(long pid) throws IOException {
    final Map<Long, One> threads = new HashMap<>();
    try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
      for (final Path task : tasks.toList()) {
        try {
          threads.put(Long.parseLong(task.getFileName().toString()), read(task));
        } catch (NoSuchFileException e) {
          // It has ended meanwhile.
        }
      }
    }
    return new ThreadTimes(threads);
  }

  private static One read(Path task) throws IOException {
    final String stat = Files.readString(task.resolve("stat"));
    final int end = stat.lastIndexOf(')');
    final String[] fields = stat.substring(end + 2).split(" ", -1);
    final long ticks = Long.parseLong(fields[USER]) + Long.parseLong(fields[USER + 1]);
    long wakes = 0;
    for (final String line : Files.readAllLines(task.resolve("status"))) {
      if (line.startsWith(SWITCHES)) {
        wakes = Long.parseLong(line.substring(SWITCHES.length()).strip());
      }
    }
    return new One(
        stat.substring(stat.indexOf('(') + 1, end),
        Duration.ofMillis(ticks * MILLIS_A_TICK),
        wakes);
  }

  /** What each has cost since, the dearest first; those that have come meanwhile too. */
  public List<One> since(ThreadTimes before) {
    final List<One> all = new ArrayList<>();
    threads.forEach(
        (id, now) -> {
          final One then = before.threads.get(id);
          all.add(
              then == null
                  ? now
                  : new One(now.name(), now.cpu().minus(then.cpu()), now.wakes() - then.wakes()));
        });
    all.sort(Comparator.comparing(One::cpu).thenComparing(One::wakes).reversed());
    return all;
  }
}
