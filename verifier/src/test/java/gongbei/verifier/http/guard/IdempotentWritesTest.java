package gongbei.verifier.http.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.verifier.access.Caller;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

final class IdempotentWritesTest {
  private static final Caller ANN = new Caller("key:1", Set.of(), true);
  private static final Caller BOB = new Caller("key:2", Set.of(), true);

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger carriedOut = new AtomicInteger();
  private final IdempotentWrites writes = new IdempotentWrites(10, 100_000, 60, nanos::get);

  private static Request question(String key, String body) {
    final DefaultHttpHeaders headers = new DefaultHttpHeaders();
    if (key != null) {
      headers.set("Idempotency-Key", key);
    }
    return new Request(
        "POST", "/v1/codes", headers, body.getBytes(StandardCharsets.UTF_8), ANN, Runnable::run);
  }

  private Supplier<CompletableFuture<Response>> answering(int status, int bytes) {
    return () -> {
      carriedOut.incrementAndGet();
      return CompletableFuture.completedFuture(
          new Response(status, "x/y", new byte[bytes], java.util.Map.of()));
    };
  }

  private Response write(Caller caller, String key, String body) {
    return writes.once(caller.id(), question(key, body), answering(201, 10)).join();
  }

  private static void assertRefused(int status, String type, Supplier<Response> write) {
    final Problem problem = assertThrows(Problem.class, write::get);
    assertEquals(status, problem.status());
    assertEquals(type, problem.type());
  }

  @Test
  void aWriteIsCarriedOutOnceAndAnsweredAlike() {
    assertEquals(201, write(ANN, "\"a\"", "{}").status());
    final Response again = write(ANN, "a", "{}");
    assertEquals(201, again.status());
    assertEquals("true", again.headers().get("Idempotent-Replayed"));
    assertEquals(1, carriedOut.get());
    write(BOB, "a", "{}");
    assertEquals(2, carriedOut.get(), "another caller's key is another");
    write(ANN, null, "{}");
    write(ANN, null, "{}");
    assertEquals(4, carriedOut.get(), "without a key each is carried out");
  }

  @Test
  void anotherRequestOfTheSameKeyIsRefused() {
    write(ANN, "a", "{}");
    assertRefused(422, "idempotency-key-reused", () -> write(ANN, "a", "{ }"));
    assertRefused(400, "malformed-idempotency-key", () -> write(ANN, "", "{}"));
    assertRefused(400, "malformed-idempotency-key", () -> write(ANN, "x".repeat(129), "{}"));
  }

  @Test
  void aRequestWhoseTwinIsUnansweredIsToldToWait() {
    final CompletableFuture<Response> slow = new CompletableFuture<>();
    final CompletableFuture<Response> first =
        writes.once(ANN.id(), question("a", "{}"), () -> slow);
    assertRefused(409, "request-in-progress", () -> write(ANN, "a", "{}"));
    slow.complete(Response.of("x/y", new byte[1]));
    assertEquals(200, first.join().status());
    assertEquals("true", write(ANN, "a", "{}").headers().get("Idempotent-Replayed"));
    assertEquals(0, carriedOut.get());
  }

  @Test
  void whatFailedIsTriedAgain() {
    assertEquals(
        422, writes.once(ANN.id(), question("a", "{}"), answering(422, 1)).join().status());
    assertThrows(
        Problem.class,
        () ->
            writes.once(
                ANN.id(),
                question("a", "{}"),
                () -> {
                  throw Problem.busy("x");
                }));
    assertEquals(201, write(ANN, "a", "{}").status());
    assertEquals(2, carriedOut.get());
  }

  @Test
  void answersAreForgottenAfterTheirLifeAndTheOldestWhereThereIsNoRoom() {
    write(ANN, "a", "{}");
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(61));
    write(ANN, "a", "{}");
    assertEquals(2, carriedOut.get());
    for (int i = 0; i < 1_000; i++) {
      write(ANN, "k" + i, "{}");
    }
    assertTrue(writes.keys() <= 10, () -> writes.keys() + " keys");
    for (int i = 0; i < 8; i++) {
      writes.once(ANN.id(), question("big" + i, "{}"), answering(201, 40_000)).join();
    }
    assertTrue(writes.bytes() <= 100_000, () -> writes.bytes() + " bytes");
    assertEquals("true", write(ANN, "big7", "{}").headers().get("Idempotent-Replayed"));
  }
}
