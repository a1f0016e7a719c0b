package gongbei.verifier.mint;

import com.lmax.disruptor.WaitStrategy;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.issue.CodeBatch;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.replication.map.LookAhead;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.verifier.config.Limits;
import gongbei.verifier.ring.BatchRing;
import gongbei.verifier.ring.WorkerHealth;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mints codes from what the map knows of their holders: those that are asked for together are
 * looked up and signed together. Bounded as scans are: what finds no room in the ring buffer is
 * refused at once. {@link #mint} is for any thread.
 */
public final class MintPipeline implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(MintPipeline.class);

  /** Which part of the places strips may take: a code to show now comes first. */
  private static final int RESERVE_SHARE = 2;

  private static final long MAX_REST_NANOS =
      TimeUnit.MICROSECONDS.toNanos(Limits.MAX_MINT_REST_MICROS);

  /** How long a worker that leaves the processors to scans waits before it looks again. */
  private static final long REST_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  private final BatchRing<Minting> ring;
  private final MintMetrics metrics;
  private final int reservePlaces;
  private final AtomicInteger reservesAsked = new AtomicInteger();

  /**
   * What minting needs.
   *
   * @param format the format of the codes
   * @param keys what to sign with
   * @param statusMap who is known
   * @param isServing tells, after a lookup, whether the map may be answered from
   * @param areScansBehind tells whether more scans wait than their workers are about to answer
   * @param epochSeconds the clock, in seconds since 1970
   */
  public record Context(
      CodeFormat format,
      SigningKeys keys,
      StatusMap statusMap,
      BooleanSupplier isServing,
      BooleanSupplier areScansBehind,
      LongSupplier epochSeconds) {}

  /**
   * Starts the workers.
   *
   * @param capacity places in the ring buffer, a power of two
   * @param workers how many threads mint; each takes a batch of codes in its turn
   * @param waitStrategy how an idle worker waits
   * @param gatherNanos the longest that a worker waits for a batch to fill, 0 for never
   * @param metrics counts what is minted
   */
  public MintPipeline(
      int capacity,
      int workers,
      WaitStrategy waitStrategy,
      long gatherNanos,
      Context context,
      MintMetrics metrics) {
    this.metrics = metrics;
    this.reservePlaces = capacity / RESERVE_SHARE;
    final List<Worker> each = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      each.add(new Worker(context, metrics));
    }
    ring = new BatchRing<>("gongbei-mint", Minting::new, capacity, waitStrategy, gatherNanos, each);
  }

  /**
   * Asks for a code.
   *
   * @param kind a person's or on paper
   * @param ttlSeconds how long it lives, 1 or more
   * @param listener is told what came of it, on a worker's thread
   * @return false at once where there is no room, and then nobody is told anything
   */
  public boolean mint(Subject subject, CodeKind kind, int ttlSeconds, Minting.Listener listener) {
    final long sequence = ring.claim();
    if (sequence == BatchRing.BUSY) {
      metrics.recordShed();
      return false;
    }
    try {
      ring.get(sequence).ask(subject, kind, ttlSeconds, listener);
    } finally {
      ring.publish(sequence);
    }
    return true;
  }

  /**
   * Asks for a strip of reserve codes. It takes part of the places alone, so that strips leave room
   * for codes to show.
   *
   * @param strip is told what came of it
   * @return false at once where there is no room for it
   */
  public boolean mint(Subject subject, ReserveStrip strip) {
    if (reservesAsked.addAndGet(strip.size()) > reservePlaces) {
      reservesAsked.addAndGet(-strip.size());
      return false;
    }
    for (int i = 0; i < strip.size(); i++) {
      final int index = i;
      final long sequence = ring.claim();
      if (sequence == BatchRing.BUSY) {
        metrics.recordShed();
        reservesAsked.addAndGet(i - strip.size());
        strip.leave(strip.size() - i);
        return true;
      }
      try {
        ring.get(sequence)
            .askReserve(
                subject,
                strip.startOf(i),
                strip.lifeSeconds(),
                minting -> {
                  reservesAsked.decrementAndGet();
                  strip.take(index, minting);
                });
      } finally {
        ring.publish(sequence);
      }
    }
    return true;
  }

  /**
   * How many codes for a screen have been asked for and are not signed yet: reserve codes are not
   * scanned as soon as they come.
   */
  public int waiting() {
    return Math.max(0, ring.capacity() - ring.remaining() - reservesAsked.get());
  }

  /** How the workers are doing. */
  public WorkerHealth health() {
    return ring.health();
  }

  /** Mints what has been asked for, then stops the workers. */
  @Override
  public void close() {
    ring.close();
  }

  /** Mints a batch of codes as one. Allocates nothing in steady state but what randomness takes. */
  private static final class Worker implements BatchRing.Worker<Minting> {
    private final Context context;
    private final MintMetrics metrics;
    private final Minting[] batch = new Minting[CodeBatch.MAX_CAPACITY];
    private final int[] places = new int[CodeBatch.MAX_CAPACITY];
    private final int[] draws = new int[CodeBatch.MAX_CAPACITY];
    private final StatusRecord status = new StatusRecord();
    private LookAhead lookAhead;
    private final SecureRandom random = new SecureRandom();

    /** When codes are renewed: no secret. */
    private final SplittableRandom spread = new SplittableRandom(random.nextLong());

    private final byte[] serials = new byte[CodeBatch.MAX_CAPACITY * CodeLimits.SERIAL_BYTES];
    private int serialsUsed = serials.length;
    private final ReserveSerials reserveSerials = new ReserveSerials();
    private final CodeClaims.Builder claims = new CodeClaims.Builder();
    private CodeBatch codes;
    private int size;

    Worker(Context context, MintMetrics metrics) {
      this.context = context;
      this.metrics = metrics;
      lookAhead = context.statusMap().lookAhead(batch.length);
    }

    @Override
    public int batchCapacity() {
      return batch.length;
    }

    @Override
    public void take(Minting minting) {
      batch[size++] = minting;
    }

    @Override
    public boolean answer() {
      boolean isSound = true;
      try {
        giveWay();
        mint();
      } catch (Throwable e) {
        isSound = false;
        tell("A batch of codes could not be minted", e);
        metrics.recordFailed(size);
        startAnew();
        refuseAll(Minting.Outcome.BUSY);
      }
      for (int i = 0; i < size; i++) {
        try {
          batch[i].listener().onMinted(batch[i]);
        } catch (Throwable e) {
          tell("A code could not be given back", e);
        }
      }
      for (int i = 0; i < size; i++) {
        try {
          batch[i].listener().onBatchEnd();
        } catch (Throwable e) {
          tell("A batch of codes could not be flushed", e);
        }
        batch[i].release();
        batch[i] = null;
      }
      size = 0;
      return isSound;
    }

    /** Replaces what a failure may have left in a state that nobody knows. */
    private void startAnew() {
      codes = null;
      serialsUsed = serials.length;
      try {
        lookAhead = context.statusMap().lookAhead(batch.length);
      } catch (Throwable e) {
        tell("A look-ahead could not be replaced", e);
      }
    }

    private static void tell(String what, Throwable why) {
      try {
        LOGGER.error("{}: {}", what, why.toString());
        LOGGER.debug("The failure in full", why);
      } catch (Throwable untold) {
        // Where memory is at its end even this may fail; the codes are answered all the same.
        Thread.onSpinWait();
      }
    }

    /**
     * Leaves the processors to scans that wait, but not for ever: whoever scans has a queue behind
     * them, and codes that wait to be signed are what keeps more displays from being admitted.
     */
    private void giveWay() {
      final long startedNanos = System.nanoTime();
      while (context.areScansBehind().getAsBoolean()
          && System.nanoTime() - startedNanos < MAX_REST_NANOS) {
        LockSupport.parkNanos(REST_NANOS);
      }
    }

    private void mint() {
      final long now = context.epochSeconds().getAsLong();
      final SigningKey key = context.keys().current(context.format(), now);
      if (key == null) {
        metrics.recordFailed(size);
        refuseAll(Minting.Outcome.NO_SIGNING_KEY);
        return;
      }
      if (codes == null || !codes.key().equals(key)) {
        codes = new CodeBatch(context.format(), key, batch.length);
      }
      lookAhead.clear();
      for (int i = 0; i < size; i++) {
        lookAhead.add(batch[i].subject(), 0);
      }
      lookAhead.fetch();
      final long startedNanos = System.nanoTime();
      codes.clear();
      for (int i = 0; i < size; i++) {
        places[i] = add(batch[i], now);
        draws[i] = spread.nextInt();
      }
      if (!context.isServing().getAsBoolean()) {
        refuseAll(Minting.Outcome.BUSY);
        return;
      }
      codes.sign();
      for (int i = 0; i < size; i++) {
        if (places[i] < 0) {
          batch[i].refused(Minting.Outcome.UNKNOWN_SUBJECT);
        } else {
          batch[i].minted(
              codes.texts(),
              codes.textOffset(places[i]),
              codes.textLength(places[i]),
              now,
              draws[i]);
        }
      }
      if (codes.size() > 0) {
        metrics.record(codes.size(), System.nanoTime() - startedNanos);
      }
    }

    /** The code's place among those to be signed, or −1 where the map does not know the holder. */
    private int add(Minting minting, long now) {
      if (!context.statusMap().get(minting.subject(), 0, status)) {
        return -1;
      }
      status.lapse(now);
      claims
          .kind(minting.kind())
          .subject(minting.subject(), 0)
          .colour(Colour.ofNumber(status.colour()))
          .test(TestResult.ofNumber(status.result()), status.sampleEpochMinutes())
          .doses(status.doses());
      if (minting.kind() == CodeKind.RESERVE) {
        metrics.recordReserve();
        return codes.add(reserve(minting, now));
      }
      if (serialsUsed == serials.length) {
        random.nextBytes(serials);
        serialsUsed = 0;
      }
      final int serial = serialsUsed;
      serialsUsed += CodeLimits.SERIAL_BYTES;
      return codes.add(
          claims.serial(serials, serial).notBefore(0).validity(now, now + minting.ttlSeconds()));
    }

    /** Of the code whose time has begun already, what is left of it. */
    private CodeClaims.Builder reserve(Minting minting, long now) {
      final long start = minting.startEpochSeconds();
      final long end = Math.max(now, start + minting.ttlSeconds());
      return claims
          .serial(reserveSerials.serial(minting.subject(), start, minting.ttlSeconds()), 0)
          .notBefore(Math.max(now, start))
          .validity(now, end);
    }

    private void refuseAll(Minting.Outcome why) {
      for (int i = 0; i < size; i++) {
        batch[i].refused(why);
      }
    }
  }
}
