package gongbei.verifier.translate;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.model.Region;
import gongbei.codec.translate.CodeTranslator;
import gongbei.codec.translate.Translation;
import gongbei.codec.translate.TranslationFault;
import gongbei.codec.translate.TranslationRequest;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.TokenException;
import gongbei.replication.command.Applied;
import gongbei.replication.command.ChangeOrigin;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Link;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.log.CommandLog;
import gongbei.replication.log.LogBusyException;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.verifier.audit.AuditException;
import gongbei.verifier.audit.AuditLog;
import gongbei.verifier.audit.Receipt;
import gongbei.verifier.config.Limits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
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
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where codes of the other region are made into codes of this one. One thread takes what has come
 * together, translates it as a batch, has the holders' records written through the log, writes the
 * receipts, and only then answers. A code that is asked for again gets the answer that it got, and
 * costs no other record or receipt. Bounded: what finds no room is refused at once. {@link
 * #translate} is for any thread.
 */
public final class TranslationService implements Translations, AutoCloseable {
  /** A visit that states no ground is one of {@code translation}. */
  private static final int ANY_GROUND = 0;

  private static final Logger LOGGER = LoggerFactory.getLogger(TranslationService.class);
  private static final long CLOSING_PARK_NANOS = 500_000;
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
  private final WokenIdleStrategy rest = new WokenIdleStrategy();
  private final AgentRunner runner;
  private volatile boolean closed;
  private volatile boolean ended;

  private record Pending(TranslationRequest request, CompletableFuture<TranslationResult> future) {}

  /** What is to be answered once the log and the receipts are written. */
  private static final class Job {
    private final Translation translation;
    private final List<Pending> askers = new ArrayList<>(1);

    Job(Translation translation) {
      this.translation = translation;
    }
  }

  /** A batch that the log is done with. */
  private record Recorded(List<Job> jobs, SigningKey key, List<Applied> applied, Throwable fault) {}

  /**
   * Starts the desk.
   *
   * @param context what the translator works with, its holders set by this desk
   * @param keys what to sign with
   * @param map which codes of holders this region has translated
   * @param log where holders' records go, and where links stand
   * @param audit where receipts go; the caller's to close, after this
   * @param epochSeconds the clock, in seconds since 1970
   */
  public TranslationService(
      CodeTranslator.Context context,
      SigningKeys keys,
      StatusMap map,
      CommandLog log,
      AuditLog audit,
      LongSupplier epochSeconds) {
    this.target = context.target();
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
            rest,
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
   *     return at once; fails with {@link TranslationServiceException}, and with {@link
   *     TokenException} where the token that holds the key does not sign
   */
  @Override
  public CompletableFuture<TranslationResult> translate(TranslationRequest request) {
    final Pending pending = new Pending(request, new CompletableFuture<>());
    if (closed || inFlight.incrementAndGet() > Limits.MAX_TRANSLATIONS_WAITING) {
      inFlight.decrementAndGet();
      return CompletableFuture.failedFuture(busy());
    }
    if (!queue.offer(pending)) {
      inFlight.decrementAndGet();
      return CompletableFuture.failedFuture(busy());
    }
    rest.wake();
    if (ended) {
      // The desk has looked at its queue for the last time, before or after.
      pending.future().completeExceptionally(busy());
    }
    return pending.future();
  }

  /** The region whose codes are made here. */
  public Region target() {
    return target.region().orElseThrow();
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

  private static TranslationServiceException busy() {
    return new TranslationServiceException(
        TranslationServiceException.Reason.BUSY, "too many codes are being translated");
  }

  private static TranslationServiceException auditFailed() {
    return new TranslationServiceException(
        TranslationServiceException.Reason.AUDIT_FAILED,
        "receipts can't be written at the moment, and without one nothing is translated");
  }

  /** Answers what has been asked, then stops. */
  @Override
  public void close() {
    closed = true;
    runner.close();
  }

  /** Links in the log, the newest codes in the map. */
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
    public long newestSource(byte[] subject) {
      return map.get(subject, 0, status) ? status.sourceEpochSeconds() : 0;
    }
  }

  /** The duty cycle. */
  private final class Clerk implements Agent {
    private final TranslationMemory memory =
        new TranslationMemory(Limits.MAX_TRANSLATIONS_REMEMBERED);
    private final Map<TranslationMemory.Asked, Job> underWay = new HashMap<>();

    @Override
    public int doWork() {
      int done = 0;
      Recorded batch;
      while ((batch = recorded.poll()) != null) {
        try {
          settle(batch);
        } catch (RuntimeException | Error e) {
          fail(batch, failure(e));
          throw e;
        } finally {
          batch.jobs().forEach(this::end);
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
          LockSupport.parkNanos(CLOSING_PARK_NANOS);
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
        final List<Job> jobs = new ArrayList<>(batch.size());
        try {
          translate(batch, jobs);
        } catch (RuntimeException | Error e) {
          fail(batch, failure(e));
          jobs.forEach(this::end);
          throw e;
        }
      }
      return batch.size();
    }

    /**
     * @param jobs gets what has to be recorded before it is answered
     */
    private void translate(List<Pending> batch, List<Job> jobs) {
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
            new TranslationServiceException(
                TranslationServiceException.Reason.NO_SIGNING_KEY,
                "this node has no key for " + target + " valid now"));
        return;
      }
      final List<TranslationRequest> requests = new ArrayList<>(batch.size());
      batch.forEach(pending -> requests.add(pending.request()));
      final Translation[] translations = translator.translate(requests, key, now);
      if (!log.isServing()) {
        fail(
            batch,
            new TranslationServiceException(
                TranslationServiceException.Reason.BUSY,
                "the node's map is being rebuilt; ask another node"));
        return;
      }
      for (int i = 0; i < translations.length; i++) {
        begin(batch.get(i), translations[i], key, now, jobs);
      }
      final List<StatusCommand> visits = new ArrayList<>();
      for (final Job job : jobs) {
        if (job.translation.isTranslated()) {
          visits.add(visit(job.translation));
        }
      }
      if (visits.isEmpty()) {
        if (!jobs.isEmpty()) {
          hand(new Recorded(jobs, key, List.of(), null));
        }
        return;
      }
      final var unused =
          log.submit(visits)
              .whenComplete((applied, fault) -> hand(new Recorded(jobs, key, applied, fault)));
    }

    private void hand(Recorded batch) {
      recorded.add(batch);
      rest.wake();
    }

    /** Answers what was answered before; else has it recorded, once for all who ask meanwhile. */
    private void begin(
        Pending pending, Translation translation, SigningKey key, long now, List<Job> jobs) {
      if (!translation.verified()) {
        answer(pending, new TranslationResult(translation, 0, 0));
        return;
      }
      final TranslationResult known = memory.recall(translation, key, now);
      if (known != null) {
        receipts.countRepeated();
        answer(pending, known);
        return;
      }
      final TranslationMemory.Asked asked = TranslationMemory.Asked.of(translation);
      final Job same = underWay.get(asked);
      if (same != null && TranslationMemory.saysTheSame(translation, same.translation)) {
        receipts.countRepeated();
        same.askers.add(pending);
        return;
      }
      final Job job = new Job(translation);
      job.askers.add(pending);
      underWay.putIfAbsent(asked, job);
      jobs.add(job);
    }

    private void end(Job job) {
      underWay.remove(TranslationMemory.Asked.of(job.translation), job);
    }

    private StatusCommand visit(Translation translation) {
      final CodeClaims claims = translation.claims();
      return StatusCommand.Visit.of(Subject.of(claims.subject(), 0))
          .colour(claims.colour())
          .test(claims.result(), claims.sampleEpochMinutes())
          .doses(claims.doses())
          .linked(translation.linked())
          .sourceEpochSeconds(
              Math.max(
                  1,
                  Math.min(
                      translation.source().issuedAtEpochSeconds(),
                      StatusRecord.MAX_SOURCE_EPOCH_SECONDS)))
          .origin(ChangeOrigin.of(translation.source().kid(), ANY_GROUND))
          .build();
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
            batch,
            cause instanceof LogBusyException
                ? busy()
                : new TranslationServiceException(
                    TranslationServiceException.Reason.LOG_CLOSED, reasonOf(cause)));
        return;
      }
      final long now = epochSeconds.getAsLong();
      final int count = batch.jobs().size();
      final TranslationResult[] known = new TranslationResult[count];
      final Translation[] translations = new Translation[count];
      final long[] versions = new long[count];
      final Map<Integer, TranslationServiceException> refused = new HashMap<>();
      final List<Receipt> due = new ArrayList<>();
      int visit = 0;
      for (int i = 0; i < count; i++) {
        Translation translation = batch.jobs().get(i).translation;
        if (translation.isTranslated()) {
          final Applied applied = batch.applied().get(visit++);
          versions[i] = applied.version();
          if (applied.outcome() == Applied.Outcome.SUPERSEDED) {
            translation = translation.superseded();
            versions[i] = 0;
            known[i] = memory.recall(translation, batch.key(), now);
          } else if (applied.outcome() != Applied.Outcome.APPLIED) {
            refused.put(i, TranslationServiceException.of(applied.outcome()));
          }
        }
        translations[i] = translation;
        if (!refused.containsKey(i) && known[i] == null) {
          due.add(Receipt.of(translation, target()));
        }
      }
      final long[] numbers;
      try {
        numbers = receipts.write(due, batch.key(), now);
      } catch (TokenException e) {
        fail(batch, e);
        return;
      } catch (AuditException e) {
        fail(batch, auditFailed());
        return;
      }
      int receipt = 0;
      for (int i = 0; i < count; i++) {
        final Job job = batch.jobs().get(i);
        if (refused.containsKey(i)) {
          fail(job.askers, refused.get(i));
          continue;
        }
        TranslationResult crossing = known[i];
        if (crossing == null) {
          crossing = new TranslationResult(translations[i], versions[i], numbers[receipt++]);
          memory.remember(crossing, batch.key());
        }
        for (final Pending asker : job.askers) {
          answer(asker, crossing);
        }
      }
    }

    private void answer(Pending pending, TranslationResult crossing) {
      if (crossing.translation().isTranslated()) {
        translated.increment();
      } else {
        faults.get(crossing.translation().fault()).increment();
      }
      inFlight.decrementAndGet();
      pending.future().complete(crossing);
    }

    /** What those are told who asked for what an error has kept from being done. */
    private static RuntimeException failure(Throwable e) {
      return e instanceof RuntimeException plain ? plain : new IllegalStateException(e);
    }

    private void fail(Recorded batch, RuntimeException why) {
      batch.jobs().forEach(job -> fail(job.askers, why));
    }

    /** Fails those who have no answer yet. */
    private void fail(List<Pending> askers, RuntimeException why) {
      for (final Pending pending : askers) {
        if (pending.future().completeExceptionally(why)) {
          inFlight.decrementAndGet();
        }
      }
    }
  }
}
