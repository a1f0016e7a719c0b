package gongbei.verifier.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.model.Region;
import gongbei.testing.FreePorts;
import gongbei.testing.Patience;
import gongbei.testing.Seeds;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.client.DeviceException;
import gongbei.verifier.client.DeviceTranslation;
import gongbei.verifier.client.DeviceVerdict;
import gongbei.verifier.protocol.GoodbyeCode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The Java client over real sockets, against the vectors and servers that misbehave. */
final class DeviceClientTest {
  private static final int MOST_PINGS = 10;
  private final ScannerVectors vectors = ScannerVectors.shipped();

  private static DeviceClient.Context quick(InetSocketAddress server) {
    return new DeviceClient.Context()
        .server(server)
        .device("gate-7", new byte[32])
        .answerMillis(5_000)
        .heartbeatMillis(1_000)
        .heartbeatTimeoutMillis(1_000)
        .minBackoffMillis(1)
        .maxBackoffMillis(50);
  }

  private static <T> T answer(CompletableFuture<T> asked) throws Exception {
    return asked.get(Patience.SECONDS, TimeUnit.SECONDS);
  }

  private static <T extends DeviceException> T failure(Class<T> kind, CompletableFuture<?> asked) {
    return assertInstanceOf(
        kind, assertThrows(ExecutionException.class, () -> answer(asked)).getCause());
  }

  private static void awaitConnection(DeviceClient client) throws Exception {
    Patience.await("not connected", client::isConnected);
  }

  @Test
  void everyAnswerOfTheVectorsIsReadAsItIsMeant() throws Exception {
    for (final ScannerVectors.Example example : vectors.examples()) {
      if (example.from().equals("server") && !example.message().equals("Welcome")) {
        try (FakeServer server =
                new FakeServer(
                    (connection, ordinal) -> {
                      connection.welcome();
                      final byte[] question = connection.read();
                      connection.answer(question, example.frame());
                      if (example.message().equals("GroupFindings")) {
                        connection.answer(question, vectors.example("verdict-red").frame());
                      }
                      connection.behave();
                    });
            DeviceClient client = new DeviceClient(quick(server.address()).busyRetries(0))) {
          assertEquals(List.of("metro@1", "border-to-macau@3"), client.rulesets());
          check(example, client);
        }
      }
    }
  }

  private static void check(ScannerVectors.Example example, DeviceClient client) throws Exception {
    final JsonNode fields = example.fields();
    switch (example.message()) {
      case "Verdict" -> {
        final DeviceVerdict verdict = answer(client.at("metro").scan("X"));
        assertEquals(fields.get("verdict").textValue(), verdict.verdict().name());
        assertEquals(fields.get("reason").textValue(), verdict.reason().name());
        assertEquals(fields.get("colour").textValue(), verdict.colour().name());
        assertEquals(fields.get("field").textValue(), verdict.field());
        assertEquals(fields.get("mapVersion").longValue(), verdict.mapVersion());
        assertEquals(fields.get("dataAgeMillis").longValue(), verdict.dataAgeMillis());
        assertEquals(fields.get("rulesetVersion").intValue(), verdict.rulesetVersion());
        assertEquals(fields.get("stale").textValue().equals("YES"), verdict.stale());
      }
      case "GroupFindings" -> {
        final DeviceVerdict verdict = answer(client.at("metro").scan("X"));
        assertEquals(List.of(2, 4), verdict.group().heldUpBy());
        assertEquals(4, verdict.group().size());
        assertEquals(3, verdict.group().reasons().size());
      }
      case "Busy" ->
          assertEquals(
              fields.get("retryAfterMillis").intValue(),
              failure(DeviceException.Busy.class, client.at("metro").scan("X")).retryAfterMillis());
      case "Rejected" ->
          assertEquals(
              fields.get("rejection").textValue(),
              failure(DeviceException.Rejected.class, client.at("moon").scan("X"))
                  .rejection()
                  .name());
      case "Pong" ->
          assertEquals(
              fields.get("serverTimeEpochMillis").longValue(), answer(client.ping()).longValue());
      case "Translated" -> {
        final DeviceTranslation made = answer(client.translate("MO1:BB8", Region.GUANGDONG, false));
        assertEquals(fields.get("code").textValue(), made.code());
        assertEquals(fields.get("receipt").longValue(), made.receipt());
        assertFalse(made.linked());
      }
      case "NotTranslated" -> {
        final DeviceException.NotTranslated not =
            failure(
                DeviceException.NotTranslated.class,
                client.translate("MO1:BB8", Region.GUANGDONG, false));
        assertEquals(fields.get("fault").textValue(), not.fault().name());
        assertEquals(fields.get("field").textValue(), not.field());
      }
      case "OfflineCountsTaken" -> {
        // Told by a checkpoint that has evaluated something: see OfflineTest.
      }
      default -> throw new AssertionError(example.message());
    }
  }

  /** Asks again where an answer in the stream happens to have the number of a Ping. */
  private static long pinged(DeviceClient client) throws Exception {
    for (int tries = 1; ; tries++) {
      try {
        return answer(client.ping());
      } catch (ExecutionException e) {
        if (tries == MOST_PINGS || e.getCause() instanceof DeviceException.Disconnected) {
          throw e;
        }
      }
    }
  }

  @Test
  void everyStreamOfTheVectorsIsReadToItsEnd() throws Exception {
    for (final ScannerVectors.Stream stream : vectors.streams()) {
      try (FakeServer server =
              new FakeServer(
                  (connection, ordinal) -> {
                    if (ordinal > 1) {
                      connection.welcome();
                      connection.behave();
                      return;
                    }
                    connection.read();
                    for (final String piece : stream.pieces()) {
                      connection.write(piece);
                      // So that most pieces are read by themselves.
                      TimeUnit.MILLISECONDS.sleep(1);
                    }
                    if (!stream.end().equals("cut-off")) {
                      connection.behave();
                    }
                  });
          DeviceClient client = new DeviceClient(quick(server.address()))) {
        if (stream.end().equals("open")) {
          assertTrue(pinged(client) > 0, stream.name());
          assertEquals(1, server.accepted(), stream.name());
        } else {
          Patience.await(stream.name(), () -> server.accepted() >= 2);
          awaitConnection(client);
          assertTrue(pinged(client) > 0, stream.name());
        }
      }
    }
  }

  @Test
  void aVerdictThatItDoesNotKnowIsForAPersonToLookAt() throws Exception {
    final byte[] frame = HexFormat.of().parseHex(vectors.example("verdict-pass").frame());
    frame[40] = 99;
    frame[41] = 99;
    try (FakeServer server =
            new FakeServer(
                (connection, ordinal) -> {
                  connection.welcome();
                  connection.answer(connection.read(), HexFormat.of().formatHex(frame));
                  connection.behave();
                });
        DeviceClient client = new DeviceClient(quick(server.address()))) {
      final DeviceVerdict verdict = answer(client.at("metro").scan("X"));
      assertEquals("HOLD", verdict.verdict().name());
      assertEquals("SBE_UNKNOWN", verdict.reason().name());
    }
  }

  @Test
  void whatIsInFlightFailsWhenTheConnectionIsLostAndTheNextIsServed() throws Exception {
    try (FakeServer server =
            new FakeServer(
                (connection, ordinal) -> {
                  connection.welcome();
                  if (ordinal == 1) {
                    for (int i = 0; i < 100; i++) {
                      connection.read();
                    }
                  } else {
                    connection.behave();
                  }
                });
        DeviceClient client = new DeviceClient(quick(server.address()))) {
      final List<CompletableFuture<DeviceVerdict>> lost = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        lost.add(client.at("metro").scan("X"));
      }
      for (final CompletableFuture<DeviceVerdict> each : lost) {
        failure(DeviceException.Disconnected.class, each);
      }
      awaitConnection(client);
      assertEquals("PASS", answer(client.at("metro").scan("X")).verdict().name());
    }
  }

  @Test
  void aServerThatFallsSilentIsLeftForAnother() throws Exception {
    try (FakeServer server =
            new FakeServer(
                (connection, ordinal) -> {
                  connection.welcome();
                  if (ordinal == 1) {
                    connection.staySilent();
                  } else {
                    connection.behave();
                  }
                });
        DeviceClient client = new DeviceClient(quick(server.address()))) {
      assertTrue(
          failure(DeviceException.Disconnected.class, client.at("metro").scan("X"))
              .getMessage()
              .contains("no sign of life"));
      awaitConnection(client);
      assertEquals("PASS", answer(client.at("metro").scan("X")).verdict().name());
    }
  }

  @Test
  void aServerThatReadsNothingHoldsNobodyUp() throws Exception {
    try (FakeServer server =
            new FakeServer(
                (connection, ordinal) -> {
                  if (ordinal == 1) {
                    connection.welcome();
                    connection.staySilent();
                  }
                });
        DeviceClient client = new DeviceClient(quick(server.address()))) {
      final byte[] code = new byte[60_000];
      final CompletableFuture<List<CompletableFuture<DeviceVerdict>>> asking =
          CompletableFuture.supplyAsync(
              () -> {
                final List<CompletableFuture<DeviceVerdict>> asked = new ArrayList<>();
                for (int i = 0; i < 1_000; i++) {
                  asked.add(client.at("metro").scan(code));
                }
                return asked;
              });
      for (final CompletableFuture<DeviceVerdict> each : answer(asking)) {
        failure(DeviceException.Disconnected.class, each);
      }
    }
  }

  @Test
  void aServerThatDribblesIsLeft() throws Exception {
    try (FakeServer server =
            new FakeServer(
                (connection, ordinal) -> {
                  connection.welcome();
                  connection.write("ff0f0000");
                  for (int i = 0; i < 10_000; i++) {
                    connection.write("00");
                    // The pace of a server that dribbles.
                    TimeUnit.MILLISECONDS.sleep(10);
                  }
                });
        DeviceClient client = new DeviceClient(quick(server.address()))) {
      failure(DeviceException.Disconnected.class, client.at("metro").scan("X"));
    }
    try (FakeServer server =
        new FakeServer(
            (connection, ordinal) -> {
              connection.read();
              for (int i = 0; i < 10_000; i++) {
                connection.write("10");
                // The pace of a server that dribbles.
                TimeUnit.MILLISECONDS.sleep(100);
              }
            })) {
      assertThrows(
          IOException.class, () -> new DeviceClient(quick(server.address())).close(), "a length");
    }
    final String slowWelcome = vectors.example("welcome").frame();
    try (FakeServer server =
        new FakeServer(
            (connection, ordinal) -> {
              connection.read();
              for (int i = 0; i < slowWelcome.length(); i += 2) {
                connection.write(slowWelcome.substring(i, i + 2));
                // Slower, all in all, than the client waits for a welcome.
                TimeUnit.MILLISECONDS.sleep(50);
              }
              connection.behave();
            })) {
      final DeviceException.Disconnected late =
          assertThrows(
              DeviceException.Disconnected.class,
              () -> new DeviceClient(quick(server.address()).answerMillis(500)).close());
      assertTrue(late.getMessage().contains("no Welcome within 500 ms"), late.getMessage());
    }
  }

  @Test
  void garbageEndsTheConnectionAndNothingElse() throws Exception {
    final Random random = Seeds.random(7);
    try (FakeServer server =
            new FakeServer(
                (connection, ordinal) -> {
                  connection.welcome();
                  if (ordinal <= 20) {
                    connection.read();
                    final byte[] garbage = new byte[512];
                    random.nextBytes(garbage);
                    garbage[1] = (byte) (ordinal % 2);
                    garbage[2] = 0;
                    garbage[3] = 0;
                    connection.write(HexFormat.of().formatHex(garbage));
                    connection.staySilent();
                  } else {
                    connection.behave();
                  }
                });
        DeviceClient client =
            new DeviceClient(quick(server.address()).minBackoffMillis(1).maxBackoffMillis(2))) {
      while (server.accepted() <= 20) {
        awaitConnection(client);
        if (server.accepted() <= 20) {
          final var unused =
              client
                  .at("metro")
                  .scan("X")
                  .handle((verdict, failure) -> verdict)
                  .get(Patience.SECONDS, TimeUnit.SECONDS);
        }
      }
      awaitConnection(client);
      assertEquals("PASS", answer(client.at("metro").scan("X")).verdict().name());
    }
  }

  @Test
  void aScanThatIsNotAnsweredFailsAndTheConnectionLivesOn() throws Exception {
    try (FakeServer server =
            new FakeServer(
                (connection, ordinal) -> {
                  connection.welcome();
                  connection.read();
                  connection.behave();
                });
        DeviceClient client = new DeviceClient(quick(server.address()).answerMillis(300))) {
      failure(DeviceException.Unanswered.class, client.at("metro").scan("X"));
      assertEquals("PASS", answer(client.at("metro").scan("X")).verdict().name());
      assertEquals(1, server.accepted());
    }
  }

  @Test
  void aScanThatIsShedIsSentAgainAfterTheHint() throws Exception {
    final AtomicInteger asked = new AtomicInteger();
    final FakeServer.Script shedding =
        (connection, ordinal) -> {
          connection.welcome();
          while (true) {
            final byte[] question = connection.read();
            if (DeviceSocket.template(question) == 3) {
              connection.answer(
                  question,
                  vectors.example(asked.incrementAndGet() <= 2 ? "busy" : "verdict-pass").frame());
            }
          }
        };
    try (FakeServer server = new FakeServer(shedding);
        DeviceClient client =
            new DeviceClient(
                quick(server.address()).heartbeatMillis(10_000).heartbeatTimeoutMillis(1_000))) {
      final long sinceNanos = System.nanoTime();
      assertEquals("PASS", answer(client.at("metro").scan("X")).verdict().name());
      assertTrue(System.nanoTime() - sinceNanos >= TimeUnit.MILLISECONDS.toNanos(10), "2 hints");
      assertEquals(3, asked.get());
    }
    asked.set(0);
    try (FakeServer server = new FakeServer(shedding);
        DeviceClient client = new DeviceClient(quick(server.address()).busyRetries(1))) {
      failure(DeviceException.Busy.class, client.at("metro").scan("X"));
      assertEquals(2, asked.get());
    }
  }

  @Test
  void aDeviceWhoseCredentialIsTakenBackGivesUp() throws Exception {
    for (final GoodbyeCode last : List.of(GoodbyeCode.BAD_CREDENTIAL, GoodbyeCode.REVOKED)) {
      final String example =
          "goodbye-" + last.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
      try (FakeServer server =
              new FakeServer(
                  (connection, ordinal) -> {
                    if (ordinal == 1) {
                      connection.welcome();
                      connection.read();
                    } else {
                      connection.read();
                      connection.write(vectors.example(example).frame());
                    }
                  });
          DeviceClient client = new DeviceClient(quick(server.address()))) {
        failure(DeviceException.Disconnected.class, client.at("metro").scan("X"));
        Patience.await("still trying", client::hasGivenUp);
        assertEquals(
            last,
            failure(DeviceException.Disconnected.class, client.at("metro").scan("X")).goodbye());
        // Many times what it waits between two tries: it might try again, and must not.
        TimeUnit.MILLISECONDS.sleep(200);
        assertEquals(2, server.accepted());
      }
    }
  }

  @Test
  void closingAnswersWhateverIsOpen() throws Exception {
    try (FakeServer server =
        new FakeServer(
            (connection, ordinal) -> {
              connection.welcome();
              connection.answer(
                  connection.read(), vectors.example("busy").frame().replace("0500000", "0001000"));
              connection.read();
              connection.staySilent();
            })) {
      final DeviceClient client = new DeviceClient(quick(server.address()));
      final CompletableFuture<DeviceVerdict> shed = client.at("metro").scan("X");
      final CompletableFuture<DeviceVerdict> silent = client.at("metro").scan("X");
      client.close();
      failure(DeviceException.class, shed);
      failure(DeviceException.Disconnected.class, silent);
      failure(DeviceException.Disconnected.class, client.at("metro").scan("X"));
    }
  }

  @Test
  void aPatientClientWaitsForItsServer() throws Exception {
    // Below the ports that the system gives by itself: one of those could meet itself.
    final int port = FreePorts.inARow(1);
    final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    assertThrows(ConnectException.class, () -> new DeviceClient(quick(address)).close());
    try (DeviceClient client = new DeviceClient(quick(address).patient(true))) {
      failure(DeviceException.Disconnected.class, client.at("metro").scan("X"));
      try (FakeServer server =
          new FakeServer(
              port,
              (connection, ordinal) -> {
                connection.welcome();
                connection.behave();
              })) {
        awaitConnection(client);
        assertEquals("PASS", answer(client.at("metro").scan("X")).verdict().name());
        assertEquals(1, server.accepted());
      }
    }
  }

  @Test
  void theServersClockIsKnownFromWelcomeOn() throws Exception {
    final long serverMillis =
        vectors.example("welcome").fields().get("serverTimeEpochMillis").longValue();
    try (FakeServer server =
            new FakeServer(
                (connection, ordinal) -> {
                  connection.welcome();
                  connection.behave();
                });
        DeviceClient client = new DeviceClient(quick(server.address()))) {
      final long offset = serverMillis - System.currentTimeMillis();
      assertTrue(Math.abs(offset - client.clockOffsetMillis()) < 2_000);
      assertTrue(client.roundTripNanos() < TimeUnit.SECONDS.toNanos(5));
    }
  }

  @Test
  void aCodeLongerThanAFrameIsRefusedAndTheConnectionLivesOn() throws Exception {
    try (FakeServer server =
            new FakeServer(
                (connection, ordinal) -> {
                  connection.welcome();
                  connection.behave();
                });
        DeviceClient client = new DeviceClient(quick(server.address()))) {
      assertThrows(
          IllegalArgumentException.class, () -> client.at("metro").scan(new byte[200_000]));
      assertThrows(
          IllegalArgumentException.class,
          () ->
              client
                  .at("metro")
                  .scanBatch(List.of(new byte[60_000], new byte[60_000], new byte[60_000])));
      assertEquals("PASS", answer(client.at("metro").scan("X")).verdict().name());
    }
  }
}
