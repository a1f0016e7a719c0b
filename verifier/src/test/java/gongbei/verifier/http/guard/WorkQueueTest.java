package gongbei.verifier.http.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Patience;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Response;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who waits for whom within one class of work. */
final class WorkQueueTest {
  private static final Response DONE = new Response(200, "x/y", new byte[0], Map.of());

  private final WorkQueue prints = new WorkQueue(WorkClass.PRINTS);
  private final CountDownLatch gate = new CountDownLatch(1);
  private final CountDownLatch otherGate = new CountDownLatch(1);
  private final List<String> begun = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void end() {
    gate.countDown();
    otherGate.countDown();
    prints.close();
  }

  /** Work that holds a thread until the gate is opened. */
  private CompletableFuture<Response> held(String name) {
    return held(name, gate);
  }

  private CompletableFuture<Response> held(String name, CountDownLatch until) {
    begun.add(name);
    try {
      assertTrue(until.await(Patience.SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return CompletableFuture.completedFuture(DONE);
  }

  private CompletableFuture<Response> run(String caller, String name) {
    return prints.run(caller, () -> true, () -> held(name));
  }

  /** Takes one of the two threads until the end, so that the other one's order is the order. */
  private void leaveOneThread() throws InterruptedException {
    final var unused = prints.run("other", () -> true, () -> held("other", otherGate));
    awaitBegun(1);
  }

  private void awaitBegun(int count) throws InterruptedException {
    Patience.await(begun::toString, () -> begun.size() >= count);
    assertEquals(count, begun.size(), begun.toString());
  }

  private static Response got(CompletableFuture<Response> answer) throws Exception {
    return answer.get(Patience.SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void whoHasSentManyHasOneThreadAndAnotherCallerTheOther() throws Exception {
    for (int i = 0; i < WorkClass.PRINTS.maxHeldOfCaller(); i++) {
      final var unused = run("many", "many");
    }
    awaitBegun(1);
    final CompletableFuture<Response> one = run("one", "one");
    awaitBegun(2);
    assertEquals(List.of("many", "one"), begun, "not behind the rest of the many");
    gate.countDown();
    assertEquals(DONE, got(one));
  }

  @Test
  void callersTakeTurns() throws Exception {
    final List<CompletableFuture<Response>> all = new ArrayList<>();
    leaveOneThread();
    all.add(run("a", "a0"));
    awaitBegun(2);
    for (int i = 1; i < 20; i++) {
      all.add(run("a", "a" + i));
    }
    all.add(run("c", "c0"));
    gate.countDown();
    for (final CompletableFuture<Response> each : all) {
      got(each);
    }
    assertEquals(List.of("other", "a0", "c0", "a1"), begun.subList(0, 4));
  }

  @Test
  void aCallerThatWaitsForTooMuchIsToldSoAndOthersAreTaken() throws Exception {
    final List<CompletableFuture<Response>> all = new ArrayList<>();
    for (int i = 0; i < WorkClass.PRINTS.maxHeldOfCaller(); i++) {
      all.add(run("many", "many"));
    }
    final Problem refusal = assertThrows(Problem.class, () -> run("many", "one more"));
    assertEquals(429, refusal.status());
    assertEquals("too-much-at-once", refusal.type());
    assertEquals("1", refusal.headers().get("Retry-After"));
    all.add(run("other", "other"));
    gate.countDown();
    for (final CompletableFuture<Response> each : all) {
      got(each);
    }
    got(run("many", "later"));
    assertEquals(0, prints.held(), "all room is given back");
  }

  @Test
  void whereTheClassIsFullNobodyMoreIsTaken() {
    for (int i = 0; i < WorkClass.PRINTS.maxHeld(); i++) {
      final var unused = run("caller" + i, "one");
    }
    final Problem refusal = assertThrows(Problem.class, () -> run("another", "one"));
    assertEquals(503, refusal.status());
    assertEquals("busy", refusal.type());
  }

  @Test
  void whatNobodyWaitsForIsDroppedAndMakesRoom() throws Exception {
    final AtomicBoolean isWanted = new AtomicBoolean(true);
    final CompletableFuture<Response> first = run("many", "first");
    awaitBegun(1);
    final List<CompletableFuture<Response>> gone = new ArrayList<>();
    for (int i = 1; i < WorkClass.PRINTS.maxHeldOfCaller(); i++) {
      gone.add(prints.run("many", isWanted::get, () -> held("gone")));
    }
    isWanted.set(false);
    final CompletableFuture<Response> next = run("many", "next");
    for (final CompletableFuture<Response> each : gone) {
      final ExecutionException dropped = assertThrows(ExecutionException.class, () -> got(each));
      assertEquals("client-gone", ((Problem) dropped.getCause()).type());
    }
    gate.countDown();
    got(first);
    got(next);
    assertFalse(begun.contains("gone"), begun.toString());
    assertEquals(0, prints.held());
  }

  @Test
  void whatIsLeftByItsClientWhileItWaitsDoesNotBegin() throws Exception {
    final AtomicBoolean isWanted = new AtomicBoolean(true);
    final CompletableFuture<Response> first = run("many", "first");
    awaitBegun(1);
    final CompletableFuture<Response> gone = prints.run("many", isWanted::get, () -> held("gone"));
    isWanted.set(false);
    gate.countDown();
    got(first);
    assertThrows(ExecutionException.class, () -> got(gone));
    assertEquals(List.of("first"), begun);
  }

  @Test
  void whatWasBegunGoesOnBeforeWhatWasNot() throws Exception {
    final List<CompletableFuture<Response>> all = new ArrayList<>();
    leaveOneThread();
    all.add(run("a", "a"));
    awaitBegun(2);
    all.add(run("c", "c"));
    prints.execute(() -> begun.add("goes on"));
    gate.countDown();
    for (final CompletableFuture<Response> each : all) {
      got(each);
    }
    assertEquals(List.of("goes on", "c"), begun.subList(2, 4));
  }

  @Test
  void workThatFailsIsAnsweredAndItsThreadGoesOn() throws Exception {
    gate.countDown();
    final CompletableFuture<Response> failing =
        prints.run(
            "a",
            () -> true,
            () -> {
              throw new AssertionError("at fault");
            });
    assertThrows(ExecutionException.class, () -> got(failing));
    assertThrows(
        IllegalStateException.class,
        () ->
            prints.runHere(
                "a",
                () -> {
                  throw new IllegalStateException("at fault");
                }));
    assertEquals(DONE, got(run("a", "next")));
    assertEquals(0, prints.held());
  }
}
