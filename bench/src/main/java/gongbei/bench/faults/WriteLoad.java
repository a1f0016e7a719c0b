package gongbei.bench.faults;

import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.map.Subject;
import gongbei.verifier.client.AppliedChange;
import gongbei.verifier.client.AuthorityStream;
import gongbei.verifier.client.StatusChange;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * An authority that keeps changing statuses at a rate, and checks every acknowledgement: its
 * version must never have been given to another change.
 */
final class WriteLoad implements AutoCloseable {
  private static final int SUBJECTS = 100_000;

  private final AuthorityStream stream;
  private final Thread thread;
  private final int rate;
  private final BitSet versions = new BitSet();
  private final Histogram latencyMicros = new Histogram(3);
  private long submitted;
  private long acknowledged;
  private long twice;
  private String failure;
  private volatile long lastAcknowledgedSubmission;
  private volatile boolean isStopping;

  WriteLoad(List<URI> servers, SigningKey authority, int rate) {
    this.rate = rate;
    stream = new AuthorityStream(servers, authority, 4_096, Duration.ofMinutes(2));
    thread = new Thread(this::run, "write-load");
    thread.start();
  }

  private void run() {
    final Instant sampled = Instant.now();
    final long startedNanos = System.nanoTime();
    try {
      while (!isStopping) {
        final long due = (System.nanoTime() - startedNanos) * rate / 1_000_000_000L;
        if (submitted >= due) {
          LockSupport.parkNanos(200_000);
          continue;
        }
        final long number = submitted % SUBJECTS;
        final Subject holder = submitted == 0 ? ClusterFixture.KNOWN : new Subject(number, ~number);
        final StatusChange change =
            StatusChange.status(holder.toHex())
                .colour(Colour.ofNumber((int) (submitted % 3)))
                .test(TestResult.NEGATIVE, sampled)
                .doses(2)
                .build();
        final long submittedNanos = System.nanoTime();
        final CompletableFuture<AppliedChange> applied = stream.submit(change);
        submitted++;
        final var unused = applied.whenComplete((done, e) -> onDone(done, e, submittedNanos));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void onDone(AppliedChange applied, Throwable e, long submittedNanos) {
    if (e != null) {
      failure = e.toString();
      return;
    }
    acknowledged++;
    latencyMicros.recordValue((System.nanoTime() - submittedNanos) / 1_000);
    final int version = Math.toIntExact(applied.version());
    if (versions.get(version)) {
      twice++;
    }
    versions.set(version);
    lastAcknowledgedSubmission = Math.max(lastAcknowledgedSubmission, submittedNanos);
  }

  /** How many changes are acknowledged so far. */
  synchronized long acknowledged() {
    return acknowledged;
  }

  /** From submission to acknowledgement, in microseconds, since this was last asked for. */
  synchronized Histogram takeLatencyMicros() {
    final Histogram taken = latencyMicros.copy();
    latencyMicros.reset();
    return taken;
  }

  /** When the newest change that is acknowledged was submitted, by {@link System#nanoTime}. */
  long lastAcknowledgedSubmission() {
    return lastAcknowledgedSubmission;
  }

  /** Stops, and waits for what was submitted. */
  void stop() throws InterruptedException {
    isStopping = true;
    thread.join();
    ClusterFixture.await("every change is acknowledged", () -> isSettled());
    stream.close();
    synchronized (this) {
      if (failure != null) {
        throw new IllegalStateException("a change failed: " + failure);
      }
    }
  }

  /**
   * Stops, waits for what was submitted, and returns how many changes there were, which must be all
   * that there ever were.
   */
  long finish() throws InterruptedException {
    stop();
    synchronized (this) {
      if (twice > 0) {
        throw new IllegalStateException(twice + " versions were given twice");
      }
      if (versions.length() - 1 != acknowledged + ClusterFixture.DOCUMENTS) {
        throw new IllegalStateException(
            acknowledged
                + " changes were acknowledged, the last version is "
                + (versions.length() - 1));
      }
      return acknowledged;
    }
  }

  private synchronized boolean isSettled() {
    return failure != null || acknowledged == submitted;
  }

  @Override
  public void close() {
    isStopping = true;
    try {
      thread.join(TimeUnit.SECONDS.toMillis(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
