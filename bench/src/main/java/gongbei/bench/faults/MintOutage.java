package gongbei.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.replication.map.Subject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * An outage of all nodes that mint, as holders meet it: wallets that were opened before it are
 * scanned during it by a device, over HTTP and without a network, at random moments; reserve codes
 * are tried before it, twice, and after it. Meanwhile one node that scans is killed after the
 * other. One thread scans, one refreshes the wallets.
 */
final class MintOutage {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PASS = "pass ok";
  private static final String NOT_IN_FORCE = "refuse reserve-not-in-force";
  private static final String USED = "refuse reserve-used";
  private static final String HELD_BY_FILTER = "hold yellow";
  private static final int SAMPLE = 50;
  private static final int AGAIN_ONE_IN = 5;
  private static final int TICK_MILLIS = 20;
  private static final long PATIENCE_MILLIS = 120_000;
  private static final int ANSWER_MILLIS = 5_000;
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final int CREATED = 201;

  private final MintOutageRegion region;
  private final MintOutagePlan plan;
  private final Random random;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();
  private final List<OutageWallet> wallets = new ArrayList<>();
  private final OutageGates gates;
  private final Set<Integer> failedWallets = new HashSet<>();
  private final Map<String, int[]> byPlace = new TreeMap<>();
  private final Map<String, Integer> failures = new TreeMap<>();
  private final Set<String> passedReserves = new HashSet<>();
  private final List<String> violations = new ArrayList<>();
  private long nextPackMillis;
  private long sinceSeconds = Long.MAX_VALUE;
  private long endSeconds = Long.MAX_VALUE;
  private int replays;
  private int filtered;
  private int waits;
  private int disturbances;
  private volatile boolean isOver;

  /** A holder before a checkpoint. */
  private record Visit(int wallet, String place, long atMillis) {}

  MintOutage(MintOutageRegion region, MintOutagePlan plan, long seed) throws IOException {
    this.region = region;
    this.plan = plan;
    this.random = new Random(seed);
    this.gates = new OutageGates(region);
    for (int i = 0; i < plan.wallets(); i++) {
      wallets.add(new OutageWallet(holder(i), plan, random.nextLong()));
    }
  }

  /** The holder of a wallet, who must be green with three doses. */
  static Subject holder(int number) {
    return new Subject(0x0A11E7, number);
  }

  /** Runs the drill. */
  MintOutageResult run() throws IOException, InterruptedException {
    final Thread refresher = new Thread(this::refresh, "wallets");
    refresher.setDaemon(true);
    try {
      final long openMillis = System.currentTimeMillis();
      for (int i = 0; i < wallets.size(); i++) {
        wallets.get(i).opensAt(openMillis + plan.openedAfterMillis(i, region.minting().size()));
      }
      refresher.start();
      await("wallets have codes and strips", OutageWallet::isReady);
      final int early = beforeIt();
      final long killedMillis = System.currentTimeMillis();
      region.killMinting();
      final long switchMillis = duringIt(killedMillis);
      region.startMinting();
      final int late = afterIt();
      await("wallets have codes again", OutageWallet::isFresh);
      return new MintOutageResult(
          wallets.size(),
          wallets.size() - failedWallets.size(),
          filtered,
          byPlace,
          failures,
          passedReserves.size(),
          replays,
          early,
          late,
          switchMillis,
          count(OutageWallet::isFresh),
          disturbances,
          waits,
          violations);
    } finally {
      isOver = true;
      gates.close();
      refresher.join(PATIENCE_MILLIS);
    }
  }

  // ---- Wallets

  private void refresh() {
    while (!isOver) {
      for (int i = 0; i < wallets.size() && !isOver; i++) {
        final OutageWallet wallet = wallets.get(i);
        if (System.currentTimeMillis() >= wallet.dueMillis()) {
          refresh(wallet, region.minting().get(i % region.minting().size()));
        }
      }
      pause();
    }
  }

  private void refresh(OutageWallet wallet, URI node) {
    final ObjectNode body = JsonNodeFactory.instance.objectNode();
    wallet.ask(body, System.currentTimeMillis());
    try {
      final HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(node.resolve("/v1/codes"))
                  .timeout(TIMEOUT)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() == CREATED) {
        wallet.took(JSON.readTree(answer.body()), System.currentTimeMillis());
      } else {
        final long asked = answer.headers().firstValueAsLong("Retry-After").orElse(1);
        wallet.failed(System.currentTimeMillis(), TimeUnit.SECONDS.toMillis(asked));
      }
    } catch (IOException e) {
      wallet.failed(System.currentTimeMillis(), 0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      isOver = true;
    }
  }

  /** Whether something holds of a wallet at a time, in milliseconds since 1970. */
  private interface AtTime {
    boolean holds(OutageWallet wallet, long nowMillis);
  }

  private int count(AtTime condition) {
    final long now = System.currentTimeMillis();
    return (int) wallets.stream().filter(each -> condition.holds(each, now)).count();
  }

  /** Waits until something holds of all wallets, and writes down where it does not come to that. */
  private void await(String what, AtTime condition) {
    final long patience =
        PATIENCE_MILLIS + plan.openedAfterMillis(wallets.size(), region.minting().size());
    final long deadline = System.currentTimeMillis() + patience;
    while (count(condition) < wallets.size()) {
      if (System.currentTimeMillis() >= deadline) {
        violations.add(
            "not all " + what + ": " + count(condition) + " of " + wallets.size() + " have");
        return;
      }
      pause();
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- The three acts

  /** That reserve codes do not count. */
  private int beforeIt() throws IOException, InterruptedException {
    takePack();
    int refused = 0;
    for (int i = 0; i < Math.min(SAMPLE, wallets.size()); i++) {
      refused += tryReserve(wallets.get(i));
    }
    return refused;
  }

  /**
   * Shows a wallet's reserve code everywhere while none should count.
   *
   * @return how many refused it
   */
  private int tryReserve(OutageWallet wallet) throws IOException, InterruptedException {
    final Optional<String> code = wallet.reserve(System.currentTimeMillis());
    int refused = 0;
    if (code.isPresent()) {
      for (final String place : OutageGates.ALL) {
        final String answer = ask(place, code.get()).said();
        // What passed here in the outage is refused for that too, where its minute still lasts.
        if (answer.equals(NOT_IN_FORCE)
            || (answer.equals(USED) && passedReserves.contains(shownAt(place, code.get())))) {
          refused++;
        } else {
          violations.add("a reserve code outside the outage, " + place + ": " + answer);
        }
      }
    }
    return refused;
  }

  private long duringIt(long killedMillis) throws IOException, InterruptedException {
    long switchMillis = -1;
    final PriorityQueue<Visit> visits = visits(killedMillis);
    while (!visits.isEmpty()) {
      final Visit visit = visits.remove();
      while (System.currentTimeMillis() < visit.atMillis()) {
        if (switchMillis < 0 && isDegraded()) {
          switchMillis = System.currentTimeMillis() - killedMillis;
        }
        goOn(killedMillis);
      }
      visit(visit, killedMillis).ifPresent(visits::add);
    }
    while (System.currentTimeMillis() < killedMillis + plan.outageSeconds() * 1_000L) {
      goOn(killedMillis);
    }
    disturbances = region.mend();
    if (switchMillis < 0) {
      violations.add("the log did not come to say that minting is degraded");
    }
    return switchMillis;
  }

  /** Lets the checkpoint without a network have its packs, and nodes that scan their faults. */
  private void goOn(long killedMillis) throws IOException, InterruptedException {
    refreshPack();
    final long now = System.currentTimeMillis();
    if (now >= killedMillis + plan.disturbedFromSeconds() * 1_000L
        && now < killedMillis + plan.disturbedUntilSeconds() * 1_000L) {
      region.disturb(now);
    }
    pause();
  }

  private PriorityQueue<Visit> visits(long killedMillis) {
    final PriorityQueue<Visit> visits =
        new PriorityQueue<>(Comparator.comparingLong(Visit::atMillis));
    for (int i = 0; i < wallets.size(); i++) {
      for (final String place : OutageGates.ALL) {
        final int lead =
            place.equals(OutageGates.OFFLINE) ? plan.offlineLeadSeconds() : plan.leadSeconds();
        final int spanMillis = (plan.outageSeconds() - lead) * 1_000;
        visits.add(new Visit(i, place, killedMillis + lead * 1_000L + random.nextInt(spanMillis)));
      }
    }
    return visits;
  }

  /**
   * Shows a wallet's code at a gate.
   *
   * @return when they come again, where the code was used up: a gate whose node is killed asks the
   *     one that another gate has asked, and then its holder waits for the next code
   */
  private Optional<Visit> visit(Visit visit, long killedMillis)
      throws IOException, InterruptedException {
    final long nowSeconds = System.currentTimeMillis() / 1_000;
    final Optional<OutageWallet.Shown> shown =
        wallets.get(visit.wallet()).shown(System.currentTimeMillis());
    final OutageGates.Answer answer =
        shown.isPresent() ? ask(visit.place(), shown.get().code()) : OutageGates.NONE;
    final long againMillis = System.currentTimeMillis() + plan.reserveSeconds() * 1_000L;
    if (answer.said().equals(USED)
        && !gates.isOwn(visit.place(), answer.by())
        && againMillis < killedMillis + plan.outageSeconds() * 1_000L) {
      waits++;
      return Optional.of(new Visit(visit.wallet(), visit.place(), againMillis));
    }
    final boolean isFiltered =
        visit.place().equals(OutageGates.OFFLINE) && answer.said().equals(HELD_BY_FILTER);
    filtered += isFiltered ? 1 : 0;
    final int[] counts = byPlace.computeIfAbsent(visit.place(), any -> new int[2]);
    counts[1]++;
    if (answer.said().equals(PASS) || isFiltered) {
      counts[0]++;
    } else {
      failedWallets.add(visit.wallet());
      failures.merge(
          visit.place() + ": " + (shown.isPresent() ? answer.said() : "nothing to show"),
          1,
          Integer::sum);
    }
    if (answer.said().equals(PASS) && shown.get().isReserve()) {
      passedAt(visit.place(), shown.get().code(), nowSeconds);
      if (random.nextInt(AGAIN_ONE_IN) == 0) {
        showAgain(visit.place(), shown.get().code(), answer.by());
      }
    }
    return Optional.empty();
  }

  private static String shownAt(String place, String code) {
    return place + ' ' + code;
  }

  private void passedAt(String place, String code, long nowSeconds) {
    if (!passedReserves.add(shownAt(place, code))) {
      violations.add("a reserve code passed twice, " + place);
    }
    if (nowSeconds < sinceSeconds || nowSeconds >= endSeconds) {
      violations.add("a reserve code passed outside the outage, " + place);
    }
  }

  /** Each node remembers what it has let pass; another one that is asked now does not know. */
  private void showAgain(String place, String code, String by)
      throws IOException, InterruptedException {
    final OutageGates.Answer answer = ask(place, code);
    if (!answer.by().equals(by)) {
      return;
    }
    if (answer.said().equals(USED)) {
      replays++;
    } else {
      violations.add("a reserve code shown again, " + place + ": " + answer.said());
    }
  }

  /** Asks as somebody does who stands at a gate: again, for a while, where nothing is said. */
  private OutageGates.Answer ask(String place, String code)
      throws IOException, InterruptedException {
    final long deadline = System.currentTimeMillis() + ANSWER_MILLIS;
    OutageGates.Answer answer = gates.ask(place, code);
    while (answer.equals(OutageGates.NONE) && System.currentTimeMillis() < deadline) {
      pause();
      answer = gates.ask(place, code);
    }
    return answer;
  }

  /** Waits for the end, passes by reserve codes in the margin, and looks that none counts after. */
  private int afterIt() throws IOException, InterruptedException {
    final long deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
    while (isDegraded() && System.currentTimeMillis() < deadline) {
      refreshPack();
      pause();
    }
    if (endSeconds == Long.MAX_VALUE) {
      violations.add("the log did not come to say that minting is restored");
      return 0;
    }
    takePack();
    int next = 0;
    while (System.currentTimeMillis() / 1_000 < endSeconds) {
      final OutageWallet wallet = wallets.get(next++ % wallets.size());
      final long nowSeconds = System.currentTimeMillis() / 1_000;
      final Optional<String> code = wallet.reserve(System.currentTimeMillis());
      for (final String place : List.of(OutageGates.DEVICE, OutageGates.HTTP)) {
        if (code.isPresent() && ask(place, code.get()).said().equals(PASS)) {
          passedAt(place, code.get(), nowSeconds);
        }
      }
      pause();
    }
    int refused = 0;
    for (int i = 0; i < Math.min(SAMPLE, wallets.size()); i++) {
      refused += tryReserve(wallets.get(i));
    }
    return refused;
  }

  // ---- The region

  /** Whether the log says so; keeps since when, and until when reserve codes count. */
  private boolean isDegraded() throws InterruptedException {
    final JsonNode minting = gates.minting().orElse(MissingNode.getInstance());
    if (minting.has("since")) {
      sinceSeconds = Instant.parse(minting.path("since").asText()).getEpochSecond();
    }
    // What is over may be an outage before this one: nodes that mint have to start first.
    endSeconds =
        minting.has("until")
            ? Instant.parse(minting.path("until").asText()).getEpochSecond()
                + minting.path("marginSeconds").asInt()
            : Long.MAX_VALUE;
    return minting.path("state").asText().equals("degraded");
  }

  private void refreshPack() throws IOException, InterruptedException {
    if (System.currentTimeMillis() >= nextPackMillis) {
      takePack();
    }
  }

  private void takePack() throws IOException, InterruptedException {
    nextPackMillis = System.currentTimeMillis() + plan.refreshSeconds() * 1_000L;
    gates.takePack();
  }
}
