package gongbei.verifier.client;

import gongbei.codec.model.Region;
import gongbei.verifier.client.tls.ClientTls;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.offline.OfflineCheckpoint;
import gongbei.verifier.protocol.DeviceId;
import gongbei.verifier.rules.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * A scanner device's side of the protocol: one connection that is made again when it is lost, scans
 * pipelined, answers matched by correlation id. Whatever happens, what was asked is answered: by
 * what the server said, or by a {@link DeviceException} that says why not. While there is no
 * connection that is {@link DeviceException.Disconnected}, at once: a gate has somebody waiting.
 *
 * <p>For any thread; a thread that would have more scans in flight than the server allows waits.
 * What is done upon an answer runs on the thread that reads and must not wait for anything.
 */
public final class DeviceClient implements AutoCloseable {
  private static final int WATCH_MILLIS = 50;
  private static final int GOODBYE_MILLIS = 200;

  private final Context context;
  private final ServerClock clock = new ServerClock();
  private final AtomicLong ids = new AtomicLong(1);
  private final ScheduledExecutorService watch = thread("gongbei-device-watch");
  private final ScheduledExecutorService sender = thread("gongbei-device-send");
  private final BusyRetries retries;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread reader;
  private volatile DeviceSession session;
  private volatile DeviceException.Disconnected lost;
  private volatile List<String> rulesets = List.of();

  /** Where to connect, as whom, and how patiently. Everything but the first two has a default. */
  public static final class Context implements Cloneable {
    private InetSocketAddress server;
    private String deviceId;
    private byte[] credential = {};
    private ClientTls tls;
    private boolean patient;
    private int connectMillis = ClientLimits.DEVICE_CONNECT_MILLIS;
    private int answerMillis = ClientLimits.DEVICE_ANSWER_MILLIS;
    private int heartbeatMillis = ClientLimits.DEVICE_HEARTBEAT_MILLIS;
    private int heartbeatTimeoutMillis = ClientLimits.DEVICE_HEARTBEAT_TIMEOUT_MILLIS;
    private int minBackoffMillis = ClientLimits.DEVICE_MIN_BACKOFF_MILLIS;
    private int maxBackoffMillis = ClientLimits.DEVICE_MAX_BACKOFF_MILLIS;
    private int busyRetries = ClientLimits.DEVICE_BUSY_RETRIES;

    /** Sets where the server listens; a name is looked up anew for every connection. */
    public Context server(InetSocketAddress address) {
      server = address;
      return this;
    }

    /**
     * Sets who the device is.
     *
     * @param secret what {@code gongbei device enrol} showed, as bytes; none where the server lets
     *     every device in, or where the device shows a certificate
     * @throws IllegalArgumentException where the id has other characters or is too long, see {@link
     *     DeviceId}
     */
    public Context device(String id, byte[] secret) {
      deviceId = DeviceId.require(id);
      credential = secret.clone();
      return this;
    }

    /** Sets how the connection is encrypted; null (default) speaks plain text. */
    public Context tls(ClientTls client) {
      tls = client;
      return this;
    }

    /** Sets whether the first connection too is tried until it is had; default no. */
    public Context patient(boolean isPatient) {
      patient = isPatient;
      return this;
    }

    /** Sets how long a connection may take; default 5 s. */
    public Context connectMillis(int millis) {
      connectMillis = millis;
      return this;
    }

    /** Sets how long an answer may take; default 10 s. */
    public Context answerMillis(int millis) {
      answerMillis = millis;
      return this;
    }

    /**
     * Sets after what silence a Ping is sent; default 10 s. A server whose patience is short is
     * sent one more often.
     */
    public Context heartbeatMillis(int interval) {
      heartbeatMillis = interval;
      return this;
    }

    /** Sets after what silence upon a Ping the connection is lost; default 5 s. */
    public Context heartbeatTimeoutMillis(int timeout) {
      heartbeatTimeoutMillis = timeout;
      return this;
    }

    /** Sets the first bound of the wait before it connects again, which doubles; default 100 ms. */
    public Context minBackoffMillis(int least) {
      minBackoffMillis = least;
      return this;
    }

    /** Sets the last bound of the wait before it connects again; default 30 s. */
    public Context maxBackoffMillis(int greatest) {
      maxBackoffMillis = greatest;
      return this;
    }

    /** Sets how many times a scan or translation is sent again that was shed; default 3. */
    public Context busyRetries(int times) {
      busyRetries = times;
      return this;
    }

    InetSocketAddress resolved() throws IOException {
      return server.isUnresolved()
          ? new InetSocketAddress(InetAddress.getByName(server.getHostString()), server.getPort())
          : server;
    }

    String deviceId() {
      return deviceId;
    }

    byte[] credential() {
      return credential;
    }

    ClientTls tls() {
      return tls;
    }

    int connectMillis() {
      return connectMillis;
    }

    int answerMillis() {
      return answerMillis;
    }

    int heartbeatMillis() {
      return heartbeatMillis;
    }

    int heartbeatTimeoutMillis() {
      return heartbeatTimeoutMillis;
    }

    private Context checked() {
      Objects.requireNonNull(server, "server");
      Objects.requireNonNull(deviceId, "deviceId");
      if (connectMillis < 1
          || answerMillis < 1
          || heartbeatMillis < 1
          || heartbeatTimeoutMillis < 1
          || minBackoffMillis < 1
          || maxBackoffMillis < minBackoffMillis
          || busyRetries < 0) {
        throw new IllegalArgumentException("a time is under 1 ms, or the bounds are the wrong way");
      }
      try {
        return (Context) clone();
      } catch (CloneNotSupportedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /**
   * Connects, with every default: see {@link #DeviceClient(Context)}.
   *
   * @throws IOException when the server can't be reached
   * @throws DeviceException.Disconnected when it does not say Welcome
   */
  public DeviceClient(InetSocketAddress server, String deviceId, byte[] credential)
      throws IOException {
    this(server, deviceId, credential, null);
  }

  /**
   * Connects over TLS, with every default: see {@link #DeviceClient(Context)}.
   *
   * @param credential may be empty where the device shows a certificate
   * @param tls null speaks plain text
   * @throws IOException when the server can't be reached, is not trusted or does not trust
   * @throws DeviceException.Disconnected when it does not say Welcome
   */
  public DeviceClient(InetSocketAddress server, String deviceId, byte[] credential, ClientTls tls)
      throws IOException {
    this(new Context().server(server).device(deviceId, credential).tls(tls));
  }

  /**
   * Connects and says Hello; where the context is patient, in its own time.
   *
   * @throws IOException when the server can't be reached
   * @throws DeviceException.Disconnected when it does not say Welcome
   */
  public DeviceClient(Context context) throws IOException {
    this.context = context.checked();
    retries = new BusyRetries(sender, context.busyRetries, context.answerMillis);
    if (context.patient) {
      lost = new DeviceException.Disconnected(null, "not connected yet");
    } else {
      try {
        connect();
      } catch (IOException | DeviceException e) {
        watch.shutdownNow();
        sender.shutdownNow();
        throw e;
      }
    }
    reader = new Thread(this::run, "gongbei-device");
    reader.setDaemon(true);
    reader.start();
    final var unused =
        watch.scheduleWithFixedDelay(
            this::watch, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static ScheduledExecutorService thread(String name) {
    final ThreadFactory daemons =
        task -> {
          final Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          return thread;
        };
    return Executors.newSingleThreadScheduledExecutor(daemons);
  }

  private void connect() throws IOException {
    final DeviceSession opened = new DeviceSession(context, clock, ids);
    rulesets = opened.rulesets();
    session = opened;
    if (isClosing()) {
      opened.end(DeviceException.Disconnected.closed());
    }
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }

  /** Reads from one connection after the other until the client is closed or it is no use. */
  private void run() {
    final Backoff backoff =
        new Backoff(
            context.minBackoffMillis, context.maxBackoffMillis, ThreadLocalRandom.current());
    try {
      while (!isClosing()) {
        if (session != null) {
          backoff.reset();
          lost = session.read();
          session = null;
        }
        if (lost.isFinal() || closing.await(backoff.nextMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
        tryConnect();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tryConnect() {
    try {
      connect();
    } catch (DeviceException.Disconnected e) {
      lost = e;
    } catch (IOException e) {
      lost = new DeviceException.Disconnected(null, "can't connect: " + e.getMessage());
    }
  }

  /** Never waits, so that it can end a connection that everything else waits for. */
  private void watch() {
    final DeviceSession watched = session;
    if (watched != null && watched.watch()) {
      try {
        sender.execute(
            () -> {
              final var unused = watched.ping();
            });
      } catch (RejectedExecutionException e) {
        watched.end(DeviceException.Disconnected.closed());
      }
    }
  }

  /** Whether there is a connection at the moment. */
  public boolean isConnected() {
    final DeviceSession present = session;
    return present != null && !present.hasEnded();
  }

  /** Whether the client has given up: its device, or its credential, is at fault. */
  public boolean hasGivenUp() {
    final DeviceException.Disconnected why = lost;
    return session == null && why != null && why.isFinal();
  }

  /** The rulesets that the server had when it said Welcome, as in {@code metro@1}. */
  public List<String> rulesets() {
    return rulesets;
  }

  /** The server's clock less this one's, in milliseconds, right to half of the round trip. */
  public long clockOffsetMillis() {
    return clock.offsetMillis();
  }

  /** The shortest of the last round trips, in nanoseconds. */
  public long roundTripNanos() {
    return clock.roundTripNanos();
  }

  /**
   * Names where codes are scanned.
   *
   * @param checkpoint kind, or kind/place; the server rejects scans at one that it does not know
   */
  public Checkpoint at(String checkpoint) {
    return new Checkpoint(Objects.requireNonNull(checkpoint, "checkpoint"));
  }

  /** One checkpoint, at which codes are evaluated by the server's clock. For any thread. */
  public final class Checkpoint {
    private final String name;

    private Checkpoint(String name) {
      this.name = name;
    }

    /**
     * Has a code judged: see {@link #scan(byte[])}.
     *
     * @param code the text of the QR code
     */
    public CompletableFuture<DeviceVerdict> scan(String code) {
      return scan(code.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Has a code evaluated.
     *
     * @param code the text of the QR code, byte for byte
     * @return the verdict; fails with a {@link DeviceException}
     * @throws IllegalArgumentException when the code is longer than a frame may be
     */
    public CompletableFuture<DeviceVerdict> scan(byte[] code) {
      return retrying(connected -> connected.scan(DeviceMessages.scan(name, code)));
    }

    /**
     * Has codes evaluated in one message.
     *
     * @return a verdict for each code, in their order
     * @throws IllegalArgumentException when there are more than the server takes, or they are
     *     longer than a frame may be
     */
    public List<CompletableFuture<DeviceVerdict>> scanBatch(List<byte[]> codes) {
      return DeviceClient.this.scanBatch(name, codes);
    }
  }

  private List<CompletableFuture<DeviceVerdict>> scanBatch(String checkpoint, List<byte[]> codes) {
    final DeviceSession connected = session;
    final List<CompletableFuture<DeviceVerdict>> verdicts = new ArrayList<>();
    if (connected == null) {
      for (int i = 0; i < codes.size(); i++) {
        verdicts.add(CompletableFuture.failedFuture(lost));
      }
      return verdicts;
    }
    if (codes.size() > connected.maxBatch()) {
      throw new IllegalArgumentException("batch is over " + connected.maxBatch() + " scans");
    }
    final List<CompletableFuture<DeviceVerdict>> first =
        connected.scanBatch(codes.size(), DeviceMessages.scanBatch(checkpoint, codes));
    for (int i = 0; i < first.size(); i++) {
      final byte[] code = codes.get(i);
      verdicts.add(
          retries.follow(
              first.get(i), () -> ask(again -> again.scan(DeviceMessages.scan(checkpoint, code)))));
    }
    return verdicts;
  }

  /**
   * Has a code of the other region made into one of the server's.
   *
   * @param target the region that it is to become a code of
   * @param linkRequired whether a holder without a link is refused
   * @return the new code; fails with a {@link DeviceException}
   */
  public CompletableFuture<DeviceTranslation> translate(
      String code, Region target, boolean linkRequired) {
    final byte[] text = code.getBytes(StandardCharsets.UTF_8);
    return retrying(
        connected -> connected.translate(DeviceMessages.translate(text, target, linkRequired)));
  }

  /** Asks now; again, by the server's hint, where it is busy. */
  private <T> CompletableFuture<T> retrying(Function<DeviceSession, CompletableFuture<T>> asking) {
    return retries.follow(ask(asking), () -> ask(asking));
  }

  private <T> CompletableFuture<T> ask(Function<DeviceSession, CompletableFuture<T>> asking) {
    final DeviceSession connected = session;
    return connected == null ? CompletableFuture.failedFuture(lost) : asking.apply(connected);
  }

  /**
   * Tells the server how many codes a checkpoint evaluated without a network. Where it can't be
   * told the checkpoint keeps its counts.
   *
   * @return completes when they are counted; fails with a {@link DeviceException}
   */
  public CompletableFuture<Void> reportOffline(OfflineCheckpoint checkpoint) {
    final DeviceSession connected = session;
    if (connected == null) {
      return CompletableFuture.failedFuture(lost);
    }
    final Map<Verdict, Long> counts = checkpoint.takeCounts();
    if (counts.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return connected
        .count(DeviceMessages.offlineCounts(checkpoint, counts))
        .handle(
            (taken, failure) -> {
              if (failure != null) {
                checkpoint.putBack(counts);
                throw new CompletionException(failure);
              }
              return null;
            });
  }

  /** Asks for the server's time, in milliseconds since 1970 UTC. */
  public CompletableFuture<Long> ping() {
    return ask(DeviceSession::ping);
  }

  /** Says goodbye; what is still in flight fails. */
  @Override
  public void close() {
    closing.countDown();
    final DeviceSession last = session;
    if (last != null) {
      try {
        // Not on this thread: a server that does not read would hold it up.
        sender.submit(last::goodbye).get(GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
        // It is closed all the same.
      }
      last.end(DeviceException.Disconnected.closed());
    }
    watch.shutdownNow();
    sender.shutdownNow();
    retries.close();
  }
}
