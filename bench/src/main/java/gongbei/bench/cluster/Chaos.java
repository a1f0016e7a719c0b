package gongbei.bench.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.replication.status.Applied;
import gongbei.replication.status.StatusCommand;
import gongbei.replication.status.Subject;
import gongbei.verifier.client.AuthorityStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Three members and two replicas, each a process in a network of its own, under authorities and
 * scanners, while one fault after the other befalls them: {@code java -cp
 * bench/target/benchmarks.jar gongbei.bench.cluster.Chaos [--minutes N] [--seed N] [--rate N]
 * [--faults kill,pause,…] [--report FILE]}; {@code --faults none} is a soak, in which memory and
 * the latency of scans must stay as they are; {@code --restarts 100} kills each node in turn by
 * kill -9 and waits for it. Needs root, {@code ip} and {@code tc}. Prints a report in Markdown;
 * ends with 1 where something was wrong.
 */
public final class Chaos {
  private static final int MEMBERS = 3;
  private static final int REPLICAS = 2;
  private static final int HOLDERS = 12;
  private static final int AUTHORITIES = 3;
  private static final int BASE_PORT = 27_000;
  private static final int DEFAULT_RATE = 300;
  private static final int DEFAULT_SECONDS = 60;
  private static final int CLOCK_JUMP_SECONDS = 30;
  private static final int SCAN_PAUSE_MILLIS = 10;
  private static final int SOAK_PARTS = 20;
  private static final double MAX_GROWTH = 1.1;
  private static final double MAX_SLOWING = 1.5;
  private static final int DISK_MEBIBYTES = 260;
  private static final Duration SCAN_TIMEOUT = Duration.ofSeconds(3);
  private static final String FILES =
      "  logTermBytes: 1048576\n  segmentBytes: 1048576\n  snapshotLogBytes: 8388608\n"
          + "  feedBytes: 8388608\n  lowStorageBytes: 8388608\n";
  private static final List<Path> FAKE_TIME =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
          Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"));
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SplittableRandom random;
  private final TestBed bed;
  private final NetworkSpaces spaces;
  private final int rate;
  private final Set<Fault> faults;
  private final ChaosHistory history = new ChaosHistory();
  private final List<Thread> threads = new ArrayList<>();
  private final Map<NodeProcess, Boolean> excused = new ConcurrentHashMap<>();
  private final Map<NodeProcess, Long> unanswered = new ConcurrentHashMap<>();
  private final List<String> events = Collections.synchronizedList(new ArrayList<>());
  private final long startedNanos = System.nanoTime();
  private volatile boolean isWriting = true;
  private volatile boolean isScanning = true;

  /** What befalls a node. */
  private enum Fault {
    KILL,
    PAUSE,
    /** Stopped and let go twenty times a second, as by a slow disk or a crowded machine. */
    STUTTER,
    PARTITION,
    LOSS,
    DISK,
    CLOCK
  }

  private Chaos(TestBed bed, NetworkSpaces spaces, long seed, int rate, Set<Fault> faults) {
    this.bed = bed;
    this.spaces = spaces;
    this.random = new SplittableRandom(seed);
    this.rate = rate;
    this.faults = faults;
  }

  /** Runs. */
  public static void main(String[] arguments) throws Exception {
    long seed = System.currentTimeMillis() % 1_000_000;
    long seconds = DEFAULT_SECONDS;
    int rate = DEFAULT_RATE;
    int restarts = 0;
    Path jar = Path.of("verifier", "target", "gongbei.jar");
    Path report = null;
    Set<Fault> faults = EnumSet.allOf(Fault.class);
    for (int i = 0; i < arguments.length; i += 2) {
      final String value = arguments[i + 1];
      switch (arguments[i]) {
        case "--minutes" -> seconds = 60 * Long.parseLong(value);
        case "--seconds" -> seconds = Long.parseLong(value);
        case "--seed" -> seed = Long.parseLong(value);
        case "--rate" -> rate = Integer.parseInt(value);
        case "--restarts" -> restarts = Integer.parseInt(value);
        case "--jar" -> jar = Path.of(value);
        case "--report" -> report = Path.of(value);
        case "--faults" -> faults = named(value);
        default -> throw new IllegalArgumentException(arguments[i]);
      }
    }
    final Path directory = Files.createTempDirectory("gongbei-chaos-");
    final StringBuilder text = new StringBuilder();
    boolean isGood;
    try (NetworkSpaces spaces = NetworkSpaces.make()) {
      if (spaces == null) {
        System.out.println("SKIPPED: network namespaces can't be made here (root and ip)");
        return;
      }
      isGood = run(jar, directory, spaces, seed, seconds, rate, restarts, faults, text);
    }
    System.out.print(text);
    if (report != null) {
      Files.writeString(report, text);
    }
    if (isGood) {
      delete(directory);
    } else {
      System.out.println("What the nodes said is in " + directory);
    }
    System.exit(isGood ? 0 : 1);
  }

  private static Set<Fault> named(String names) {
    final Set<Fault> faults = EnumSet.noneOf(Fault.class);
    if (!names.equals("none")) {
      for (final String name : names.split(",", -1)) {
        faults.add(Fault.valueOf(name.toUpperCase(Locale.ROOT)));
      }
    }
    return faults;
  }

  private static boolean run(
      Path jar,
      Path directory,
      NetworkSpaces spaces,
      long seed,
      long seconds,
      int rate,
      int restarts,
      Set<Fault> faults,
      StringBuilder text)
      throws Exception {
    try (TestBed bed = new TestBed(jar, directory, spaces, BASE_PORT, MEMBERS, REPLICAS, FILES)) {
      final Chaos chaos = new Chaos(bed, spaces, seed, rate, faults);
      final List<String> wrong;
      try {
        chaos.mountDisk();
        chaos.preloadClock();
        bed.startAll();
        bed.awaitLeader();
        wrong = chaos.live(seconds, restarts);
      } finally {
        bed.killAll();
        chaos.unmountDisk();
      }
      chaos.report(text, seed, seconds, wrong);
      return wrong.isEmpty();
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (final Path file : files.sorted(Collections.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private void event(String what) {
    events.add(
        String.format(Locale.ROOT, "%6.1f s  %s", (System.nanoTime() - startedNanos) / 1e9, what));
  }

  private List<String> live(long seconds, int restarts) throws Exception {
    final List<AuthorityStream> streams = new ArrayList<>();
    final List<String> wrong = new ArrayList<>();
    try {
      for (int i = 0; i < AUTHORITIES; i++) {
        final AuthorityStream stream =
            new AuthorityStream(
                bed.members.stream().map(NodeProcess::url).toList(),
                bed.authority,
                1_024,
                Duration.ofMinutes(3));
        streams.add(stream);
        start("authority", () -> write(stream));
      }
      TestBed.await("holders are known", () -> history.acknowledged() > 4 * HOLDERS);
      for (final NodeProcess node : bed.all()) {
        TestBed.await(node.name() + " knows them", () -> knowsAll(node));
        start("scanner", () -> scan(node));
      }
      if (restarts > 0) {
        restart(restarts);
      } else if (faults.isEmpty()) {
        soak(seconds, wrong);
      } else {
        final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() < end) {
          fault();
          TimeUnit.MILLISECONDS.sleep(500 + random.nextInt(1_500));
        }
      }
      event("quiet");
      isWriting = false;
      TestBed.await("every write has its answer", history::isSettled);
      event("digest " + bed.awaitEqual(history.acknowledged()) + " on all");
    } catch (IllegalStateException e) {
      wrong.add(e.getMessage());
    } finally {
      isWriting = false;
      isScanning = false;
      for (final Thread thread : threads) {
        thread.join();
      }
      streams.forEach(AuthorityStream::close);
    }
    unanswered.forEach(
        (node, count) ->
            wrong.add(count + " scans of " + node.name() + ", which no fault had, got no answer"));
    wrong.addAll(history.judge());
    return wrong;
  }

  private interface Work {
    void run() throws InterruptedException;
  }

  private void start(String name, Work work) {
    final Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            name);
    threads.add(thread);
    thread.start();
  }

  private static Subject subject(int holder) {
    return new Subject(0xC4A05L, holder);
  }

  private void write(AuthorityStream stream) throws InterruptedException {
    final SplittableRandom own = new SplittableRandom();
    final int minutes = (int) (Instant.now().getEpochSecond() / 60);
    int sent = 0;
    while (isWriting) {
      final int holder = sent < HOLDERS ? sent : own.nextInt(HOLDERS);
      final int colour = own.nextInt(3);
      sent++;
      history.submitted();
      final long submittedNanos = System.nanoTime();
      final CompletableFuture<Applied> applied =
          stream.submit(new StatusCommand.SetStatus(subject(holder), colour, 1, minutes, 2, 0, 0));
      final var unused =
          applied.whenComplete(
              (done, e) -> {
                if (e == null) {
                  history.acknowledged(holder, colour, submittedNanos, System.nanoTime(), done);
                } else {
                  history.failed(e.toString());
                }
              });
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(AUTHORITIES) / rate);
    }
  }

  private boolean knowsAll(NodeProcess node) throws InterruptedException {
    for (int holder = 0; holder < HOLDERS; holder++) {
      final JsonNode answer = node.scan(bed.codeOf(subject(holder)));
      if (answer == null || !answer.hasNonNull("colour")) {
        return false;
      }
    }
    return true;
  }

  /** Scans one after the other; a connection lasts until something goes wrong with it. */
  private void scan(NodeProcess node) throws InterruptedException {
    final SplittableRandom own = new SplittableRandom();
    final List<String> codes = new ArrayList<>();
    for (int holder = 0; holder < HOLDERS; holder++) {
      codes.add(bed.codeOf(subject(holder)));
    }
    HttpClient connection = connect();
    int connections = 0;
    while (isScanning) {
      final boolean wasExcused = excused.containsKey(node);
      final int holder = own.nextInt(HOLDERS);
      final long askedNanos = System.nanoTime();
      JsonNode answer = null;
      try {
        final HttpResponse<String> response =
            connection.send(
                HttpRequest.newBuilder(node.url().resolve("/v1/scans"))
                    .timeout(SCAN_TIMEOUT)
                    .header("Content-Type", "application/json")
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            "{\"checkpoint\":\"metro\",\"code\":\"" + codes.get(holder) + "\"}"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        answer = response.statusCode() == 200 ? JSON.readTree(response.body()) : null;
      } catch (IOException e) {
        connection = connect();
        connections++;
      }
      if (answer != null && answer.hasNonNull("colour")) {
        history.read(
            node.name(),
            connections,
            holder,
            answer.get("colour").asText(),
            answer.path("version").longValue(),
            System.nanoTime() - askedNanos);
      } else if (!wasExcused && !excused.containsKey(node) && isScanning) {
        unanswered.merge(node, 1L, Long::sum);
        event(node.name() + " gave a scan no verdict by its map: " + answer);
      }
      TimeUnit.MILLISECONDS.sleep(SCAN_PAUSE_MILLIS);
    }
  }

  private static HttpClient connect() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(SCAN_TIMEOUT)
        .build();
  }

  private void fault() throws IOException, InterruptedException {
    final Fault fault = faults.toArray(new Fault[0])[random.nextInt(faults.size())];
    final int number = random.nextInt(MEMBERS + REPLICAS);
    final NodeProcess node = fault == Fault.DISK ? diskNode() : bed.all().get(number);
    final int millis = 500 + random.nextInt(5_000);
    final String what = fault.name().toLowerCase(Locale.ROOT) + " of " + node.name();
    event(what + " for " + millis + " ms");
    excused.put(node, true);
    switch (fault) {
      case KILL -> {
        node.kill();
        TimeUnit.MILLISECONDS.sleep(millis);
        node.start();
      }
      case PAUSE -> {
        node.pause();
        TimeUnit.MILLISECONDS.sleep(millis);
        node.resume();
      }
      case STUTTER -> stutter(node, millis);
      case PARTITION -> {
        spaces.cut(number);
        TimeUnit.MILLISECONDS.sleep(millis);
        spaces.mend(number);
      }
      case LOSS -> {
        if (spaces.impair(number, 1 + random.nextInt(40), 5, 1 + random.nextInt(20))) {
          TimeUnit.MILLISECONDS.sleep(millis);
          spaces.repair(number);
        } else {
          faults.remove(Fault.LOSS);
          event("this kernel has no netem: no more of that");
        }
      }
      case DISK -> fillDisk(node, millis);
      case CLOCK -> jump(node, millis);
    }
    awaitWell(node);
    excused.remove(node);
    final long healedNanos = System.nanoTime();
    TestBed.await("writes go on", () -> history.newestSubmission() - healedNanos > 0);
    event(what + " is over");
  }

  /** Waits until a node follows or leads; one that says it has failed is started again. */
  private void awaitWell(NodeProcess node) throws IOException, InterruptedException {
    final long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (true) {
      final JsonNode status = node.status();
      final String role = status == null ? "" : status.at("/log/role").asText();
      if (role.equals("leader") || role.equals("follower") || role.equals("replica")) {
        if (knowsAll(node)) {
          return;
        }
      } else if (role.equals("failed") || !node.isAlive()) {
        event(node.name() + " has failed and is started again");
        node.stop();
        node.start();
        TestBed.awaitReady(node);
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(node.name() + " does not come back: " + status);
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private void stutter(NodeProcess node, int millis) throws IOException, InterruptedException {
    final long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (System.nanoTime() < end) {
      node.pause();
      TimeUnit.MILLISECONDS.sleep(40);
      node.resume();
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private NodeProcess diskNode() {
    return bed.members.get(MEMBERS - 1);
  }

  private void mountDisk() throws IOException, InterruptedException {
    if (!faults.contains(Fault.DISK)) {
      return;
    }
    final Path data = Files.createDirectories(diskNode().data());
    if (!NetworkSpaces.run(
        "mount", "-t", "tmpfs", "-o", "size=" + DISK_MEBIBYTES + "m", "tmpfs", data.toString())) {
      faults.remove(Fault.DISK);
      event("no small disk can be mounted here: no full disk");
    }
  }

  private void unmountDisk() throws IOException, InterruptedException {
    if (faults.contains(Fault.DISK)) {
      NetworkSpaces.run("umount", diskNode().data().toString());
    }
  }

  private static void fillDisk(NodeProcess node, int millis)
      throws IOException, InterruptedException {
    final Path filler = node.data().resolve("filler");
    try (OutputStream out = Files.newOutputStream(filler)) {
      final byte[] block = new byte[1 << 16];
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      TimeUnit.MILLISECONDS.sleep(millis);
    } finally {
      Files.deleteIfExists(filler);
    }
  }

  private void preloadClock() throws IOException {
    final Path library = FAKE_TIME.stream().filter(Files::exists).findFirst().orElse(null);
    if (library == null) {
      if (faults.remove(Fault.CLOCK)) {
        event("libfaketime is not installed: no clock jumps");
      }
      return;
    }
    if (faults.contains(Fault.CLOCK)) {
      for (final NodeProcess node : bed.all()) {
        Files.writeString(clockOf(node), "+0\n");
        node.environment("LD_PRELOAD", library.toString());
        node.environment("FAKETIME_TIMESTAMP_FILE", clockOf(node).toString());
        node.environment("FAKETIME_CACHE_DURATION", "1");
        node.environment("FAKETIME_DONT_FAKE_MONOTONIC", "1");
      }
    }
  }

  private static Path clockOf(NodeProcess node) {
    return node.directory().resolve("clock");
  }

  private void jump(NodeProcess node, int millis) throws IOException, InterruptedException {
    final int seconds = random.nextBoolean() ? CLOCK_JUMP_SECONDS : -CLOCK_JUMP_SECONDS;
    Files.writeString(clockOf(node), (seconds > 0 ? "+" : "") + seconds + "\n");
    TimeUnit.MILLISECONDS.sleep(1_500 + millis);
    Files.writeString(clockOf(node), "+0\n");
    TimeUnit.MILLISECONDS.sleep(1_500);
  }

  /** Kills by kill -9 and starts again, over and over, one node after the other. */
  private void restart(int times) throws IOException, InterruptedException {
    for (int i = 0; i < times; i++) {
      final NodeProcess node = bed.all().get(i % (MEMBERS + REPLICAS));
      excused.put(node, true);
      node.kill();
      final long killedNanos = System.nanoTime();
      node.start();
      awaitWell(node);
      excused.remove(node);
      event(
          "kill -9 number "
              + (i + 1)
              + ": "
              + node.name()
              + " is back after "
              + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killedNanos)
              + " ms");
      TimeUnit.MILLISECONDS.sleep(random.nextInt(1_000));
    }
  }

  /** Looks on for a while, and compares the last quarter with the second: all must be flat. */
  private void soak(long seconds, List<String> wrong) throws IOException, InterruptedException {
    final long each = Math.max(1, seconds / SOAK_PARTS);
    final long[][] memory = new long[SOAK_PARTS][];
    final long[] latency = new long[SOAK_PARTS];
    for (int part = 0; part < SOAK_PARTS; part++) {
      history.beginPart();
      TimeUnit.SECONDS.sleep(each);
      latency[part] = history.endPart();
      memory[part] = new long[MEMBERS + REPLICAS];
      final StringBuilder line = new StringBuilder();
      for (int node = 0; node < MEMBERS + REPLICAS; node++) {
        memory[part][node] = bed.all().get(node).residentKibibytes();
        line.append(' ').append(memory[part][node] >> 10);
      }
      event("scans p99 " + latency[part] + " µs; MiB resident:" + line);
    }
    final int quarter = SOAK_PARTS / 4;
    for (int node = 0; node < MEMBERS + REPLICAS; node++) {
      long before = 0;
      long after = 0;
      for (int i = 0; i < quarter; i++) {
        before += memory[quarter + i][node];
        after += memory[SOAK_PARTS - 1 - i][node];
      }
      if (after > before * MAX_GROWTH) {
        wrong.add(bed.all().get(node).name() + "'s memory grows");
      }
    }
    long before = 0;
    long after = 0;
    for (int i = 0; i < quarter; i++) {
      before += latency[quarter + i];
      after += latency[SOAK_PARTS - 1 - i];
    }
    if (after > before * MAX_SLOWING) {
      wrong.add("scans become slower");
    }
  }

  private void report(StringBuilder text, long seed, long seconds, List<String> wrong) {
    text.append("# Chaos, seed ").append(seed).append(", ").append(seconds).append(" s\n\n");
    text.append(wrong.isEmpty() ? "Nothing was wrong." : "**Wrong:**").append('\n');
    wrong.stream().limit(20).forEach(each -> text.append("- ").append(each).append('\n'));
    text.append('\n').append(history.latencies()).append("\n\n```\n");
    events.forEach(each -> text.append(each).append('\n'));
    text.append("```\n");
  }
}
