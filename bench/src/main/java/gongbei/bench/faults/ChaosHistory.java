package gongbei.bench.faults;

import gongbei.codec.model.Colour;
import gongbei.replication.command.CommandBatches;
import gongbei.verifier.client.AppliedChange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.HdrHistogram.Histogram;

/**
 * What authorities wrote and scanners saw, to be evaluated afterwards. Each holder is a register of
 * a colour; the version that a write was given is its place in the one order, so that the history
 * of writes is linearizable if and only if the versions agree with who was answered before who
 * asked.
 *
 * <p>A node reads its version and then looks a holder up, so a scan has to tell the colour of the
 * last write up to its version, or of one that the node applied in between: that one had been
 * submitted before the scan was answered, and is no further than a batch past the version that the
 * same connection is told next. Versions that were given to something else than a write, as to an
 * appeal, have their places in the order, and change no colour of these holders. For any thread.
 */
final class ChaosHistory {
  private static final int MAX_FAULTS = 1_000;
  private static final int COLOUR_BITS = 2;
  private static final int HOLDER_BITS = 8;
  private static final int FIRST_READS = 64;

  private final List<Write> writes = new ArrayList<>();
  private final List<Connection> connections = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private final Histogram writeMicros = new Histogram(3);
  private final NavigableSet<Long> others = new TreeSet<>();
  private long unanswered;
  private long reads;
  private final List<FirstWrite> awaited = new ArrayList<>();

  /** A write that was acknowledged. */
  private record Write(
      int holder, Colour colour, long submittedNanos, long acknowledgedNanos, long version) {}

  /** What one connection was told, in order. For one thread, until the history is evaluated. */
  static final class Connection {
    private final String name;
    private long[] told = new long[FIRST_READS];
    private long[] answeredNanos = new long[FIRST_READS];
    private int count;

    private Connection(String name) {
      this.name = name;
    }

    /** A scan was answered. */
    void read(int holder, Colour colour, long version, long answered) {
      if (count == told.length) {
        told = Arrays.copyOf(told, 2 * count);
        answeredNanos = Arrays.copyOf(answeredNanos, 2 * count);
      }
      told[count] = (((version << HOLDER_BITS) | holder) << COLOUR_BITS) | colour.number();
      answeredNanos[count] = answered;
      count++;
    }

    private Colour colour(int read) {
      return Colour.ofNumber((int) told[read] & (1 << COLOUR_BITS) - 1);
    }

    private int holder(int read) {
      return (int) (told[read] >> COLOUR_BITS) & (1 << HOLDER_BITS) - 1;
    }

    private long version(int read) {
      return told[read] >> (COLOUR_BITS + HOLDER_BITS);
    }
  }

  /** The first write to be acknowledged of those that begin after now. */
  static final class FirstWrite {
    private final long sinceNanos = System.nanoTime();
    private volatile long afterNanos = -1;

    private boolean take(long submittedNanos, long acknowledgedNanos) {
      if (submittedNanos - sinceNanos < 0) {
        return false;
      }
      afterNanos = acknowledgedNanos - sinceNanos;
      return true;
    }

    boolean isThere() {
      return afterNanos >= 0;
    }

    /** How long after it was asked for it was acknowledged. */
    long afterNanos() {
      return afterNanos;
    }
  }

  /** Looks out for the next write. */
  synchronized FirstWrite firstWrite() {
    final FirstWrite first = new FirstWrite();
    awaited.add(first);
    return first;
  }

  /** Something was wrong that the history alone would not tell. */
  synchronized void wrong(String what) {
    if (faults.size() < MAX_FAULTS) {
      faults.add(what);
    }
  }

  synchronized void submitted() {
    unanswered++;
  }

  synchronized void acknowledged(
      int holder,
      Colour colour,
      long submittedNanos,
      long acknowledgedNanos,
      AppliedChange applied) {
    unanswered--;
    if (applied.outcome() != AppliedChange.Outcome.APPLIED) {
      wrong("a write came to " + applied);
    }
    writes.add(new Write(holder, colour, submittedNanos, acknowledgedNanos, applied.version()));
    writeMicros.recordValue((acknowledgedNanos - submittedNanos) / 1_000);
    awaited.removeIf(first -> first.take(submittedNanos, acknowledgedNanos));
  }

  synchronized void failed(String why) {
    unanswered--;
    wrong("a write failed: " + why);
  }

  /** A scanner connects. */
  synchronized Connection connected(String name) {
    final Connection connection = new Connection(name);
    connections.add(connection);
    return connection;
  }

  synchronized boolean isSettled() {
    return unanswered == 0;
  }

  synchronized long acknowledged() {
    return writes.size();
  }

  /** Takes the versions that are of no write. */
  synchronized void others(Set<Long> versions) {
    others.addAll(versions);
  }

  /**
   * At rest: a node must be at the version of the last write, and tell its colour of each holder.
   */
  synchronized void atRest(String node, int holder, Optional<Colour> colour, long version) {
    Write last = null;
    long newest = others.isEmpty() ? 0 : others.last();
    for (final Write write : writes) {
      newest = Math.max(newest, write.version());
      if (write.holder() == holder && (last == null || write.version() > last.version())) {
        last = write;
      }
    }
    if (version != newest) {
      wrong(node + " rests at version " + version + ", the last write has " + newest);
    }
    if (last != null && !colour.equals(Optional.of(last.colour()))) {
      wrong(
          "at rest "
              + node
              + " says "
              + colour.map(Colour::wireName).orElse("no colour")
              + " of holder "
              + holder
              + ", whose last write was "
              + last.colour()
              + ", version "
              + last.version());
    }
  }

  /** What is wrong with it; nothing where all is as it must be. Nothing is added any more. */
  synchronized List<String> judge() {
    final List<String> wrong = new ArrayList<>(faults);
    if (unanswered > 0) {
      wrong.add(unanswered + " writes have no answer");
    }
    writes.sort(Comparator.comparingLong(Write::version));
    final boolean isDense = judgeDensity(wrong);
    judgeOrder(wrong);
    if (isDense) {
      judgeReads(wrong);
    }
    return wrong;
  }

  private boolean judgeDensity(List<String> wrong) {
    final Iterator<Long> other = others.iterator();
    long due = 1;
    long next = other.hasNext() ? other.next() : Long.MAX_VALUE;
    for (final Write write : writes) {
      while (next == due) {
        due++;
        next = other.hasNext() ? other.next() : Long.MAX_VALUE;
      }
      if (write.version() != due) {
        wrong.add("version " + due + " was given to no write, or to two");
        return false;
      }
      due++;
    }
    return true;
  }

  /** No write is placed before one that was answered before it began. */
  private void judgeOrder(List<String> wrong) {
    long earliestAnswerAfter = Long.MAX_VALUE;
    for (int i = writes.size() - 1; i >= 0; i--) {
      final Write write = writes.get(i);
      if (earliestAnswerAfter < write.submittedNanos()) {
        wrong.add(
            "version " + write.version() + " began after a greater version had been answered");
        return;
      }
      earliestAnswerAfter = Math.min(earliestAnswerAfter, write.acknowledgedNanos());
    }
  }

  private void judgeReads(List<String> wrong) {
    final List<NavigableMap<Long, Write>> byHolder = new ArrayList<>();
    final NavigableMap<Long, Write> all = new TreeMap<>();
    for (final Write write : writes) {
      all.put(write.version(), write);
      while (byHolder.size() <= write.holder()) {
        byHolder.add(new TreeMap<>());
      }
      byHolder.get(write.holder()).put(write.version(), write);
    }
    reads = 0;
    for (final Connection connection : connections) {
      reads += connection.count;
      for (int read = 0; read < connection.count && wrong.size() < MAX_FAULTS; read++) {
        judgeRead(connection, read, new Told(all, byHolder), wrong);
      }
    }
  }

  /** All writes by their versions, and those of each holder. */
  private record Told(NavigableMap<Long, Write> all, List<NavigableMap<Long, Write>> byHolder) {}

  private void judgeRead(Connection connection, int read, Told told, List<String> wrong) {
    final long version = connection.version(read);
    final int holder = connection.holder(read);
    if (read > 0 && version < connection.version(read - 1)) {
      wrong.add(
          connection.name
              + " went back from version "
              + connection.version(read - 1)
              + " to "
              + version);
    }
    final var written = told.all().floorEntry(version);
    final long newest =
        Math.max(
            told.all().isEmpty() ? 0 : told.all().lastKey(), others.isEmpty() ? 0 : others.last());
    if (version > newest
        || (written != null
            && written.getValue().submittedNanos() > connection.answeredNanos[read])) {
      wrong.add(connection.name + " was told version " + version + " before it was written");
    }
    final long next =
        read + 1 < connection.count ? connection.version(read + 1) : Long.MAX_VALUE >> 1;
    final boolean isRight =
        holder < told.byHolder().size()
            && isRight(
                connection.colour(read),
                version,
                next,
                connection.answeredNanos[read],
                told.byHolder().get(holder));
    if (!isRight) {
      wrong.add(
          connection.name
              + " was told "
              + connection.colour(read)
              + " of holder "
              + holder
              + " at version "
              + version);
    }
  }

  private static boolean isRight(
      Colour colour,
      long version,
      long next,
      long answeredNanos,
      NavigableMap<Long, Write> writes) {
    final var floor = writes.floorEntry(version);
    if (floor != null && floor.getValue().colour() == colour) {
      return true;
    }
    for (final Write write : writes.tailMap(version, false).values()) {
      if (write.version() > next + CommandBatches.MAX_COMMANDS) {
        return false;
      }
      if (write.submittedNanos() < answeredNanos && write.colour() == colour) {
        return true;
      }
    }
    return false;
  }

  /** Of a history that has been evaluated: what was written and read, in a line. */
  synchronized String summary() {
    return String.format(
        Locale.ROOT,
        "%,d writes acknowledged, after p50 %,.1f ms, p99 %,.1f ms, at most %,.1f ms; %,d scans"
            + " answered over %,d connections",
        writes.size(),
        writeMicros.getValueAtPercentile(50) / 1e3,
        writeMicros.getValueAtPercentile(99) / 1e3,
        writeMicros.getMaxValue() / 1e3,
        reads,
        connections.size());
  }
}
