package gongbei.verifier.conformance;

import gongbei.verifier.client.tls.ClientTls;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.protocol.BusyDecoder;
import gongbei.verifier.protocol.DeviceId;
import gongbei.verifier.protocol.GoodbyeCode;
import gongbei.verifier.protocol.PongDecoder;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.protocol.VerdictCode;
import gongbei.verifier.protocol.VerdictDecoder;
import gongbei.verifier.protocol.WelcomeDecoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A conformance client: holds a server of the scanner protocol against the vectors, and against
 * what they can't show. One run is for one thread.
 */
public final class ScannerConformance {
  private static final int PIPELINED = 500;
  private static final int PINGS = 10;
  private static final int FLOOD_BEYOND_WINDOW = 500;
  private static final int MAX_ROUNDS = 100;
  private static final int MAX_CLOCK_DISAGREEMENT_MILLIS = 1_000;
  private static final byte[] UNSUPPORTED = {'X'};
  private static final byte[] MALFORMED = "GD1:BB8".getBytes(StandardCharsets.US_ASCII);

  private final Target target;
  private final Consumer<Check> listener;
  private final List<Check> checks = new ArrayList<>();
  private WelcomeDecoder welcome;

  /** What is tested, and with what. The server and the device are needed. */
  public static final class Target {
    private InetSocketAddress server;
    private ClientTls tls;
    private String deviceId;
    private byte[] credential = {};
    private String revokedDeviceId;
    private byte[] revokedCredential = {};
    private String code;
    private boolean slow;
    private int answerMillis = 5_000;

    /** Sets where the server listens. */
    public Target server(InetSocketAddress address) {
      server = address;
      return this;
    }

    /** Sets how the connection is encrypted; null (default) speaks plain text. */
    public Target tls(ClientTls client) {
      tls = client;
      return this;
    }

    private ClientTls tls() {
      return tls;
    }

    /**
     * Sets a device that is enrolled, or any where the server lets every device in.
     *
     * @throws IllegalArgumentException where no device may have that id
     */
    public Target device(String id, byte[] secret) {
      deviceId = DeviceId.require(id);
      credential = secret.clone();
      return this;
    }

    /**
     * Sets a device that was revoked; without one that is not checked.
     *
     * @throws IllegalArgumentException where no device may have that id
     */
    public Target revokedDevice(String id, byte[] secret) {
      revokedDeviceId = DeviceId.require(id);
      revokedCredential = secret.clone();
      return this;
    }

    /** Sets a code that passes at a metro; without one, or with null, that is not checked. */
    public Target code(String text) {
      code = text;
      return this;
    }

    /** Sets whether time-outs are waited for, which takes some 20 s; default no. */
    public Target slow(boolean isSlow) {
      slow = isSlow;
      return this;
    }

    /** Sets how long an answer may take; default 5 s. */
    public Target answerMillis(int millis) {
      answerMillis = millis;
      return this;
    }
  }

  private interface Looking {
    /** Looks; what it found, in words. */
    String look() throws Violation, Skipped, IOException, InterruptedException;
  }

  /**
   * @param listener is told of each check when it is done
   */
  public ScannerConformance(Target target, Consumer<Check> listener) {
    this.target = target;
    Objects.requireNonNull(target.server, "server");
    Objects.requireNonNull(target.deviceId, "deviceId");
    this.listener = listener;
  }

  /**
   * Runs every check.
   *
   * @return what came of each
   * @throws IOException when the server can't be reached at all
   */
  public List<Check> run(ScannerVectors vectors) throws IOException, InterruptedException {
    connect().close();
    check("welcome", this::greeting);
    if (welcome == null) {
      return List.copyOf(checks);
    }
    for (final ScannerVectors.Exchange exchange : vectors.exchanges()) {
      check(
          "vector " + exchange.name(),
          () -> new VectorReplay(hello(), this::connect).replay(exchange));
    }
    check("pipelining", this::pipelining);
    check("correlation", this::correlation);
    check("batch", this::batch);
    check("heartbeats", this::heartbeats);
    check("clock", this::clock);
    check("malformed-frame-ends-its-connection-alone", this::malformedFrame);
    check("busy-and-retry", this::busyAndRetry);
    check("wrong-credential", this::wrongCredential);
    check("revoked-device", this::revokedDevice);
    check("code-that-passes", this::codeThatPasses);
    check("no-hello-in-time", () -> timeOut(new byte[0]));
    check("half-a-frame", () -> timeOut(new byte[] {40, 0, 0, 0, 1}));
    return List.copyOf(checks);
  }

  private void check(String name, Looking looking) throws InterruptedException {
    Check check;
    try {
      check = new Check(name, Check.Outcome.PASSED, looking.look());
    } catch (Skipped e) {
      check = new Check(name, Check.Outcome.SKIPPED, e.getMessage());
    } catch (Violation e) {
      check = new Check(name, Check.Outcome.FAILED, e.getMessage());
    } catch (SocketTimeoutException e) {
      check =
          new Check(name, Check.Outcome.FAILED, "no answer within " + target.answerMillis + " ms");
    } catch (IOException | IndexOutOfBoundsException e) {
      check = new Check(name, Check.Outcome.FAILED, e.getMessage());
    }
    checks.add(check);
    listener.accept(check);
  }

  private DeviceSocket connect() throws IOException {
    return new DeviceSocket(target.tls(), target.server, target.answerMillis);
  }

  private DeviceSocket welcomed() throws IOException, Violation {
    final DeviceSocket socket = connect();
    try {
      final byte[] answer = socket.greet(hello());
      if (DeviceSocket.template(answer) != WelcomeDecoder.TEMPLATE_ID) {
        throw new Violation("Hello was answered by " + ConformanceFrames.told(answer));
      }
      return socket;
    } catch (IOException | Violation e) {
      socket.close();
      throw e;
    }
  }

  private DeviceSocket connect(boolean isWelcomed) throws IOException, Violation {
    return isWelcomed ? welcomed() : connect();
  }

  private byte[] hello() {
    return DeviceSocket.hello(target.deviceId, target.credential);
  }

  private byte[] answerToHello(DeviceSocket socket) throws IOException, Violation {
    try {
      return socket.greet(hello());
    } catch (SocketTimeoutException e) {
      throw new Violation(
          "no answer within "
              + target.answerMillis
              + " ms: see that this is a server's port for devices, not its port for HTTP");
    }
  }

  private String greeting() throws IOException, Violation {
    try (DeviceSocket socket = connect()) {
      final byte[] answer = answerToHello(socket);
      if (target.tls == null && DeviceSocket.goodbye(answer) == GoodbyeCode.UNSUPPORTED_PROTOCOL) {
        throw new Violation(
            "Hello in plain text was answered by "
                + ConformanceFrames.told(answer)
                + ": this port speaks TLS; give --ca");
      }
      if (DeviceSocket.template(answer) != WelcomeDecoder.TEMPLATE_ID) {
        throw new Violation("Hello was answered by " + ConformanceFrames.told(answer));
      }
      final WelcomeDecoder read = DeviceSocket.welcome(answer);
      if (read.maxFrameBytes() < 1
          || read.maxInFlight() < 1
          || read.maxBatch() < 1
          || read.idleSeconds() < 1) {
        throw new Violation("a limit in Welcome is under 1");
      }
      final String limits =
          String.format(
              Locale.ROOT,
              "frames of %d bytes, %d in flight, %d a batch, %d s of silence",
              read.maxFrameBytes(),
              read.maxInFlight(),
              read.maxBatch(),
              read.idleSeconds());
      welcome = read;
      return limits;
    }
  }

  private String pipelining() throws IOException, Violation {
    final int count = Math.min(PIPELINED, welcome.maxInFlight());
    try (DeviceSocket socket = welcomed()) {
      for (int i = 0; i < count; i++) {
        socket.send(ConformanceFrames.scan(i, UNSUPPORTED));
      }
      final boolean[] answered = new boolean[count];
      for (int i = 0; i < count; i++) {
        final long id = ConformanceFrames.verdict(socket.receive()).correlationId();
        if (id < 0 || id >= count || answered[(int) id]) {
          throw new Violation("correlation id " + id + " was answered twice or never sent");
        }
        answered[(int) id] = true;
      }
    }
    return count + " scans in flight";
  }

  private String correlation() throws IOException, Violation {
    final SplittableRandom random = new SplittableRandom(1);
    final Map<Long, ReasonCode> awaited = new HashMap<>();
    final int count = Math.min(PIPELINED, welcome.maxInFlight());
    try (DeviceSocket socket = welcomed()) {
      for (int i = 0; i < count; i++) {
        final long id = random.nextLong();
        awaited.put(id, i % 2 == 0 ? ReasonCode.UNSUPPORTED_FORMAT : ReasonCode.MALFORMED);
        socket.send(ConformanceFrames.scan(id, i % 2 == 0 ? UNSUPPORTED : MALFORMED));
      }
      for (int i = 0; i < count; i++) {
        final VerdictDecoder verdict = ConformanceFrames.verdict(socket.receive());
        final ReasonCode expected = awaited.remove(verdict.correlationId());
        if (verdict.reason() != expected) {
          throw new Violation(
              verdict.correlationId() + " got " + verdict.reason() + ", not " + expected);
        }
      }
    }
    return count + " ids, each with its own verdict";
  }

  private String batch() throws IOException, Violation {
    final int count = Math.min(welcome.maxBatch(), welcome.maxInFlight());
    try (DeviceSocket socket = welcomed()) {
      socket.send(ConformanceFrames.scanBatch(count, UNSUPPORTED));
      final boolean[] answered = new boolean[count];
      int shed = 0;
      for (int i = 0; i < count; i++) {
        final byte[] frame = socket.receive();
        final long id;
        if (DeviceSocket.template(frame) == BusyDecoder.TEMPLATE_ID) {
          id = ConformanceFrames.busy(frame).correlationId();
          shed++;
        } else {
          id = ConformanceFrames.verdict(frame).correlationId();
        }
        if (id < 0 || id >= count || answered[(int) id]) {
          throw new Violation("correlation id " + id + " was answered twice or never sent");
        }
        answered[(int) id] = true;
      }
      return count + " scans in one message, " + shed + " of them shed";
    }
  }

  private String heartbeats() throws IOException, Violation {
    try (DeviceSocket socket = welcomed()) {
      long leastNanos = Long.MAX_VALUE;
      for (int i = 0; i < PINGS; i++) {
        final long sentNanos = System.nanoTime();
        socket.send(ConformanceFrames.ping(i));
        final long echo = ConformanceFrames.pong(socket.receive()).echo();
        if (echo != i) {
          throw new Violation("Ping " + i + " was answered by the echo " + echo);
        }
        leastNanos = Math.min(leastNanos, System.nanoTime() - sentNanos);
      }
      return PINGS + " Pings, the quickest answered in " + leastNanos / 1_000 + " µs";
    }
  }

  private String clock() throws IOException, Violation {
    try (DeviceSocket socket = connect()) {
      final long helloMillis = System.currentTimeMillis();
      final byte[] answer = socket.greet(hello());
      final long welcomeMillis = System.currentTimeMillis();
      final long atWelcome =
          DeviceSocket.welcome(answer).serverTimeEpochMillis() - (helloMillis + welcomeMillis) / 2;
      final long pingMillis = System.currentTimeMillis();
      socket.send(ConformanceFrames.ping(1));
      final PongDecoder pong = ConformanceFrames.pong(socket.receive());
      final long pongMillis = System.currentTimeMillis();
      final long atPong = pong.serverTimeEpochMillis() - (pingMillis + pongMillis) / 2;
      final long allowed =
          MAX_CLOCK_DISAGREEMENT_MILLIS + (welcomeMillis - helloMillis) + (pongMillis - pingMillis);
      if (Math.abs(atWelcome - atPong) > allowed) {
        throw new Violation(
            "the clock is off by " + atWelcome + " ms by Welcome, " + atPong + " ms by Pong");
      }
      return "the server's clock less this one: "
          + atPong
          + " ms, give or take "
          + (1 + (pongMillis - pingMillis) / 2)
          + " ms";
    }
  }

  private String malformedFrame() throws IOException, Violation {
    try (DeviceSocket bystander = welcomed();
        DeviceSocket malformed = welcomed()) {
      bystander.send(ConformanceFrames.scan(1, UNSUPPORTED));
      malformed.send(new byte[] {8, 0, 0, 0, 0, 0, 3, 0, 0x24, 0x1d, 3, 0});
      final byte[] last = malformed.receive();
      if (DeviceSocket.goodbye(last) != GoodbyeCode.MALFORMED_MESSAGE) {
        throw new Violation(
            "a Scan of a header alone was answered by " + ConformanceFrames.told(last));
      }
      if (malformed.receive() != null) {
        throw new Violation("something came after Goodbye");
      }
      ConformanceFrames.verdict(bystander.receive());
      bystander.send(ConformanceFrames.ping(2));
      ConformanceFrames.pong(bystander.receive());
    }
    return "another connection was answered before and after";
  }

  private String busyAndRetry() throws IOException, Violation, InterruptedException {
    final int count = welcome.maxInFlight() + FLOOD_BEYOND_WINDOW;
    try (DeviceSocket socket = welcomed()) {
      List<Long> due = new ArrayList<>();
      for (long id = 0; id < count; id++) {
        due.add(id);
      }
      int shed = 0;
      int rounds = 0;
      while (!due.isEmpty()) {
        if (++rounds > MAX_ROUNDS) {
          throw new Violation(due.size() + " scans were shed " + MAX_ROUNDS + " times over");
        }
        final List<Long> sent = due;
        final CompletableFuture<Void> sending =
            CompletableFuture.runAsync(() -> sendAll(socket, sent));
        due = new ArrayList<>();
        int waitMillis = 0;
        for (int i = 0; i < sent.size(); i++) {
          final byte[] frame = socket.receive();
          if (DeviceSocket.template(frame) == BusyDecoder.TEMPLATE_ID) {
            final BusyDecoder busy = ConformanceFrames.busy(frame);
            due.add(busy.correlationId());
            waitMillis = Math.max(waitMillis, busy.retryAfterMillis());
          } else {
            ConformanceFrames.verdict(frame);
          }
        }
        sending.join();
        shed += due.size();
        TimeUnit.MILLISECONDS.sleep(waitMillis);
      }
      return count
          + " scans at once, "
          + FLOOD_BEYOND_WINDOW
          + " more than may be in flight; shed "
          + shed
          + " times; all answered in round "
          + rounds;
    }
  }

  /** In one write, so that they come as close together as may be. */
  private static void sendAll(DeviceSocket socket, List<Long> ids) {
    final ByteArrayOutputStream frames = new ByteArrayOutputStream();
    for (final long id : ids) {
      frames.writeBytes(ConformanceFrames.scan(id, UNSUPPORTED));
    }
    try {
      socket.send(frames.toByteArray());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private String wrongCredential() throws IOException, Violation, Skipped {
    final byte[] wrong = target.credential.clone();
    if (wrong.length > 0) {
      wrong[wrong.length - 1] ^= 1;
    }
    try (DeviceSocket socket = connect()) {
      final byte[] answer =
          socket.greet(
              DeviceSocket.hello(target.deviceId, wrong.length > 0 ? wrong : new byte[] {1}));
      if (DeviceSocket.template(answer) == WelcomeDecoder.TEMPLATE_ID) {
        throw new Skipped("the server lets every device in");
      }
      return expectFarewell(socket, answer, GoodbyeCode.BAD_CREDENTIAL);
    }
  }

  private String revokedDevice() throws IOException, Violation, Skipped {
    if (target.revokedDeviceId == null) {
      throw new Skipped("no revoked device is given");
    }
    try (DeviceSocket socket = connect()) {
      final byte[] answer =
          socket.greet(DeviceSocket.hello(target.revokedDeviceId, target.revokedCredential));
      return expectFarewell(socket, answer, GoodbyeCode.REVOKED);
    }
  }

  private static String expectFarewell(DeviceSocket socket, byte[] answer, GoodbyeCode expected)
      throws IOException, Violation {
    if (DeviceSocket.goodbye(answer) != expected) {
      throw new Violation("Hello was answered by " + ConformanceFrames.told(answer));
    }
    if (socket.receive() != null) {
      throw new Violation("something came after Goodbye");
    }
    return "Goodbye " + expected;
  }

  private String codeThatPasses() throws IOException, Violation, Skipped {
    if (target.code == null) {
      throw new Skipped("no code is given");
    }
    try (DeviceSocket socket = welcomed()) {
      socket.send(ConformanceFrames.scan(1, target.code.getBytes(StandardCharsets.ISO_8859_1)));
      final VerdictDecoder verdict = ConformanceFrames.verdict(socket.receive());
      if (verdict.verdict() != VerdictCode.PASS) {
        throw new Violation(verdict.verdict() + " for " + verdict.reason());
      }
      return "PASS";
    }
  }

  private String timeOut(byte[] first) throws IOException, Violation, Skipped {
    if (!target.slow) {
      throw new Skipped("time-outs are not waited for");
    }
    try (DeviceSocket socket = first.length == 0 ? connect() : welcomed()) {
      socket.send(first);
      final int allowedSeconds =
          2 * Math.max(ClientLimits.HELLO_SECONDS, ClientLimits.FRAME_SECONDS);
      socket.waitMillis((int) TimeUnit.SECONDS.toMillis(allowedSeconds));
      final long sinceNanos = System.nanoTime();
      expectFarewell(socket, socket.receive(), GoodbyeCode.TIMEOUT);
      return "Goodbye TIMEOUT after "
          + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - sinceNanos)
          + " s";
    }
  }
}
