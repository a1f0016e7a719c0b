package gongbei.verifier.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.Applied;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import gongbei.verifier.TestNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AuthorityStreamTest {
  private static final URI NOWHERE = URI.create("http://127.0.0.1:1");

  private TestNode node;
  private StatusMap map;
  private long before;
  private HttpServer proxy;

  @BeforeEach
  void startNode() throws Exception {
    node = new TestNode();
    map = node.node.resources().statusMap();
    before = map.version();
  }

  @AfterEach
  void close() {
    if (proxy != null) {
      proxy.stop(0);
    }
    node.close();
  }

  private AuthorityStream stream(URI... servers) {
    return new AuthorityStream(List.of(servers), node.authority, 4_096, Patience.DURATION);
  }

  private URI address() {
    return URI.create(node.http("/"));
  }

  private static StatusChange green(long number) {
    return StatusChange.status(new Subject(9, number % 500).toHex()).colour(Colour.GREEN).build();
  }

  private static AuthorityException failureOf(CompletableFuture<AppliedChange> applied) {
    final ExecutionException failed =
        assertThrows(
            ExecutionException.class, () -> applied.get(Patience.SECONDS, TimeUnit.SECONDS));
    return assertInstanceOf(AuthorityException.class, failed.getCause());
  }

  /** What stands between the stream and the node. */
  private interface Interference {
    /** Returns whether the node's answer is to be passed on. */
    boolean onAnswer(HttpExchange exchange, HttpResponse<byte[]> answer) throws IOException;
  }

  private URI through(Interference interference) throws IOException {
    final HttpClient client = HttpClient.newHttpClient();
    proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    proxy.createContext(
        "/",
        exchange -> {
          try (exchange) {
            final HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(node.http(exchange.getRequestURI().toString())));
            for (final String field :
                List.of("Content-Type", "Content-Digest", "Signature-Input", "Signature")) {
              request.header(field, exchange.getRequestHeaders().getFirst(field));
            }
            final byte[] body = exchange.getRequestBody().readAllBytes();
            final HttpResponse<byte[]> answer =
                client.send(
                    request.PUT(HttpRequest.BodyPublishers.ofByteArray(body)).build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            if (interference.onAnswer(exchange, answer)) {
              respond(exchange, answer.statusCode(), answer.body());
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    proxy.start();
    return URI.create("http://127.0.0.1:" + proxy.getAddress().getPort() + "/");
  }

  private static void respond(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Test
  void everyChangeIsAcknowledgedWithItsVersionInTheOrderOfSubmission() throws Exception {
    final List<CompletableFuture<AppliedChange>> all = new ArrayList<>();
    final int count = 3 * CommandBatches.MAX_COMMANDS + 1;
    try (AuthorityStream stream = stream(address())) {
      for (int i = 0; i < count; i++) {
        all.add(stream.submit(green(i)));
      }
    }
    for (int i = 0; i < count; i++) {
      assertEquals(
          new AppliedChange(before + 1 + i, AppliedChange.Outcome.APPLIED),
          all.get(i).getNow(null),
          "" + i);
    }
    assertEquals(before + count, map.version());
  }

  @Test
  void everyKindOfChangeArrivesAsItWasSubmitted() throws Exception {
    final Subject subject = new Subject(3, 1);
    final int minutes = 29_000_000;
    try (AuthorityStream stream = stream(address())) {
      for (final StatusChange change :
          List.of(
              StatusChange.status(subject.toHex())
                  .colour(Colour.YELLOW)
                  .test(TestResult.POSITIVE, Instant.ofEpochSecond(minutes * 60L))
                  .doses(3)
                  .lastDose(LocalDate.ofEpochDay(20_000))
                  .visitor()
                  .deceased()
                  .build(),
              StatusChange.test(
                  subject.toHex(),
                  TestResult.NEGATIVE,
                  Instant.ofEpochSecond((minutes + 5) * 60L + 59)),
              StatusChange.revocation(subject.toHex(), Instant.ofEpochSecond(1_700_000_000)))) {
        assertEquals(
            AppliedChange.Outcome.APPLIED,
            stream.submit(change).get(Patience.SECONDS, TimeUnit.SECONDS).outcome());
      }
    }
    final StatusRecord record = new StatusRecord();
    assertTrue(map.get(subject, record));
    assertEquals(StatusRecord.RED, record.colour(), "as a positive test has it");
    assertEquals(StatusRecord.RESULT_NEGATIVE, record.result());
    assertEquals(minutes + 5, record.sampleEpochMinutes());
    assertEquals(3, record.doses());
    assertEquals(20_000, record.lastDoseEpochDay());
    assertEquals(1_700_000_000, record.revokedBeforeEpochSeconds());
    assertEquals(StatusRecord.VISITOR | StatusRecord.DECEASED, record.flags());
  }

  @Test
  void aChangeWhoseAnswerWasLostIsAppliedOnce() throws Exception {
    final AtomicInteger requests = new AtomicInteger();
    final int count = 500;
    final List<CompletableFuture<AppliedChange>> all = new ArrayList<>();
    try (AuthorityStream stream =
        stream(through((exchange, answer) -> requests.incrementAndGet() % 3 == 0))) {
      for (int i = 0; i < count; i++) {
        all.add(stream.submit(green(i)));
        if (i % 100 == 0) {
          all.get(i).get(Patience.SECONDS, TimeUnit.SECONDS);
        }
      }
    }
    for (int i = 0; i < count; i++) {
      assertEquals(before + 1 + i, all.get(i).getNow(null).version());
    }
    assertEquals(before + count, map.version());
    assertTrue(requests.get() >= 9, "answers were lost: " + requests);
  }

  @Test
  void anAnswerThatIsNoNodesOrSaysBusyIsAskedForAgain() throws Exception {
    final AtomicInteger requests = new AtomicInteger();
    try (AuthorityStream stream =
        stream(
            through(
                (exchange, answer) -> {
                  switch (requests.incrementAndGet()) {
                    case 1 -> respond(exchange, 503, "{}".getBytes(StandardCharsets.UTF_8));
                    case 2 -> respond(exchange, 200, "<html>".getBytes(StandardCharsets.UTF_8));
                    case 3 ->
                        respond(exchange, 200, "{\"results\":[]}".getBytes(StandardCharsets.UTF_8));
                    case 4 ->
                        respond(
                            exchange,
                            200,
                            "{\"results\":[{\"version\":1,\"outcome\":\"lost\"}]}"
                                .getBytes(StandardCharsets.UTF_8));
                    default -> {
                      return true;
                    }
                  }
                  return false;
                }))) {
      assertEquals(
          before + 1, stream.submit(green(1)).get(Patience.SECONDS, TimeUnit.SECONDS).version());
    }
    assertEquals(5, requests.get());
    assertEquals(before + 1, map.version());
  }

  @Test
  void aNodeThatDoesNotAnswerIsPassedOver() throws Exception {
    try (AuthorityStream stream = stream(NOWHERE, address())) {
      assertEquals(
          before + 1, stream.submit(green(1)).get(Patience.SECONDS, TimeUnit.SECONDS).version());
    }
  }

  @Test
  void aRefusalEndsTheStreamAndNothingAfterItIsSent() throws Exception {
    final Instant now = Instant.now();
    final SigningKey stranger =
        new KeyGeneration()
            .generateAuthority(
                "Stranger", now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(1)));
    try (AuthorityStream stream =
        new AuthorityStream(List.of(address()), stranger, 16, Patience.DURATION)) {
      final AuthorityException refused = failureOf(stream.submit(green(1)));
      assertTrue(refused.getMessage().contains("403"), refused.getMessage());
      assertEquals(refused, failureOf(stream.submit(green(2))));
      assertEquals(refused, failureOf(stream.trySubmit(green(3))));
    }
    assertEquals(before, map.version());
  }

  @Test
  void itGivesUpWhenItsPatienceIsAtAnEnd() throws Exception {
    try (AuthorityStream stream =
        new AuthorityStream(List.of(NOWHERE), node.authority, 16, Duration.ofMillis(200))) {
      final AuthorityException given = failureOf(stream.submit(green(1)));
      assertTrue(given.getMessage().startsWith("given up"), given.getMessage());
    }
  }

  @Test
  void whereTooManyWaitTheNextIsToldAtOnce() throws Exception {
    final CompletableFuture<AppliedChange> first;
    final CompletableFuture<AppliedChange> second;
    try (AuthorityStream stream =
        new AuthorityStream(List.of(NOWHERE), node.authority, 1, Duration.ofSeconds(1))) {
      first = stream.submit(green(1));
      second = stream.submit(green(2));
      assertNull(stream.trySubmit(green(3)), "one is being sent, one waits");
    }
    failureOf(first);
    failureOf(second);
  }

  @Test
  void aStreamThatIsClosedTakesNothing() throws Exception {
    final AuthorityStream stream = stream(address());
    stream.close();
    assertEquals("the stream is closed", failureOf(stream.submit(green(1))).getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> new AuthorityStream(List.of(), node.authority, 16, Patience.DURATION));
  }

  @Test
  void aStreamThatIsClosedAtOnceDoesNotTryForAsLongAsItsPatience() throws Exception {
    final AuthorityStream stream = stream(NOWHERE);
    final CompletableFuture<AppliedChange> sent = stream.submit(green(1));
    stream.closeNow();
    assertTrue(sent.isDone());
    assertTrue(failureOf(sent).getMessage().contains("closed"), failureOf(sent)::getMessage);
    assertTrue(failureOf(stream.submit(green(2))).getMessage().contains("closed"));
  }

  @Test
  void whatANodeDoesWithAChangeHasTheSameNamesForWhoSentIt() {
    assertEquals(
        Stream.of(Applied.Outcome.values()).map(Enum::name).toList(),
        Stream.of(AppliedChange.Outcome.values()).map(Enum::name).toList());
  }

  @Test
  void whateverIsSubmittedWhileAStreamEndsIsToldOf() throws Exception {
    for (int round = 0; round < 50; round++) {
      final AuthorityStream stream =
          new AuthorityStream(List.of(NOWHERE), node.authority, 1_000, Duration.ofNanos(1));
      final List<CompletableFuture<AppliedChange>> submitted = new ArrayList<>();
      CompletableFuture<AppliedChange> last;
      do {
        last = stream.trySubmit(green(submitted.size()));
        if (last != null) {
          submitted.add(last);
        }
      } while (last == null || !last.isCompletedExceptionally());
      for (final CompletableFuture<AppliedChange> each : submitted) {
        assertTrue(failureOf(each).getMessage().length() > 0);
      }
      stream.close();
    }
  }

  @Test
  void whoWouldWaitForTheStreamOnItsOwnThreadIsToldSo() throws Exception {
    try (AuthorityStream stream =
        new AuthorityStream(List.of(address()), node.authority, 1, Patience.DURATION)) {
      final CompletableFuture<Throwable> told = new CompletableFuture<>();
      final var unused =
          stream
              .submit(green(1))
              .thenRun(
                  () -> {
                    try {
                      for (int i = 0; i < 3; i++) {
                        final var ignored = stream.submit(green(i));
                      }
                      told.complete(null);
                    } catch (IllegalStateException | InterruptedException e) {
                      told.complete(e);
                    }
                  });
      assertInstanceOf(IllegalStateException.class, told.get(Patience.SECONDS, TimeUnit.SECONDS));
    }
  }
}
