package gongbei.verifier.translate;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.translate.CodeTranslator;
import gongbei.codec.translate.Translation;
import gongbei.codec.translate.TranslationFault;
import gongbei.codec.translate.TranslationRequest;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.TokenException;
import gongbei.replication.status.Applied;
import gongbei.replication.status.CommandLog;
import gongbei.replication.status.DocumentCommand;
import gongbei.replication.status.Link;
import gongbei.replication.status.LogBusyException;
import gongbei.replication.status.StatusCommand;
import gongbei.replication.status.StatusMap;
import gongbei.replication.status.StatusRecord;
import gongbei.replication.status.Subject;
import gongbei.verifier.audit.AuditException;
import gongbei.verifier.audit.AuditLog;
import gongbei.verifier.audit.Receipt;
import gongbei.verifier.config.Limits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where codes of the other region are made into codes of this one. One thread takes what has come
 * together, translates it as a batch, has the holders' records written through the log, writes the
 * receipts, and only then answers. Bounded: what finds no room is refused at once. {@link
 * #translate} is for any thread.
 */
public final class TranslationDesk implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(TranslationDesk.class);
  private static final int GREEN = 0;
  private static final long MIN_PARK_NANOS = 10_000;
  private static final long MAX_PARK_NANOS = 500_000;
  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final CodeFormat target;
  private final CodeTranslator translator;
  private final SigningKeys keys;
  private final StatusMap map;
  private final CommandLog log;
  private final AuditLog audit;
  private final ReceiptBook receipts;
  private final LongSupplier epochSeconds;
  private final ManyToOneConcurrentArrayQueue<Pending> queue =
      new ManyToOneConcurrentArrayQueue<>(Limits.MAX_TRANSLATIONS_WAITING);
  private final ConcurrentLinkedQueue<Recorded> recorded = new ConcurrentLinkedQueue<>();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final LongAdder translated = new LongAdder();
  private final Map<TranslationFault, LongAdder> faults = new EnumMap<>(TranslationFault.class);
  private final AgentRunner runner;
  private volatile boolean closed;
  private volatile boolean ended;

  private record Pending(TranslationRequest request, CompletableFuture<Crossing> future) {}

  /** A batch that the log is done with. */
  private record Recorded(
      List<Pending> pending,
      SigningKey key,
      Translation[] translations,
      List<Applied> applied,
      Throwable fault) {}

  /**
   * Starts the desk.
   *
   * @param context what the translator works with, its holders set by this desk
   * @param keys what to sign with
   * @param map whom this region knows
   * @param log where holders' records go, and where links stand
   * @param audit where receipts go; the caller's to close, after this
   * @param epochSeconds the clock, in seconds since 1970
   */
  public TranslationDesk(
      CodeFormat target,
      CodeTranslator.Context context,
      SigningKeys keys,
      StatusMap map,
      CommandLog log,
      AuditLog audit,
      LongSupplier epochSeconds) {
    this.target = target;
    this.keys = keys;
    this.map = map;
    this.log = log;
    this.audit = audit;
    this.receipts = new ReceiptBook(audit);
    this.epochSeconds = epochSeconds;
    for (final TranslationFault fault : TranslationFault.values()) {
      faults.put(fault, new LongAdder());
    }
    translator = new CodeTranslator(context.holders(new KnownHolders()));
    runner =
        new AgentRunner(
            new BackoffIdleStrategy(1, 1, MIN_PARK_NANOS, MAX_PARK_NANOS),
            e -> LOGGER.error("A batch of translations failed: {}", e.toString()),
            null,
            new Clerk());
    AgentRunner.startOnThread(
        runner,
        task -> {
          final Thread thread = new Thread(task, "gongbei-translate");
          thread.setDaemon(true);
          return thread;
        });
  }

  /**
   * Translates a code.
   *
   * @return completes with the new code or its fault, on a thread of the desk's: who is told must
   *     return at once; fails with {@link DeskException}, and with {@link TokenException} where the
   *     token that holds the key does not sign
   */
  public CompletableFuture<Crossing> translate(TranslationRequest request) {
    final Pending pending = new Pending(request, new CompletableFuture<>());
    if (closed || inFlight.incrementAndGet() > Limits.MAX_TRANSLATIONS_WAITING) {
      inFlight.decrementAndGet();
      return CompletableFuture.failedFuture(busy());
    }
    if (!queue.offer(pending)) {
      inFlight.decrementAndGet();
      return CompletableFuture.failedFuture(busy());
    }
    if (ended) {
      // The desk has looked at its queue for the last time, before or after.
      pending.future().completeExceptionally(busy());
    }
    return pending.future();
  }

  /** The region whose codes are made here. */
  public String target() {
    return target.issuer();
  }

  /** How many codes were translated. */
  public long translated() {
    return translated.sum();
  }

  /** How many codes were not, for that fault. */
  public long refused(TranslationFault fault) {
    return faults.get(fault).sum();
  }

  /** The receipts. */
  public AuditLog audit() {
    return audit;
  }

  /** How the receipts are written. */
  public ReceiptBook receipts() {
    return receipts;
  }

  private static DeskException busy() {
    return new DeskException(DeskException.Reason.BUSY, "too many codes are being translated");
  }

  private static DeskException auditFailed() {
    return new DeskException(
        DeskException.Reason.AUDIT_FAILED,
        "receipts can't be written at the moment, and without one nothing is translated");
  }

  /** Answers what has been asked, then stops. */
  @Override
  public void close() {
    closed = true;
    runner.close();
  }

  /** Links in the log, colours in the map. */
  private final class KnownHolders implements CodeTranslator.Holders {
    private final StatusRecord status = new StatusRecord();

    @Override
    public byte[] linked(byte[] buffer, int offset) {
      final Link link =
          Link.of(
              log.documents()
                  .find(
                      DocumentCommand.Kind.LINK,
                      Arrays.copyOfRange(buffer, offset, offset + Subject.BYTES)));
      return link == null ? null : link.subject().toBytes();
    }

    @Override
    public int colour(byte[] subject) {
      final boolean speaksForItself =
          map.get(subject, 0, status) && (status.flags() & StatusRecord.TRANSLATED) == 0;
      return speaksForItself ? status.colour() : GREEN;
    }
  }

  /** The duty cycle. */
  private final class Clerk implements Agent {
    @Override
    public int doWork() {
      int done = 0;
      Recorded batch;
      while ((batch = recorded.poll()) != null) {
        try {
          settle(batch);
        } catch (RuntimeException | Error e) {
          fail(batch.pending(), failure(e));
          throw e;
        }
        done++;
      }
      return done + take();
    }

    @Override
    public void onClose() {
      final long deadlineNanos = System.nanoTime() + CLOSE_NANOS;
      while (inFlight.get() > 0 && System.nanoTime() < deadlineNanos) {
        if (doWork() == 0) {
          LockSupport.parkNanos(MAX_PARK_NANOS);
        }
      }
      ended = true;
      Pending waiting;
      while ((waiting = queue.poll()) != null) {
        waiting.future().completeExceptionally(busy());
      }
    }

    @Override
    public String roleName() {
      return "gongbei-translate";
    }

    private int take() {
      final List<Pending> batch = new ArrayList<>();
      Pending next;
      while (batch.size() < translator.batchCapacity() && (next = queue.poll()) != null) {
        batch.add(next);
      }
      if (!batch.isEmpty()) {
        try {
          translate(batch);
        } catch (RuntimeException | Error e) {
          fail(batch, failure(e));
          throw e;
        }
      }
      return batch.size();
    }

    private void translate(List<Pending> batch) {
      try {
        receipts.requireRoom(batch.size());
      } catch (AuditException e) {
        fail(batch, auditFailed());
        return;
      }
      final long now = epochSeconds.getAsLong();
      final SigningKey key = keys.current(target, now);
      if (key == null) {
        fail(
            batch,
            new DeskException(
                DeskException.Reason.NO_SIGNING_KEY,
                "this node has no key for " + target + " valid now"));
        return;
      }
      final List<TranslationRequest> requests = new ArrayList<>(batch.size());
      batch.forEach(pending -> requests.add(pending.request()));
      final Translation[] translations = translator.translate(requests, key, now);
      if (!log.isServing()) {
        fail(
            batch,
            new DeskException(
                DeskException.Reason.BUSY, "the node's map is being made anew; ask another"));
        return;
      }
      final List<StatusCommand> visits = new ArrayList<>();
      for (final Translation translation : translations) {
        if (translation.isTranslated()) {
          visits.add(visit(translation));
        }
      }
      if (visits.isEmpty()) {
        settle(new Recorded(batch, key, translations, List.of(), null));
        return;
      }
      final var unused =
          log.submit(visits)
              .whenComplete(
                  (applied, fault) ->
                      recorded.add(new Recorded(batch, key, translations, applied, fault)));
    }

    private StatusCommand visit(Translation translation) {
      final CodeClaims claims = translation.claims();
      return new StatusCommand.Visit(
          Subject.of(claims.subject(), 0),
          claims.colour(),
          claims.result(),
          claims.sampleEpochMinutes(),
          claims.doses(),
          translation.linked());
    }

    /** Why the log takes nothing, in its own words where it has some. */
    private static String reasonOf(Throwable cause) {
      return cause instanceof IllegalStateException && cause.getMessage() != null
          ? cause.getMessage()
          : "the log takes nothing at the moment";
    }

    /** Writes receipts and answers. */
    private void settle(Recorded batch) {
      if (batch.fault() != null) {
        final Throwable cause =
            batch.fault() instanceof CompletionException wrapped
                ? wrapped.getCause()
                : batch.fault();
        fail(
            batch.pending(),
            cause instanceof LogBusyException
                ? busy()
                : new DeskException(DeskException.Reason.LOG_CLOSED, reasonOf(cause)));
        return;
      }
      final List<Receipt> due = new ArrayList<>();
      final long[] versions = new long[batch.translations().length];
      final boolean[] full = new boolean[versions.length];
      int visit = 0;
      for (int i = 0; i < versions.length; i++) {
        final Translation translation = batch.translations()[i];
        if (translation.isTranslated()) {
          final Applied applied = batch.applied().get(visit++);
          versions[i] = applied.version();
          full[i] = applied.outcome() != Applied.Outcome.APPLIED;
        }
        if (translation.verified() && !full[i]) {
          due.add(Receipt.of(translation, target.issuer()));
        }
      }
      final long[] numbers;
      try {
        numbers = receipts.write(due, batch.key(), epochSeconds.getAsLong());
      } catch (TokenException e) {
        fail(batch.pending(), e);
        return;
      } catch (AuditException e) {
        fail(batch.pending(), auditFailed());
        return;
      }
      int receipt = 0;
      for (int i = 0; i < versions.length; i++) {
        final Translation translation = batch.translations()[i];
        count(translation);
        inFlight.decrementAndGet();
        if (full[i]) {
          batch
              .pending()
              .get(i)
              .future()
              .completeExceptionally(
                  new DeskException(
                      DeskException.Reason.MAP_FULL, "the map has no room for another visitor"));
        } else {
          batch
              .pending()
              .get(i)
              .future()
              .complete(
                  new Crossing(
                      translation, versions[i], translation.verified() ? numbers[receipt++] : 0));
        }
      }
    }

    private void count(Translation translation) {
      if (translation.isTranslated()) {
        translated.increment();
      } else {
        faults.get(translation.fault()).increment();
      }
    }

    /** What those are told who asked for what an error has kept from being done. */
    private static RuntimeException failure(Throwable e) {
      return e instanceof RuntimeException plain ? plain : new IllegalStateException(e);
    }

    /** Fails those of a batch who have no answer yet. */
    private void fail(List<Pending> batch, RuntimeException why) {
      for (final Pending pending : batch) {
        if (pending.future().completeExceptionally(why)) {
          inFlight.decrementAndGet();
        }
      }
    }
  }
}
