package gongbei.verifier.client;

import gongbei.verifier.config.Limits;
import gongbei.verifier.offline.OfflineCheckpoint;
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
import gongbei.verifier.protocol.OfflineCountsEncoder;
import gongbei.verifier.protocol.OfflineCountsTakenDecoder;
import gongbei.verifier.protocol.PingEncoder;
import gongbei.verifier.protocol.PongDecoder;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.protocol.RejectedDecoder;
import gongbei.verifier.protocol.ScanBatchEncoder;
import gongbei.verifier.protocol.ScanEncoder;
import gongbei.verifier.protocol.TranslateEncoder;
import gongbei.verifier.protocol.TranslatedDecoder;
import gongbei.verifier.protocol.TranslationFaultCode;
import gongbei.verifier.protocol.VerdictDecoder;
import gongbei.verifier.protocol.WelcomeDecoder;
import gongbei.verifier.rules.Verdict;
import gongbei.verifier.tls.ClientTls;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A scanner device's side of the protocol: one connection, scans pipelined, answers matched by
 * correlation id. For any thread; a thread that would have more scans in flight than the server
 * allows waits.
 */
public final class DeviceClient implements AutoCloseable {
  private static final int LENGTH_BYTES = 4;
  private static final int CONNECT_MILLIS = 5_000;
  private static final int BUFFER_BYTES = 1 << 16;

  private final Socket socket;
  private final DataInputStream input;
  private final OutputStream output;
  private final Map<Long, CompletableFuture<DeviceVerdict>> scans = new ConcurrentHashMap<>();
  private final Map<Long, DeviceGroup> groups = new ConcurrentHashMap<>();
  private final Map<Long, CompletableFuture<DeviceTranslation>> translations =
      new ConcurrentHashMap<>();
  private final Map<Long, CompletableFuture<Long>> pings = new ConcurrentHashMap<>();
  private final MessageHeaderEncoder headerOut = new MessageHeaderEncoder();
  private final byte[] frameBytes = new byte[LENGTH_BYTES + Limits.MAX_FRAME_BYTES];
  private final UnsafeBuffer frame = new UnsafeBuffer(frameBytes);
  private final Semaphore window;
  private final int maxBatch;
  private final List<String> rulesets;
  private long nextId = 1;
  private volatile DeviceException.Disconnected ended;

  /**
   * Connects and says Hello.
   *
   * @throws IOException when the server can't be reached
   * @throws DeviceException.Disconnected when it does not say Welcome
   */
  public DeviceClient(InetSocketAddress server, String deviceId, byte[] credential)
      throws IOException {
    this(server, deviceId, credential, null);
  }

  /**
   * Connects and says Hello.
   *
   * @param credential may be empty where the device shows a certificate
   * @param tls null speaks plain text
   * @throws IOException when the server can't be reached, is not trusted or does not trust
   * @throws DeviceException.Disconnected when it does not say Welcome
   */
  public DeviceClient(InetSocketAddress server, String deviceId, byte[] credential, ClientTls tls)
      throws IOException {
    socket = tls == null ? connect(server) : tls.connect(server, CONNECT_MILLIS);
    input = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
    output = socket.getOutputStream();
    final HelloEncoder hello =
        new HelloEncoder().wrapAndApplyHeader(frame, LENGTH_BYTES, headerOut);
    hello.deviceId(deviceId).putCredential(credential, 0, credential.length);
    send(hello.encodedLength());
    final UnsafeBuffer answer = readFrame();
    final MessageHeaderDecoder header = new MessageHeaderDecoder().wrap(answer, 0);
    if (header.templateId() != WelcomeDecoder.TEMPLATE_ID) {
      socket.close();
      throw farewell(answer, header);
    }
    final WelcomeDecoder welcome = new WelcomeDecoder().wrapAndApplyHeader(answer, 0, header);
    window = new Semaphore(welcome.maxInFlight());
    maxBatch = welcome.maxBatch();
    rulesets = new ArrayList<>();
    for (final WelcomeDecoder.RulesetsDecoder ruleset : welcome.rulesets()) {
      rulesets.add(ruleset.name() + "@" + ruleset.version());
    }
    final Thread reader = new Thread(this::read, "gongbei-device");
    reader.setDaemon(true);
    reader.start();
  }

  private static Socket connect(InetSocketAddress server) throws IOException {
    final Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.connect(server, CONNECT_MILLIS);
    return socket;
  }

  /** The rulesets that the server has, as in {@code metro@1}. */
  public List<String> rulesets() {
    return List.copyOf(rulesets);
  }

  /**
   * Has a code judged by the server's clock.
   *
   * @param checkpoint kind, or kind/place
   * @return the verdict; fails with a {@link DeviceException}
   */
  public CompletableFuture<DeviceVerdict> scan(String checkpoint, String code) {
    return scan(checkpoint, code.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Has a code judged: see {@link #scan(String, String)}. */
  public CompletableFuture<DeviceVerdict> scan(String checkpoint, byte[] code) {
    window.acquireUninterruptibly();
    final CompletableFuture<DeviceVerdict> verdict = new CompletableFuture<>();
    synchronized (this) {
      final long id = nextId++;
      scans.put(id, verdict);
      final ScanEncoder scan = new ScanEncoder().wrapAndApplyHeader(frame, LENGTH_BYTES, headerOut);
      scan.correlationId(id)
          .atEpochSeconds(ScanEncoder.atEpochSecondsNullValue())
          .checkpoint(checkpoint)
          .putCode(code, 0, code.length);
      trySend(scan.encodedLength());
    }
    return verdict;
  }

  /**
   * Has codes judged at one checkpoint, in one message.
   *
   * @return a verdict for each code, in their order
   */
  public List<CompletableFuture<DeviceVerdict>> scanBatch(String checkpoint, List<byte[]> codes) {
    if (codes.size() > maxBatch) {
      throw new IllegalArgumentException("batch is over " + maxBatch + " scans");
    }
    window.acquireUninterruptibly(codes.size());
    final List<CompletableFuture<DeviceVerdict>> verdicts = new ArrayList<>();
    synchronized (this) {
      final ScanBatchEncoder batch =
          new ScanBatchEncoder().wrapAndApplyHeader(frame, LENGTH_BYTES, headerOut);
      batch.atEpochSeconds(ScanBatchEncoder.atEpochSecondsNullValue());
      final ScanBatchEncoder.ScansEncoder group = batch.scansCount(codes.size());
      for (final byte[] code : codes) {
        final CompletableFuture<DeviceVerdict> verdict = new CompletableFuture<>();
        final long id = nextId++;
        scans.put(id, verdict);
        verdicts.add(verdict);
        group.next().correlationId(id).putCode(code, 0, code.length);
      }
      batch.checkpoint(checkpoint);
      trySend(batch.encodedLength());
    }
    return verdicts;
  }

  /**
   * Has a code of the other region made into one of the server's.
   *
   * @param target the server's region, as in {@code MO}
   * @param linkRequired whether a holder without a link is refused
   * @return the new code; fails with a {@link DeviceException}
   */
  public CompletableFuture<DeviceTranslation> translate(
      String code, String target, boolean linkRequired) {
    window.acquireUninterruptibly();
    final byte[] text = code.getBytes(StandardCharsets.ISO_8859_1);
    final CompletableFuture<DeviceTranslation> translation = new CompletableFuture<>();
    synchronized (this) {
      final long id = nextId++;
      translations.put(id, translation);
      final TranslateEncoder translate =
          new TranslateEncoder().wrapAndApplyHeader(frame, LENGTH_BYTES, headerOut);
      translate
          .correlationId(id)
          .target(target)
          .linkRequired(linkRequired ? BooleanCode.YES : BooleanCode.NO)
          .putCode(text, 0, text.length);
      trySend(translate.encodedLength());
    }
    return translation;
  }

  /**
   * Tells the server how many codes a checkpoint judged without a network. Where it can't be told
   * the checkpoint keeps its counts.
   *
   * @return completes when they are counted; fails with a {@link DeviceException}
   */
  public CompletableFuture<Void> reportOffline(OfflineCheckpoint checkpoint) {
    final Map<Verdict, Long> counts = checkpoint.takeCounts();
    if (counts.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    final CompletableFuture<Long> taken = new CompletableFuture<>();
    synchronized (this) {
      final long id = nextId++;
      pings.put(id, taken);
      final OfflineCountsEncoder message =
          new OfflineCountsEncoder().wrapAndApplyHeader(frame, LENGTH_BYTES, headerOut);
      message
          .correlationId(id)
          .packVersion(checkpoint.version())
          .packAgeSeconds(checkpoint.packAgeSeconds())
          .pass(counts.getOrDefault(Verdict.PASS, 0L))
          .hold(counts.getOrDefault(Verdict.HOLD, 0L))
          .refuse(counts.getOrDefault(Verdict.REFUSE, 0L));
      trySend(message.encodedLength());
    }
    return taken.handle(
        (id, failure) -> {
          if (failure != null) {
            checkpoint.putBack(counts);
            throw new CompletionException(failure);
          }
          return null;
        });
  }

  /** Asks for the server's time, in milliseconds since 1970 UTC. */
  public synchronized CompletableFuture<Long> ping() {
    final long echo = nextId++;
    final CompletableFuture<Long> time = new CompletableFuture<>();
    pings.put(echo, time);
    final PingEncoder ping = new PingEncoder().wrapAndApplyHeader(frame, LENGTH_BYTES, headerOut);
    ping.echo(echo);
    trySend(ping.encodedLength());
    return time;
  }

  /** Says goodbye; what is still in flight fails. */
  @Override
  public void close() throws IOException {
    synchronized (this) {
      final GoodbyeEncoder goodbye =
          new GoodbyeEncoder().wrapAndApplyHeader(frame, LENGTH_BYTES, headerOut);
      goodbye.reason(GoodbyeCode.NORMAL);
      trySend(goodbye.encodedLength());
    }
    socket.close();
    end(new DeviceException.Disconnected(GoodbyeCode.NORMAL, "closed"));
  }

  private void trySend(int encodedLength) {
    try {
      send(encodedLength);
    } catch (IOException e) {
      end(new DeviceException.Disconnected(null, "connection lost: " + e.getMessage()));
    }
    final DeviceException.Disconnected why = ended;
    if (why != null) {
      failAll(why);
    }
  }

  private void send(int encodedLength) throws IOException {
    final int length = MessageHeaderEncoder.ENCODED_LENGTH + encodedLength;
    frame.putInt(0, length, ByteOrder.LITTLE_ENDIAN);
    output.write(frameBytes, 0, LENGTH_BYTES + length);
    output.flush();
  }

  private UnsafeBuffer readFrame() throws IOException {
    final int length = Integer.reverseBytes(input.readInt());
    if (length < MessageHeaderDecoder.ENCODED_LENGTH || length > Limits.MAX_FRAME_BYTES) {
      throw new IOException("the server's frame is of " + length + " bytes");
    }
    final byte[] bytes = new byte[length];
    input.readFully(bytes);
    return new UnsafeBuffer(bytes);
  }

  private void read() {
    try {
      while (ended == null) {
        final UnsafeBuffer message = readFrame();
        onMessage(message, new MessageHeaderDecoder().wrap(message, 0));
      }
    } catch (IOException | IndexOutOfBoundsException e) {
      end(new DeviceException.Disconnected(null, "connection lost: " + e.getMessage()));
    }
  }

  private void onMessage(UnsafeBuffer message, MessageHeaderDecoder header) {
    switch (header.templateId()) {
      case VerdictDecoder.TEMPLATE_ID -> {
        final VerdictDecoder verdict = new VerdictDecoder().wrapAndApplyHeader(message, 0, header);
        final CompletableFuture<DeviceVerdict> asked = take(verdict.correlationId(), scans);
        if (asked != null) {
          asked.complete(
              new DeviceVerdict(
                  verdict.verdict(),
                  verdict.reason(),
                  verdict.colour(),
                  verdict.field(),
                  verdict.rulesetVersion(),
                  verdict.mapVersion(),
                  verdict.dataAgeMillis(),
                  verdict.stale() == BooleanCode.YES,
                  groups.remove(verdict.correlationId())));
        }
      }
      case GroupFindingsDecoder.TEMPLATE_ID -> onGroup(message, header);
      case TranslatedDecoder.TEMPLATE_ID -> {
        final TranslatedDecoder translated =
            new TranslatedDecoder().wrapAndApplyHeader(message, 0, header);
        final CompletableFuture<DeviceTranslation> asked =
            take(translated.correlationId(), translations);
        if (asked != null) {
          final byte[] code = new byte[translated.codeLength()];
          translated.getCode(code, 0, code.length);
          asked.complete(
              new DeviceTranslation(
                  new String(code, StandardCharsets.US_ASCII),
                  translated.expiresEpochSeconds(),
                  translated.colour(),
                  translated.linked() == BooleanCode.YES,
                  translated.mapVersion(),
                  translated.receipt()));
        }
      }
      case NotTranslatedDecoder.TEMPLATE_ID -> {
        final NotTranslatedDecoder not =
            new NotTranslatedDecoder().wrapAndApplyHeader(message, 0, header);
        final long id = not.correlationId();
        final TranslationFaultCode fault = not.fault();
        fail(id, new DeviceException.NotTranslated(fault, not.field()));
      }
      case OfflineCountsTakenDecoder.TEMPLATE_ID -> {
        final OfflineCountsTakenDecoder taken =
            new OfflineCountsTakenDecoder().wrapAndApplyHeader(message, 0, header);
        final CompletableFuture<Long> asked = pings.remove(taken.correlationId());
        if (asked != null) {
          asked.complete(taken.correlationId());
        }
      }
      case BusyDecoder.TEMPLATE_ID -> {
        final BusyDecoder busy = new BusyDecoder().wrapAndApplyHeader(message, 0, header);
        fail(busy.correlationId(), new DeviceException.Busy(busy.retryAfterMillis()));
      }
      case RejectedDecoder.TEMPLATE_ID -> {
        final RejectedDecoder rejected =
            new RejectedDecoder().wrapAndApplyHeader(message, 0, header);
        fail(rejected.correlationId(), new DeviceException.Rejected(rejected.rejection()));
      }
      case PongDecoder.TEMPLATE_ID -> {
        final PongDecoder pong = new PongDecoder().wrapAndApplyHeader(message, 0, header);
        final CompletableFuture<Long> asked = pings.remove(pong.echo());
        if (asked != null) {
          asked.complete(pong.serverTimeEpochMillis());
        }
      }
      case GoodbyeDecoder.TEMPLATE_ID -> end(farewell(message, header));
      default -> {
        // From a newer server: passed over.
      }
    }
  }

  private void onGroup(UnsafeBuffer message, MessageHeaderDecoder header) {
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
    if (scans.containsKey(found.correlationId())) {
      groups.put(
          found.correlationId(),
          new DeviceGroup(
              found.size(), found.green(), found.yellow(), found.red(), reasons, heldUpBy));
    }
  }

  private static DeviceException.Disconnected farewell(
      UnsafeBuffer message, MessageHeaderDecoder header) {
    if (header.templateId() != GoodbyeDecoder.TEMPLATE_ID) {
      return new DeviceException.Disconnected(null, "the server did not say Welcome");
    }
    final GoodbyeCode reason = new GoodbyeDecoder().wrapAndApplyHeader(message, 0, header).reason();
    return new DeviceException.Disconnected(reason, "the server said goodbye: " + reason);
  }

  private <T> CompletableFuture<T> take(long id, Map<Long, CompletableFuture<T>> from) {
    final CompletableFuture<T> asked = from.remove(id);
    if (asked != null) {
      window.release();
    }
    return asked;
  }

  private void fail(long id, DeviceException why) {
    final CompletableFuture<DeviceVerdict> asked = take(id, scans);
    if (asked != null) {
      asked.completeExceptionally(why);
    }
    final CompletableFuture<DeviceTranslation> other = take(id, translations);
    if (other != null) {
      other.completeExceptionally(why);
    }
  }

  private void end(DeviceException.Disconnected why) {
    if (ended == null) {
      ended = why;
    }
    failAll(ended);
    try {
      socket.close();
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }

  private void failAll(DeviceException.Disconnected why) {
    for (final Long id : List.copyOf(scans.keySet())) {
      fail(id, why);
    }
    for (final Long id : List.copyOf(translations.keySet())) {
      fail(id, why);
    }
    for (final Long echo : List.copyOf(pings.keySet())) {
      final CompletableFuture<Long> asked = pings.remove(echo);
      if (asked != null) {
        asked.completeExceptionally(why);
      }
    }
  }
}
