package gongbei.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.bench.setup.NodeProcess;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.Appeal;
import gongbei.replication.log.LogRole;
import gongbei.replication.map.Subject;
import gongbei.verifier.client.AppliedChange;
import gongbei.verifier.client.AuthorityStream;
import gongbei.verifier.client.StatusChange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Three members and two replicas, each a process in a network namespace of its own, under three
 * authorities, holders who appeal and, at each node, a scanner device and a checkpoint by HTTP,
 * whose history is kept and evaluated. One thread does things to the nodes.
 */
final class ChaosRun implements AutoCloseable {
  static final int MEMBERS = 3;
  static final int REPLICAS = 2;
  private static final Set<LogRole> IN_ITS_PLACE =
      Set.of(LogRole.LEADER, LogRole.FOLLOWER, LogRole.REPLICA);
  private static final int HOLDERS = 12;
  private static final int AUTHORITIES = ClusterFixture.AUTHORITIES;
  private static final int SCANNERS = 2 * (MEMBERS + REPLICAS);
  private static final int BASE_PORT = 27_000;
  private static final int WAITING = 1_024;
  private static final int SAMPLE_AGE_MINUTES = 60;
  private static final int WELL_SECONDS = 120;
  private static final int RECONNECT_MILLIS = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration APPEAL_PAUSE = Duration.ofMillis(300);
  private static final String FILES =
      "  logTermBytes: 1048576\n  segmentBytes: 1048576\n  snapshotLogBytes: 4194304\n"
          + "  feedBytes: 4194304\n  lowStorageBytes: 8388608\n  maxParkMicros: 1000\n";

  final NetworkNamespaces spaces;
  final ClusterFixture bed;
  final ChaosHistory history = new ChaosHistory();
  private final List<HistoryAudit.Write> signed = Collections.synchronizedList(new ArrayList<>());
  private final Map<NodeProcess, ProcessFaults> faults = new HashMap<>();
  private final Load load;
  private final List<Thread> threads = new ArrayList<>();
  private final List<AuthorityStream> streams = new ArrayList<>();
  private final Map<NodeProcess, Integer> excuses = new ConcurrentHashMap<>();
  private final ScanTimes scanTimes;
  private final List<String> events = Collections.synchronizedList(new ArrayList<>());
  private final long startedNanos = System.nanoTime();
  private final AppealLoad appeals;
  private volatile boolean isAppealing = true;
  private volatile boolean isWriting = true;
  private volatile boolean isScanning = true;

  /**
   * What is asked of the nodes.
   *
   * @param writes a second, by all authorities together
   * @param scans a second, by all scanners together
   * @param maxScanMillis what a scan may take, where no fault excuses the node
   */
  record Load(int writes, int scans, int maxScanMillis) {}

  private ChaosRun(NetworkNamespaces spaces, ClusterFixture bed, Load load) {
    this.spaces = spaces;
    this.bed = bed;
    this.load = load;
    scanTimes = new ScanTimes(load.maxScanMillis(), this::event);
    appeals =
        new AppealLoad(
            bed.members.stream().map(NodeProcess::url).toList(),
            bed.authorities.get(0),
            bed.authorities.get(1),
            bed::freshCodeOf);
  }

  /**
   * Makes the nodes; nothing runs yet.
   *
   * @param jar of the nodes
   * @throws IOException where this machine has not what it needs
   */
  static ChaosRun make(Path jar, Path directory, long seed, Load load)
      throws IOException, InterruptedException {
    final NetworkNamespaces spaces = NetworkNamespaces.make(directory, seed);
    if (spaces == null) {
      throw new IOException("this machine lacks " + NetworkNamespaces.missing());
    }
    try {
      final ClusterFixture bed =
          new ClusterFixture(
              new ClusterFixture.Layout(jar, directory, spaces, BASE_PORT, MEMBERS, REPLICAS),
              FILES);
      final ChaosRun run = new ChaosRun(spaces, bed, load);
      final Path library = new FaultTools(directory).process();
      for (final NodeProcess node : bed.all()) {
        final ProcessFaults own =
            new ProcessFaults(library, node.directory().resolve("faults"), node.data());
        node.environment(own.environment());
        run.faults.put(node, own);
      }
      return run;
    } catch (IOException | RuntimeException e) {
      spaces.close();
      throw e;
    }
  }

  /** Starts the nodes, who writes and who scans; returns when all are at it. */
  void start() throws IOException, InterruptedException {
    bed.startAll();
    bed.awaitLeader();
    for (final SigningKey authority : bed.authorities) {
      final AuthorityStream stream =
          new AuthorityStream(
              bed.members.stream().map(NodeProcess::url).toList(), authority, WAITING, PATIENCE);
      streams.add(stream);
      thread("authority", () -> write(stream, authority.issuerKey().kid()));
    }
    ClusterFixture.await("holders are known", () -> history.acknowledged() > 4 * HOLDERS);
    for (int number = 0; number < bed.all().size(); number++) {
      final NodeProcess node = bed.all().get(number);
      ClusterFixture.await(node.name() + " knows them", () -> knowsAll(node));
      final InetSocketAddress devices = bed.devices(number);
      thread("device", () -> scan(node, "device", () -> ChaosScanner.device(devices)));
      thread(
          "checkpoint",
          () ->
              scan(
                  node,
                  "http",
                  () -> ChaosScanner.http(node.url().getHost(), node.url().getPort())));
    }
    thread("appellants", this::appeal);
    event("all are at work");
  }

  /** Notes something for the report. */
  void event(String what) {
    events.add(
        String.format(Locale.ROOT, "%7.1f s  %s", (System.nanoTime() - startedNanos) / 1e9, what));
  }

  /** Ends a report with what was noted. */
  String withEvents(StringBuilder text) {
    text.append("\n```\n");
    synchronized (events) {
      events.forEach(each -> text.append(each).append('\n'));
    }
    return text.append("```\n").toString();
  }

  ProcessFaults faults(NodeProcess node) {
    return faults.get(node);
  }

  /** From now on scans of the node may stay without an answer; as often as it is called. */
  void excuse(NodeProcess node) {
    excuses.merge(node, 1, Integer::sum);
  }

  /** Takes an excuse back. */
  void expect(NodeProcess node) {
    excuses.computeIfPresent(node, (unused, times) -> times == 1 ? null : times - 1);
  }

  /**
   * Waits until a node follows, leads or feeds on, and knows all holders; one that says that it has
   * failed is started again.
   *
   * @return how often it was started again
   */
  int awaitWell(NodeProcess node) throws IOException, InterruptedException {
    final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WELL_SECONDS);
    int restarts = 0;
    while (true) {
      final JsonNode status = node.status();
      final Optional<LogRole> role = NodeProcess.logRole(status);
      if (role.filter(IN_ITS_PLACE::contains).isPresent()) {
        if (knowsAll(node)) {
          return restarts;
        }
      } else if (role.equals(Optional.of(LogRole.FAILED)) || !node.isAlive()) {
        restart(node);
        restarts++;
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            node.name() + " does not come back within " + WELL_SECONDS + " s: " + status);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private void restart(NodeProcess node) throws IOException, InterruptedException {
    if (node.isAlive()) {
      event(node.name() + " says that it has failed, and is started again");
    } else {
      history.wrong(node.name() + " ended by itself, with " + node.exitValue());
    }
    excuse(node);
    try {
      if (!node.stop()) {
        history.wrong(node.name() + " does not end when it is told to");
      }
      node.start();
      ClusterFixture.awaitReady(node);
    } finally {
      expect(node);
    }
  }

  /** Lets all come to rest, compares the nodes, and evaluates the history. */
  List<String> finish() throws IOException, InterruptedException {
    final List<String> wrong = new ArrayList<>();
    event("quiet");
    isWriting = false;
    try {
      for (final NodeProcess node : bed.all()) {
        awaitWell(node);
      }
      ClusterFixture.await(
          "every write and appeal has its answer", () -> history.isSettled() && !isAppealing);
      final long version = bed.awaitOneVersion();
      event("digest " + bed.awaitVersion(version) + " on all, at version " + version);
      final HistoryAudit.Findings findings =
          HistoryAudit.ofAll(
              bed, new HistoryAudit.Acknowledged(signed, appeals.cases(), version), this::event);
      wrong.addAll(findings.wrong());
      history.others(findings.others());
      for (final NodeProcess node : bed.all()) {
        for (int holder = 0; holder < HOLDERS; holder++) {
          final JsonNode told = node.scan(codeOf(holder));
          history.atRest(
              node.name(),
              holder,
              Colour.ofWireName(told.path("colour").asText()),
              told.path("version").longValue());
        }
        wrong.addAll(appeals.judge(node.name(), node.url()));
      }
    } catch (IllegalStateException e) {
      wrong.add(e.getMessage());
    }
    stop();
    wrong.addAll(scanTimes.outages());
    wrong.addAll(history.judge());
    return wrong;
  }

  /** Of a run that is finished: what was written, read and how soon, in lines. */
  String summary() {
    return String.format(
        Locale.ROOT,
        "%s%n%,d appeals, %,d of them granted and %,d refused by two authorities%n%s",
        history.summary(),
        appeals.cases().size(),
        appeals.count(Appeal.State.GRANTED),
        appeals.count(Appeal.State.REFUSED),
        scanTimes.summary());
  }

  private interface Work {
    void run() throws InterruptedException;
  }

  private interface Connecting {
    ChaosScanner connect() throws IOException;
  }

  private void thread(String name, Work work) {
    final Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } catch (RuntimeException e) {
                history.wrong("the " + name + " failed: " + e);
              }
            },
            name);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  private static Subject subject(int holder) {
    return new Subject(0xC4A05L, holder);
  }

  private String codeOf(int holder) {
    return bed.codeOf(subject(holder));
  }

  /** Turns holders of their own red by the first authority, who then appeal. */
  private void appeal() throws InterruptedException {
    try {
      appeals.run(
          () -> isWriting,
          (number, holder) ->
              submit(
                      streams.get(0),
                      new HistoryAudit.Write(
                          0, holder, Colour.RED, bed.authority.issuerKey().kid()),
                      HOLDERS + number,
                      StatusChange.status(holder.toHex()).colour(Colour.RED).build())
                  .get()
                  .version(),
          APPEAL_PAUSE);
    } catch (ExecutionException | IllegalStateException e) {
      history.wrong("an appeal failed: " + e.getMessage());
    } finally {
      isAppealing = false;
    }
  }

  private void write(AuthorityStream stream, long signer) throws InterruptedException {
    final SplittableRandom own = new SplittableRandom();
    final Instant sampled = Instant.now().minus(SAMPLE_AGE_MINUTES, ChronoUnit.MINUTES);
    final long periodNanos = TimeUnit.SECONDS.toNanos(AUTHORITIES) / load.writes();
    int sent = 0;
    while (isWriting) {
      final int holder = sent < HOLDERS ? sent : own.nextInt(HOLDERS);
      final Colour colour = Colour.ofNumber(own.nextInt(Colour.values().length));
      sent++;
      final var unused =
          submit(
              stream,
              new HistoryAudit.Write(0, subject(holder), colour, signer),
              holder,
              StatusChange.status(subject(holder).toHex())
                  .colour(colour)
                  .test(TestResult.NEGATIVE, sampled)
                  .doses(2)
                  .build());
      LockSupport.parkNanos(periodNanos);
    }
  }

  /**
   * Submits a write, and notes what becomes of it.
   *
   * @param write what is to be found in the history, whatever its version
   * @param holder their number
   */
  private CompletableFuture<AppliedChange> submit(
      AuthorityStream stream, HistoryAudit.Write write, int holder, StatusChange change)
      throws InterruptedException {
    history.submitted();
    final long submittedNanos = System.nanoTime();
    return stream
        .submit(change)
        .whenComplete(
            (done, e) -> {
              if (e == null) {
                signed.add(write.at(done.version()));
                history.acknowledged(
                    holder, write.colour(), submittedNanos, System.nanoTime(), done);
              } else {
                history.failed(e.toString());
              }
            });
  }

  private boolean knowsAll(NodeProcess node) throws InterruptedException {
    for (int holder = 0; holder < HOLDERS; holder++) {
      final JsonNode answer = node.scan(codeOf(holder));
      if (answer == null || !answer.hasNonNull("colour")) {
        return false;
      }
    }
    return true;
  }

  /** Scans one after the other; a connection lasts until something goes wrong with it. */
  private void scan(NodeProcess node, String face, Connecting connecting)
      throws InterruptedException {
    final SplittableRandom own = new SplittableRandom();
    final List<String> codes = new ArrayList<>();
    for (int holder = 0; holder < HOLDERS; holder++) {
      codes.add(codeOf(holder));
    }
    final long periodNanos = TimeUnit.SECONDS.toNanos(SCANNERS) / load.scans();
    ChaosScanner scanner = null;
    ChaosHistory.Connection connection = null;
    int connections = 0;
    try {
      while (isScanning) {
        final boolean wasExcused = excuses.containsKey(node);
        final int holder = own.nextInt(HOLDERS);
        final long askedNanos = System.nanoTime();
        String fault = null;
        try {
          if (scanner == null) {
            scanner = connecting.connect();
            connections++;
            connection = history.connected(node.name() + " " + face + " " + connections);
          }
          final ChaosScanner.Answer answer = scanner.ask(codes.get(holder));
          connection.read(holder, answer.colour(), answer.version(), System.nanoTime());
          if (!answer.isRight()) {
            history.wrong(node.name() + " said " + answer);
          }
        } catch (IOException e) {
          fault = e.toString();
          if (scanner != null) {
            scanner.close();
            scanner = null;
          }
        }
        final long nanos = System.nanoTime() - askedNanos;
        if (!wasExcused && !excuses.containsKey(node) && isScanning) {
          scanTimes.took(node.name(), face, Optional.ofNullable(fault), nanos);
        }
        if (scanner == null) {
          TimeUnit.MILLISECONDS.sleep(RECONNECT_MILLIS);
        } else {
          LockSupport.parkNanos(periodNanos);
        }
      }
    } finally {
      if (scanner != null) {
        scanner.close();
      }
    }
  }

  private void stop() throws InterruptedException {
    isWriting = false;
    isScanning = false;
    for (final Thread thread : threads) {
      thread.join();
    }
    threads.clear();
  }

  /** Kills the nodes and takes the network down. */
  @Override
  public void close() {
    isWriting = false;
    isScanning = false;
    bed.killAll();
    spaces.close();
  }
}
