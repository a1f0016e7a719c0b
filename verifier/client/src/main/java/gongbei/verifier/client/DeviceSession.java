package gongbei.verifier.client;

import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.protocol.ArrayBuffer;
import gongbei.verifier.protocol.BooleanCode;
import gongbei.verifier.protocol.BusyDecoder;
import gongbei.verifier.protocol.GoodbyeCode;
import gongbei.verifier.protocol.GoodbyeDecoder;
import gongbei.verifier.protocol.GroupFindingsDecoder;
import gongbei.verifier.protocol.MessageHeaderDecoder;
import gongbei.verifier.protocol.NotTranslatedDecoder;
import gongbei.verifier.protocol.OfflineCountsTakenDecoder;
import gongbei.verifier.protocol.PongDecoder;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.protocol.RejectedDecoder;
import gongbei.verifier.protocol.TranslatedDecoder;
import gongbei.verifier.protocol.TranslationFaultCode;
import gongbei.verifier.protocol.VerdictCode;
import gongbei.verifier.protocol.VerdictDecoder;
import gongbei.verifier.protocol.WelcomeDecoder;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One connection of a {@link DeviceClient}, from Welcome to its end. Asking is for any thread;
 * {@link #read} is for one, and so is {@link #watch}, which never waits for anything.
 */
final class DeviceSession {
  private final DeviceClient.Context context;
  private final ServerClock clock;
  private final AtomicLong ids;
  private final FrameConnection connection;
  private final Map<Long, Asked> asked = new ConcurrentHashMap<>();
  private final Object writing = new Object();
  private final Semaphore window;
  private final int maxBatch;
  private final int maxFrameBytes;
  private final long heartbeatNanos;
  private final List<String> rulesets = new ArrayList<>();
  private volatile long lastFrameNanos;
  private long probedNanos;
  private boolean probing;
  private volatile DeviceException.Disconnected ended;

  /**
   * Connects and says Hello.
   *
   * @param ids gives every question its number
   * @throws IOException when the server can't be reached
   * @throws DeviceException.Disconnected when it does not say Welcome
   */
  DeviceSession(DeviceClient.Context context, ServerClock clock, AtomicLong ids)
      throws IOException {
    this.context = context;
    this.clock = clock;
    this.ids = ids;
    connection = new FrameConnection(context);
    try {
      final WelcomeDecoder welcome = greet();
      window = new Semaphore(welcome.maxInFlight());
      maxBatch = Math.min(welcome.maxBatch(), welcome.maxInFlight());
      maxFrameBytes = Math.min(welcome.maxFrameBytes(), ClientLimits.MAX_FRAME_BYTES);
      heartbeatNanos =
          Math.min(
              TimeUnit.MILLISECONDS.toNanos(context.heartbeatMillis()),
              TimeUnit.SECONDS.toNanos(welcome.idleSeconds()) / 3);
      for (final WelcomeDecoder.RulesetsDecoder ruleset : welcome.rulesets()) {
        rulesets.add(ruleset.name() + "@" + ruleset.version());
      }
      connection.waitWithoutEnd();
    } catch (IndexOutOfBoundsException e) {
      connection.close();
      throw new DeviceException.Disconnected(null, "the server's Welcome does not fit its frame");
    } catch (IOException | DeviceException e) {
      connection.close();
      throw e;
    }
    lastFrameNanos = System.nanoTime();
  }

  private WelcomeDecoder greet() throws IOException {
    final int length =
        connection.encode(DeviceMessages.hello(context.deviceId(), context.credential()), 0);
    final long sentMillis = System.currentTimeMillis();
    final long sentNanos = System.nanoTime();
    connection.send(length);
    final ArrayBuffer answer;
    try {
      answer =
          connection.receive(sentNanos + TimeUnit.MILLISECONDS.toNanos(context.answerMillis()));
    } catch (SocketTimeoutException e) {
      throw new DeviceException.Disconnected(
          null, "no Welcome within " + context.answerMillis() + " ms");
    }
    final MessageHeaderDecoder header = new MessageHeaderDecoder().wrap(answer, 0);
    if (header.templateId() != WelcomeDecoder.TEMPLATE_ID) {
      throw farewell(answer, header);
    }
    final WelcomeDecoder welcome = new WelcomeDecoder().wrapAndApplyHeader(answer, 0, header);
    if (welcome.maxInFlight() < 1
        || welcome.maxBatch() < 1
        || welcome.maxFrameBytes() < 1
        || welcome.idleSeconds() < 1) {
      throw new DeviceException.Disconnected(null, "a limit in the server's Welcome is under 1");
    }
    clock.measured(
        sentMillis,
        System.nanoTime() - sentNanos,
        welcome.serverTimeEpochMillis(),
        System.currentTimeMillis());
    return welcome;
  }

  List<String> rulesets() {
    return List.copyOf(rulesets);
  }

  int maxBatch() {
    return maxBatch;
  }

  CompletableFuture<DeviceVerdict> scan(DeviceMessages.Message message) {
    window.acquireUninterruptibly();
    final Asked.Scan scan = new Asked.Scan(context.answerMillis());
    ask(scan, message);
    return scan.verdict;
  }

  /** Asks for verdicts in one message. */
  List<CompletableFuture<DeviceVerdict>> scanBatch(int count, DeviceMessages.Message message) {
    window.acquireUninterruptibly(count);
    final List<CompletableFuture<DeviceVerdict>> verdicts = new ArrayList<>();
    final long firstId = ids.getAndAdd(count);
    for (int i = 0; i < count; i++) {
      final Asked.Scan scan = new Asked.Scan(context.answerMillis());
      asked.put(firstId + i, scan);
      verdicts.add(scan.verdict);
    }
    send(message, firstId, count);
    return verdicts;
  }

  CompletableFuture<DeviceTranslation> translate(DeviceMessages.Message message) {
    window.acquireUninterruptibly();
    final Asked.Translation translation = new Asked.Translation(context.answerMillis());
    ask(translation, message);
    return translation.translation;
  }

  CompletableFuture<Void> count(DeviceMessages.Message message) {
    final Asked.Counts counts = new Asked.Counts(context.answerMillis());
    ask(counts, message);
    return counts.taken;
  }

  CompletableFuture<Long> ping() {
    final Asked.Time time = new Asked.Time(context.answerMillis());
    ask(time, DeviceMessages.ping());
    return time.time;
  }

  private void ask(Asked question, DeviceMessages.Message message) {
    final long id = ids.getAndIncrement();
    asked.put(id, question);
    send(message, id, 1);
  }

  /** Sends what was put among the questions; where that can't be sent nothing is asked. */
  private void send(DeviceMessages.Message message, long firstId, int count) {
    synchronized (writing) {
      try {
        final int length = connection.encode(message, firstId);
        if (length > maxFrameBytes) {
          throw new IndexOutOfBoundsException();
        }
        if (ended == null) {
          connection.send(length);
        }
      } catch (IndexOutOfBoundsException | IllegalStateException e) {
        for (int i = 0; i < count; i++) {
          take(firstId + i, Asked.class);
        }
        throw new IllegalArgumentException("the message is longer than a frame may be", e);
      } catch (IOException e) {
        end(new DeviceException.Disconnected(null, "connection lost: " + e.getMessage()));
      }
    }
    failIfEnded();
  }

  /** Takes what comes until the connection ends; why it did. */
  DeviceException.Disconnected read() {
    try {
      while (ended == null) {
        final ArrayBuffer message = connection.receive();
        lastFrameNanos = System.nanoTime();
        onMessage(message, new MessageHeaderDecoder().wrap(message, 0));
      }
    } catch (IndexOutOfBoundsException e) {
      end(new DeviceException.Disconnected(null, "the server's message does not fit its frame"));
    } catch (IOException e) {
      end(new DeviceException.Disconnected(null, "connection lost: " + e.getMessage()));
    }
    return ended;
  }

  private void onMessage(ArrayBuffer message, MessageHeaderDecoder header) {
    switch (header.templateId()) {
      case VerdictDecoder.TEMPLATE_ID -> onVerdict(message, header);
      case GroupFindingsDecoder.TEMPLATE_ID -> onGroup(message, header);
      case TranslatedDecoder.TEMPLATE_ID -> onTranslated(message, header);
      case NotTranslatedDecoder.TEMPLATE_ID -> {
        final NotTranslatedDecoder not =
            new NotTranslatedDecoder().wrapAndApplyHeader(message, 0, header);
        final TranslationFaultCode fault = not.fault();
        final Asked.Translation question = take(not.correlationId(), Asked.Translation.class);
        if (question != null) {
          question.fail(new DeviceException.NotTranslated(fault, not.field()));
        }
      }
      case OfflineCountsTakenDecoder.TEMPLATE_ID -> {
        final OfflineCountsTakenDecoder taken =
            new OfflineCountsTakenDecoder().wrapAndApplyHeader(message, 0, header);
        final Asked.Counts question = take(taken.correlationId(), Asked.Counts.class);
        if (question != null) {
          question.taken.complete(null);
        }
      }
      case BusyDecoder.TEMPLATE_ID -> {
        final BusyDecoder busy = new BusyDecoder().wrapAndApplyHeader(message, 0, header);
        final int millis = Math.max(0, busy.retryAfterMillis());
        failOne(busy.correlationId(), new DeviceException.Busy(millis));
      }
      case RejectedDecoder.TEMPLATE_ID -> {
        final RejectedDecoder rejected =
            new RejectedDecoder().wrapAndApplyHeader(message, 0, header);
        failOne(rejected.correlationId(), new DeviceException.Rejected(rejected.rejection()));
      }
      case PongDecoder.TEMPLATE_ID ->
          onPong(new PongDecoder().wrapAndApplyHeader(message, 0, header));
      case GoodbyeDecoder.TEMPLATE_ID -> end(farewell(message, header));
      default -> {
        // From a newer server: ignored.
      }
    }
  }

  private void onVerdict(ArrayBuffer message, MessageHeaderDecoder header) {
    final VerdictDecoder verdict = new VerdictDecoder().wrapAndApplyHeader(message, 0, header);
    final String field = verdict.field();
    final Asked.Scan question = take(verdict.correlationId(), Asked.Scan.class);
    if (question != null) {
      question.verdict.complete(
          new DeviceVerdict(
              known(verdict.verdict()),
              verdict.reason(),
              verdict.colour(),
              field,
              verdict.rulesetVersion(),
              verdict.mapVersion(),
              verdict.dataAgeMillis(),
              verdict.stale() == BooleanCode.YES,
              question.group));
    }
  }

  /** A verdict that this version does not know is for a person to look at. */
  private static VerdictCode known(VerdictCode verdict) {
    return verdict == VerdictCode.SBE_UNKNOWN || verdict == VerdictCode.NULL_VAL
        ? VerdictCode.HOLD
        : verdict;
  }

  private void onTranslated(ArrayBuffer message, MessageHeaderDecoder header) {
    final TranslatedDecoder translated =
        new TranslatedDecoder().wrapAndApplyHeader(message, 0, header);
    final byte[] code = new byte[translated.codeLength()];
    translated.getCode(code, 0, code.length);
    final Asked.Translation question = take(translated.correlationId(), Asked.Translation.class);
    if (question != null) {
      question.translation.complete(
          new DeviceTranslation(
              new String(code, StandardCharsets.US_ASCII),
              translated.expiresEpochSeconds(),
              translated.colour(),
              translated.linked() == BooleanCode.YES,
              translated.mapVersion(),
              translated.receipt()));
    }
  }

  private void onGroup(ArrayBuffer message, MessageHeaderDecoder header) {
    final GroupFindingsDecoder found =
        new GroupFindingsDecoder().wrapAndApplyHeader(message, 0, header);
    final Map<ReasonCode, Integer> reasons = new EnumMap<>(ReasonCode.class);
    for (final GroupFindingsDecoder.ReasonsDecoder each : found.reasons()) {
      reasons.put(each.reason(), each.members());
    }
    final List<Integer> heldUpBy = new ArrayList<>();
    for (final GroupFindingsDecoder.HeldUpByDecoder each : found.heldUpBy()) {
      heldUpBy.add(each.ordinal());
    }
    if (asked.get(found.correlationId()) instanceof Asked.Scan scan) {
      scan.group =
          new DeviceGroup(
              found.size(), found.green(), found.yellow(), found.red(), reasons, heldUpBy);
    }
  }

  private void onPong(PongDecoder pong) {
    final Asked.Time question = take(pong.echo(), Asked.Time.class);
    if (question != null) {
      clock.measured(
          question.sentMillis,
          System.nanoTime() - question.sentNanos,
          pong.serverTimeEpochMillis(),
          System.currentTimeMillis());
      question.time.complete(pong.serverTimeEpochMillis());
    }
  }

  private static DeviceException.Disconnected farewell(
      ArrayBuffer message, MessageHeaderDecoder header) {
    if (header.templateId() != GoodbyeDecoder.TEMPLATE_ID) {
      return new DeviceException.Disconnected(null, "the server did not say Welcome");
    }
    final GoodbyeCode reason = new GoodbyeDecoder().wrapAndApplyHeader(message, 0, header).reason();
    return new DeviceException.Disconnected(
        reason,
        "the server said goodbye: "
            + reason
            + (reason == GoodbyeCode.UNSUPPORTED_PROTOCOL
                ? ": where this was plain text, this port speaks TLS"
                : ""));
  }

  /** Takes a question that an answer is of the right kind for; null where there is none. */
  private <T extends Asked> T take(long id, Class<T> kind) {
    final Asked question = asked.get(id);
    if (!kind.isInstance(question) || !asked.remove(id, question)) {
      return null;
    }
    if (question.inWindow()) {
      window.release();
    }
    return kind.cast(question);
  }

  private void failOne(long id, DeviceException why) {
    final Asked question = take(id, Asked.class);
    if (question != null) {
      question.fail(why);
    }
  }

  /**
   * Looks after the connection: questions that have waited too long fail, a server that is silent
   * is asked for a sign of life, and one that gives none has its connection ended.
   *
   * @return whether a Ping is due, for another thread to send
   */
  boolean watch() {
    final long now = System.nanoTime();
    asked.forEach(
        (id, question) -> {
          if (now - question.deadlineNanos() > 0) {
            failOne(id, new DeviceException.Unanswered(context.answerMillis()));
          }
        });
    if (now - lastFrameNanos <= heartbeatNanos) {
      probing = false;
      return false;
    }
    if (!probing) {
      probing = true;
      probedNanos = now;
      return true;
    }
    if (now - probedNanos > TimeUnit.MILLISECONDS.toNanos(context.heartbeatTimeoutMillis())) {
      end(
          new DeviceException.Disconnected(
              null, "no sign of life within " + context.heartbeatTimeoutMillis() + " ms"));
    }
    return false;
  }

  /** Ends the connection: what is in flight fails at once, and so does what is asked after. */
  void end(DeviceException.Disconnected why) {
    if (ended == null) {
      ended = why;
    }
    try {
      connection.abort();
    } catch (IOException e) {
      why.addSuppressed(e);
    }
    failIfEnded();
  }

  /** Whether what is asked from now on fails at once. */
  boolean hasEnded() {
    return ended != null;
  }

  private void failIfEnded() {
    final DeviceException.Disconnected why = ended;
    if (why != null) {
      for (final Long id : List.copyOf(asked.keySet())) {
        failOne(id, why);
      }
    }
  }

  /** Says goodbye; the server closes the connection then. */
  void goodbye() {
    send(DeviceMessages.goodbye(), 0, 0);
  }
}
