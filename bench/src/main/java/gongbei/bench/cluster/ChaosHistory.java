package gongbei.bench.cluster;

import gongbei.replication.status.Applied;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What authorities wrote and scanners saw, to be judged afterwards. Each holder is a register of a
 * colour; the version that a write was given is its place in the one order, so that the history is
 * linearizable if and only if the versions agree with who was answered before who asked. For any
 * thread.
 */
final class ChaosHistory {
  private static final String[] COLOURS = {"green", "yellow", "red"};

  private final List<Write> writes = new ArrayList<>();
  private final List<Read> reads = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private final Histogram latencies = new Histogram(3);
  private long unanswered;

  /** A write that was acknowledged. */
  private record Write(
      int holder, int colour, long submittedNanos, long acknowledgedNanos, long version) {}

  /**
   * What a scanner was told.
   *
   * @param connection the number of the connection, each scanner's one after the other
   */
  private record Read(String scanner, int connection, int holder, String colour, long version) {}

  synchronized void submitted() {
    unanswered++;
  }

  synchronized void acknowledged(
      int holder, int colour, long submittedNanos, long acknowledgedNanos, Applied applied) {
    unanswered--;
    if (applied.outcome() != Applied.Outcome.APPLIED) {
      faults.add("a write came to " + applied);
    }
    writes.add(new Write(holder, colour, submittedNanos, acknowledgedNanos, applied.version()));
  }

  synchronized void failed(String why) {
    unanswered--;
    faults.add("a write failed: " + why);
  }

  synchronized void read(
      String scanner, int connection, int holder, String colour, long version, long nanos) {
    reads.add(new Read(scanner, connection, holder, colour, version));
    latencies.recordValue(nanos / 1_000);
  }

  synchronized void beginPart() {
    latencies.reset();
  }

  /** The 99th percentile of scans since {@link #beginPart}, in microseconds. */
  synchronized long endPart() {
    return latencies.getValueAtPercentile(99);
  }

  synchronized boolean isSettled() {
    return unanswered == 0;
  }

  synchronized long acknowledged() {
    return writes.size();
  }

  synchronized long newestSubmission() {
    long newest = 0;
    for (int i = Math.max(0, writes.size() - 100); i < writes.size(); i++) {
      newest = Math.max(newest, writes.get(i).submittedNanos());
    }
    return newest;
  }

  /** What is wrong with it; nothing where all is as it must be. */
  synchronized List<String> judge() {
    final List<String> wrong = new ArrayList<>(faults);
    if (unanswered > 0) {
      wrong.add(unanswered + " writes have no answer");
    }
    writes.sort(Comparator.comparingLong(Write::version));
    judgeOrder(wrong);
    judgeReads(wrong);
    return wrong;
  }

  /** Versions are dense, and no write is placed before one that was answered before it began. */
  private void judgeOrder(List<String> wrong) {
    for (int i = 0; i < writes.size(); i++) {
      if (writes.get(i).version() != i + 1) {
        wrong.add("version " + (i + 1) + " was given to no write, or to two");
        break;
      }
    }
    long earliestAnswerAfter = Long.MAX_VALUE;
    for (int i = writes.size() - 1; i >= 0; i--) {
      final Write write = writes.get(i);
      if (earliestAnswerAfter < write.submittedNanos()) {
        wrong.add(
            "version " + write.version() + " began after a greater version had been answered");
        break;
      }
      earliestAnswerAfter = Math.min(earliestAnswerAfter, write.acknowledgedNanos());
    }
  }

  /**
   * On one connection versions never go back, and every colour is what the last write up to the
   * version said, or one that came in while the scan was answered.
   */
  private void judgeReads(List<String> wrong) {
    final List<TreeMap<Long, Write>> byHolder = new ArrayList<>();
    for (final Write write : writes) {
      while (byHolder.size() <= write.holder()) {
        byHolder.add(new TreeMap<>());
      }
      byHolder.get(write.holder()).put(write.version(), write);
    }
    final TreeMap<String, Read> last = new TreeMap<>();
    for (final Read read : reads) {
      final String connection = read.scanner() + " " + read.connection();
      final Read before = last.put(connection, read);
      if (before != null && before.version() > read.version()) {
        wrong.add(
            connection + " went back from version " + before.version() + " to " + read.version());
      }
      if (read.holder() < byHolder.size() && !isRight(read, byHolder.get(read.holder()))) {
        wrong.add(
            connection
                + " was told "
                + read.colour()
                + " of holder "
                + read.holder()
                + " at version "
                + read.version());
      }
    }
  }

  private static boolean isRight(Read read, NavigableMap<Long, Write> writes) {
    final var floor = writes.floorEntry(read.version());
    if (floor != null && COLOURS[floor.getValue().colour()].equals(read.colour())) {
      return true;
    }
    return writes.tailMap(read.version(), false).values().stream()
        .limit(3)
        .anyMatch(write -> COLOURS[write.colour()].equals(read.colour()));
  }

  /** How long writes took, in a line. */
  synchronized String latencies() {
    final long[] millis =
        writes.stream()
            .mapToLong(write -> (write.acknowledgedNanos() - write.submittedNanos()) / 1_000_000)
            .sorted()
            .toArray();
    if (millis.length == 0) {
      return "no writes";
    }
    return String.format(
        Locale.ROOT,
        "%,d writes acknowledged after median %d ms, p99 %d ms, at most %d ms; %,d scans answered",
        millis.length,
        millis[millis.length / 2],
        millis[(int) (millis.length * 0.99)],
        millis[millis.length - 1],
        reads.size());
  }
}
