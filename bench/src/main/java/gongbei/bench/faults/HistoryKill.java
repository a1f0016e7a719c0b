package gongbei.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.bench.setup.HistoryBed;
import gongbei.bench.setup.NodeProcess;
import gongbei.bench.setup.OpenGrounds;
import gongbei.codec.model.Colour;
import gongbei.codec.transparency.EntryBundle;
import gongbei.codec.transparency.HistoryCheck;
import gongbei.codec.transparency.HistoryEntry;
import gongbei.codec.transparency.Proof;
import gongbei.codec.transparency.SignedHead;
import gongbei.codec.transparency.TilePath;
import gongbei.codec.transparency.TransparencyException;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.map.Subject;
import gongbei.verifier.cli.history.ServedTiles;
import gongbei.verifier.client.AuthorityStream;
import gongbei.verifier.client.NodeConnection;
import gongbei.verifier.client.StatusChange;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A node alone, in a process of its own, that is stopped, started, and then killed by kill -9 while
 * two authorities write. Started again, its tree has to go on from the heads that it had signed,
 * with every acknowledged write in it once, of its signer; or the node says why not. For one
 * thread.
 */
final class HistoryKill implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int WAITING = 4_096;
  private static final int KILLED = 137;
  private static final int LOOK_MILLIS = 20;
  private static final int LOOKS_TO_FAULT = 50;
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration CODE_LIFE = Duration.ofDays(1);
  private static final Pattern FAULT =
      Pattern.compile("gongbei_history_fault\\{reason=\"([a-z-]+)\"} 1\\.0");

  private final HttpClient http = HttpClient.newHttpClient();
  private final HistoryBed bed;
  private final NodeProcess node;
  private final ServedTiles tiles;
  private final String code;
  private final List<SigningKey> authorities;
  private final List<AuthorityStream> streams = new ArrayList<>();
  private final List<Thread> writers = new ArrayList<>();
  private final List<HistoryAudit.Write> acknowledged =
      Collections.synchronizedList(new ArrayList<>());
  private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
  private final AtomicLong submitted = new AtomicLong();
  private final int writesASecond;
  private volatile boolean isWriting = true;
  private long firstVersion;

  /**
   * What came of it, in milliseconds from the start of the process.
   *
   * @param servingMillis after a clean stop, until a holder's code was scanned
   * @param servingKilledMillis the same after kill -9
   * @param rebuiltMillis after kill -9, until a new signed head was over all that was acknowledged
   *     before it
   * @param before the last head that was seen before kill -9
   * @param after the head that all was held to
   * @param acknowledgedBefore how many writes were acknowledged before kill -9
   * @param acknowledged how many in all
   */
  record Result(
      long servingMillis,
      long servingKilledMillis,
      long rebuiltMillis,
      SignedHead before,
      SignedHead after,
      int acknowledgedBefore,
      int acknowledged) {}

  /**
   * @param launch the command that starts the node, up to {@code --config}
   * @param port of its HTTP interface
   * @param writesASecond by both authorities together
   */
  HistoryKill(HistoryBed bed, List<String> launch, int port, int writesASecond) throws IOException {
    this.bed = bed;
    this.writesASecond = writesASecond;
    authorities = bed.configure(port);
    code = bed.code(bed.resident(0), 0, CODE_LIFE);
    node =
        new NodeProcess(
            "node", launch, bed.directory(), URI.create("http://127.0.0.1:" + port + "/"));
    tiles = new ServedTiles(node.url(), NodeConnection.PLAIN);
  }

  /**
   * Runs it.
   *
   * @param calm how long is written before each end of the node
   * @throws IllegalStateException where the history does not go on, or the node does not come back;
   *     says what is wrong
   */
  Result run(Duration calm) throws IOException, InterruptedException, TransparencyException {
    begin();
    TimeUnit.NANOSECONDS.sleep(calm.toNanos());
    ClusterFixture.await("the holder is known", this::isServing);
    if (!node.stop()) {
      throw new IllegalStateException("the node does not end when it is told to");
    }
    final long servingMillis = startUntilServing();
    TimeUnit.NANOSECONDS.sleep(calm.toNanos());
    awaitWrites();
    final SignedHead before = head();
    final int acknowledgedBefore = kill();
    final long newest = newestAcknowledged();
    final long killedSecond = System.currentTimeMillis() / 1_000;
    final long startedNanos = System.nanoTime();
    final long servingKilledMillis = startUntilServing();
    awaitHead(newest, killedSecond);
    final long rebuiltMillis = millisSince(startedNanos);
    awaitWrites();
    finish();
    awaitHead(newestAcknowledged(), killedSecond);
    final SignedHead after = head();
    requireGoesOn(before, after);
    requireWrites(after);
    return new Result(
        servingMillis,
        servingKilledMillis,
        rebuiltMillis,
        before,
        after,
        acknowledgedBefore,
        acknowledged.size());
  }

  /** Starts the node for the first time, and who writes. */
  void begin() throws IOException, InterruptedException {
    node.start();
    ClusterFixture.await("the node takes changes", this::isTaking);
    if (JSON.readTree(get("/v1/grounds")).path("revision").longValue() == 0) {
      OpenGrounds.put(node.url(), authorities.get(0), authorities.get(1));
    }
    firstVersion = node.status().path("version").longValue() + 1;
    for (final SigningKey authority : authorities) {
      final AuthorityStream stream =
          new AuthorityStream(List.of(node.url()), authority, WAITING, PATIENCE);
      streams.add(stream);
      final Thread writer =
          new Thread(() -> write(stream, authority.issuerKey().kid()), "authority");
      writer.setDaemon(true);
      writers.add(writer);
      writer.start();
    }
    awaitWrites();
  }

  private void write(AuthorityStream stream, long signer) {
    final SplittableRandom own = new SplittableRandom(signer);
    final long periodNanos = TimeUnit.SECONDS.toNanos(authorities.size()) / writesASecond;
    int sent = 0;
    try {
      while (isWriting) {
        final Subject holder = bed.resident(sent++ == 0 ? 0 : own.nextLong(bed.residents()));
        final Colour colour = Colour.ofNumber(own.nextInt(Colour.values().length));
        submitted.incrementAndGet();
        final var unused =
            stream
                .submit(StatusChange.status(holder.toHex()).colour(colour).build())
                .whenComplete(
                    (done, e) -> {
                      if (e == null) {
                        acknowledged.add(
                            new HistoryAudit.Write(done.version(), holder, colour, signer));
                      } else {
                        failures.add(e.toString());
                      }
                    });
        LockSupport.parkNanos(periodNanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until something is acknowledged that was not yet. */
  private void awaitWrites() throws InterruptedException {
    final int before = acknowledged.size();
    ClusterFixture.await(
        "writes are acknowledged", () -> !failures.isEmpty() || acknowledged.size() > before);
    requireNoFailure();
  }

  private void requireNoFailure() {
    if (!failures.isEmpty()) {
      throw new IllegalStateException("a write failed: " + failures.get(0));
    }
  }

  /** Kills the node, and waits until the system has done so; how many writes it acknowledged. */
  int kill() throws InterruptedException {
    node.kill();
    if (node.exitValue() != KILLED) {
      throw new IllegalStateException("the node ended by itself, with " + node.exitValue());
    }
    return acknowledged.size();
  }

  private long newestAcknowledged() {
    synchronized (acknowledged) {
      return acknowledged.stream().mapToLong(HistoryAudit.Write::version).max().orElse(0);
    }
  }

  private long startUntilServing() throws IOException, InterruptedException {
    final long startedNanos = System.nanoTime();
    node.start();
    ClusterFixture.await("the node serves", () -> !node.isAlive() || isServing());
    if (!node.isAlive()) {
      throw new IllegalStateException("the node does not start: exit code " + node.exitValue());
    }
    return millisSince(startedNanos);
  }

  private boolean isServing() throws InterruptedException {
    final JsonNode answer = node.scan(code);
    return answer != null && answer.hasNonNull("colour");
  }

  private boolean isTaking() throws InterruptedException {
    final JsonNode status = node.status();
    return status != null && status.at("/log/writing").asBoolean();
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  /** The newest head that the node shows. */
  SignedHead head() throws IOException, TransparencyException {
    return HistoryCheck.head(tiles, List.of(bed.issuer().issuerKey()));
  }

  /** Waits for a head that was signed after a second, over a version. */
  private void awaitHead(long version, long second) throws InterruptedException, IOException {
    final long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (int looks = 0; !isOver(version, second); looks++) {
      if (looks % LOOKS_TO_FAULT == 0) {
        requireNoFault();
      }
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("no new head is over version " + version);
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
    requireNoFault();
  }

  private boolean isOver(long version, long second) {
    try {
      final SignedHead head = head();
      return head.head().size() >= version && head.head().epochSeconds() > second;
    } catch (IOException | TransparencyException e) {
      return false;
    }
  }

  private void requireNoFault() throws IOException, InterruptedException {
    final String fault = fault();
    if (!fault.isEmpty()) {
      throw new IllegalStateException("the tree is not rebuilt, and the node says why: " + fault);
    }
  }

  /** Why the node signs no head any more, as it says itself; empty where it does. */
  String fault() throws IOException, InterruptedException {
    final Matcher fault = FAULT.matcher(new String(bytes("/metrics"), StandardCharsets.UTF_8));
    return fault.find() ? fault.group(1) : "";
  }

  /** Ends the writing, once each write has its answer. */
  private void finish() throws InterruptedException {
    isWriting = false;
    for (final Thread writer : writers) {
      writer.join();
    }
    ClusterFixture.await(
        "each write has its answer",
        () -> acknowledged.size() + failures.size() == submitted.get());
    requireNoFailure();
  }

  private void requireGoesOn(SignedHead before, SignedHead after)
      throws IOException, InterruptedException, TransparencyException {
    Proof.of(
            bytes("/history/proof/consistency/" + before.head().size() + "/" + after.head().size()))
        .requireConsistent(before.head(), after.head());
  }

  /** Holds the entries from the first write on to the writes, and each write's to the head. */
  private void requireWrites(SignedHead after)
      throws IOException, InterruptedException, TransparencyException {
    final long size = after.head().size();
    final HistoryAudit audit = new HistoryAudit(acknowledged, List.of(), firstVersion);
    final byte[][] entries = new byte[(int) (size - firstVersion + 1)][];
    for (long bundle = (firstVersion - 1) / TilePath.WIDTH;
        bundle * TilePath.WIDTH < size;
        bundle++) {
      final TilePath path = TilePath.in(TilePath.ENTRIES, bundle, size);
      final byte[] all =
          EntryBundle.entries(
              path, tiles.tile(path).orElseThrow(() -> new IOException(path + " is missing")));
      for (int i = 0; i < path.width(); i++) {
        final long version = bundle * TilePath.WIDTH + i + 1;
        final byte[] entry =
            Arrays.copyOfRange(all, i * HistoryEntry.BYTES, (i + 1) * HistoryEntry.BYTES);
        audit.entry(version, HistoryEntry.of(entry, version));
        if (version >= firstVersion) {
          entries[(int) (version - firstVersion)] = entry;
        }
      }
    }
    if (!audit.faults().isEmpty() || audit.found() != acknowledged.size()) {
      throw new IllegalStateException(
          audit.found() + " of " + acknowledged.size() + " writes are there: " + audit.faults());
    }
    for (final HistoryAudit.Write write : acknowledged) {
      Proof.of(bytes("/history/proof/inclusion/" + size + "/" + write.version()))
          .requireIncludes(
              entries[(int) (write.version() - firstVersion)], write.version(), after.head());
    }
  }

  private String get(String path) throws IOException, InterruptedException {
    return new String(bytes(path), StandardCharsets.UTF_8);
  }

  private byte[] bytes(String path) throws IOException, InterruptedException {
    final HttpResponse<byte[]> answer =
        http.send(
            HttpRequest.newBuilder(node.url().resolve(path)).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IOException(path + " answered status " + answer.statusCode());
    }
    return answer.body();
  }

  /** Ends the node, so that what it keeps is whole for the next run. */
  @Override
  public void close() {
    isWriting = false;
    try {
      if (node.isAlive()) {
        node.stop();
      }
      for (final Thread writer : writers) {
        writer.interrupt();
        writer.join();
      }
      streams.forEach(AuthorityStream::closeNow);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
