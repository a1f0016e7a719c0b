package gongbei.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.bench.setup.ChildProcess;
import gongbei.bench.setup.NodeProcess;
import gongbei.bench.setup.OpenGrounds;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.log.LogRole;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusMapException;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.verifier.client.AuthorityClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A node alone whose disk fills up while it is written to. When there is room it must go on by
 * itself, and when it fills up once more and the node is started again, have all that it
 * acknowledged, without help. For one thread.
 */
final class DiskFullAttempt implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_SUBJECTS = 20_000;
  private static final int WRITERS = 3;
  private static final int MAX_BATCH = 150;
  private static final int MAX_CALM_MILLIS = 1_500;
  private static final int MAX_LEFT_BYTES = 3 << 20;
  private static final int DISK_MEBIBYTES = 160;
  private static final long MAX_REFUSAL_MILLIS = 10_000;

  private final SplittableRandom random;
  private final SmallDisk disk;
  private final NodeProcess node;
  private final SigningKey authority;
  private final String code;
  private final List<Writer> writers = new ArrayList<>();
  private volatile boolean isWriting = true;

  /**
   * What came of one.
   *
   * @param acknowledged how many changes were acknowledged before the disk was full
   * @param removed what the node said that it removed, or empty
   * @param refusal what a request was told when the log had failed
   * @param refusalMillis how long the slowest request waited for that
   * @param backMillis from when there was room until the node took changes by itself
   */
  record Result(
      long acknowledged, String removed, String refusal, long refusalMillis, long backMillis) {}

  /**
   * @param launch the command that starts the node, up to {@code --config}
   * @param directory empty
   */
  DiskFullAttempt(List<String> launch, SmallDisk.Kind kind, Path directory, long seed)
      throws IOException, InterruptedException {
    random = new SplittableRandom(seed);
    final Instant from = Instant.now().minus(Duration.ofDays(1));
    final Instant until = from.plus(Duration.ofDays(10));
    final KeyGeneration generation = new KeyGeneration();
    final SigningKey issuer = generation.generate(CodeFormat.GD1.issuer(), from, until);
    authority = generation.generateAuthority("Disk test", from, until);
    KeyGeneration.write(issuer, "gd", directory.resolve("keys"));
    KeyGeneration.write(authority, "authority", directory.resolve("authority"));
    final long now = Instant.now().getEpochSecond();
    code =
        new CodeIssuer(CodeFormat.GD1, issuer)
            .issue(
                CodeClaims.of(CodeKind.PERSON, subject(0, 0).toBytes())
                    .colour(Colour.GREEN)
                    .serial(new byte[8])
                    .validity(now - 60, now + Duration.ofDays(1).toSeconds())
                    .build());
    final int port = ChildProcess.freePort();
    // Half of them take snapshots while the disk fills up.
    final int snapshotBytes = random.nextBoolean() ? 0 : 1 << 21;
    Files.writeString(directory.resolve("node.yaml"), settings(port, snapshotBytes));
    disk = SmallDisk.mount(kind, DISK_MEBIBYTES, directory.resolve("data"));
    node = new NodeProcess("node", launch, directory, URI.create("http://127.0.0.1:" + port));
  }

  private static String settings(int port, int snapshotBytes) {
    return String.format(
        Locale.ROOT,
        """
      region: GD
      dataDirectory: data
      maxSubjects: %d
      trustDirectory: keys
      authorityDirectory: authority
      http: {host: 127.0.0.1, port: %d}
      tcp: {host: 127.0.0.1, port: 0}
      access: {addressRequestsPerSecond: 0}
      replication:
        logTermBytes: 1048576
        segmentBytes: 1048576
        feedBytes: 1048576
        snapshotLogBytes: %d
        lowStorageBytes: 4194304
      """,
        MAX_SUBJECTS,
        port,
        snapshotBytes);
  }

  private static Subject subject(int writer, int number) {
    return new Subject(writer + 1, number);
  }

  /**
   * Runs it.
   *
   * @throws IllegalStateException where something was lost, or did not come back; says what
   */
  Result run() throws IOException, InterruptedException, StatusMapException {
    node.start();
    ClusterFixture.awaitReady(node);
    OpenGrounds.put(node.url(), authority);
    for (int i = 0; i < WRITERS; i++) {
      final Writer writer = new Writer(i, random.split());
      writers.add(writer);
      writer.thread.start();
    }
    ClusterFixture.await("writes are acknowledged", () -> acknowledged() > MAX_BATCH);
    TimeUnit.MILLISECONDS.sleep(random.nextInt(MAX_CALM_MILLIS));
    disk.fill(random.nextBoolean() ? 0 : random.nextInt(MAX_LEFT_BYTES));
    ClusterFixture.await("the log fails", () -> !node.isAlive() || hasFailed());
    final String[] refusal = {""};
    final long refusalMillis = joinWriters(refusal);
    requireAlive("when its disk was full");
    if (node.scan(code) == null) {
      throw new IllegalStateException("a scan was not answered");
    }
    final long backMillis = awaitBackByItself();
    disk.fill(0);
    ClusterFixture.await(
        "the log fails again", () -> !node.isAlive() || !writers.get(0).isTaken() || hasFailed());
    startWhileFull();
    disk.empty();
    node.start();
    ClusterFixture.await("the node is back", () -> !node.isAlive() || node.status() != null);
    if (!node.isAlive()) {
      throw new IllegalStateException("the node does not start: exit code " + node.exitValue());
    }
    ClusterFixture.await("it takes changes", () -> isWriting());
    final JsonNode back = node.status();
    final long version = back.path("version").longValue();
    final String digest = back.path("digest").asText();
    restartFromTheLogAlone(version, digest);
    writers.get(0).writeOnce();
    if (!node.stop()) {
      throw new IllegalStateException("the node does not stop");
    }
    requireAll();
    return new Result(acknowledged(), removed(), refusal[0], refusalMillis, backMillis);
  }

  /** Makes room, and requires that the node takes changes again without being started. */
  private long awaitBackByItself() throws IOException, InterruptedException {
    disk.empty();
    final long emptiedNanos = System.nanoTime();
    ClusterFixture.await("it takes changes by itself", () -> !node.isAlive() || isWriting());
    final long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - emptiedNanos);
    requireAlive("while it went on");
    for (final Writer writer : writers) {
      final String refused = writer.writeOnce();
      if (!refused.isEmpty()) {
        throw new IllegalStateException("a change is refused though it takes them: " + refused);
      }
    }
    return millis;
  }

  private void requireAlive(String when) {
    if (!node.isAlive()) {
      throw new IllegalStateException("the node ended " + when + ", with " + node.exitValue());
    }
  }

  /** Stops it, one way or the other, and every other time starts it before there is room. */
  private void startWhileFull() throws IOException, InterruptedException {
    if (node.isAlive()) {
      if (random.nextBoolean()) {
        node.kill();
      } else {
        node.stop();
      }
    }
    if (random.nextBoolean()) {
      disk.fill(0);
      node.start();
      ClusterFixture.await("it starts or refuses", () -> !node.isAlive() || node.status() != null);
      if (node.isAlive()) {
        node.kill();
      }
    }
  }

  /** The map is rebuilt: so what it has afterwards is what the log has. */
  private void restartFromTheLogAlone(long version, String digest)
      throws IOException, InterruptedException {
    node.kill();
    node.start();
    ClusterFixture.await("it is back once more", () -> !node.isAlive() || isAt(version));
    final JsonNode status = node.status();
    if (status == null || !status.path("digest").asText().equals(digest)) {
      throw new IllegalStateException("from the log alone the map is another: " + status);
    }
    ClusterFixture.await("it takes changes again", () -> isWriting());
  }

  private boolean isAt(long version) throws InterruptedException {
    final JsonNode status = node.status();
    return status != null && status.path("version").longValue() >= version;
  }

  private boolean isWriting() throws InterruptedException {
    final JsonNode status = node.status();
    return status != null && status.at("/log/writing").asBoolean();
  }

  private boolean hasFailed() throws InterruptedException {
    return node.is(LogRole.FAILED);
  }

  private long acknowledged() {
    return writers.stream().mapToLong(writer -> writer.acknowledged.get()).sum();
  }

  private long joinWriters(String[] refusal) throws InterruptedException {
    final long failedNanos = System.nanoTime();
    TimeUnit.MILLISECONDS.sleep(200);
    isWriting = false;
    for (final Writer writer : writers) {
      writer.thread.join();
      if (!writer.fault.isEmpty()) {
        refusal[0] = writer.fault;
      }
    }
    final long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - failedNanos);
    if (node.isAlive() && refusal[0].isEmpty()) {
      throw new IllegalStateException("no write was refused");
    }
    if (millis > MAX_REFUSAL_MILLIS) {
      throw new IllegalStateException(
          "a write waited for " + millis + " ms for a log that had failed, then: " + refusal[0]);
    }
    return millis;
  }

  /** What the node's output says of what it removed. */
  private String removed() throws IOException {
    try (var lines = Files.lines(node.directory().resolve("output"))) {
      return String.join(
          "; ", lines.filter(line -> line.contains("cut short")).map(String::strip).toList());
    }
  }

  /** Holds the map's file against what was acknowledged. */
  private void requireAll() throws StatusMapException {
    try (StatusMap map = StatusMap.persisted(node.data(), MAX_SUBJECTS)) {
      if (!map.isWhole()) {
        throw new IllegalStateException("the map of a node that was stopped is not whole");
      }
      final StatusRecord record = new StatusRecord();
      for (final Writer writer : writers) {
        for (int i = 0; i < Writer.HOLDERS; i++) {
          final boolean isThere = map.get(subject(writer.number, i), record);
          final int doses = isThere ? record.doses() : -1;
          if (!writer.mayBe(i, doses)) {
            throw new IllegalStateException(
                "LOST: holder "
                    + i
                    + " of writer "
                    + writer.number
                    + " has "
                    + doses
                    + " doses, acknowledged were "
                    + writer.known[i]);
          }
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    isWriting = false;
    try {
      if (node.isAlive()) {
        node.kill();
      }
      for (final Writer writer : writers) {
        writer.thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    disk.close();
  }

  /** Changes its own holders one batch after the other, and knows what was acknowledged. */
  private final class Writer {
    private static final int HOLDERS = 2_000;

    private final int number;
    private final SplittableRandom own;
    private final AuthorityClient client = new AuthorityClient(node.url(), authority);
    private final Thread thread;
    private final int[] known = new int[HOLDERS];
    private final int[] asked = new int[HOLDERS];
    private final AtomicLong acknowledged = new AtomicLong();
    private volatile String fault = "";

    Writer(int number, SplittableRandom own) {
      this.number = number;
      this.own = own;
      Arrays.fill(known, -1);
      Arrays.fill(asked, -1);
      thread = new Thread(this::write, "writer-" + number);
    }

    private void write() {
      try {
        while (isWriting && fault.isEmpty()) {
          fault = writeOnce();
        }
      } catch (IOException e) {
        fault = e.toString();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** Returns how it was refused, or nothing. */
    String writeOnce() throws IOException, InterruptedException {
      final int first = own.nextInt(HOLDERS);
      final int count = 1 + own.nextInt(Math.min(MAX_BATCH, HOLDERS - first));
      final var body = JSON.createObjectNode();
      final var statuses = body.putArray("statuses");
      for (int i = first; i < first + count; i++) {
        asked[i] = (Math.max(asked[i], 0) + 1 + own.nextInt(3)) % 16;
        statuses
            .addObject()
            .put("subject", subject(number, i).toHex())
            .put("colour", Colour.ofNumber(i % 3).wireName())
            .put("doses", asked[i]);
      }
      final HttpResponse<String> answer = client.put("/v1/subjects/status", body.toString());
      if (answer.statusCode() != 200) {
        return answer.statusCode() + " " + answer.body();
      }
      System.arraycopy(asked, first, known, first, count);
      acknowledged.addAndGet(count);
      return "";
    }

    /** Whether another batch is acknowledged. */
    boolean isTaken() throws InterruptedException {
      try {
        return writeOnce().isEmpty();
      } catch (IOException e) {
        return false;
      }
    }

    /** Whether a holder may have so many doses: as acknowledged, or as asked for last. */
    boolean mayBe(int holder, int doses) {
      return doses == known[holder] || doses == asked[holder];
    }
  }
}
