package gongbei.verifier.client;

import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.protocol.ArrayBuffer;
import gongbei.verifier.protocol.BooleanCode;
import gongbei.verifier.protocol.BusyDecoder;
import gongbei.verifier.protocol.GoodbyeCode;
import gongbei.verifier.protocol.GoodbyeDecoder;
import gongbei.verifier.protocol.GoodbyeEncoder;
import gongbei.verifier.protocol.GroupFindingsDecoder;
import gongbei.verifier.protocol.HelloEncoder;
import gongbei.verifier.protocol.MessageHeaderDecoder;
import gongbei.verifier.protocol.MessageHeaderEncoder;
import gongbei.verifier.protocol.NotTranslatedDecoder;
import gongbei.verifier.protocol.OfflineCountsTakenDecoder;
import gongbei.verifier.protocol.PingEncoder;
import gongbei.verifier.protocol.PongDecoder;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.protocol.RejectedDecoder;
import gongbei.verifier.protocol.TranslatedDecoder;
import gongbei.verifier.protocol.TranslationFaultCode;
import gongbei.verifier.protocol.VerdictCode;
import gongbei.verifier.protocol.VerdictDecoder;
import gongbei.verifier.protocol.WelcomeDecoder;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteOrder;
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
  static final int LENGTH_BYTES = 4;
  private static final long NO_DEADLINE = Long.MAX_VALUE;
  private static final int BUFFER_BYTES = 1 << 16;

  private final DeviceClient.Context context;
  private final ServerClock clock;
  private final AtomicLong ids;
  private final Socket socket;
  private final InputStream input;
  private final OutputStream output;
  private final Map<Long, Asked> asked = new ConcurrentHashMap<>();
  private final Object writing = new Object();
  private final MessageHeaderEncoder headerOut = new MessageHeaderEncoder();
  private final byte[] frameBytes = new byte[LENGTH_BYTES + ClientLimits.MAX_FRAME_BYTES];
  private final ArrayBuffer frame = new ArrayBuffer(frameBytes);
  private final Semaphore window;
  private final int maxBatch;
  private final int maxFrameBytes;
  private final long heartbeatNanos;
  private final List<String> rulesets = new ArrayList<>();
  private volatile long lastFrameNanos;
  private long probedNanos;
  private boolean probing;
  private volatile DeviceException.Disconnected ended;

  /** What was asked and is not answered. */
  private abstract static sealed class Asked {
    private final long deadlineNanos;
    private final boolean inWindow;

    Asked(int answerMillis, boolean inWindow) {
      this.deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(answerMillis);
      this.inWindow = inWindow;
    }

    abstract void fail(DeviceException why);
  }

  private static final class AskedScan extends Asked {
    private final CompletableFuture<DeviceVerdict> verdict = new CompletableFuture<>();
    private DeviceGroup group;

    AskedScan(int answerMillis) {
      super(answerMillis, true);
    }

    @Override
    void fail(DeviceException why) {
      verdict.completeExceptionally(why);
    }
  }

  private static final class AskedTranslation extends Asked {
    private final CompletableFuture<DeviceTranslation> translation = new CompletableFuture<>();

    AskedTranslation(int answerMillis) {
      super(answerMillis, true);
    }

    @Override
    void fail(DeviceException why) {
      translation.completeExceptionally(why);
    }
  }

  private static final class AskedCounts extends Asked {
    private final CompletableFuture<Void> taken = new CompletableFuture<>();

    AskedCounts(int answerMillis) {
      super(answerMillis, false);
    }

    @Override
    void fail(DeviceException why) {
      taken.completeExceptionally(why);
    }
  }

  private static final class AskedTime extends Asked {
    private final CompletableFuture<Long> time = new CompletableFuture<>();
    private final long sentMillis = System.currentTimeMillis();
    private final long sentNanos = System.nanoTime();

    AskedTime(int answerMillis) {
      super(answerMillis, false);
    }

    @Override
    void fail(DeviceException why) {
      time.completeExceptionally(why);
    }
  }

  /** Encodes a message behind the place of its frame's length. */
  interface Message {
    /**
     * Encodes it; the bytes that it took, the header not counted.
     *
     * @param id its correlation id, or the first of a batch's
     */
    int encode(ArrayBuffer buffer, MessageHeaderEncoder header, long id);
  }

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
    socket = connect(context);
    try {
      socket.setSoTimeout(context.answerMillis());
      input = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
      output = socket.getOutputStream();
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
      socket.setSoTimeout(0);
    } catch (IndexOutOfBoundsException e) {
      socket.close();
      throw new DeviceException.Disconnected(null, "the server's Welcome does not fit its frame");
    } catch (IOException | DeviceException e) {
      socket.close();
      throw e;
    }
    lastFrameNanos = System.nanoTime();
  }

  private static Socket connect(DeviceClient.Context context) throws IOException {
    if (context.tls() != null) {
      return context.tls().connect(context.resolved(), context.connectMillis());
    }
    final Socket plain = new Socket();
    try {
      plain.setTcpNoDelay(true);
      plain.connect(context.resolved(), context.connectMillis());
      return plain;
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }

  private WelcomeDecoder greet() throws IOException {
    final HelloEncoder hello =
        new HelloEncoder().wrapAndApplyHeader(frame, LENGTH_BYTES, headerOut);
    hello
        .deviceId(context.deviceId())
        .putCredential(context.credential(), 0, context.credential().length);
    final long sentMillis = System.currentTimeMillis();
    final long sentNanos = System.nanoTime();
    send(hello.encodedLength());
    final ArrayBuffer answer;
    try {
      answer = readFrame(sentNanos + TimeUnit.MILLISECONDS.toNanos(context.answerMillis()));
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

  CompletableFuture<DeviceVerdict> scan(Message message) {
    window.acquireUninterruptibly();
    final AskedScan scan = new AskedScan(context.answerMillis());
    ask(scan, message);
    return scan.verdict;
  }

  /** Asks for verdicts in one message. */
  List<CompletableFuture<DeviceVerdict>> scanBatch(int count, Message message) {
    window.acquireUninterruptibly(count);
    final List<CompletableFuture<DeviceVerdict>> verdicts = new ArrayList<>();
    final long firstId = ids.getAndAdd(count);
    for (int i = 0; i < count; i++) {
      final AskedScan scan = new AskedScan(context.answerMillis());
      asked.put(firstId + i, scan);
      verdicts.add(scan.verdict);
    }
    send(message, firstId, count);
    return verdicts;
  }

  CompletableFuture<DeviceTranslation> translate(Message message) {
    window.acquireUninterruptibly();
    final AskedTranslation translation = new AskedTranslation(context.answerMillis());
    ask(translation, message);
    return translation.translation;
  }

  CompletableFuture<Void> count(Message message) {
    final AskedCounts counts = new AskedCounts(context.answerMillis());
    ask(counts, message);
    return counts.taken;
  }

  CompletableFuture<Long> ping() {
    final AskedTime time = new AskedTime(context.answerMillis());
    ask(
        time,
        (buffer, header, id) -> {
          final PingEncoder ping =
              new PingEncoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
          ping.echo(id);
          return ping.encodedLength();
        });
    return time.time;
  }

  private void ask(Asked question, Message message) {
    final long id = ids.getAndIncrement();
    asked.put(id, question);
    send(message, id, 1);
  }

  /** Sends what was put among the questions; where that can't be sent nothing is asked. */
  private void send(Message message, long firstId, int count) {
    synchronized (writing) {
      try {
        final int encodedLength = message.encode(frame, headerOut, firstId);
        if (MessageHeaderEncoder.ENCODED_LENGTH + encodedLength > maxFrameBytes) {
          throw new IndexOutOfBoundsException();
        }
        if (ended == null) {
          send(encodedLength);
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

  private void send(int encodedLength) throws IOException {
    final int length = MessageHeaderEncoder.ENCODED_LENGTH + encodedLength;
    frame.putInt(0, length, ByteOrder.LITTLE_ENDIAN);
    output.write(frameBytes, 0, LENGTH_BYTES + length);
    output.flush();
  }

  private ArrayBuffer readFrame(long deadlineNanos) throws IOException {
    final byte[] prefix = new byte[LENGTH_BYTES];
    readFully(prefix, deadlineNanos);
    final int length = new ArrayBuffer(prefix).getInt(0, ByteOrder.LITTLE_ENDIAN);
    if (length < MessageHeaderDecoder.ENCODED_LENGTH
        || length > ClientLimits.MAX_DEVICE_ANSWER_BYTES) {
      throw new IOException("the server's frame is of " + length + " bytes");
    }
    final byte[] bytes = new byte[length];
    readFully(bytes, deadlineNanos);
    final ArrayBuffer message = new ArrayBuffer(bytes);
    final int schema = new MessageHeaderDecoder().wrap(message, 0).schemaId();
    if (schema != MessageHeaderDecoder.SCHEMA_ID) {
      throw new IOException("the server speaks another protocol, of schema " + schema);
    }
    return message;
  }

  private void readFully(byte[] to, long deadlineNanos) throws IOException {
    int read = 0;
    while (read < to.length) {
      if (deadlineNanos != NO_DEADLINE) {
        final long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        if (millis <= 0) {
          throw new SocketTimeoutException();
        }
        socket.setSoTimeout((int) millis);
      }
      final int more = input.read(to, read, to.length - read);
      if (more < 0) {
        throw new IOException("it was cut off");
      }
      read += more;
    }
  }

  /** Takes what comes until the connection ends; why it did. */
  DeviceException.Disconnected read() {
    try {
      while (ended == null) {
        final ArrayBuffer message = readFrame(NO_DEADLINE);
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
        final AskedTranslation question = take(not.correlationId(), AskedTranslation.class);
        if (question != null) {
          question.fail(new DeviceException.NotTranslated(fault, not.field()));
        }
      }
      case OfflineCountsTakenDecoder.TEMPLATE_ID -> {
        final OfflineCountsTakenDecoder taken =
            new OfflineCountsTakenDecoder().wrapAndApplyHeader(message, 0, header);
        final AskedCounts question = take(taken.correlationId(), AskedCounts.class);
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
        // From a newer server: passed over.
      }
    }
  }

  private void onVerdict(ArrayBuffer message, MessageHeaderDecoder header) {
    final VerdictDecoder verdict = new VerdictDecoder().wrapAndApplyHeader(message, 0, header);
    final String field = verdict.field();
    final AskedScan question = take(verdict.correlationId(), AskedScan.class);
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
    final AskedTranslation question = take(translated.correlationId(), AskedTranslation.class);
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
    if (asked.get(found.correlationId()) instanceof AskedScan scan) {
      scan.group =
          new DeviceGroup(
              found.size(), found.green(), found.yellow(), found.red(), reasons, heldUpBy);
    }
  }

  private void onPong(PongDecoder pong) {
    final AskedTime question = take(pong.echo(), AskedTime.class);
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
    if (question.inWindow) {
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
          if (now - question.deadlineNanos > 0) {
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
      // Without it a writer that waits for a peer that does not read would hold up the closing.
      socket.setSoLinger(true, 0);
      socket.close();
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
    send(
        (buffer, header, id) -> {
          final GoodbyeEncoder goodbye =
              new GoodbyeEncoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
          goodbye.reason(GoodbyeCode.NORMAL);
          return goodbye.encodedLength();
        },
        0,
        0);
  }
}
