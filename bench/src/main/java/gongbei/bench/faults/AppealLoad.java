package gongbei.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.codec.model.AppealReason;
import gongbei.codec.model.AppealRefusal;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.Appeal;
import gongbei.replication.map.Subject;
import gongbei.verifier.client.AuthorityClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Holders who are turned red and appeal, one after the other, and two authorities that grant every
 * third appeal, refuse every third, and leave the rest open. Each step is asked for until it is
 * answered, of one node after the other, whatever breaks in between. For one thread; what came of
 * it may be read once that has ended.
 */
final class AppealLoad {
  static final AppealRefusal REFUSAL = AppealRefusal.TEST_CONFIRMED;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int PATIENCE_SECONDS = 300;
  private static final int PAUSE_MILLIS = 50;
  private static final int KINDS = 3;

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final List<URI> nodes;
  private final List<AuthorityClient> deciders;
  private final SigningKey first;
  private final SigningKey second;
  private final Function<Subject, String> codes;
  private final List<Case> cases = new ArrayList<>();
  private int node;

  /** Turns a holder red. */
  interface Turning {
    /**
     * Returns the version of that change, once it is acknowledged.
     *
     * @param number of the holder, from 0
     */
    long red(int number, Subject holder) throws InterruptedException, ExecutionException;
  }

  /**
   * An appeal that was acknowledged.
   *
   * @param number the version of the change that is appealed
   * @param end what it ended with; empty where nobody has decided it
   */
  record Case(long number, Subject holder, Optional<End> end) {}

  /**
   * A decision that was acknowledged.
   *
   * @param version its own
   * @param authority the key id of who signed it, and of the second
   */
  record End(Appeal.State state, long version, long authority, long secondAuthority) {}

  /**
   * @param nodes that take changes, any of them
   * @param first decides, and {@code second} signs with it
   * @param codes mints a holder's code of now
   */
  AppealLoad(
      List<URI> nodes, SigningKey first, SigningKey second, Function<Subject, String> codes) {
    this.nodes = List.copyOf(nodes);
    deciders = nodes.stream().map(url -> new AuthorityClient(url, first).seconded(second)).toList();
    this.first = first;
    this.second = second;
    this.codes = codes;
  }

  static Subject holder(int number) {
    return new Subject(0xA99EA1L, number);
  }

  /**
   * Has holders appeal for as long as it is to go on.
   *
   * @param pause between one and the next
   * @throws IllegalStateException where a node answers what it must not, or nobody does
   */
  void run(BooleanSupplier goesOn, Turning turning, Duration pause)
      throws InterruptedException, ExecutionException {
    while (goesOn.getAsBoolean()) {
      final int number = cases.size();
      final Subject holder = holder(number);
      final long version = turning.red(number, holder);
      open(holder, version);
      cases.add(
          new Case(
              version,
              holder,
              switch (number % KINDS) {
                case 0 -> Optional.of(decide(version, Appeal.State.GRANTED));
                case 1 -> Optional.of(decide(version, Appeal.State.REFUSED));
                default -> Optional.empty();
              }));
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    }
  }

  private void open(Subject holder, long version) throws InterruptedException {
    final JsonNode opened =
        ask(
            "an appeal of the change of version " + version,
            url ->
                HttpRequest.newBuilder(url.resolve("/v1/appeals"))
                    .header("Content-Type", "application/json")
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            JsonNodeFactory.instance
                                .objectNode()
                                .put("code", codes.apply(holder))
                                .put("reason", AppealReason.NO_GROUND.wireName())
                                .toString()))
                    .build());
    if (opened.path("appeal").longValue() != version) {
      throw new IllegalStateException(
          "an appeal of the change of version " + version + " was told as " + opened);
    }
  }

  /** Decides, and looks until a node tells the decision: an answer may have been lost. */
  private End decide(long appeal, Appeal.State state) throws InterruptedException {
    final String path = "/v1/appeals/" + appeal;
    final String body =
        state == Appeal.State.GRANTED
            ? "{\"decision\":\"grant\"}"
            : "{\"decision\":\"refuse\",\"refusal\":\"" + REFUSAL.wireName() + "\"}";
    final long deadline = deadline();
    while (System.nanoTime() - deadline < 0) {
      final URI url = next();
      send(deciders.get(node).request(path, body));
      final Optional<JsonNode> told =
          send(HttpRequest.newBuilder(url.resolve(path)).build())
              .filter(json -> !json.path("state").asText().equals(Appeal.State.OPEN.wireName()));
      if (told.isPresent()) {
        final JsonNode json = told.get();
        if (!json.path("state").asText().equals(state.wireName())) {
          throw new IllegalStateException("an appeal that was " + state + " is " + json);
        }
        return new End(
            state,
            json.path("version").longValue(),
            first.issuerKey().kid(),
            second.issuerKey().kid());
      }
    }
    throw new IllegalStateException("appeal " + appeal + " is not decided in time");
  }

  private static long deadline() {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
  }

  private URI next() {
    node = (node + 1) % nodes.size();
    return nodes.get(node);
  }

  private JsonNode ask(String what, Function<URI, HttpRequest> request)
      throws InterruptedException {
    final long deadline = deadline();
    while (System.nanoTime() - deadline < 0) {
      final Optional<JsonNode> told = send(request.apply(next()));
      if (told.isPresent()) {
        return told.get();
      }
    }
    throw new IllegalStateException(what + " is not taken in time");
  }

  /** The body of an answer of success; empty where there was none, after a pause. */
  private Optional<JsonNode> send(HttpRequest request) throws InterruptedException {
    try {
      final HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(request, (name, value) -> true).timeout(TIMEOUT).build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() < 300) {
        return Optional.of(JSON.readTree(answer.body()));
      }
    } catch (IOException e) {
      // A node that is down, or silent: the next is asked.
    }
    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    return Optional.empty();
  }

  /** All appeals that were acknowledged. */
  List<Case> cases() {
    return cases;
  }

  /**
   * Holds what a node tells of each appeal, and its meters of all, to what was acknowledged.
   *
   * @return what is wrong
   */
  List<String> judge(String name, URI url) throws IOException, InterruptedException {
    final List<String> wrong = new ArrayList<>();
    for (final Case each : cases) {
      final JsonNode told = JSON.readTree(get(url.resolve("/v1/appeals/" + each.number())));
      final String state = each.end().map(End::state).orElse(Appeal.State.OPEN).wireName();
      final boolean isRight =
          told.path("state").asText().equals(state)
              && told.path("subject").asText().equals(each.holder().toHex())
              && each.end()
                  .filter(
                      end ->
                          told.path("version").longValue() != end.version()
                              || !told.path("decidedBy")
                                  .asText()
                                  .equals(HexFormat.of().toHexDigits(end.authority())))
                  .isEmpty();
      if (!isRight) {
        wrong.add(name + " tells " + told + " of " + each);
      }
    }
    final String meters = get(url.resolve("/metrics"));
    meter(meters, "open", count(Appeal.State.OPEN), name, wrong);
    meter(meters, "overdue", 0, name, wrong);
    meter(meters, "kept{outcome=\"granted\"}", count(Appeal.State.GRANTED), name, wrong);
    meter(
        meters,
        "kept{outcome=\"" + REFUSAL.wireName() + "\"}",
        count(Appeal.State.REFUSED),
        name,
        wrong);
    return wrong;
  }

  /** How many appeals are in a state. */
  long count(Appeal.State state) {
    return cases.stream()
        .filter(each -> each.end().map(End::state).orElse(Appeal.State.OPEN) == state)
        .count();
  }

  private static void meter(
      String meters, String meter, long expected, String name, List<String> wrong) {
    final String line = "gongbei_appeals_" + meter + " " + (double) expected;
    if (meters.lines().noneMatch(line::equals)) {
      wrong.add(name + " does not show " + line);
    }
  }

  private String get(URI url) throws IOException, InterruptedException {
    final HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(url).timeout(TIMEOUT).build(),
            HttpResponse.BodyHandlers.ofString());
    return answer.statusCode() == 200 ? answer.body() : "{\"status\":" + answer.statusCode() + "}";
  }
}
